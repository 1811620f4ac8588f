// Signed bytes come in, one vector after another; they go out as the second operand of a product of bytes.
#pragma once

#include <glossa/kernels/int8_operations.hpp>

#include <cstddef>
#include <cstdint>

namespace glossa::detail {

/// Writes a vector of `bytes` signed bytes code(k) to its column of CodeProduct::queries. Returns the column's offset:
/// what makes up for the rows' bytes standing for themselves less 128.
template <class Code>
[[nodiscard]] std::int32_t pack_code_column(std::int8_t* queries, std::size_t bytes, std::size_t column, Code&& code) {
  std::int8_t* to = queries + column / kInt8Columns * kInt8Columns * bytes + column % kInt8Columns * kInt8Depth;
  std::int32_t sum = 0;
  for (std::size_t k = 0; k < bytes; ++k) {
    const int value = code(k);
    to[k / kInt8Depth * kInt8Columns * kInt8Depth + k % kInt8Depth] = static_cast<std::int8_t>(value);
    sum += value;
  }
  return -128 * sum;
}

}  // namespace glossa::detail
