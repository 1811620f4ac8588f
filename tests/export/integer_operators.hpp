// Tensors come in; the same in integers of 8 bits, or made of these, goes out.
#pragma once

#include "value.hpp"

#include <algorithm>
#include <cmath>

namespace test {

/// Numbers as integers from 0 to 255: (integer - zero) · scale.
struct Quantized {
  Value integers;
  double scale = 0;
  double zero = 0;

  [[nodiscard]] Value numbers() const {
    return map(integers, [this](double x) { return (x - zero) * scale; });
  }
};

inline Quantized quantize(const Value& x, double scale, double zero) {
  return {map(x, [&](double one) { return std::clamp(std::nearbyint(one / scale) + zero, 0.0, 255.0); }), scale, zero};
}

/// By the range of the numbers.
inline Quantized quantize(const Value& x) {
  const auto [least, most] = std::minmax_element(x.elements.begin(), x.elements.end());
  const double low = std::min(*least, 0.0);
  const double scale = (std::max(*most, 0.0) - low) / 255;
  return quantize(x, scale, std::clamp(std::nearbyint(-low / scale), 0.0, 255.0));
}

/// OpenVINO's FakeQuantize where the limits of inputs and outputs are the same.
inline Value fake_quantize(const Value& x, double low, double high, double levels) {
  const double step = (high - low) / (levels - 1);
  return map(x, [&](double one) { return std::nearbyint((std::clamp(one, low, high) - low) / step) * step + low; });
}

}  // namespace test
