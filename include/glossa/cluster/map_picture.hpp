// A map's scene comes in; an SVG picture of it goes out.
#pragma once

#include <glossa/cluster/map_content.hpp>
#include <glossa/cluster/map_escape.hpp>
#include <glossa/cluster/map_scene.hpp>
#include <glossa/text/utf8.hpp>

#include <utf8proc.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace glossa::detail {

/// The marks of the page, as paths around (0, 0) of radius 1.
inline constexpr const char* kPictureMarks[] = {
    "M-1 0a1 1 0 1 0 2 0a1 1 0 1 0-2 0z",
    "M0-1.35L1.17.68H-1.17z",
    "M-.9-.9H.9V.9H-.9z",
    "M0-1.35L1.35 0L0 1.35L-1.35 0z",
    "M0 1.35L1.17-.68H-1.17z",
    "M0-1.5L.35-.49L1.43-.46L.57.19L.88 1.21L0 .6L-.88 1.21L-.57.19L-1.43-.46L-.35-.49z",
    "M-.45-1.25H.45V-.45H1.25V.45H.45V1.25H-.45V.45H-1.25V-.45H-.45z",
    "M0-1.6L.39-.39L1.6 0L.39.39L0 1.6L-.39.39L-1.6 0L-.39-.39z",
    "M1.15 0L.575 1H-.575L-1.15 0L-.575-1H.575z",
    "M-1.25-.5A1.25 1.25 0 0 0 1.25-.5z"};

/// One decimal is a tenth of a pixel.
[[nodiscard]] inline std::string tenths(double value) {
  const auto whole = static_cast<std::int64_t>(std::lround(value * 10));
  const std::string digits = std::to_string(whole / 10);
  return whole % 10 == 0 ? digits : digits + "." + std::to_string(std::abs(whole % 10));
}

/// A text cut to so many characters.
[[nodiscard]] inline std::string cut_text(std::string_view text, std::size_t characters) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < characters && at < text.size(); ++i) at += utf8_length(text[at]);
  return at < text.size() ? std::string(text.substr(0, at)) + "…" : std::string(text);
}

/// About as wide as a bold text is drawn: marks take no room, and East Asian characters twice as much.
[[nodiscard]] inline double label_width(std::string_view text) {
  constexpr double kColumn = 7.4;
  double columns = 0;
  for (std::size_t at = 0; at < text.size(); at += utf8_length(text[at]))
    columns += utf8proc_charwidth(static_cast<utf8proc_int32_t>(utf8_decode(text, at)));
  return columns * kColumn;
}

/// Where a label stands; of labels that would lie on each other, that of the largest cluster is drawn.
struct LabelBox {
  double x, y, half;
  [[nodiscard]] bool overlaps(const LabelBox& other) const noexcept {
    constexpr double kLine = 17;
    return std::abs(x - other.x) < half + other.half && std::abs(y - other.y) < kLine;
  }
};

[[nodiscard]] inline std::string picture_of(const MapScene& scene, const MapContent& content) {
  constexpr double kSide = 800;
  constexpr double kMargin = 30;
  constexpr double kTop = 50;
  constexpr double kLegend = kSide + 2 * kMargin + 10;
  constexpr double kLine = 20;
  const std::size_t marks = std::size(kPictureMarks);
  const double lines = static_cast<double>(scene.clusters.size() + scene.groups.size() + 2);
  const double height = std::max(kTop + kSide + kMargin, kTop + kLine * lines + kMargin);
  const double width = kLegend + 350;
  const double radius = std::clamp(90 / std::sqrt(static_cast<double>(scene.x.size()) + 60) * 1.6, 1.2, 6.0);

  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + tenths(width) + " " + tenths(height) +
                    "\" font-family=\"system-ui, sans-serif\" font-size=\"13\">\n<title>";
  append_markup(out, content.title);
  out +=
      "</title>\n<style>\n.paper{fill:#fff}.ink{fill:#1b1f24}.soft{fill:#5b6470}.n{fill:#a6adb6}"
      ".label{font-weight:600;text-anchor:middle;fill:#1b1f24;stroke:#fff;stroke-width:4px;stroke-linejoin:round;"
      "paint-order:stroke;pointer-events:none}\n";
  const auto class_of = [](std::int32_t label) { return label < 0 ? "n" : "c" + std::to_string(label); };
  for (std::size_t c = 0; c < scene.clusters.size(); ++c)
    out += ".c" + std::to_string(c) + "{fill:" + scene.clusters[c].color.light + "}";
  out +=
      "\n@media (prefers-color-scheme:dark){.paper{fill:#14171b}.ink{fill:#e9edf1}.soft{fill:#9aa4af}.n{fill:#5d6670}"
      ".label{fill:#e9edf1;stroke:#14171b}\n";
  for (std::size_t c = 0; c < scene.clusters.size(); ++c)
    out += ".c" + std::to_string(c) + "{fill:" + scene.clusters[c].color.dark + "}";
  out += "}\n</style>\n<defs>\n";
  for (std::size_t m = 0; m < marks; ++m)
    out += "<path id=\"m" + std::to_string(m) + "\" d=\"" + kPictureMarks[m] + "\" transform=\"scale(" +
           tenths(radius) + ")\"/>\n";
  out += "</defs>\n<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n<text class=\"ink\" x=\"" + tenths(kMargin) +
         "\" y=\"30\" font-size=\"18\" font-weight=\"600\">";
  append_markup(out, cut_text(ValidText(content.title).view(), 100));
  out += "</text>\n<g fill-opacity=\".85\">\n";

  const auto place_x = [&](std::size_t i) { return kMargin + kSide * scene.x[i] / MapScene::kSide; };
  const auto place_y = [&](std::size_t i) { return kTop + kSide * scene.y[i] / MapScene::kSide; };
  for (std::size_t i = 0; i < scene.x.size(); ++i) {
    out += "<use href=\"#m" + std::to_string(scene.marks[i] % marks) + "\" class=\"" + class_of(content.labels[i]) +
           "\" x=\"" + tenths(place_x(i)) + "\" y=\"" + tenths(place_y(i)) + "\"><title>";
    append_markup(out, content.texts[i]);
    out += "</title></use>\n";
  }
  out += "</g>\n";
  std::vector<LabelBox> labels;
  for (const std::size_t c : scene.by_size) {
    const SceneCluster& cluster = scene.clusters[c];
    if (cluster.place < 0) continue;
    const auto place = static_cast<std::size_t>(cluster.place);
    const LabelBox box{place_x(place), place_y(place), label_width(cluster.short_name) / 2};
    if (std::any_of(labels.begin(), labels.end(), [&](const LabelBox& other) { return box.overlaps(other); })) continue;
    labels.push_back(box);
    out += "<text class=\"label\" x=\"" + tenths(place_x(place)) + "\" y=\"" + tenths(place_y(place)) + "\">";
    append_markup(out, cluster.short_name);
    out += "</text>\n";
  }

  double y = kTop;
  const auto entry = [&](const std::string& mark, const std::string& name, std::size_t size) {
    y += kLine;
    out += mark;
    out += "<text class=\"ink\" x=\"" + tenths(kLegend + 16) + "\" y=\"" + tenths(y) + "\">";
    append_markup(out, cut_text(name, 40));
    out += " <tspan class=\"soft\">" + std::to_string(size) + "</tspan><title>";
    append_markup(out, name);
    out += "</title></text>\n";
  };
  const auto dot = [&](const std::string& name) {
    return "<circle class=\"" + name + "\" cx=\"" + tenths(kLegend) + "\" cy=\"" + tenths(y + kLine - 4) +
           "\" r=\"6\"/>";
  };
  for (std::size_t g = 0; g < scene.groups.size(); ++g)
    entry("<path class=\"ink\" d=\"" + std::string(kPictureMarks[g % marks]) + "\" transform=\"translate(" +
              tenths(kLegend) + " " + tenths(y + kLine - 4) + ") scale(5)\"/>",
          scene.groups[g].name, scene.groups[g].size);
  if (!scene.groups.empty()) y += kLine / 2;
  for (const std::size_t c : scene.by_size)
    entry(dot(class_of(static_cast<std::int32_t>(c))), scene.clusters[c].name, scene.clusters[c].size);
  if (scene.noise > 0) entry(dot("n"), "noise: in no cluster", scene.noise);
  return out += "</svg>\n";
}

}  // namespace glossa::detail
