// Activations against the standard library in double.
#include "catch.hpp"

#include <glossa/kernels/activation.hpp>
#include <glossa/kernels/packed_matrix.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace {

double exact(glossa::Activation activation, double x) {
  switch (activation) {
    case glossa::Activation::gelu: return 0.5 * x * std::erfc(-x / std::sqrt(2.0));
    case glossa::Activation::gelu_tanh:
      return 0.5 * x * (1 + std::tanh(std::sqrt(2 / 3.14159265358979323846) * (x + 0.044715 * x * x * x)));
    case glossa::Activation::relu: return x > 0 ? x : 0;
  }
  return 0;
}

/// The largest error over [-12, 12], relative to max(1, |x|).
template <class T>
double largest_error(glossa::Activation activation) {
  std::vector<T> x;
  for (int i = -120000; i <= 120000; ++i) x.push_back(static_cast<T>(i * 1e-4));
  while (x.size() % glossa::detail::kPanel<T> != 0) x.push_back(T(0));
  std::vector<T> y = x;
  glossa::detail::apply_activation<T>(activation, y.data(), y.size());
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto value = static_cast<double>(x[i]);
    worst = std::max(worst,
                     std::abs(exact(activation, value) - static_cast<double>(y[i])) / std::max(1.0, std::abs(value)));
  }
  return worst;
}

}  // namespace

TEST_CASE("activations in float are within a few units in the last place") {
  CHECK(largest_error<float>(glossa::Activation::gelu) < 5e-7);
  CHECK(largest_error<float>(glossa::Activation::gelu_tanh) < 5e-7);
  CHECK(largest_error<float>(glossa::Activation::relu) == 0);
}

TEST_CASE("activations in double are exact to rounding") {
  CHECK(largest_error<double>(glossa::Activation::gelu) < 1e-15);
  CHECK(largest_error<double>(glossa::Activation::gelu_tanh) < 1e-14);
}

TEST_CASE("activations of extreme values are their limits") {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const auto activation : {glossa::Activation::gelu, glossa::Activation::gelu_tanh}) {
    std::vector<float> values(glossa::detail::kPanel<float>, 0.0F);
    values[0] = 1e4F;
    values[1] = -1e4F;
    values[2] = 1e-40F;  // denormal
    values[3] = infinity;
    glossa::detail::apply_activation<float>(activation, values.data(), values.size());
    CHECK(values[0] == 1e4F);
    CHECK(std::abs(values[1]) == 0);
    CHECK(std::abs(values[2]) <= 1e-40F);
    CHECK(values[3] == infinity);
  }
}
