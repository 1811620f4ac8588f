// The form of quantized rows for processors without 8-bit dot products: symmetric 16-bit integers.
#pragma once

#include <glossa/kernels/int8_operations.hpp>

#include <cstddef>
#include <cstdint>

namespace glossa::detail {

/// Processors without 8-bit dot products multiply 16-bit integers exactly and as fast as they could 8-bit ones, so
/// activations keep 15 bits: a group of 128 products with weights up to 127 cannot overflow 32 bits.
inline constexpr std::int32_t kLargestWideValue = 16383;
static_assert(std::int64_t{kLargestWideValue} * 127 * std::int64_t{kInt8Group} < 0x7FFFFFFF);

/// Bytes of a row: whole vectors of 16 elements.
[[nodiscard]] inline std::size_t wide_row_bytes(std::size_t depth) noexcept { return (depth + 15) / 16 * 32; }

}  // namespace glossa::detail
