// The table of functions that a level of instructions offers.
#pragma once

#include <glossa/kernels/bf16_operations.hpp>
#include <glossa/kernels/centers.hpp>
#include <glossa/kernels/code_sums.hpp>
#include <glossa/kernels/int8_operations.hpp>
#include <glossa/kernels/operations.hpp>
#include <glossa/kernels/repulsion.hpp>
#include <glossa/kernels/row_form.hpp>
#include <glossa/kernels/row_sums.hpp>
#include <glossa/kernels/small_weights.hpp>

#include <cstddef>

namespace glossa::detail {

/// Products with 8-bit weights.
struct Int8Kernels {
  RowForm form = RowForm::wide;
  void (*quantize)(const RowsToQuantize&) = nullptr;
  void (*multiply)(const Int8Product&) = nullptr;
};

/// Products of rows in bfloat16 with weights in it, or of 4 bits.
struct Bf16Kernels {
  std::size_t value_bytes = 0;  ///< of a number in a rounded row
  void (*round)(const RowsToRound&) = nullptr;
  void (*multiply)(const Bf16Product<Bf16Weights>&) = nullptr;
  void (*multiply_int4)(const Bf16Product<Int4Weights>&) = nullptr;
  void (*attention)(const Bf16AttentionHead&) = nullptr;  ///< null where floats are as fast
  /// Bytes of scratch memory that attention() needs for a text.
  std::size_t (*attention_scratch)(std::size_t tokens, std::size_t head_size) = nullptr;
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
  CenterKernels<T> centers{};
  Int8Kernels int8{};        ///< for float alone
  Bf16Kernels bf16{};        ///< for float alone
  RowSumKernels row_sums{};  ///< for float alone
  CodeSumKernels codes{};    ///< for float alone
  void (*repel)(const Repulsion<T>&) = nullptr;
};

}  // namespace glossa::detail
