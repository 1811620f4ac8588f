// What a linear layer takes comes in; what it gives goes out, and on the way back what a loss changes by with its input
// and its weights, by products of numbers rounded to bfloat16.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/crew.hpp>
#include <glossa/kernels/bf16_training.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/train/linear_place.hpp>
#include <glossa/train/parameter_layout.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// Buffers that all layers share.
struct Bf16Room {
  AlignedBuffer<std::byte> rows;        // rounded, [tokens, columns]
  AlignedBuffer<std::byte> turned;      // rounded, [columns, tokens]
  AlignedBuffer<std::uint16_t> packed;  // [tokens, columns] as the right-hand side of a product
};

/// See TrainingLinear, whose shapes these are. Every dimension that is summed over is filled up to whole tiles.
class Bf16Linear {
 public:
  Bf16Linear() = default;
  Bf16Linear(const Bf16TrainingKernels& kernels, const LinearPlace& place) : kernels_(kernels), place_(place) {}

  /// Rounds the weights for both directions. They are read once: what is read second is in the cache.
  void pack(const float* weights, Crew& crew) {
    const std::size_t outputs = padded(place_.outputs);
    const std::size_t inputs = padded(place_.inputs);
    std::uint16_t* forward = forward_.ensure(outputs * inputs);
    std::uint16_t* backward = backward_.ensure(outputs * inputs);
    const float* from = weights + place_.weights;
    for_each_block(crew, place_.outputs, [&](std::size_t begin, std::size_t end) {
      kernels_.pack_columns(
          {from + begin * inputs, inputs, end - begin, inputs, padded(end - begin), forward + begin * inputs});
    });
    for_each_block(crew, place_.inputs, [&](std::size_t begin, std::size_t end) {
      kernels_.pack_rows(
          {from + begin, inputs, place_.outputs, outputs, padded(end - begin), backward + begin * outputs});
    });
  }

  void forward(Crew& crew, const float* weights, const float* x, std::size_t tokens, Bf16Room& room, float* y) const {
    const float* bias = weights + place_.bias;
    multiply(crew, x, tokens, {forward_.data(), padded(place_.inputs)}, padded(place_.outputs), bias, false, room, y);
  }

  /// dx = dy · W, or dx += dy · W.
  void input_gradient(Crew& crew, const float* dy, std::size_t tokens, Bf16Room& room, float* dx, bool adds) const {
    const Bf16Weights weights{backward_.data(), padded(place_.outputs)};
    multiply(crew, dy, tokens, weights, padded(place_.inputs), nullptr, adds, room, dx);
  }

  /// The gradient of the weights += dyᵀ · x, that of the bias += the sums of dy.
  void weight_gradient(Crew& crew, const float* dy, const float* x, std::size_t tokens, Bf16Room& room,
                       float* gradients) const {
    const std::size_t outputs = padded(place_.outputs);
    const std::size_t inputs = padded(place_.inputs);
    const std::size_t depth = round_up(tokens, kBf16Depth);
    const std::size_t bytes = row_bytes(depth);
    std::uint16_t* packed = room.packed.ensure(depth * inputs);
    std::byte* turned = room.turned.ensure(outputs * bytes);
    for_each_block(crew, inputs, [&](std::size_t begin, std::size_t end) {
      kernels_.pack_rows({x + begin, inputs, tokens, depth, end - begin, packed + begin * depth});
    });
    for_each_block(crew, place_.outputs, [&](std::size_t begin, std::size_t end) {
      kernels_.turn({dy + begin, outputs, tokens, depth, padded(end - begin), turned + begin * bytes, bytes,
                     gradients + place_.bias + begin});
      kernels_.sum_products({turned + begin * bytes,
                             bytes,
                             end - begin,
                             {packed, depth},
                             depth,
                             inputs,
                             gradients + place_.weights + begin * inputs,
                             inputs,
                             nullptr,
                             true});
    });
  }

 private:
  /// to [tokens, columns] = x [tokens, b.depth] · b + bias, or to += x · b.
  void multiply(Crew& crew, const float* x, std::size_t tokens, const Bf16Weights& b, std::size_t columns,
                const float* bias, bool adds, Bf16Room& room, float* to) const {
    const std::size_t bytes = row_bytes(b.depth);
    std::byte* rows = room.rows.ensure(tokens * bytes);
    for_each_block(crew, tokens, [&](std::size_t begin, std::size_t end) {
      kernels_.round({x + begin * b.depth, b.depth, end - begin, b.depth, rows + begin * bytes, bytes});
      kernels_.sum_products(
          {rows + begin * bytes, bytes, end - begin, b, b.depth, columns, to + begin * columns, columns, bias, adds});
    });
  }

  /// Of a rounded row, an odd number of cache lines: rows of a tile that lie a power of two apart would share the few
  /// places that the first-level cache has for such.
  [[nodiscard]] std::size_t row_bytes(std::size_t depth) const noexcept {
    const std::size_t lines = depth * kernels_.value_bytes / 64;
    return (lines + (lines % 2 == 0 ? 1 : 0)) * 64;
  }

  /// Calls body(begin, end) for ranges that together are [0, count) and begin at multiples of a tile's rows.
  template <class Body>
  static void for_each_block(Crew& crew, std::size_t count, Body&& body) {
    constexpr std::size_t kRows = 32;
    crew.for_each_range((count + kRows - 1) / kRows, [&](std::size_t begin, std::size_t end, std::size_t) {
      body(begin * kRows, std::min(end * kRows, count));
    });
  }

  Bf16TrainingKernels kernels_{};
  LinearPlace place_{};
  AlignedBuffer<std::uint16_t> forward_;   // Wᵀ, packed: [inputs, outputs]
  AlignedBuffer<std::uint16_t> backward_;  // W, packed: [outputs, inputs]
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
