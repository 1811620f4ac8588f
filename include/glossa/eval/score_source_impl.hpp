// Definition of score_source; see core/linkage.hpp.
#pragma once

#include <glossa/core/file_reader.hpp>
#include <glossa/core/hash64.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/eval/data_rows.hpp>
#include <glossa/eval/evaluate.hpp>
#include <glossa/eval/read_options.hpp>
#include <glossa/eval/read_source.hpp>
#include <glossa/eval/run_options.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

/// To be raised with every change to readers and protocols that changes scores: what was kept before is scored again.
inline constexpr const char* kScoresVersion = "1";

/// Gathers facts, each behind its length, so that no two lists of them look alike.
class SourceFacts {
 public:
  void add(std::string_view fact) { text_.append(std::to_string(fact.size())).append(":").append(fact); }
  void add_number(std::size_t number) { add(std::to_string(number)); }
  /// A file's format and content, as it was read where that is told; "" for none.
  void add_file(const std::filesystem::path& path, const FileHashes& read, const ReadWatch& watch) {
    add(path_text(path.extension()));
    if (path.empty()) return add("");
    const auto own = read.find(path);
    add(hex_text(own != read.end() ? own->second : hash_of(FileReader(path), [&] {
      if (watch) watch();
    })));
  }
  [[nodiscard]] std::string hash() const {
    Hash64 hash;
    hash.add(text_.data(), text_.size());
    return hex_text(hash.value());
  }

 private:
  std::string text_;
};

/// The files that a subset's data is read from; "" for those that are not there.
[[nodiscard]] inline std::vector<std::filesystem::path> source_files(const TaskSpec& task, const TaskSubset& subset) {
  std::error_code code;
  if (!std::filesystem::is_directory(subset.data, code)) return {subset.data};
  const std::filesystem::path& folder = subset.data;
  if (task.category == TaskCategory::classification)
    return {data_file(folder / "train"), data_file(folder / task.split)};
  const bool is_reranking = task.category == TaskCategory::reranking;
  const std::filesystem::path corpus = data_file(folder / "corpus");
  if (task.category != TaskCategory::retrieval && (!is_reranking || corpus.empty())) {
    std::vector<std::filesystem::path> files{data_file(folder / task.split)};
    if (task.category == TaskCategory::clustering_fast)  // whose draws go on
      for (const std::string& split : task.splits_before) files.push_back(data_file(folder / split));
    return files;
  }
  std::vector<std::filesystem::path> files{corpus, data_file(folder / "queries"),
                                           data_file(folder / "qrels" / task.split)};
  if (is_reranking)
    files.insert(files.end(), {data_file(folder / "top_ranked" / task.split), data_file(folder / "top_ranked")});
  if (std::filesystem::path own = data_file(folder / "instruction"); !own.empty()) files.push_back(std::move(own));
  return files;
}

/// The settings that the category's protocol looks at.
inline void add_settings(SourceFacts& facts, const TaskSpec& task, const ProtocolOptions& options) {
  facts.add(to_string(task.category));
  facts.add(options.main_metric.empty() ? default_metric(task.category) : std::string_view(options.main_metric));
  for (const auto& [name, own] : task.fields) {
    facts.add(name);
    facts.add(own);
  }
  switch (task.category) {
    case TaskCategory::classification:
      facts.add_number(options.samples_per_label);
      facts.add_number(options.experiments);
      facts.add_number(options.seed);
      break;
    case TaskCategory::clustering_fast:
      facts.add_number(options.most_texts);
      facts.add(std::to_string(options.text_share));
      if (options.most_levels > 0) facts.add_number(options.most_levels);  // without, what was kept before stands
      [[fallthrough]];
    case TaskCategory::clustering:
      facts.add_number(options.clusterings);
      facts.add_number(options.seed);
      break;
    case TaskCategory::retrieval: facts.add_number(options.ignore_identical_ids ? 1 : 0); break;
    case TaskCategory::summarization: facts.add_number(options.averages_p_values ? 1 : 0); break;
    default: break;
  }
}

GLOSSA_INLINE ScoreSource source_of_read(const TaskSpec& task, const TaskSubset& subset, const EvaluateOptions& options,
                                         const FileHashes& read) {
  const ProtocolOptions protocol = protocol_options(task, options);
  SourceFacts data;
  add_settings(data, task, protocol);
  for (const std::filesystem::path& file : source_files(task, subset)) data.add_file(file, read, options.watch);
  SourceFacts prompts;
  prompts.add(protocol.query_prompt);
  prompts.add(protocol.passage_prompt);
  SourceFacts settings;
  add_settings(settings, task, protocol);
  return {data.hash(), prompts.hash(), settings.hash(), kScoresVersion};
}

}  // namespace detail

GLOSSA_INLINE ScoreSource score_source(const TaskSpec& task, const TaskSubset& subset, const EvaluateOptions& options) {
  return detail::source_of_read(task, subset, options, {});
}

}  // namespace glossa
