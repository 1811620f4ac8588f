// What glossa dedup and glossa mine share.
#pragma once

#include "cluster_arguments.hpp"
#include "distinct_files.hpp"
#include "labelled_lines.hpp"

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/mine_pairs.hpp>
#include <glossa/cluster/near_duplicates.hpp>
#include <glossa/cluster/translation_pairs.hpp>
#include <glossa/core/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tool {

/// Errors: `invalid_argument` for what cannot be done, or has no effect, without vectors. Near-duplicates are found by
/// letters alone, too; translations are not.
inline void require_vectors(const MiningArguments& arguments) {
  if (!arguments.vectors.model.empty() || !arguments.vectors.vectors.empty()) return;
  const auto refuse = [](const std::string& option, const std::string& problem, const std::string& remedy) {
    throw glossa::Error(glossa::ErrorKind::invalid_argument, {.field = option, .problem = problem, .remedy = remedy});
  };
  if (arguments.mode == "translation")
    refuse("--mode translation", "texts of different languages are compared by their vectors",
           "add --model or --vectors");
  if (!arguments.search.empty())
    refuse("--search", "there are no vectors to look for", "add --model or --vectors, or leave it out");
}

/// Errors: `invalid_argument` where the output would take the place of what is read.
inline void require_other_output(const MiningArguments& arguments) {
  require_distinct_files({{"--input", arguments.input}, {"--vectors", arguments.vectors.vectors}},
                         {{"--output", arguments.output}});
}

[[nodiscard]] inline glossa::NeighborSearch search_of(const MiningArguments& arguments) {
  return arguments.search == "graph" ? glossa::NeighborSearch::graph : glossa::NeighborSearch::exact;
}

[[nodiscard]] inline glossa::NearDuplicateOptions near_options(const MiningArguments& arguments,
                                                               glossa::ClusterRun run) {
  glossa::NearDuplicateOptions options;
  options.threshold = arguments.threshold;
  options.search = search_of(arguments);
  options.run = std::move(run);
  return options;
}

/// languages: of each vector; none: they are found out. They must outlive the options.
[[nodiscard]] inline glossa::TranslationOptions translation_options(const MiningArguments& arguments,
                                                                    const std::vector<std::int32_t>& languages,
                                                                    glossa::ClusterRun run) {
  glossa::TranslationOptions options;
  options.languages = languages;
  options.threshold = arguments.threshold;
  options.search = search_of(arguments);
  options.run = std::move(run);
  return options;
}

/// Whether the lines' texts count. Errors: `invalid_argument` where some have one and others do not: no texts would be
/// taken for equal ones.
[[nodiscard]] inline bool have_texts(const std::vector<LabelledLine>& lines, const std::string& file) {
  return all_or_none(lines, file, "text", has_text, "give all lines one, or none: then the vectors alone decide");
}

/// Those of the lines that `chosen` names, in its order.
[[nodiscard]] inline std::vector<std::string_view> texts_of(const std::vector<LabelledLine>& lines,
                                                            const std::vector<std::size_t>& chosen) {
  std::vector<std::string_view> texts;
  for (const std::size_t i : chosen) texts.emplace_back(lines[i].text);
  return texts;
}

/// The languages of those lines that `chosen` names, as numbers; none where no line of the file tells one. Errors:
/// `invalid_argument` where some lines tell theirs and others do not, or all are of one language: translations are
/// looked for between two.
[[nodiscard]] inline std::vector<std::int32_t> told_languages(const std::vector<LabelledLine>& lines,
                                                              const std::vector<std::size_t>& chosen,
                                                              const std::string& file) {
  if (!all_or_none(lines, file, "lang", has_language,
                   "give all lines one, or none: then languages are found out from the vectors"))
    return {};
  const bool is_one = std::all_of(lines.begin(), lines.end(),
                                  [&](const LabelledLine& line) { return line.lang == lines.front().lang; });
  if (is_one && lines.size() > 1)
    throw glossa::Error(glossa::ErrorKind::invalid_argument,
                        {.file = file,
                         .field = "lang",
                         .problem = "all lines have the same, and translations are looked for between two languages",
                         .found = lines.front().lang,
                         .remedy = "add lines of another, or choose --mode near"});
  return numbers_of_languages(lines, chosen);
}

}  // namespace tool
