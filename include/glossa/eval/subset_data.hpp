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

/// take(data), of the type that the category's read_ function gives. Errors: that function's, and those of `take`.
template <class Take>
auto with_data(const TaskSpec& task, const TaskSubset& subset, Take&& take) {
  const ReadOptions read{.split = task.split, .fields = task.fields};
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

/// The file that is scored, or the folder where that is one of several.
[[nodiscard]] inline std::filesystem::path scored_file(const TaskSpec& task, const TaskSubset& subset) {
  std::filesystem::path file = data_file(subset.data / task.split);
  return file.empty() ? subset.data : file;
}

/// take(data) with what the protocol can score. Errors: those of with_data(); `invalid_argument` naming file and field
/// for what it cannot.
template <class Take>
auto with_checked_data(const TaskSpec& task, const TaskSubset& subset, const ProtocolOptions& options, Take&& take) {
  require_metric(task.category, options.main_metric);
  return with_data(task, subset, [&]<class Data>(Data&& data) {
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
      throw Error(error.kind(), std::move(facts));
    }
    return take(std::forward<Data>(data));
  });
}

}  // namespace glossa::detail
