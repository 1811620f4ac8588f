// What glossa dedup and glossa mine share.
#pragma once

#include "cluster_arguments.hpp"
#include "labelled_lines.hpp"
#include "line_vectors.hpp"

#include <glossa/cluster/mine_pairs.hpp>
#include <glossa/cluster/near_duplicates.hpp>
#include <glossa/cluster/text_key.hpp>
#include <glossa/cluster/translation_pairs.hpp>
#include <glossa/core/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace tool {

[[nodiscard]] inline bool has_vectors(const VectorArguments& arguments) {
  return !arguments.model.empty() || !arguments.vectors.empty();
}

/// Near-duplicates are found by letters alone, too; translations are not.
inline void require_vectors_for(const std::string& mode, const VectorArguments& arguments) {
  if (mode != "translation" || has_vectors(arguments)) return;
  throw glossa::Error(glossa::ErrorKind::invalid_argument,
                      {.field = "--mode translation",
                       .problem = "texts of different languages are compared by their vectors",
                       .remedy = "add --model or --vectors"});
}

[[nodiscard]] inline glossa::NeighborSearch search_from(const std::string& name) {
  return name == "graph" ? glossa::NeighborSearch::graph : glossa::NeighborSearch::exact;
}

/// Whether some lines have a text, where none has to.
[[nodiscard]] inline bool have_texts(const std::vector<LabelledLine>& lines) {
  return std::any_of(lines.begin(), lines.end(), [](const LabelledLine& line) { return !line.text.empty(); });
}
[[nodiscard]] inline bool have_languages(const std::vector<LabelledLine>& lines) {
  return std::any_of(lines.begin(), lines.end(), [](const LabelledLine& line) { return !line.lang.empty(); });
}

/// languages must outlive the options; where all are the same, they are to be found out.
[[nodiscard]] inline glossa::TranslationOptions translation_options(const std::vector<std::int32_t>& languages,
                                                                    const std::optional<double>& threshold,
                                                                    const std::string& search,
                                                                    const std::shared_ptr<glossa::Executor>& executor) {
  glossa::TranslationOptions options;
  options.languages = languages;
  options.threshold = threshold;
  options.search = search_from(search);
  options.run = interruptible_run(executor);
  return options;
}

/// The line of a group that is kept. place: of each line, its row of `vectors`, where there are any.
[[nodiscard]] inline std::size_t kept_line(const std::string& keep, const std::vector<std::size_t>& group,
                                           const std::vector<LabelledLine>& lines, const glossa::Embeddings& vectors,
                                           const std::vector<std::size_t>& place) {
  if (keep == "longest")
    return *std::max_element(group.begin(), group.end(),
                             [&](std::size_t a, std::size_t b) { return lines[a].text.size() < lines[b].text.size(); });
  if (keep == "medoid")
    return glossa::medoid(group, [&](std::size_t a, std::size_t b) {
      return vectors.empty() ? glossa::text_similarity(lines[a].text, lines[b].text)
                             : static_cast<double>(glossa::cosine(vectors[place[a]], vectors[place[b]]));
    });
  return group.front();
}

}  // namespace tool
