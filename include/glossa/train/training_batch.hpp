// The texts of a training step come in; they go out as one batch, with what keeps their dropout apart.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/encoder/ragged_batch.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace glossa::detail {

/// Some of a step's texts.
struct TrainingBatch {
  RaggedBatch texts;
  std::size_t first = 0;  ///< the number of the first one among all of the step
};

/// A matrix whose columns behind the last one are zeros, for nothing else is ever written there.
template <class T>
class PaddedRows {
 public:
  T* ensure(std::size_t size) {
    if (size > values_.size()) {
      values_.ensure(size);
      std::fill_n(values_.data(), values_.size(), T(0));
    }
    return values_.data();
  }
  [[nodiscard]] T* data() noexcept { return values_.data(); }
  [[nodiscard]] const T* data() const noexcept { return values_.data(); }

 private:
  AlignedBuffer<T> values_;
};

}  // namespace glossa::detail
