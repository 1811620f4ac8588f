// What an index keeps beside a row's numbers, and a query in the form that meets it.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/search/metric.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace glossa::detail {

/// What a stored row's product with a query is scaled by, and what is added to it. Lies behind the row's numbers.
struct RowTerms {
  float scale = 1;
  float term = 0;
};

/// A query as a form's kernel reads it. A row's key is (sum + offset) · scale · row's scale + row's term, and its
/// similarity, larger for what is more alike, factor · key + constant. For a Euclidean distance d that is -d².
struct CodedQuery {
  AlignedBuffer<std::byte> values;
  float offset = 0;
  float scale = 1;
  float factor = 1;
  float constant = 0;

  /// Rounded as the kernels do that compare many queries with many rows: a query's hits are the same in any company.
  [[nodiscard]] float key(float sum, const RowTerms& row) const noexcept {
    return std::fma(sum + offset, scale * row.scale, row.term);
  }
  [[nodiscard]] float similarity(float key) const noexcept { return factor * key + constant; }
};

/// The score that a similarity stands for.
[[nodiscard]] inline float score_of(float similarity, Metric metric) noexcept {
  return metric == Metric::euclidean ? -std::sqrt(std::max(0.0F, -similarity)) : similarity;
}

}  // namespace glossa::detail
