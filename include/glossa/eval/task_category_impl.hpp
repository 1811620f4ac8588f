// Definitions of task_category's functions; see core/linkage.hpp.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/task_category.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace glossa {
namespace detail {

struct CategoryNames {
  TaskCategory category;
  std::string_view name;
  std::string_view type;
  std::string_view metric;
};

inline constexpr CategoryNames kCategoryNames[] = {
    {TaskCategory::sts, "sts", "STS", "cosine_spearman"},
    {TaskCategory::bitext, "bitext", "BitextMining", "f1"},
    {TaskCategory::classification, "classification", "Classification", "accuracy"},
    {TaskCategory::clustering, "clustering", "Clustering", "v_measure"},
    {TaskCategory::clustering_fast, "clustering_fast", "Clustering", "v_measure"},
    {TaskCategory::pair_classification, "pair_classification", "PairClassification", "max_ap"},
    {TaskCategory::reranking, "reranking", "Reranking", "map_at_1000"},
    {TaskCategory::retrieval, "retrieval", "Retrieval", "ndcg_at_10"},
    {TaskCategory::summarization, "summarization", "Summarization", "cosine_spearman"},
};

[[nodiscard]] constexpr const CategoryNames& names_of(TaskCategory category) noexcept {
  return kCategoryNames[static_cast<std::size_t>(category)];
}

}  // namespace detail

GLOSSA_INLINE std::string_view to_string(TaskCategory category) noexcept { return detail::names_of(category).name; }
GLOSSA_INLINE std::string_view mteb_type(TaskCategory category) noexcept { return detail::names_of(category).type; }
GLOSSA_INLINE std::string_view default_metric(TaskCategory category) noexcept {
  return detail::names_of(category).metric;
}

GLOSSA_INLINE std::optional<TaskCategory> category_named(std::string_view name) noexcept {
  for (const detail::CategoryNames& one : detail::kCategoryNames)
    if (name == one.name || name == one.type) return one.category;
  return std::nullopt;
}

}  // namespace glossa
