// What training in bfloat16 asks of its kernels beside those of training_operations.hpp.
#pragma once

#include <glossa/kernels/bf16_operations.hpp>
#include <glossa/kernels/small_weights.hpp>

#include <cstddef>
#include <cstdint>

namespace glossa::detail {

/// The depth of every product is filled up to a multiple of this, with zeros: a whole tile of AMX.
inline constexpr std::size_t kBf16Depth = 32;

/// A matrix of floats x, rounded to bfloat16 and packed as the right-hand side B of a product, in the layout of
/// Bf16Weights. Its rows are the rows of B, or, for pack_columns(), its columns, and what is behind `rows` is zeros.
/// depth is a multiple of kBf16Depth, columns one of kSmallColumns; x has all elements of whole rows up to there.
struct RowsToPack {
  const float* x;
  std::size_t x_stride;
  std::size_t rows;
  std::size_t depth;
  std::size_t columns;
  std::uint16_t* packed;
};

/// Columns of x [rows, columns], rounded to bfloat16, as rows of `depth` numbers in the form that the level's products
/// read, `stride` bytes each; behind the rows of x come zeros. Depth and columns are as in RowsToPack. The sums of x's
/// columns, as they are, are added to `sums`.
struct RowsToTurn {
  const float* x;
  std::size_t x_stride;
  std::size_t rows;
  std::size_t depth;
  std::size_t columns;
  std::byte* turned;
  std::size_t stride;
  float* sums;
};

/// C = A·B + bias, or C += A·B, of rounded rows a and packed b. bias: [columns], or null. Columns are a multiple of
/// kWidestPanel. Each element is one chain of sums over the depth, whichever rows and columns it is computed with.
struct Bf16Sums {
  const std::byte* a;
  std::size_t a_stride;  // bytes
  std::size_t rows;
  Bf16Weights b;
  std::size_t depth;
  std::size_t columns;
  float* c;
  std::size_t c_stride;
  const float* bias = nullptr;
  bool adds = false;
};

/// Of one level of instructions.
struct Bf16TrainingKernels {
  std::size_t value_bytes = 0;                  ///< of a number in a rounded row
  void (*round)(const RowsToRound&) = nullptr;  ///< of rows whose depth is a multiple of kBf16Depth
  void (*pack_rows)(const RowsToPack&) = nullptr;
  void (*pack_columns)(const RowsToPack&) = nullptr;
  void (*turn)(const RowsToTurn&) = nullptr;
  void (*sum_products)(const Bf16Sums&) = nullptr;
};

}  // namespace glossa::detail
