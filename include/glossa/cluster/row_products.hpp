// A vector and rows come in; their products go out, a number a row.
#pragma once

#include <glossa/kernels/kernels.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>

namespace glossa::detail {

/// sums[r] = Σ query·row of rows [count, size], the same for a row wherever it stands.
template <std::floating_point T>
void row_products([[maybe_unused]] const Kernels<T>& kernels, const T* query, const T* rows, std::size_t count,
                  std::size_t size, T* sums) {
  if constexpr (std::is_same_v<T, float>) {
    kernels.row_sums.products({query, rows, size, count, size, sums});
  } else {  // the oracle takes its time
    for (std::size_t r = 0; r < count; ++r) {
      T sum = 0;
      for (std::size_t k = 0; k < size; ++k) sum += query[k] * rows[r * size + k];
      sums[r] = sum;
    }
  }
}

}  // namespace glossa::detail
