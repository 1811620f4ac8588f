// Products with 8-bit weights in plain C++: the oracle of the other levels.
#pragma once

#include <glossa/kernels/int8_operations.hpp>
#include <glossa/kernels/portable.hpp>
#include <glossa/kernels/wide_rows.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

namespace glossa::detail {
inline namespace GLOSSA_ISA {
namespace portable {

inline void quantize(const RowsToQuantize& p) {
  const auto limit = static_cast<float>(kLargestWideValue);
  for (std::size_t r = 0; r < p.rows; ++r) {
    const float* x = p.x + r * p.x_stride;
    float most = 0;
    float poison = 0;  // NaN if any value is not finite
    for (std::size_t k = 0; k < p.depth; ++k) {
      most = std::max(most, std::fabs(x[k]));
      poison += x[k] * 0.0F;
    }
    p.scales[r] = most / limit + poison;
    const float exact = limit / most;
    const float inverse = poison == 0 && exact <= std::numeric_limits<float>::max() ? exact : 0;
    auto* out = reinterpret_cast<std::int16_t*>(p.values + r * p.stride);
    std::memset(out, 0, wide_row_bytes(p.depth));
    if (inverse > 0)
      for (std::size_t k = 0; k < p.depth; ++k) out[k] = static_cast<std::int16_t>(std::nearbyint(x[k] * inverse));
  }
}

inline void multiply_int8(const Int8Product& p) {
  for (std::size_t j = 0; j < p.columns; j += kInt8Columns)
    for (std::size_t r = 0; r < p.rows; ++r) {
      const auto* a = reinterpret_cast<const std::int16_t*>(p.a + r * p.a_stride);
      const std::int8_t* b = p.b + j * p.depth;
      float totals[kInt8Columns] = {};
      for (std::size_t first = 0; first < p.depth; first += kInt8Group) {
        std::int32_t sums[kInt8Columns] = {};
        const std::size_t end = std::min(first + kInt8Group, p.depth);
        for (std::size_t k = first; k < end; k += kInt8Depth, b += kInt8Columns * kInt8Depth)
          for (std::size_t i = 0; i < kInt8Columns * kInt8Depth; ++i)
            sums[i / kInt8Depth] += a[k + i % kInt8Depth] * b[i];
        const float* scales = p.b_scales + first / kInt8Group * p.b_scales_stride + j;
        for (std::size_t i = 0; i < kInt8Columns; ++i) totals[i] += static_cast<float>(sums[i]) * scales[i];
      }
      float* c = p.c + r * p.c_stride + j;
      for (std::size_t i = 0; i < kInt8Columns; ++i) c[i] = totals[i] * p.a_scales[r] + p.bias[j + i];
      apply_epilogue<float>(p.epilogue, c, kInt8Columns, 1, kInt8Columns);
    }
}

}  // namespace portable
}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
