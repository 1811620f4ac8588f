// The name of hnswlib's interface for distances comes in; a space for it that computes with glossa's kernels goes out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/kernels/dispatch.hpp>
#include <glossa/search/metric.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace glossa {

/// For programs that have hnswlib indexes and want faster distances in them; HnswIndex needs no hnswlib. This header
/// does not include it, and fits its versions from 0.6.2 on:
///     glossa::HnswlibSpace<hnswlib::SpaceInterface<float>> space(384, glossa::Metric::dot);
///     hnswlib::HierarchicalNSW<float> index(&space, 100000);
/// Vectors are rows of floats. Distances are hnswlib's own: 1 - q·x for Metric::dot, |q - x|² for Metric::euclidean; an
/// index that was saved with hnswlib's spaces can be searched with this one. An index must not outlive its space.
template <class SpaceInterface>
class HnswlibSpace final : public SpaceInterface {
 public:
  /// Errors: `unsupported` for another metric (for cosine, scale the vectors to unit length and use dot), or a level
  /// that the processor lacks.
  explicit HnswlibSpace(std::size_t dims, Metric metric = Metric::dot, std::optional<CpuLevel> cpu_level = {})
      : metric_(metric) {
    const auto kernels = detail::kernels_of<float>(detail::choose_level(cpu_level)).row_sums;
    if (metric != Metric::dot && metric != Metric::euclidean)
      throw Error(ErrorKind::unsupported, {.field = "HnswlibSpace",
                                           .expected = "dot or euclidean",
                                           .found = to_string(metric),
                                           .remedy = "for cosine, scale the vectors to unit length and use dot"});
    parameters_ = {dims, metric == Metric::dot ? kernels.products : kernels.squared_differences};
  }

  // The names are hnswlib's.
  size_t get_data_size() override { return parameters_.dims * sizeof(float); }
  auto get_dist_func() -> decltype(SpaceInterface::get_dist_func()) override {
    return metric_ == Metric::dot ? &distance<true> : &distance<false>;
  }
  void* get_dist_func_param() override { return &parameters_; }

 private:
  struct Parameters {
    std::size_t dims = 0;
    void (*kernel)(const detail::RowSums&) = nullptr;
  };

  template <bool IsProduct>
  static float distance(const void* a, const void* b, const void* parameters) {
    const auto& own = *static_cast<const Parameters*>(parameters);
    float sum = 0;
    own.kernel({static_cast<const float*>(a), static_cast<const float*>(b), own.dims, 1, own.dims, &sum});
    return IsProduct ? 1 - sum : sum;
  }

  Metric metric_;
  Parameters parameters_;
};

}  // namespace glossa
