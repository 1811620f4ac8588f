// The operands of products in bfloat16, and of attention in it.
#pragma once

#include <glossa/kernels/operations.hpp>
#include <glossa/kernels/small_weights.hpp>

#include <cstddef>
#include <cstdint>

namespace glossa::detail {

/// Rows x [rows, depth] are rounded to bfloat16, to nearest, ties to even, and written in the form that the level's
/// product reads, `stride` bytes a row; NaN stays NaN.
struct RowsToRound {
  const float* x;
  std::size_t x_stride;
  std::size_t rows;
  std::size_t depth;
  std::byte* rounded;
  std::size_t stride;
};

/// C = epilogue(A·B + bias), with A as rounded rows and B as small weights. Columns are a multiple of kWidestPanel. The
/// result goes to one of three places: `c`, floats [rows, columns]; `rounded`, bfloat16 numbers, where the level has
/// attention in bfloat16; or `next`, rows rounded for the next product.
template <class B>
struct Bf16Product {
  const std::byte* a;
  std::size_t a_stride;  // bytes
  std::size_t rows;
  B b;
  std::size_t depth;
  std::size_t columns;
  const float* bias;
  Epilogue epilogue = Epilogue::none;
  float* c = nullptr;
  std::uint16_t* rounded = nullptr;
  std::size_t c_stride = 0;  // of c or rounded
  std::byte* next = nullptr;
  std::size_t next_stride = 0;  // bytes
};

/// AttentionHead with queries, keys and values as bfloat16 numbers; size is even. scratch: bytes.
struct Bf16AttentionHead {
  const std::uint16_t* queries;
  const std::uint16_t* keys;
  const std::uint16_t* values;
  std::size_t stride;
  std::size_t tokens;
  std::size_t size;
  float* context;
  std::size_t context_stride;
  std::byte* scratch;
};

}  // namespace glossa::detail
