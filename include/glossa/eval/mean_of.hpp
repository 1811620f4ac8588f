// Numbers come in; their mean goes out.
#pragma once

#include <cstddef>
#include <limits>

namespace glossa::detail {

/// NaN of nothing.
class MeanOf {
 public:
  void add(double value) noexcept {
    sum_ += value;
    ++count_;
  }
  [[nodiscard]] double value() const noexcept {
    return count_ == 0 ? std::numeric_limits<double>::quiet_NaN() : sum_ / static_cast<double>(count_);
  }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }

 private:
  double sum_ = 0;
  std::size_t count_ = 0;
};

}  // namespace glossa::detail
