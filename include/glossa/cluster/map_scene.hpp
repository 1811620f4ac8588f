// What a map shows comes in; the same as its page needs it goes out: checked, scaled, counted and coloured.
#pragma once

#include <glossa/cluster/cluster_members.hpp>
#include <glossa/cluster/map_colors.hpp>
#include <glossa/cluster/map_content.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/core/error.hpp>
#include <glossa/text/utf8.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

struct SceneCluster {
  std::string name;
  std::string short_name;  // for the middle of the map
  MapColor color;
  std::size_t size = 0;
  std::ptrdiff_t place = -1;  // the point in its middle; -1 for none
};
struct SceneGroup {
  std::string name;
  std::size_t size = 0;
};

struct MapScene {
  static constexpr double kSide = 65535;

  std::vector<std::uint32_t> x, y;   // [points]: 0 to kSide, y downwards
  std::vector<std::uint32_t> marks;  // [points]: of their groups
  std::vector<SceneCluster> clusters;
  std::vector<std::size_t> by_size;  // the clusters, largest first
  std::vector<SceneGroup> groups;    // largest first
  std::size_t noise = 0;
};

/// The first words of a name, as many as fit into a label: names are often lists with commas.
[[nodiscard]] inline std::string short_name_of(std::string_view name) {
  constexpr std::size_t kMostCharacters = 26;
  std::size_t characters = 0;
  std::size_t end = 0;  // of the last whole part
  std::size_t at = 0;
  for (; at < name.size() && characters < kMostCharacters; at += utf8_length(name[at]), ++characters)
    if (name.substr(at).starts_with(", ")) end = at;
  if (at >= name.size()) return std::string(name);
  return end > 0 ? std::string(name.substr(0, end)) : std::string(name.substr(0, at)) + "…";
}

/// Both dimensions by one scale, in the middle of the square.
inline void scale_places(std::span<const float> coordinates, MapScene& scene) {
  const std::size_t count = coordinates.size() / 2;
  double least[2] = {0, 0};
  double most[2] = {0, 0};
  for (std::size_t i = 0; i < coordinates.size(); ++i) {
    const auto value = static_cast<double>(coordinates[i]);
    least[i % 2] = i < 2 ? value : std::min(least[i % 2], value);
    most[i % 2] = i < 2 ? value : std::max(most[i % 2], value);
  }
  const double width = std::max(most[0] - least[0], most[1] - least[1]);
  const double scale = width > 0 ? 1 / width : 0;
  const auto placed = [&](double value, std::size_t dimension) {
    const double middle = least[dimension] + (most[dimension] - least[dimension]) / 2;
    return std::clamp((value - middle) * scale + 0.5, 0.0, 1.0) * MapScene::kSide;
  };
  for (std::size_t i = 0; i < count; ++i) {
    scene.x.push_back(static_cast<std::uint32_t>(std::lround(placed(static_cast<double>(coordinates[2 * i]), 0))));
    scene.y.push_back(static_cast<std::uint32_t>(
        std::lround(MapScene::kSide - placed(static_cast<double>(coordinates[2 * i + 1]), 1))));
  }
}

inline void count_groups(std::span<const std::string_view> groups, MapScene& scene) {
  std::map<std::string_view, std::size_t> sizes;
  for (const std::string_view group : groups) ++sizes[group];
  std::vector<std::pair<std::string_view, std::size_t>> order(sizes.begin(), sizes.end());
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto& [name, size] = order[i];
    scene.groups.push_back({name.empty() ? "unknown" : std::string(ValidText(name).view()), size});
    sizes[name] = i;
  }
  for (const std::string_view group : groups) scene.marks.push_back(static_cast<std::uint32_t>(sizes[group]));
}

/// The member that lies nearest to the median of its cluster's places: near most of them, even where there are two
/// heaps.
[[nodiscard]] inline std::ptrdiff_t middle_of(const std::vector<std::size_t>& members, const MapScene& scene) {
  if (members.empty()) return -1;
  const auto median = [&](const std::vector<std::uint32_t>& values) {
    std::vector<std::uint32_t> own;
    for (const std::size_t member : members) own.push_back(values[member]);
    const auto middle = own.begin() + static_cast<std::ptrdiff_t>(own.size() / 2);
    std::nth_element(own.begin(), middle, own.end());
    return static_cast<double>(*middle);
  };
  const double x = median(scene.x);
  const double y = median(scene.y);
  const auto distance = [&](std::size_t i) {
    return std::hypot(static_cast<double>(scene.x[i]) - x, static_cast<double>(scene.y[i]) - y);
  };
  return static_cast<std::ptrdiff_t>(*std::min_element(
      members.begin(), members.end(), [&](std::size_t a, std::size_t b) { return distance(a) < distance(b); }));
}

/// Errors: see map_html().
[[nodiscard]] inline MapScene scene_of(const MapContent& content) {
  const std::size_t count = content.labels.size();
  const auto require = [&](const char* field, std::size_t found, std::size_t expected) {
    if (found != expected)
      throw Error(ErrorKind::invalid_argument,
                  {.field = field, .expected = std::to_string(expected), .found = std::to_string(found)});
  };
  require("coordinates", content.coordinates.size(), 2 * count);
  require("texts", content.texts.size(), count);
  if (!content.groups.empty()) require("groups", content.groups.size(), count);
  require_finite(Points<float>(content.coordinates.data(), count, 2), "coordinates");
  const std::vector<std::vector<std::size_t>> members = members_of(content.labels, count);

  MapScene scene;
  scale_places(content.coordinates, scene);
  scene.marks.reserve(count);
  count_groups(content.groups, scene);
  scene.marks.resize(count);
  scene.noise = count;
  scene.by_size.resize(members.size());
  std::iota(scene.by_size.begin(), scene.by_size.end(), std::size_t{0});
  std::stable_sort(scene.by_size.begin(), scene.by_size.end(),
                   [&](std::size_t a, std::size_t b) { return members[a].size() > members[b].size(); });
  scene.clusters.resize(members.size());
  for (std::size_t rank = 0; rank < members.size(); ++rank) {
    const std::size_t c = scene.by_size[rank];
    SceneCluster& cluster = scene.clusters[c];
    const bool is_named = c < content.names.size() && !content.names[c].empty();
    const std::string own = is_named ? std::string(ValidText(content.names[c]).view()) : std::string();
    cluster.name = "cluster " + std::to_string(c) + (is_named ? ": " + own : "");
    cluster.short_name = is_named ? short_name_of(own) : std::to_string(c);
    cluster.color = map_color(rank);
    cluster.size = members[c].size();
    cluster.place = middle_of(members[c], scene);
    scene.noise -= cluster.size;
  }
  return scene;
}

}  // namespace glossa::detail
