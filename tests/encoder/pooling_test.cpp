// Pooling modes against their definitions.
#include "catch.hpp"

#include <glossa/encoder/pooling.hpp>

#include <cmath>
#include <vector>

using glossa::Pooling;

namespace {

std::vector<double> pooled(Pooling pooling, const std::vector<double>& tokens, std::size_t count, std::size_t size,
                           std::size_t stride) {
  std::vector<double> out(size);
  glossa::detail::pool_tokens<double>(pooling, tokens.data(), count, size, stride, out.data());
  return out;
}

}  // namespace

TEST_CASE("each pooling mode does what its name says") {
  // Three tokens of two dimensions, four apart.
  const std::vector<double> tokens{1, -2, 99, 99, 4, 0, 99, 99, -2, 5, 99, 99};
  CHECK(pooled(Pooling::cls, tokens, 3, 2, 4) == std::vector<double>{1, -2});
  CHECK(pooled(Pooling::last_token, tokens, 3, 2, 4) == std::vector<double>{-2, 5});
  CHECK(pooled(Pooling::max, tokens, 3, 2, 4) == std::vector<double>{4, 5});
  const auto mean = pooled(Pooling::mean, tokens, 3, 2, 4);
  CHECK(mean[0] == Approx(1.0));
  CHECK(mean[1] == Approx(1.0));
  const auto root = pooled(Pooling::mean_sqrt_length, tokens, 3, 2, 4);
  CHECK(root[0] == Approx(3 / std::sqrt(3.0)));
  const auto weighted = pooled(Pooling::weighted_mean, tokens, 3, 2, 4);
  CHECK(weighted[0] == Approx((1 * 1 + 2 * 4 + 3 * -2) / 6.0));
  CHECK(weighted[1] == Approx((1 * -2 + 2 * 0 + 3 * 5) / 6.0));
}

TEST_CASE("normalising a vector of length 0 leaves it alone") {
  std::vector<float> zero(8, 0.0F);
  glossa::detail::normalize<float>(zero.data(), zero.size());
  CHECK(zero == std::vector<float>(8, 0.0F));
}
