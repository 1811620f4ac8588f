// What a linear layer takes comes in; what it gives goes out, and on the way back what a loss changes by with its input
// and its weights.
#pragma once

#include <glossa/core/crew.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/packed_matrix.hpp>
#include <glossa/kernels/row_kernels.hpp>
#include <glossa/kernels/training_operations.hpp>
#include <glossa/train/bf16_linear.hpp>
#include <glossa/train/linear_place.hpp>
#include <glossa/train/parameter_layout.hpp>
#include <glossa/train/training_batch.hpp>
#include <glossa/train/training_precision.hpp>

#include <cstddef>
#include <type_traits>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// Buffers that all layers share.
template <class T>
struct LinearRoom {
  PaddedRows<T> product;  // [tokens, padded(inputs)]
  Bf16Room bf16{};
};

/// y = x·Wᵀ + b. x, dx: [tokens, padded(inputs)], y, dy: [tokens, padded(outputs)], with zeros behind each row's last
/// number. Products in bfloat16 are those of float alone: for double, `precision` says nothing.
template <class T>
class TrainingLinear {
 public:
  TrainingLinear(const TrainingKernels<T>& kernels, const LinearPlace& place, TrainingPrecision precision)
      : kernels_(kernels),
        place_(place),
        is_rounded_(std::is_same_v<T, float> && precision == TrainingPrecision::bf16),
        rounded_(kernels.bf16, place) {}

  /// To be called after the weights have changed.
  void pack(const T* weights, Crew& crew) {
    if constexpr (std::is_same_v<T, float>)
      if (is_rounded_) return rounded_.pack(weights, crew);
    if (packed_.depth() == 0) packed_ = PackedMatrix<T>(place_.inputs, place_.outputs, kernels_.panel);
    const std::size_t row = padded(place_.inputs);
    const T* from = weights + place_.weights;
    crew.for_each_range(place_.outputs, [&](std::size_t begin, std::size_t end, std::size_t) {
      packed_.set_columns_from_rows(begin, end - begin, from + begin * row, row);
    });
  }

  void forward(Crew& crew, const T* weights, const T* x, std::size_t tokens, LinearRoom<T>& room, T* y) const {
    if constexpr (std::is_same_v<T, float>)
      if (is_rounded_) return rounded_.forward(crew, weights, x, tokens, room.bf16, y);
    const std::size_t from = padded(place_.inputs);
    const std::size_t to = padded(place_.outputs);
    crew.for_each_range(tokens, [&](std::size_t begin, std::size_t end, std::size_t) {
      kernels_.multiply({x + begin * from, from, end - begin, packed_.panel(0), place_.inputs, across(place_.outputs),
                         y + begin * to, to, weights + place_.bias, Epilogue::none});
    });
  }

  /// Adds dyᵀ·x to the gradient of the weights and the sums of dy to that of the bias, in a buffer that has the
  /// weights' layout. Where it is null, the weights are frozen.
  void weight_gradient(Crew& crew, const T* dy, const T* x, std::size_t tokens, LinearRoom<T>& room,
                       T* gradients) const {
    if (gradients == nullptr) return;
    if constexpr (std::is_same_v<T, float>)
      if (is_rounded_) return rounded_.weight_gradient(crew, dy, x, tokens, room.bf16, gradients);
    const std::size_t row = padded(place_.inputs);
    const std::size_t stride = padded(place_.outputs);
    crew.for_each_range(place_.outputs, [&](std::size_t begin, std::size_t end, std::size_t) {
      kernels_.multiply_outer({dy + begin, stride, x, row, tokens, end - begin, across(place_.inputs),
                               gradients + place_.weights + begin * row, row, true});
      for (std::size_t t = 0; t < tokens; ++t)
        add_row<T>(gradients + place_.bias + begin, dy + t * stride + begin, end - begin);
    });
  }

  /// dx = dy·W.
  void input_gradient(Crew& crew, const T* weights, const T* dy, std::size_t tokens, LinearRoom<T>& room, T* dx) const {
    if constexpr (std::is_same_v<T, float>)
      if (is_rounded_) return rounded_.input_gradient(crew, dy, tokens, room.bf16, dx, false);
    const std::size_t from = padded(place_.outputs);
    const std::size_t to = padded(place_.inputs);
    crew.for_each_range(tokens, [&](std::size_t begin, std::size_t end, std::size_t) {
      kernels_.multiply_rows({dy + begin * from,
                              from,
                              end - begin,
                              {weights + place_.weights, to},
                              place_.outputs,
                              across(place_.inputs),
                              dx + begin * to,
                              to,
                              nullptr,
                              Epilogue::none});
    });
  }

  /// dx += dy·W.
  void add_input_gradient(Crew& crew, const T* weights, const T* dy, std::size_t tokens, LinearRoom<T>& room,
                          T* dx) const {
    if constexpr (std::is_same_v<T, float>)
      if (is_rounded_) return rounded_.input_gradient(crew, dy, tokens, room.bf16, dx, true);
    const std::size_t row = padded(place_.inputs);
    T* product = room.product.ensure(tokens * row);
    input_gradient(crew, weights, dy, tokens, room, product);
    crew.for_each_range(tokens, [&](std::size_t begin, std::size_t end, std::size_t) {
      add_row<T>(dx + begin * row, product + begin * row, (end - begin) * row);
    });
  }

 private:
  [[nodiscard]] std::size_t across(std::size_t columns) const noexcept { return round_up(columns, kernels_.panel); }

  TrainingKernels<T> kernels_;
  LinearPlace place_;
  bool is_rounded_;
  PackedMatrix<T> packed_;
  Bf16Linear rounded_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
