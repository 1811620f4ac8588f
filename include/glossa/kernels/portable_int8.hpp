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

/// Rows whose totals are kept at a time.
inline constexpr std::size_t kTotalRows = 48;

/// Σ a·b over a whole group: a loop that compilers turn into whatever multiplies pairs of 16-bit integers.
[[nodiscard]] inline std::int32_t dot_of_group(const std::int16_t* a, const std::int16_t* b) {
  std::int32_t sum = 0;
  for (std::size_t k = 0; k < kInt8Group; ++k) sum += std::int32_t{a[k]} * std::int32_t{b[k]};
  return sum;
}

/// One group of a unit of columns, as 16 rows of 16-bit integers with zeros behind them.
inline void widen_unit(const std::int8_t* b, std::size_t depth, std::int16_t* wide) {
  std::memset(wide, 0, kInt8Columns * kInt8Group * sizeof *wide);
  for (std::size_t k = 0; k < depth; k += kInt8Depth)
    for (std::size_t i = 0; i < kInt8Columns * kInt8Depth; ++i)
      wide[i / kInt8Depth * kInt8Group + k + i % kInt8Depth] = *b++;
}

inline void multiply_int8(const Int8Product& p) {
  alignas(64) float totals[kTotalRows * kInt8Group];
  alignas(64) std::int16_t wide[kInt8Columns * kInt8Group];
  alignas(64) std::int16_t a[kInt8Group] = {};
  for (std::size_t row = 0; row < p.rows; row += kTotalRows) {
    const std::size_t rows = std::min(kTotalRows, p.rows - row);
    for (std::size_t column = 0; column < p.columns; column += kInt8Group) {
      const std::size_t columns = std::min(kInt8Group, p.columns - column);
      std::memset(totals, 0, sizeof totals);
      for (std::size_t j = 0; j < columns; j += kInt8Columns)
        for (std::size_t first = 0, group = 0; first < p.depth; first += kInt8Group, ++group) {
          const std::size_t depth = std::min(kInt8Group, p.depth - first);
          widen_unit(p.b + (column + j) * p.depth + first * kInt8Columns, depth, wide);
          const float* scales = p.b_scales + group * p.b_stride + column + j;
          for (std::size_t r = 0; r < rows; ++r) {
            std::memcpy(a, p.a.values + (row + r) * p.a.stride + first * kValueBytes, depth * kValueBytes);
            const float row_scale = p.a.scales[(row + r) * p.a.scales_stride + group];
            float* total = totals + r * kInt8Group + j;
            for (std::size_t i = 0; i < kInt8Columns; ++i)
              total[i] += static_cast<float>(dot_of_group(a, wide + i * kInt8Group)) * scales[i] * row_scale;
          }
        }
      finish_product(p, row, rows, column, columns, totals);
    }
  }
}

}  // namespace portable
}  // namespace GLOSSA_ISA
}  // namespace glossa::detail

#undef GLOSSA_KERNEL
#undef GLOSSA_KERNEL_INLINE
