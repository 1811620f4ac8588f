// Rows of activations and a packed matrix come in; their product goes out.
#pragma once

#include <glossa/kernels/packed_matrix.hpp>
#include <glossa/kernels/packet.hpp>

#include <algorithm>
#include <cstddef>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// Rows that the kernel computes at a time: with two registers a row, they leave some for the operands.
template <class T>
inline constexpr std::size_t kTileRows = kRegisters >= 32 ? 12 : 6;

/// How much of the common dimension is read before the next rows are turned to; a panel of it fits the first-level
/// cache.
template <class T>
inline constexpr std::size_t kDepthBlock = 24576 / (kPanel<T> * sizeof(T));

/// A tile of C, [Rows, kPanel], held in registers while the depth goes by. Each element is one chain of fused (where
/// the hardware has them) multiply-adds in the order of k, whatever Rows is: a row's result does not depend on which
/// rows it is computed with. `from_c`: the chain goes on from what C holds; else it starts at the bias, or at zero.
template <class T, std::size_t Rows>
EIGEN_ALWAYS_INLINE void multiply_tile(const T* a, std::size_t a_stride, const T* panel, std::size_t depth, T* c,
                                       std::size_t c_stride, const T* bias, bool from_c) {
  using namespace Eigen::internal;
  constexpr std::size_t lanes = kLanes<T>;
  Packet<T> sum[Rows][2];
  for (std::size_t r = 0; r < Rows; ++r) {
    const T* start = from_c ? c + r * c_stride : bias;
    sum[r][0] = start == nullptr ? broadcast(T(0)) : load<T>(start);
    sum[r][1] = start == nullptr ? broadcast(T(0)) : load<T>(start + lanes);
  }
  for (std::size_t k = 0; k < depth; ++k, panel += kPanel<T>) {
    const Packet<T> b0 = load<T>(panel);
    const Packet<T> b1 = load<T>(panel + lanes);
    for (std::size_t r = 0; r < Rows; ++r) {
      const Packet<T> x = broadcast(a[r * a_stride + k]);
      sum[r][0] = pmadd(x, b0, sum[r][0]);
      sum[r][1] = pmadd(x, b1, sum[r][1]);
    }
  }
  for (std::size_t r = 0; r < Rows; ++r) {
    store<T>(c + r * c_stride, sum[r][0]);
    store<T>(c + r * c_stride + lanes, sum[r][1]);
  }
}

/// All rows of one panel and one block of the depth.
template <class T>
void multiply_panel(const T* a, std::size_t a_stride, std::size_t rows, const T* panel, std::size_t depth, T* c,
                    std::size_t c_stride, const T* bias, bool from_c) {
  constexpr std::size_t tile = kTileRows<T>;
  std::size_t r = 0;
  const auto run = [&]<std::size_t Rows>() {
    multiply_tile<T, Rows>(a + r * a_stride, a_stride, panel, depth, c + r * c_stride, c_stride, bias, from_c);
    r += Rows;
  };
  while (rows - r >= tile) run.template operator()<tile>();
  while (rows - r >= 4) run.template operator()<4>();
  while (rows - r >= 2) run.template operator()<2>();
  if (rows > r) run.template operator()<1>();
}

/// C = A·B + bias, with `finish(values, count)` applied to every part of C once it is complete.
///
/// a: [rows, depth], `a_stride` elements from row to row. c: [rows, round_up(columns, kPanel)], `c_stride` likewise;
/// what lies behind its first `columns` columns is overwritten. bias: round_up(columns, kPanel) elements, or null.
template <class T, class Finish>
void multiply(const T* a, std::size_t a_stride, std::size_t rows, const PackedMatrix<T>& b, T* c, std::size_t c_stride,
              const T* bias, Finish&& finish) {
  for (std::size_t k = 0; k < b.depth() || k == 0; k += kDepthBlock<T>) {
    const std::size_t depth = std::min(kDepthBlock<T>, b.depth() - k);
    const bool last = k + depth == b.depth();
    for (std::size_t j = 0; j < b.columns(); j += kPanel<T>) {
      multiply_panel<T>(a + k, a_stride, rows, b.panel(j, k), depth, c + j, c_stride, bias == nullptr ? bias : bias + j,
                        k > 0);
      if (last)
        for (std::size_t r = 0; r < rows; ++r) finish(c + r * c_stride + j, kPanel<T>);
    }
  }
}

template <class T>
void multiply(const T* a, std::size_t a_stride, std::size_t rows, const PackedMatrix<T>& b, T* c, std::size_t c_stride,
              const T* bias = nullptr) {
  multiply<T>(a, a_stride, rows, b, c, c_stride, bias, [](T*, std::size_t) {});
}

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
