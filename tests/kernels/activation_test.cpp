// Activations of every level against the standard library in double.
#include "levels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using glossa::detail::Epilogue;
using glossa::detail::Kernels;
using test::for_each_level;

namespace {

double exact(Epilogue epilogue, double x) {
  switch (epilogue) {
    case Epilogue::none: return x;
    case Epilogue::gelu:
    case Epilogue::gelu_rounded: return 0.5 * x * std::erfc(-x / std::sqrt(2.0));
    case Epilogue::gelu_tanh:
      return 0.5 * x * (1 + std::tanh(std::sqrt(2 / 3.14159265358979323846) * (x + 0.044715 * x * x * x)));
    case Epilogue::relu: return x > 0 ? x : 0;
  }
  return 0;
}

/// The activation of each value, as the epilogue of a product with 1.
template <class T>
std::vector<T> apply(const Kernels<T>& kernels, Epilogue epilogue, const std::vector<T>& x) {
  const auto one = test::pack<T>({T(1)}, 1, 1, kernels.panel);
  std::vector<T> padded(x.size() * kernels.panel);
  kernels.multiply(
      {x.data(), 1, x.size(), one.panel(0), 1, kernels.panel, padded.data(), kernels.panel, nullptr, epilogue});
  std::vector<T> y(x.size());
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = padded[i * kernels.panel];
  return y;
}

/// The largest error over [-12, 12], relative to max(1, |x|).
template <class T>
double largest_error(const Kernels<T>& kernels, Epilogue epilogue) {
  std::vector<T> x;
  for (int i = -120000; i <= 120000; ++i) x.push_back(static_cast<T>(i * 1e-4));
  const std::vector<T> y = apply<T>(kernels, epilogue, x);
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto value = static_cast<double>(x[i]);
    worst =
        std::max(worst, std::abs(exact(epilogue, value) - static_cast<double>(y[i])) / std::max(1.0, std::abs(value)));
  }
  return worst;
}

}  // namespace

TEST_CASE("activations in float are within a few units in the last place") {
  for_each_level<float>([](const Kernels<float>& kernels) {
    CHECK(largest_error(kernels, Epilogue::gelu) < 5e-7);
    CHECK(largest_error(kernels, Epilogue::gelu_tanh) < 5e-7);
    CHECK(largest_error(kernels, Epilogue::relu) == 0);
    CHECK(largest_error(kernels, Epilogue::gelu_rounded) < 5e-5);
    CHECK(largest_error(kernels, Epilogue::gelu_rounded) > 1e-6);  // it is the one without a division
    std::vector<float> far;
    for (float x = 12; x < 1e7F; x *= 1.5F) far.insert(far.end(), {x, -x});
    const auto values = apply<float>(kernels, Epilogue::gelu_rounded, far);
    for (std::size_t i = 0; i < far.size(); ++i)
      CHECK(std::abs(values[i] - std::max(far[i], 0.0F)) < 5e-5F * std::abs(far[i]));
  });
}

TEST_CASE("activations in double are exact to rounding") {
  for_each_level<double>([](const Kernels<double>& kernels) {
    CHECK(largest_error(kernels, Epilogue::gelu) < 1e-15);
    CHECK(largest_error(kernels, Epilogue::gelu_tanh) < 1e-14);
  });
}

TEST_CASE("activations of extreme values are their limits") {
  const float infinity = std::numeric_limits<float>::infinity();
  for_each_level<float>([&](const Kernels<float>& kernels) {
    for (const auto epilogue : {Epilogue::gelu, Epilogue::gelu_rounded, Epilogue::gelu_tanh, Epilogue::relu}) {
      INFO(static_cast<int>(epilogue));
      const auto values =
          apply<float>(kernels, epilogue, {1e4F, -1e4F, 1e-40F, infinity, std::nanf("")});  // a denormal among them
      const bool rounded = epilogue == Epilogue::gelu_rounded;
      CHECK(std::abs(values[0] - 1e4F) <= (rounded ? 0.5F : 0.0F));
      CHECK(std::abs(values[1]) <= (rounded ? 0.5F : 0.0F));
      CHECK(std::abs(values[2]) <= 1e-40F);
      CHECK(values[3] == infinity);
      CHECK(std::isnan(values[4]));
    }
  });
}
