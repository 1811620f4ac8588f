// Definition of evaluate; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/eval/evaluate.hpp>
#include <glossa/eval/mersenne_twister.hpp>
#include <glossa/eval/read_task_data.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace glossa {
namespace detail {

/// What stands before texts of a role: as the task tells, or the model, in categories with roles.
[[nodiscard]] inline std::string prompt_of(const TaskSpec& task, const char* role,
                                           const std::optional<std::string>& of_task,
                                           const std::optional<std::string>& of_model) {
  if (of_task) return *of_task;
  if (!uses_prompts(task.category)) return "";
  if (of_model) return *of_model;
  throw Error(ErrorKind::invalid_argument, {.field = std::string("prompts.") + role,
                                            .problem = "it is not known what stands before texts of this role",
                                            .expected = "the model's prompt, or \"\" for none",
                                            .remedy = "set EvaluateOptions::prompts or TaskSpec::prompts"});
}

[[nodiscard]] inline ProtocolOptions protocol_options(const TaskSpec& task, const EvaluateOptions& options) {
  ProtocolOptions protocol;
  protocol.query_prompt = prompt_of(task, "query", task.prompts.query, options.prompts.query);
  protocol.passage_prompt = prompt_of(task, "passage", task.prompts.passage, options.prompts.passage);
  protocol.main_metric = task.main_metric;
  protocol.samples_per_label = task.samples_per_label;
  if (task.experiments > 0) protocol.experiments = task.experiments;
  protocol.clusterings = task.experiments;
  protocol.most_texts = task.most_texts;
  protocol.most_levels = task.most_levels;
  protocol.text_share = task.text_share;
  protocol.ignore_identical_ids = task.ignore_identical_ids;
  protocol.averages_p_values = task.averages_p_values;
  protocol.seed = options.seed;
  protocol.threads = options.threads;
  protocol.executor = options.executor;
  protocol.cpu_level = options.cpu_level;
  return protocol;
}

/// Reads one subset's data and scores it. random: what mteb goes on with from one subset to the next.
[[nodiscard]] inline TaskScores::Subset score_subset(const TaskSpec& task, const TaskSubset& subset,
                                                     const TextEncoder& encoder, const ProtocolOptions& options,
                                                     PythonRandom& random) {
  const ReadOptions read{.split = task.split, .fields = task.fields};
  switch (task.category) {
    case TaskCategory::sts: return score_sts(read_sts(subset.data, read), encoder, options);
    case TaskCategory::bitext: return score_bitext(read_bitext(subset.data, read), encoder, options);
    case TaskCategory::classification:
      return score_classifier(read_classification(subset.data, read), encoder, options);
    case TaskCategory::clustering: return score_clusters(read_clustering(subset.data, read), encoder, options);
    case TaskCategory::clustering_fast:
      return score_clusters_fast(read_clustering(subset.data, read), encoder, options, random);
    case TaskCategory::pair_classification: return score_pairs(read_pairs(subset.data, read), encoder, options);
    case TaskCategory::reranking: return score_reranking(read_reranking(subset.data, read), encoder, options);
    case TaskCategory::retrieval: return score_retrieval(read_retrieval(subset.data, read), encoder, options);
    case TaskCategory::summarization: break;
  }
  return score_summaries(read_summarization(subset.data, read), encoder, options);
}

}  // namespace detail

GLOSSA_INLINE TaskScores evaluate(const TaskSpec& task, const TextEncoder& encoder, const EvaluateOptions& options) {
  if (task.subsets.empty())
    throw Error(ErrorKind::invalid_argument, {.field = "task.subsets",
                                              .problem = "there is no data of " + task.name,
                                              .remedy = "name it by attach_data(), or in a task file"});
  const auto start = std::chrono::steady_clock::now();
  TaskScores scores{.task = task.name,
                    .category = task.category,
                    .split = task.split,
                    .revision = task.revision,
                    .published = task.published};
  ProtocolOptions protocol = detail::protocol_options(task, options);
  PythonRandom random(options.seed);
  for (std::size_t i = 0; i < task.subsets.size(); ++i) {
    const TaskSubset& subset = task.subsets[i];
    if (options.progress)
      protocol.progress = [&](const Progress& texts) {
        options.progress({.subset = subset.name, .done = i, .subsets = task.subsets.size(), .texts = texts});
      };
    TaskScores::Subset& scored =
        scores.subsets.emplace_back(detail::score_subset(task, subset, encoder, protocol, random));
    scored.name = subset.name;
    scored.languages = subset.languages;
    scored.source = score_source(task, subset, options);
  }
  scores.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return scores;
}

}  // namespace glossa
