// Definitions of label_sampler's functions; see core/linkage.hpp.
#pragma once

#include <glossa/eval/label_sampler.hpp>
#include <glossa/eval/mersenne_twister.hpp>

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <unordered_map>
#include <vector>

namespace glossa {

GLOSSA_INLINE LabelSampler::LabelSampler(std::span<const std::int32_t> labels, std::size_t per_label,
                                         std::uint32_t seed)
    : labels_(labels.begin(), labels.end()), order_(labels.size()), per_label_(per_label), seed_(seed) {
  std::iota(order_.begin(), order_.end(), std::size_t{0});
}

GLOSSA_INLINE std::vector<std::size_t> LabelSampler::next() {
  NumpyLegacyShuffle shuffle(seed_);
  shuffle(order_);
  std::unordered_map<std::int32_t, std::size_t> taken;
  std::vector<std::size_t> sample;
  for (const std::size_t i : order_)
    if (std::size_t& count = taken[labels_[i]]; count < per_label_) {
      ++count;
      sample.push_back(i);
    }
  return sample;
}

}  // namespace glossa
