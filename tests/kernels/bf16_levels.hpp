// Rows and weights of products in bfloat16, for the kernels of every level.
#pragma once

#include "levels.hpp"
#include "random_values.hpp"

#include <glossa/core/half.hpp>
#include <glossa/kernels/bf16_matrix.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace test {

using glossa::detail::Bf16Kernels;
using glossa::detail::Bf16Matrix;

/// Calls check(kernels) with the kernels of each level.
template <class Check>
void for_each_bf16_level(Check&& check) {
  for_each_level<float>([&](const glossa::detail::Kernels<float>& kernels) { check(kernels.bf16); });
}

inline float round_to_bf16(float value) {
  return glossa::detail::bfloat16_to_float(glossa::detail::float_to_bfloat16(value));
}

/// Rounded rows with memory of their own, in the level's form.
struct Bf16Rows {
  Bf16Rows(const Bf16Kernels& kernels, std::size_t rows, std::size_t depth)
      : value_bytes(kernels.value_bytes),
        stride(glossa::detail::round_up(depth, glossa::detail::kWidestPanel) * value_bytes),
        values(rows * stride, std::byte{0xFF}) {}  // which is NaN

  [[nodiscard]] float operator()(std::size_t row, std::size_t k) const {
    const std::byte* from = values.data() + row * stride + k * value_bytes;
    if (value_bytes == sizeof(float)) {
      float value;
      std::memcpy(&value, from, sizeof value);
      return value;
    }
    std::uint16_t bits;
    std::memcpy(&bits, from, sizeof bits);
    return glossa::detail::bfloat16_to_float(bits);
  }

  std::size_t value_bytes;
  std::size_t stride;
  std::vector<std::byte> values;
};

/// x: [rows, depth]
inline Bf16Rows round_rows(const Bf16Kernels& kernels, const std::vector<float>& x, std::size_t rows,
                           std::size_t depth) {
  Bf16Rows out(kernels, rows, depth);
  kernels.round({x.data(), depth, rows, depth, out.values.data(), out.stride});
  return out;
}

/// b: [columns, depth], as in a linear layer.
inline Bf16Matrix pack_bf16(const std::vector<float>& b, std::size_t depth, std::size_t columns) {
  Bf16Matrix packed(depth, columns);
  packed.set_columns_from_rows(0, columns, b.data(), depth, depth);
  return packed;
}

}  // namespace test
