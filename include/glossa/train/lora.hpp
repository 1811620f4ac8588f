// A model's matrices come in; small ones beside them, which alone are trained, go out.
#pragma once

#include <glossa/cluster/random_draws.hpp>
#include <glossa/core/error.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/row_kernels.hpp>
#include <glossa/train/adamw.hpp>
#include <glossa/train/lora_options.hpp>
#include <glossa/train/losses/unit_vectors.hpp>
#include <glossa/train/parameter_layout.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// The adapter of one matrix W [outputs, inputs], which acts as W + scale · B · A.
template <class T>
struct LoraAdapter {
  const Parameter* parameter = nullptr;
  std::vector<T> a{};     // [rank, inputs]
  std::vector<T> b{};     // [outputs, rank]
  std::vector<T> base{};  // W itself, [outputs, inputs]
  std::vector<T> a_gradient{};
  std::vector<T> b_gradient{};
  std::vector<T> moments[4]{};  // first and second of A, then of B
  std::vector<T> a_average{};   // empty where they are not kept
  std::vector<T> b_average{};

  /// What goes out: the averages where these are kept.
  [[nodiscard]] const std::vector<T>& a_given() const noexcept { return a_average.empty() ? a : a_average; }
  [[nodiscard]] const std::vector<T>& b_given() const noexcept { return b_average.empty() ? b : b_average; }
};

/// Adapters of the matrices that the options name (Hu et al. 2021). The model computes with W + scale · B · A in W's
/// place, and its gradient G of that gives those of A and B: scale · Bᵀ · G and scale · G · Aᵀ.
template <class T>
class LoraAdapters {
 public:
  /// `layout` must outlive this. A is drawn as PyTorch's Linear is, B is zero, so that nothing changes at first.
  /// Errors: `invalid_argument` where no matrix has a target's name.
  LoraAdapters(const ParameterLayout& layout, const T* values, const LoraOptions& options, std::uint64_t seed)
      : rank_(options.rank), scale_(options.alpha / static_cast<double>(options.rank)) {
    for (const std::string& target : options.targets)
      if (std::none_of(layout.parameters().begin(), layout.parameters().end(), [&](const Parameter& one) {
            return one.is_matrix && one.depth > 0 && is_part(one.name, target);
          }))
        refuse_target(target);
    if (options.targets.empty()) refuse_target("none");
    RandomDraws draws(seed);
    for (const Parameter& one : layout.parameters()) {
      if (!one.is_matrix || one.depth == 0 || !is_target(one.name, options)) continue;
      LoraAdapter<T> adapter{.parameter = &one};
      const double width = 1 / std::sqrt(static_cast<double>(one.columns));
      for (std::size_t i = 0; i < rank_ * one.columns; ++i)
        adapter.a.push_back(static_cast<T>((2 * draws.unit() - 1) * width));
      adapter.b.assign(one.rows * rank_, T(0));
      for (std::size_t r = 0; r < one.rows; ++r)
        adapter.base.insert(adapter.base.end(), values + one.offset + r * one.stride,
                            values + one.offset + r * one.stride + one.columns);
      adapter.a_gradient.assign(adapter.a.size(), T(0));
      adapter.b_gradient.assign(adapter.b.size(), T(0));
      for (std::size_t i = 0; i < 4; ++i) adapter.moments[i].assign(i < 2 ? adapter.a.size() : adapter.b.size(), T(0));
      adapters_.push_back(std::move(adapter));
    }
  }

  [[nodiscard]] std::vector<LoraAdapter<T>>& adapters() noexcept { return adapters_; }
  [[nodiscard]] const std::vector<LoraAdapter<T>>& adapters() const noexcept { return adapters_; }
  [[nodiscard]] std::size_t rank() const noexcept { return rank_; }
  [[nodiscard]] double scale() const noexcept { return scale_; }

  /// Keeps averages of A and of B, which begin with these as they are. It is not the products B · A that are averaged.
  void keep_averages() {
    for (LoraAdapter<T>& one : adapters_) {
      one.a_average = one.a;
      one.b_average = one.b;
    }
  }

  /// From the gradients of all matrices, in the layout's places.
  void find_gradients(const T* gradients) {
    for (LoraAdapter<T>& one : adapters_) {
      const Parameter& place = *one.parameter;
      const T scale = static_cast<T>(scale_);
      std::fill(one.a_gradient.begin(), one.a_gradient.end(), T(0));
      for (std::size_t r = 0; r < place.rows; ++r) {
        const T* row = gradients + place.offset + r * place.stride;
        for (std::size_t k = 0; k < rank_; ++k) {
          one.b_gradient[r * rank_ + k] = scale * dot_product<T>(row, one.a.data() + k * place.columns, place.columns);
          add_scaled_row<T>(one.a_gradient.data() + k * place.columns, scale * one.b[r * rank_ + k], row,
                            place.columns);
        }
      }
    }
  }

  [[nodiscard]] double squares() const {
    double sum = 0;
    for (const LoraAdapter<T>& one : adapters_)
      for (const std::vector<T>* gradient : {&one.a_gradient, &one.b_gradient})
        for (const T value : *gradient) sum += static_cast<double>(value) * static_cast<double>(value);
    return sum;
  }

  /// Step t of AdamW, after find_gradients(); `adamw` is the kernel. share: of A and B in their averages, where these
  /// are kept.
  template <class Adamw>
  void step(const AdamwOptions& options, std::size_t t, double rate, double factor, Adamw&& adamw, double share = 0) {
    const AdamwStep own = adamw_step(options, t, rate, options.weight_decay);
    for (LoraAdapter<T>& one : adapters_) {
      adamw(adamw_row<T>(options, own, one.a.data(), one.a_gradient.data(), one.moments[0].data(),
                         one.moments[1].data(), one.a.size(), factor));
      adamw(adamw_row<T>(options, own, one.b.data(), one.b_gradient.data(), one.moments[2].data(),
                         one.moments[3].data(), one.b.size(), factor));
      draw_towards<T>(one.a_average.data(), one.a.data(), one.a_average.size(), share);
      draw_towards<T>(one.b_average.data(), one.b.data(), one.b_average.size(), share);
    }
  }

  /// Writes W + scale · B · A where the model reads W.
  void apply(T* values) const {
    for (const LoraAdapter<T>& one : adapters_) merge(one, one.a, one.b, values);
  }
  /// The same with what goes out of A and B.
  void apply_given(T* values) const {
    for (const LoraAdapter<T>& one : adapters_) merge(one, one.a_given(), one.b_given(), values);
  }

 private:
  void merge(const LoraAdapter<T>& one, const std::vector<T>& a, const std::vector<T>& b, T* values) const {
    const Parameter& place = *one.parameter;
    for (std::size_t r = 0; r < place.rows; ++r) {
      T* row = values + place.offset + r * place.stride;
      std::copy_n(one.base.data() + r * place.columns, place.columns, row);
      for (std::size_t k = 0; k < rank_; ++k)
        add_scaled_row<T>(row, static_cast<T>(scale_) * b[r * rank_ + k], a.data() + k * place.columns, place.columns);
    }
  }

  [[noreturn]] static void refuse_target(const std::string& found) {
    throw Error(ErrorKind::invalid_argument, {.field = "LoraOptions::targets",
                                              .problem = "no matrix has such a name",
                                              .expected = "query, key, value or dense",
                                              .found = found});
  }

  /// Whether a name has a target as a part between dots: "query" of "…attention.self.query.weight".
  [[nodiscard]] static bool is_part(const std::string& name, const std::string& target) {
    return name.find("." + target + ".") != std::string::npos;
  }
  [[nodiscard]] static bool is_target(const std::string& name, const LoraOptions& options) {
    return std::any_of(options.targets.begin(), options.targets.end(),
                       [&](const std::string& target) { return is_part(name, target); });
  }

  std::size_t rank_;
  double scale_;
  std::vector<LoraAdapter<T>> adapters_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
