// The forms in which levels of instructions keep quantized rows.
#pragma once

#include <glossa/kernels/operations.hpp>

#include <cstddef>
#include <cstdint>

namespace glossa::detail {

/// How an integer q of [0, 255] with zero point z lies in memory. The product is Σ (q - z)·w.
enum class RowForm {
  wide,           ///< q - z in 16 bits, for processors that multiply no 8-bit integers
  unsigned_byte,  ///< q, for x86's dot products of unsigned rows and signed weights
  signed_byte,    ///< q - 128, for ARM's of signed ones
};

/// Bytes of a row; levels may write whole vectors behind its last value.
[[nodiscard]] constexpr std::size_t row_bytes(RowForm form, std::size_t depth) noexcept {
  return round_up(depth, 64) * (form == RowForm::wide ? 2 : 1);
}

/// What has to be added to Σ value·w for each unit of Σ w.
[[nodiscard]] constexpr std::int32_t offset_factor(RowForm form, int zero) noexcept {
  if (form == RowForm::wide) return 0;
  return form == RowForm::unsigned_byte ? -zero : 128 - zero;
}

}  // namespace glossa::detail
