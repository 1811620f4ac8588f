// Definitions of label_agreement's functions; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/eval/expected_information.hpp>
#include <glossa/eval/label_agreement.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

/// How often each pair of labels occurs, and each label: the table that all measures are made from.
class LabelTable {
 public:
  LabelTable(std::span<const std::int32_t> a, std::span<const std::int32_t> b) : total_(a.size()) {
    if (a.size() != b.size())
      throw Error(ErrorKind::invalid_argument,
                  {.field = "labels",
                   .problem = "the labellings are of different things",
                   .expected = "as many labels in both",
                   .found = std::to_string(a.size()) + " and " + std::to_string(b.size())});
    std::vector<std::pair<std::int32_t, std::int32_t>> pairs(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) pairs[i] = {a[i], b[i]};
    std::sort(pairs.begin(), pairs.end());
    std::unordered_map<std::int32_t, std::size_t> columns;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const bool is_new_row = i == 0 || pairs[i].first != pairs[i - 1].first;
      if (is_new_row) rows_.push_back(0);
      const std::size_t column = columns.emplace(pairs[i].second, columns.size()).first->second;
      columns_.resize(columns.size());
      if (is_new_row || pairs[i].second != pairs[i - 1].second) cells_.push_back({rows_.size() - 1, column, 0});
      ++cells_.back().count;
      ++rows_.back();
      ++columns_[column];
    }
  }

  [[nodiscard]] const std::vector<std::size_t>& rows() const noexcept { return rows_; }
  [[nodiscard]] const std::vector<std::size_t>& columns() const noexcept { return columns_; }

  /// -Σ p·log p of one labelling's counts.
  [[nodiscard]] double entropy(const std::vector<std::size_t>& counts) const noexcept {
    if (counts.size() < 2) return 0;
    double sum = 0;
    for (const std::size_t count : counts) sum -= share(count) * std::log(share(count));
    return sum;
  }

  [[nodiscard]] double mutual_information() const noexcept {
    if (rows_.size() < 2 || columns_.size() < 2) return 0;
    double sum = 0;
    for (const Cell& cell : cells_) {
      const std::size_t row = rows_[cell.row];
      const std::size_t column = columns_[cell.column];
      if (std::uint64_t{cell.count} * total_ == std::uint64_t{row} * column) continue;  // chance: the logarithm is 0
      sum += share(cell.count) * std::log(share(cell.count) / share(row) / share(column));
    }
    return std::max(sum, 0.0);
  }

  /// Ordered pairs of different things that are together in both, in a alone, in b alone.
  struct Pairs {
    double both;
    double a_alone;
    double b_alone;
    double none;
  };
  [[nodiscard]] Pairs pairs() const noexcept {
    const auto squares = [](const std::vector<std::size_t>& counts) {
      std::uint64_t sum = 0;
      for (const std::size_t count : counts) sum += std::uint64_t{count} * count;
      return sum;
    };
    std::uint64_t together = 0;
    for (const Cell& cell : cells_) together += std::uint64_t{cell.count} * cell.count;
    const std::uint64_t a = squares(rows_) - together;
    const std::uint64_t b = squares(columns_) - together;
    const std::uint64_t all = std::uint64_t{total_} * total_;
    return {static_cast<double>(together - total_), static_cast<double>(a), static_cast<double>(b),
            static_cast<double>(all - a - b - together)};
  }

 private:
  struct Cell {
    std::size_t row;
    std::size_t column;
    std::size_t count;
  };

  [[nodiscard]] double share(std::size_t count) const noexcept {
    return static_cast<double>(count) / static_cast<double>(total_);
  }

  std::size_t total_;
  std::vector<std::size_t> rows_;     // of each label of a
  std::vector<std::size_t> columns_;  // of each label of b
  std::vector<Cell> cells_;
};

}  // namespace detail

GLOSSA_INLINE VMeasure v_measure(std::span<const std::int32_t> classes, std::span<const std::int32_t> clusters,
                                 double beta) {
  if (!(beta >= 0 && std::isfinite(beta)))
    throw Error(ErrorKind::invalid_argument,
                {.field = "beta", .expected = "a number from 0 on", .found = std::to_string(beta)});
  const detail::LabelTable table(classes, clusters);
  const double information = table.mutual_information();
  const double of_classes = table.entropy(table.rows());
  const double of_clusters = table.entropy(table.columns());
  VMeasure result;
  if (of_classes > 0) result.homogeneity = std::min(information / of_classes, 1.0);
  if (of_clusters > 0) result.completeness = std::min(information / of_clusters, 1.0);
  const double weighted = beta * result.homogeneity + result.completeness;
  const double product = result.homogeneity * result.completeness;
  result.v_measure = weighted > 0 ? std::min((1 + beta) * product / weighted, 1.0) : 0;
  return result;
}

GLOSSA_INLINE double adjusted_rand_index(std::span<const std::int32_t> a, std::span<const std::int32_t> b) {
  const auto [both, a_alone, b_alone, none] = detail::LabelTable(a, b).pairs();
  if (a_alone == 0 && b_alone == 0) return 1;
  return 2 * (both * none - a_alone * b_alone) /
         ((both + a_alone) * (a_alone + none) + (both + b_alone) * (b_alone + none));
}

GLOSSA_INLINE double normalized_mutual_information(std::span<const std::int32_t> a, std::span<const std::int32_t> b) {
  const detail::LabelTable table(a, b);
  if (table.rows().size() < 2 && table.columns().size() < 2) return 1;
  const double information = table.mutual_information();
  if (information == 0) return 0;
  return std::min(2 * information / (table.entropy(table.rows()) + table.entropy(table.columns())), 1.0);
}

GLOSSA_INLINE double adjusted_mutual_information(std::span<const std::int32_t> a, std::span<const std::int32_t> b) {
  const detail::LabelTable table(a, b);
  const std::size_t fewest = std::min(table.rows().size(), table.columns().size());
  if (fewest < 2) return table.rows().size() == table.columns().size() ? 1 : 0;
  const double information = table.mutual_information();
  const double most = (table.entropy(table.rows()) + table.entropy(table.columns())) / 2;
  constexpr double kRounding = 1e-12;  // a single thing out of place makes far more of a difference
  if (most - information <= kRounding * most) return 1;
  const double by_chance = detail::expected_information(table.rows(), table.columns(), a.size());
  return (information - by_chance) / (most - by_chance);
}

GLOSSA_INLINE std::vector<std::int32_t> number_labels(std::span<const std::string> names) {
  std::unordered_map<std::string, std::int32_t> numbers;
  std::vector<std::int32_t> labels;
  labels.reserve(names.size());
  for (const std::string& name : names)
    labels.push_back(numbers.emplace(name, static_cast<std::int32_t>(numbers.size())).first->second);
  return labels;
}

}  // namespace glossa
