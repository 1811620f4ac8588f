#include "catch.hpp"

#include <glossa/export/integer_linear.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

using glossa::detail::IntegerLinear;

TEST_CASE("integer layers: a bias as integers is the bias, to half of what a product of integers may change",
          "[export]") {
  const std::vector<float> weights{0.5F, -1, 0.25F, 2, 1, -3};  // 2 columns of 3
  IntegerLinear layer = glossa::detail::round_columns(weights, 3);
  layer.input_scale = 0.01F;
  layer.bias = {0.3F, -7.7F};
  const auto bias = layer.bias;
  const auto scales = layer.scales;
  const auto integers = layer.integers;
  round_bias(layer);
  CHECK(layer.scales == scales);
  CHECK(layer.integers == integers);
  for (std::size_t j = 0; j < 2; ++j) {
    CHECK(layer.bias_scales[j] == layer.input_scale * scales[j]);
    const double found = static_cast<double>(layer.bias_integers[j]) * static_cast<double>(layer.bias_scales[j]);
    CHECK(layer.bias[j] == static_cast<float>(found));
    CHECK(std::fabs(found - static_cast<double>(bias[j])) <= 0.51 * static_cast<double>(layer.bias_scales[j]));
  }
}

TEST_CASE("integer layers: beside a bias, weights may be nothing", "[export]") {
  const std::vector<float> weights{1e-12F, -3e-12F, 0, 0, 0.5F, 1};  // 3 columns of 2
  IntegerLinear layer = glossa::detail::round_columns(weights, 2);
  layer.input_scale = 0.001F;
  layer.bias = {-5, 1e9F, 0.25F};
  const auto bias = layer.bias;
  const auto kept = layer.integers[2];
  round_bias(layer);
  for (std::size_t j = 0; j < 3; ++j) {
    INFO(j);
    CHECK(std::abs(static_cast<std::int64_t>(layer.bias_integers[j])) <= (std::int64_t{1} << 30));
    CHECK(static_cast<double>(layer.bias_integers[j]) * static_cast<double>(layer.bias_scales[j]) ==
          Approx(static_cast<double>(bias[j])).epsilon(1e-6));
    CHECK(layer.bias_scales[j] == layer.input_scale * layer.scales[j]);
    for (std::size_t k = 0; k < 2 && j < 2; ++k) {  // what its weights have lost is nothing beside the bias
      const double was = static_cast<double>(weights[j * 2 + k]);
      const double is = static_cast<double>(layer.integers[k * 3 + j]) * static_cast<double>(layer.scales[j]);
      CHECK(std::fabs(is - was) * 255 * static_cast<double>(layer.input_scale) <=
            std::fabs(static_cast<double>(bias[j])) * 1e-3);
    }
  }
  CHECK(layer.integers[2] == kept);
}
