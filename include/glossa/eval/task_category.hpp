// The categories of tasks, and what mteb calls them.
#pragma once

#include <glossa/core/linkage.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace glossa {

/// The protocols of mteb's categories of tasks.
enum class TaskCategory : std::uint8_t {
  sts,
  bitext,
  classification,
  clustering,       ///< as mteb had it first: one clustering a set, batches of 500
  clustering_fast,  ///< ten clusterings of drawn texts
  pair_classification,
  reranking,
  retrieval,
  summarization,
};

/// "pair_classification".
[[nodiscard]] std::string_view to_string(TaskCategory category) noexcept;
/// The category of such a name, or of mteb's for it ("PairClassification"); nothing for any other.
[[nodiscard]] std::optional<TaskCategory> category_named(std::string_view name) noexcept;
/// What mteb calls it: "PairClassification". Both ways of clustering are "Clustering".
[[nodiscard]] std::string_view mteb_type(TaskCategory category) noexcept;
/// The score that counts, by mteb's name: "cosine_spearman".
[[nodiscard]] std::string_view default_metric(TaskCategory category) noexcept;
/// Whether queries and passages have the model's prompts before them; elsewhere texts have none.
[[nodiscard]] constexpr bool uses_prompts(TaskCategory category) noexcept {
  return category == TaskCategory::retrieval || category == TaskCategory::reranking;
}

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/task_category_impl.hpp>
#endif
