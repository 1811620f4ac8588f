// What comparing vectors asks of the kernels: the operands.
#pragma once

#include <cstddef>

namespace glossa::detail {

/// A vector against many: sums[r] over the elements of `query` [size] and row r of `rows` [count, size] with `stride`.
/// Sums are of floats, in lanes that are added at the end, the same for a row wherever it stands. squares: Σ row² of
/// each, or null.
struct RowSums {
  const float* query;
  const float* rows;
  std::size_t stride;
  std::size_t count;
  std::size_t size;
  float* sums;
  float* squares = nullptr;
};

/// Kernels for them.
struct RowSumKernels {
  void (*products)(const RowSums&) = nullptr;              ///< Σ q·x
  void (*squared_differences)(const RowSums&) = nullptr;   ///< Σ (q - x)²
  void (*absolute_differences)(const RowSums&) = nullptr;  ///< Σ |q - x|
};

}  // namespace glossa::detail
