// Labels come in; which few of each a classifier is taught by, one experiment after another, goes out.
#pragma once

#include <glossa/core/linkage.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace glossa {

/// The training sets of python mteb's classification: each experiment shuffles the list of all as the last one left it,
/// with NumPy's generator seeded anew, and takes the first few of each label.
class LabelSampler {
 public:
  /// per_label: how many of each are taken, all where there are fewer.
  LabelSampler(std::span<const std::int32_t> labels, std::size_t per_label, std::uint32_t seed = 42);

  /// Indices of the next experiment's examples, in the order in which they are taken.
  [[nodiscard]] std::vector<std::size_t> next();

 private:
  std::vector<std::int32_t> labels_;
  std::vector<std::size_t> order_;
  std::size_t per_label_;
  std::uint32_t seed_;
};

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/label_sampler_impl.hpp>
#endif
