// Products with 8-bit weights in plain C++: the oracle of the other levels.
#pragma once

#include <glossa/kernels/int8_operations.hpp>
#include <glossa/kernels/portable.hpp>
#include <glossa/kernels/row_form.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#define GLOSSA_KERNEL
#define GLOSSA_KERNEL_INLINE GLOSSA_ALWAYS_INLINE

namespace glossa::detail {
inline namespace GLOSSA_ISA {
namespace portable {

inline constexpr std::size_t kValueBytes = 2;

GLOSSA_KERNEL_INLINE void store_rounded(std::byte* to, std::size_t first, const Packet<float>& value, int /*zero*/) {
  float values[kLanes<float>];
  store(values, value);
  for (std::size_t i = 0; i < kLanes<float>; ++i) {
    const auto rounded = static_cast<std::int16_t>(std::nearbyint(values[i]));
    std::memcpy(to + (first + i) * kValueBytes, &rounded, sizeof rounded);
  }
}

#include <glossa/kernels/level/int8_rows.inl>

inline void multiply_int8(const Int8Product& p) {
  for (std::size_t column = 0; column < p.columns; column += kInt8Group)
    for (std::size_t r = 0; r < p.rows; ++r) {
      const std::size_t columns = std::min(kInt8Group, p.columns - column);
      alignas(64) float totals[kInt8Group] = {};
      for (std::size_t j = 0; j < columns; j += kInt8Columns) {
        const auto* a = reinterpret_cast<const std::int16_t*>(p.a.values + r * p.a.stride);
        const std::int8_t* b = p.b + (column + j) * p.depth;
        for (std::size_t first = 0; first < p.depth; first += kInt8Group) {
          std::int32_t sums[kInt8Columns] = {};
          const std::size_t end = std::min(first + kInt8Group, p.depth);
          for (std::size_t k = first; k < end; k += kInt8Depth, b += kInt8Columns * kInt8Depth)
            for (std::size_t i = 0; i < kInt8Columns * kInt8Depth; ++i)
              sums[i / kInt8Depth] += a[k + i % kInt8Depth] * b[i];
          const std::size_t group = first / kInt8Group;
          const float row_scale = p.a.scales[r * p.a.scales_stride + group];
          for (std::size_t i = 0; i < kInt8Columns; ++i)
            totals[j + i] += static_cast<float>(sums[i]) * p.b_scales[group * p.b_stride + column + j + i] * row_scale;
        }
      }
      finish_product(p, r, 1, column, columns, totals);
    }
}

}  // namespace portable
}  // namespace GLOSSA_ISA
}  // namespace glossa::detail

#undef GLOSSA_KERNEL
#undef GLOSSA_KERNEL_INLINE
