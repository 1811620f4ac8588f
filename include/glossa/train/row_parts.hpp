// Rows to train on come in; they go out by language or source, with how much of each an epoch has.
#pragma once

#include <glossa/train/batch_sampler_options.hpp>
#include <glossa/train/training_row.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <span>
#include <string_view>
#include <vector>

namespace glossa::detail {

/// The rows of each value of a trait, by the values' order. Without a trait all rows are of one.
using RowParts = std::map<std::string_view, std::vector<std::uint32_t>>;

[[nodiscard]] inline std::string_view value_of(const TrainingRow& row, RowTrait trait) noexcept {
  return trait == RowTrait::none ? std::string_view() : trait == RowTrait::language ? row.language : row.source;
}

[[nodiscard]] inline RowParts parts_of(std::span<const TrainingRow> rows, RowTrait trait) {
  RowParts parts;
  for (std::size_t i = 0; i < rows.size(); ++i)
    parts[value_of(rows[i], trait)].push_back(static_cast<std::uint32_t>(i));
  return parts;
}

/// How many of `total` draws are of each part: in proportion to rows^(1/temperature), rounded so that they add up.
[[nodiscard]] inline std::vector<std::size_t> shares_of(const std::vector<std::size_t>& rows, std::size_t total,
                                                        double temperature) {
  double sum = 0;
  std::vector<double> wanted;
  for (const std::size_t count : rows) wanted.push_back(std::pow(static_cast<double>(count), 1 / temperature));
  for (const double weight : wanted) sum += weight;
  std::vector<std::size_t> shares;
  for (double& weight : wanted) {
    weight *= static_cast<double>(total) / sum;
    shares.push_back(static_cast<std::size_t>(weight));
    weight -= std::floor(weight);
  }
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return wanted[a] > wanted[b]; });
  std::size_t left = total - std::min(total, std::accumulate(shares.begin(), shares.end(), std::size_t{0}));
  for (std::size_t i = 0; left > 0; i = (i + 1) % order.size(), --left) ++shares[order[i]];
  return shares;
}

}  // namespace glossa::detail
