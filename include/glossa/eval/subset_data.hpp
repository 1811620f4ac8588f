// A subset of a task comes in; its data is read, and goes to whoever asked for it.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/eval/data_rows.hpp>
#include <glossa/eval/protocol_options.hpp>
#include <glossa/eval/protocols/metric_names.hpp>
#include <glossa/eval/protocols/require_data.hpp>
#include <glossa/eval/read_options.hpp>
#include <glossa/eval/read_task_data.hpp>
#include <glossa/eval/task.hpp>

#include <filesystem>
#include <string_view>
#include <type_traits>
#include <utility>

namespace glossa::detail {

/// Errors: `invalid_argument` for a task without data.
inline void require_subsets(const TaskSpec& task) {
  if (task.subsets.empty())
    throw Error(ErrorKind::invalid_argument, {.field = "task.subsets",
                                              .problem = "there is no data of " + task.name,
                                              .remedy = "name it by attach_data(), or in a task file"});
}

/// How a task's data is read.
[[nodiscard]] inline ReadOptions read_options(const TaskSpec& task, const ReadWatch& watch) {
  return {.split = task.split, .fields = task.fields, .watch = watch};
}

/// take(data), of the type that the category's read_ function gives. Errors: that function's, and those of `take`.
template <class Take>
auto with_subset_data(const TaskSpec& task, const TaskSubset& subset, const ReadOptions& read, Take&& take) {
  switch (task.category) {
    case TaskCategory::sts: return take(read_sts(subset.data, read));
    case TaskCategory::bitext: return take(read_bitext(subset.data, read));
    case TaskCategory::classification: return take(read_classification(subset.data, read));
    case TaskCategory::clustering:
    case TaskCategory::clustering_fast: return take(read_clustering(subset.data, read));
    case TaskCategory::pair_classification: return take(read_pairs(subset.data, read));
    case TaskCategory::reranking: return take(read_reranking(subset.data, read));
    case TaskCategory::retrieval: return take(read_retrieval(subset.data, read));
    case TaskCategory::summarization: break;
  }
  return take(read_summarization(subset.data, read));
}

/// The settings of a task that its protocol looks at, without prompts.
[[nodiscard]] inline ProtocolOptions protocol_settings(const TaskSpec& task) {
  ProtocolOptions protocol;
  protocol.main_metric = task.main_metric;
  protocol.samples_per_label = task.samples_per_label;
  if (task.experiments > 0) protocol.experiments = task.experiments;
  protocol.clusterings = task.experiments;
  protocol.most_texts = task.most_texts;
  protocol.most_levels = task.most_levels;
  protocol.text_share = task.text_share;
  protocol.ignore_identical_ids = task.ignore_identical_ids;
  protocol.averages_p_values = task.averages_p_values;
  return protocol;
}

/// Whether an error of a protocol's is about what the task asks for, and not about its data.
[[nodiscard]] inline bool is_setting(std::string_view field) {
  return field == "experiments" || field == "samples_per_label";
}

/// The file that is scored, or the folder where that is one of several.
[[nodiscard]] inline std::filesystem::path scored_file(const TaskSpec& task, const TaskSubset& subset) {
  std::filesystem::path file = data_file(subset.data / task.split);
  return file.empty() ? subset.data : file;
}

/// take(data) with what the protocol can score. Errors: those of with_subset_data(); `corrupt_file` naming file and
/// field for what it cannot; `invalid_argument` for settings that it does not have.
template <class Take>
auto with_checked_data(const TaskSpec& task, const TaskSubset& subset, const ProtocolOptions& options,
                       const ReadOptions& read, Take&& take) {
  require_metric(task.category, options.main_metric);
  return with_subset_data(task, subset, read, [&]<class Data>(Data&& data) {
    try {
      if constexpr (std::is_same_v<Data, ClusteringData>) {
        task.category == TaskCategory::clustering ? require_data(data, options) : require_fast_data(data, options);
      } else {
        require_data(data, options);
      }
    } catch (const Error& error) {
      ErrorFacts facts = error.facts();
      facts.file = path_text(scored_file(task, subset));
      if (facts.remedy.empty()) facts.remedy = "correct the data, or take the task out";
      throw Error(is_setting(facts.field) ? error.kind() : ErrorKind::corrupt_file, std::move(facts));
    }
    return take(std::forward<Data>(data));
  });
}

}  // namespace glossa::detail
