// Times of one thing, measured again and again, come in; their median and the best of them go out.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace bench {

/// The median, because a run that was interrupted says nothing; the best, because what else the machine does can only
/// add to it.
class Samples {
 public:
  void add(double seconds) { seconds_.push_back(seconds); }

  [[nodiscard]] double median() const { return at(seconds_.size() / 2); }
  [[nodiscard]] double best() const { return at(0); }

 private:
  [[nodiscard]] double at(std::size_t place) const {
    if (seconds_.empty()) return 0;
    std::vector<double> sorted = seconds_;
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(place), sorted.end());
    return sorted[place];
  }

  std::vector<double> seconds_;
};

}  // namespace bench
