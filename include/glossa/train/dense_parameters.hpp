// A model's weights come in; they go out in one buffer that training changes, and step by step with less of a loss.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/crew.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/training_operations.hpp>
#include <glossa/model/weights.hpp>
#include <glossa/train/adamw.hpp>
#include <glossa/train/parameter_layout.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// All weights but the words', with their gradients and moments.
template <class T>
class DenseParameters {
 public:
  /// Errors: those of Weights::read().
  DenseParameters(const Weights& weights, const ParameterLayout& layout, const TrainingKernels<T>& kernels)
      : layout_(layout), kernels_(kernels), values_(zeros()), gradients_(zeros()) {
    for (const Parameter& one : layout.parameters()) {
      const std::vector<T> values = weights.read<T>(stored_name(weights, one), one.shape);
      for (std::size_t r = 0; r < one.rows; ++r)
        std::copy_n(values.data() + r * one.columns, one.columns, values_.data() + one.offset + r * one.stride);
    }
  }

  [[nodiscard]] const ParameterLayout& layout() const noexcept { return layout_; }
  [[nodiscard]] T* values() noexcept { return values_.data(); }
  [[nodiscard]] const T* values() const noexcept { return values_.data(); }
  [[nodiscard]] T* gradients() noexcept { return gradients_.data(); }
  [[nodiscard]] const T* gradients() const noexcept { return gradients_.data(); }

  /// Keeps the weights as they are, for AdamwOptions::initial_decay; to be called before the first step.
  void keep_initial() {
    initial_ = AlignedBuffer<T>(layout_.size());
    std::copy_n(values_.data(), values_.size(), initial_.data());
  }
  [[nodiscard]] const AlignedBuffer<T>& initial() const noexcept { return initial_; }

  /// Keeps an average of the weights, which begins with them as they are; to be called before the first step.
  void keep_average() {
    average_ = AlignedBuffer<T>(layout_.size());
    std::copy_n(values_.data(), values_.size(), average_.data());
  }
  [[nodiscard]] T* average() noexcept { return average_.data(); }

  /// The moments of all weights, for a checkpoint: as many as values().
  [[nodiscard]] T* first() {
    make_moments();
    return first_.data();
  }
  [[nodiscard]] T* second() {
    make_moments();
    return second_.data();
  }

  void clear_gradients() { std::fill_n(gradients_.data(), gradients_.size(), T(0)); }
  void clear_gradients(Crew& crew) {
    crew.for_each(parts(), [&](std::size_t part, std::size_t) {
      std::fill_n(gradients_.data() + part * kPart, std::min(kPart, gradients_.size() - part * kPart), T(0));
    });
  }

  /// The sum of the squares of all gradients, in an order that does not depend on the crew.
  [[nodiscard]] double squares(Crew& crew) const {
    std::vector<double> sums(parts());
    crew.for_each(parts(), [&](std::size_t part, std::size_t) {
      const std::size_t end = std::min((part + 1) * kPart, gradients_.size());
      double chains[kChains] = {};
      for (std::size_t i = part * kPart; i < end; i += kChains)  // whose size is padded
        for (std::size_t k = 0; k < kChains; ++k) {
          const auto value = static_cast<double>(gradients_[i + k]);
          chains[k] += value * value;
        }
      for (const double chain : chains) sums[part] += chain;
    });
    double sum = 0;
    for (const double part : sums) sum += part;
    return sum;
  }

  /// The same of the biases from `frozen_depth` on alone.
  [[nodiscard]] double bias_squares(std::size_t frozen_depth) const {
    double sum = 0;
    for (const Parameter& one : layout_.parameters())
      for (std::size_t i = 0; one.is_bias && one.depth >= frozen_depth && i < one.columns; ++i) {
        const auto value = static_cast<double>(gradients_[one.offset + i]);
        sum += value * value;
      }
    return sum;
  }

  /// Step t, from 1 on, of the weights that are trained: those from `frozen_depth` on, or of them the biases alone.
  /// factor: what gradients are multiplied by; share: of these weights in their average, where it is kept.
  void step(const AdamwOptions& options, std::size_t t, double rate, double factor, std::size_t frozen_depth,
            bool biases_only, Crew& crew, double share = 0) {
    make_moments();
    const std::size_t depths = layout_.layers().size();
    const std::vector<Parameter>& all = layout_.parameters();
    crew.for_each(all.size(), [&](std::size_t i, std::size_t) {
      const Parameter& one = all[i];
      if (one.depth < frozen_depth || (biases_only && !one.is_bias)) return;
      const double own_rate = rate * std::pow(options.layer_rate, static_cast<double>(depths - one.depth));
      const AdamwStep own = adamw_step(options, t, own_rate, one.is_matrix ? options.weight_decay : 0);
      const std::size_t count = one.rows * one.stride;
      kernels_.adamw(adamw_row<T>(options, own, values_.data() + one.offset, gradients_.data() + one.offset,
                                  first_.data() + one.offset, second_.data() + one.offset, count, factor));
      if (own.towards > 0 && !initial_.empty())
        draw_towards<T>(values_.data() + one.offset, initial_.data() + one.offset, count, own.towards);
      if (!average_.empty()) draw_towards<T>(average_.data() + one.offset, values_.data() + one.offset, count, share);
    });
  }

 private:
  static constexpr std::size_t kPart = std::size_t{1} << 16;
  static constexpr std::size_t kChains = 8;  // of sums, for one waits for itself
  static_assert(kParameterColumns % kChains == 0);

  [[nodiscard]] std::size_t parts() const noexcept { return (gradients_.size() + kPart - 1) / kPart; }

  void make_moments() {
    if (!first_.empty()) return;
    first_ = zeros();
    second_ = zeros();
  }

  [[nodiscard]] AlignedBuffer<T> zeros() const {
    AlignedBuffer<T> buffer(layout_.size());
    std::fill_n(buffer.data(), buffer.size(), T(0));
    return buffer;
  }

  ParameterLayout layout_;
  TrainingKernels<T> kernels_;
  AlignedBuffer<T> values_;
  AlignedBuffer<T> gradients_;
  AlignedBuffer<T> first_;
  AlignedBuffer<T> second_;
  AlignedBuffer<T> initial_;
  AlignedBuffer<T> average_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
