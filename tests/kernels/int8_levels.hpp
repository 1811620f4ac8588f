// The 8-bit kernels of every level of instructions that this processor has, their oracle, and rows for both.
#pragma once

#include "evex_vnni.hpp"
#include "levels.hpp"
#include "random_values.hpp"

#include <glossa/kernels/avx2_int8.hpp>
#include <glossa/kernels/avx512_vnni.hpp>
#include <glossa/kernels/avx_vnni.hpp>
#include <glossa/kernels/int8_matrix.hpp>
#include <glossa/kernels/neon_dot.hpp>
#include <glossa/kernels/portable_int8.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

namespace test {

using glossa::detail::Int8Kernels;
using glossa::detail::Int8Matrix;
using glossa::detail::RowForm;

inline const std::vector<int> kZeros{glossa::detail::kZeroOfActivated, glossa::detail::kZeroOfSigned};

/// Plain C++: not always the portable level's, which uses the dot products that the compiler's flags allow.
inline Int8Kernels int8_oracle() {
  namespace portable = glossa::detail::portable;
  return {RowForm::wide, &portable::quantize, &portable::multiply_int8};
}

/// Calls check(kernels, fused): whether sums of products are rounded once.
template <class Check>
void for_each_int8_level(Check&& check) {
  for (const glossa::CpuLevel level : glossa::supported_levels()) {
    INFO("level " << to_string(level));
    check(glossa::detail::kernels_of<float>(level).int8, level != glossa::CpuLevel::portable);
  }
#if GLOSSA_X86_LEVELS
  if (glossa::cpu_features().avx512_vnni) {
    namespace evex = glossa::detail::avx2::evex;
    INFO("level avx2_vnni in the encoding of AVX-512");
    check({RowForm::unsigned_byte, &evex::quantize, &evex::multiply_int8}, true);
  }
#endif
}

/// Quantized rows with memory of their own: not a byte more than is promised to the kernels.
struct Int8Rows {
  Int8Rows(RowForm row_form, std::size_t rows, std::size_t depth, int zero_point)
      : form(row_form),
        stride(row_bytes(form, depth)),
        groups(glossa::detail::int8_groups(depth)),
        zero(zero_point),
        values(rows * stride, std::byte{0x55}),
        scales(rows * groups, std::numeric_limits<float>::quiet_NaN()) {}

  [[nodiscard]] glossa::detail::QuantizedRows view(std::size_t first = 0) const {
    return {const_cast<std::byte*>(values.data()) + first * stride, stride,
            const_cast<float*>(scales.data()) + first * groups, groups, zero};
  }

  /// The integer without its zero point.
  [[nodiscard]] int operator()(std::size_t row, std::size_t k) const {
    if (form == RowForm::wide) {
      std::int16_t value;
      std::memcpy(&value, values.data() + row * stride + 2 * k, sizeof value);
      return value;
    }
    const auto byte = std::to_integer<std::uint8_t>(values[row * stride + k]);
    return (form == RowForm::unsigned_byte ? byte : static_cast<std::int8_t>(byte) + 128) - zero;
  }

  RowForm form;
  std::size_t stride;
  std::size_t groups;
  int zero;
  std::vector<std::byte> values;
  std::vector<float> scales;
};

/// x: [rows, depth]; factors: [depth], or empty.
inline Int8Rows quantize(const Int8Kernels& kernels, const std::vector<float>& x, std::size_t rows, std::size_t depth,
                         int zero, const std::vector<float>& factors = {}) {
  Int8Rows out(kernels.form, rows, depth, zero);
  kernels.quantize({x.data(), depth, rows, depth, factors.empty() ? nullptr : factors.data(), out.view()});
  return out;
}

/// The same scales and the same integers, in whatever form.
inline void check_same_rows(const Int8Rows& got, const Int8Rows& expected, std::size_t rows, std::size_t depth) {
  REQUIRE(std::memcmp(got.scales.data(), expected.scales.data(), expected.scales.size() * sizeof(float)) == 0);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t k = 0; k < depth; ++k)
      if (got(r, k) != expected(r, k)) {
        INFO("row " << r << ", element " << k);
        REQUIRE(got(r, k) == expected(r, k));
      }
}

/// b: [columns, depth], as in a linear layer.
inline Int8Matrix pack_int8(const std::vector<float>& b, std::size_t depth, std::size_t columns) {
  Int8Matrix packed(depth, columns);
  packed.set_columns_from_rows(0, columns, b.data(), depth, depth);
  return packed;
}

}  // namespace test
