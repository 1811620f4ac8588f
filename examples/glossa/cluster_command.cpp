// glossa cluster: texts come in as JSON lines; the same lines go out with their clusters, and a map of them.
#include "cluster_arguments.hpp"
#include "distinct_files.hpp"
#include "find_clusters.hpp"
#include "interrupt.hpp"
#include "json_line.hpp"
#include "labelled_lines.hpp"
#include "line_reader.hpp"
#include "line_vectors.hpp"
#include "output_file.hpp"
#include "step_progress.hpp"

#include <glossa/cluster/cluster_keywords.hpp>
#include <glossa/cluster/cluster_summary.hpp>
#include <glossa/cluster/group_means.hpp>
#include <glossa/cluster/map.hpp>
#include <glossa/cluster/pca.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/cluster/tsne.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/thread_pool.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <iostream>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tool {
namespace {

[[nodiscard]] bool is_picture(const std::string& path) { return path.ends_with(".svg"); }

void check_arguments(const ClusterArguments& arguments) {
  require_used(arguments);
  if (!arguments.map.empty() && !is_picture(arguments.map) && !arguments.map.ends_with(".html"))
    throw glossa::Error(glossa::ErrorKind::invalid_argument,
                        {.field = "--map",
                         .problem = "it is not known what " + arguments.map + " should be",
                         .expected = "a name that ends in .html or .svg"});
  require_distinct_files({{"--input", arguments.input}, {"--vectors", arguments.vectors.vectors}},
                         {{"--output", arguments.output}, {"--summary", arguments.summary}, {"--map", arguments.map}});
}

/// What is clustered: lines, and a vector for each.
struct Collection {
  std::vector<LabelledLine> lines;
  std::vector<float> values;  // [lines, dims]
  std::size_t dims = 0;

  [[nodiscard]] std::size_t size() const noexcept { return lines.size(); }
  [[nodiscard]] glossa::Points<float> points() const noexcept { return {values.data(), size(), dims}; }
  [[nodiscard]] std::vector<std::string_view> texts() const {
    std::vector<std::string_view> texts;
    for (const LabelledLine& line : lines) texts.emplace_back(line.text);
    return texts;
  }
  /// Of each line; none where no line has one.
  [[nodiscard]] std::vector<std::string_view> languages() const {
    if (std::none_of(lines.begin(), lines.end(), has_language)) return {};
    std::vector<std::string_view> languages;
    for (const LabelledLine& line : lines) languages.emplace_back(line.lang);
    return languages;
  }
};

/// Whose means are subtracted: of each line, the name of its group; none where no mean is. Errors: `invalid_argument`
/// where it should be their languages', and not all lines tell theirs: the others would be taken for a language.
[[nodiscard]] std::vector<std::string_view> centered_groups(const Collection& collection, const std::string& center,
                                                            const std::string& file) {
  if (center == "none") return {};
  if (center == "all") return std::vector<std::string_view>(collection.size());
  const bool tell = all_or_none(collection.lines, file, "lang", has_language,
                                "give all lines one, or choose --center all or --center none");
  if (center == "lang" && !tell && collection.size() > 0)
    throw glossa::Error(glossa::ErrorKind::invalid_argument, {.file = file,
                                                              .field = "--center lang",
                                                              .problem = "no line has a field \"lang\"",
                                                              .remedy = "give all lines one, or choose --center all"});
  return collection.languages();
}

/// Reads the lines, and their vectors less the mean of their language, or of all.
[[nodiscard]] Collection read_collection(const ClusterArguments& arguments,
                                         const std::shared_ptr<glossa::Executor>& executor) {
  Collection collection;
  LineReader reader(arguments.input);
  collection.lines = read_labelled_lines(reader, arguments.vectors.vectors.empty(), {"cluster"});
  const std::vector<std::string_view> groups = centered_groups(collection, arguments.center, reader.name());
  std::vector<std::size_t> all(collection.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const glossa::Embeddings vectors =
      vectors_of_lines(arguments.vectors, reader.name(), collection.lines, all, executor);
  collection.dims = vectors.dims();
  if (groups.empty())
    collection.values.assign(vectors.values().begin(), vectors.values().end());
  else
    collection.values = glossa::subtract_group_means(vectors, groups);
  return collection;
}

[[nodiscard]] std::vector<float> places_of(const Collection& collection, const ClusterArguments& arguments,
                                           const glossa::ClusterRun& run) {
  const glossa::Points<float> points = collection.points();
  if (arguments.projection == "tsne")
    return glossa::tsne(points, {.perplexity = arguments.perplexity.value_or(30), .seed = arguments.seed, .run = run})
        .coordinates;
  const std::size_t components = std::min<std::size_t>(2, points.dims());
  std::vector<float> places(2 * points.rows());
  if (components == 0) return places;
  const auto found = glossa::pca(points, {.components = components, .seed = arguments.seed, .run = run});
  for (std::size_t i = 0; i < points.rows(); ++i)
    for (std::size_t c = 0; c < components; ++c) places[2 * i + c] = found.coordinates[components * i + c];
  return places;
}

[[nodiscard]] std::string listed(const std::vector<glossa::Keyword>& keywords, std::size_t most) {
  std::string out;
  for (std::size_t i = 0; i < std::min(most, keywords.size()); ++i) out += (i > 0 ? ", " : "") + keywords[i].word;
  return out;
}

[[nodiscard]] std::string map_of(const Collection& collection, const ClusterArguments& arguments,
                                 const glossa::Labels& labels,
                                 const std::vector<std::vector<glossa::Keyword>>& keywords,
                                 const std::vector<float>& places) {
  constexpr std::size_t kWords = 6;
  std::vector<std::string> names;
  for (const auto& own : keywords) names.push_back(listed(own, kWords));
  std::vector<std::string_view> texts = collection.texts();
  for (std::size_t i = 0; i < texts.size(); ++i)
    if (texts[i].empty()) texts[i] = collection.lines[i].id;
  const std::vector<std::string_view> groups = collection.languages();
  const std::string& input = arguments.input;
  const std::string name = input == "-" ? "Map of texts" : std::filesystem::path(input).filename().string();
  const glossa::MapContent content{.coordinates = places,
                                   .labels = labels,
                                   .texts = texts,
                                   .groups = groups,
                                   .names = names,
                                   .title = arguments.title.empty() ? name : arguments.title};
  return is_picture(arguments.map) ? glossa::map_svg(content) : glossa::map_html(content);
}

/// A line of text for each cluster.
[[nodiscard]] std::string summary_lines(const Collection& collection,
                                        const std::vector<glossa::ClusterSummary<float>>& summaries,
                                        const std::vector<std::vector<glossa::Keyword>>& keywords) {
  const auto member = [&](std::size_t i) {
    const LabelledLine& line = collection.lines[i];
    return OrderedJson{{"line", line.number}, {"id", OrderedJson::parse(line.id)}, {"text", line.text}};
  };
  std::string lines;
  for (std::size_t c = 0; c < summaries.size(); ++c) {
    OrderedJson line{{"cluster", c}, {"size", summaries[c].size}};
    line["keywords"] = OrderedJson::array();
    for (const glossa::Keyword& keyword : keywords[c]) line["keywords"].push_back(keyword.word);
    line["medoid"] = summaries[c].size > 0 ? member(summaries[c].medoid) : OrderedJson();
    line["representatives"] = OrderedJson::array();
    for (const std::size_t i : summaries[c].representatives) line["representatives"].push_back(member(i));
    lines += line.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
  }
  return lines;
}

void write_lines(const Collection& collection, const glossa::Labels& labels, OutputFile& file) {
  constexpr std::size_t kWriteBytes = std::size_t{1} << 20;
  std::string out;
  for (std::size_t i = 0; i < collection.size(); ++i) {
    std::string line = collection.lines[i].fields;
    append_member(line, "cluster", std::to_string(labels[i]));
    out += line + "}\n";
    if (out.size() < kWriteBytes && i + 1 < collection.size()) continue;
    file.write(out);
    out.clear();
  }
}

[[nodiscard]] std::string counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

void tell(const ClusterArguments& arguments, const FoundClusters& found) {
  const auto& labels = found.labels;
  const std::int32_t most = labels.empty() ? glossa::kNoise : *std::max_element(labels.begin(), labels.end());
  const auto noise = static_cast<std::size_t>(std::count(labels.begin(), labels.end(), glossa::kNoise));
  if (!found.note.empty()) std::cerr << "glossa: " << found.note << '\n';
  std::cerr << "done: " << (arguments.output == "-" ? "standard output" : arguments.output) << ", "
            << counted(labels.size(), "text") << " in " << counted(static_cast<std::size_t>(most + 1), "cluster");
  if (noise > 0) std::cerr << ", " << noise << " of them noise";
  std::cerr << '\n';
}

}  // namespace

int cluster(const ClusterArguments& arguments) {
  catch_interrupts();
  check_arguments(arguments);
  // Opened before any work is done, so that a name that cannot be written to is told at once.
  OutputFile output(arguments.output);
  std::optional<OutputFile> summary;
  std::optional<OutputFile> map;
  if (!arguments.summary.empty()) summary.emplace(arguments.summary);
  if (!arguments.map.empty()) map.emplace(arguments.map);

  const auto executor = std::make_shared<glossa::ThreadPool>(arguments.vectors.threads);
  const Collection collection = read_collection(arguments, executor);
  StepProgress progress(executor);
  const FoundClusters found = find_clusters(collection.points(), arguments, progress.step("finding clusters"));
  if (summary || map) {
    const auto keywords =
        glossa::cluster_keywords(collection.texts(), found.labels, {.run = progress.step("finding keywords")});
    if (summary)
      summary->write(summary_lines(collection,
                                   glossa::summarize_clusters(collection.points(), found.labels,
                                                              {.run = progress.step("finding representatives")}),
                                   keywords));
    if (map)
      map->write(map_of(collection, arguments, found.labels, keywords,
                        places_of(collection, arguments, progress.step("drawing the map"))));
  }
  write_lines(collection, found.labels, output);
  progress.finish();
  output.finish();
  if (summary) summary->finish();
  if (map) map->finish();
  tell(arguments, found);
  return 0;
}

}  // namespace tool
