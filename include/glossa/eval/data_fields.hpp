// A category comes in; the fields that its data may have go out.
#pragma once

#include <glossa/eval/task_category.hpp>

#include <string_view>
#include <vector>

namespace glossa::detail {

/// The names that the category's reader has for fields: see read_task_data.hpp.
[[nodiscard]] inline std::vector<std::string_view> data_fields(TaskCategory category) {
  switch (category) {
    case TaskCategory::sts: return {"sentence1", "sentence2", "score"};
    case TaskCategory::bitext: return {"sentence1", "sentence2"};
    case TaskCategory::classification: return {"text", "label"};
    case TaskCategory::clustering:
    case TaskCategory::clustering_fast: return {"text", "sentences", "label", "labels"};
    case TaskCategory::pair_classification: return {"sentence1", "sentence2", "label", "labels"};
    case TaskCategory::reranking:
      return {"query", "positive",    "negative", "_id",       "id",    "title",
              "text",  "instruction", "query-id", "corpus-id", "score", "corpus-ids"};
    case TaskCategory::retrieval:
      return {"_id", "id", "title", "text", "instruction", "query-id", "corpus-id", "score"};
    case TaskCategory::summarization: break;
  }
  return {"text", "human_summaries", "machine_summaries", "relevance"};
}

}  // namespace glossa::detail
