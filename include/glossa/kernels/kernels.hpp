// The table of functions that a level of instructions offers.
#pragma once

#include <glossa/kernels/int8_operations.hpp>
#include <glossa/kernels/operations.hpp>
#include <glossa/kernels/small_weights.hpp>

#include <cstddef>

namespace glossa::detail {

/// Products with 8-bit weights.
struct Int8Kernels {
  /// Bytes of a quantized row.
  std::size_t (*row_bytes)(std::size_t depth) = nullptr;
  void (*quantize)(const RowsToQuantize&) = nullptr;
  void (*multiply)(const Int8Product&) = nullptr;
};

/// Products with weights that are turned into floats as they are read.
struct SmallKernels {
  void (*round)(const RowsToRound&) = nullptr;
  void (*multiply_bf16)(const Product<float, Bf16Weights>&) = nullptr;
};

/// The operations of one level of instructions. All are free of state.
template <class T>
struct Kernels {
  std::size_t panel = 0;  ///< columns of a panel of a packed matrix
  void (*multiply)(const Product<T>&) = nullptr;
  void (*add_and_normalize)(const NormalizedSum<T>&) = nullptr;
  void (*attention)(const AttentionHead<T>&) = nullptr;
  /// Elements of scratch memory that attention() needs for a text.
  std::size_t (*attention_scratch)(std::size_t tokens, std::size_t head_size) = nullptr;
  Int8Kernels int8{};    ///< for float alone
  SmallKernels small{};  ///< for float alone
};

}  // namespace glossa::detail
