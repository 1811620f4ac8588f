// Rows that become 8-bit integers: every level gives the portable one's, and those are the rounded values.
#include "int8_levels.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

using glossa::detail::kInt8Group;
using test::for_each_int8_level;
using test::Int8Kernels;
using test::Int8Rows;
using test::kZeros;
using test::quantize;
using test::RowForm;

namespace {

const std::vector<std::size_t> kDepths{1,   2,   3,   4,   5,   7,   15,  16,  17,  31,  33,  64,  65,  100,  127,
                                       128, 129, 130, 143, 144, 255, 256, 257, 384, 385, 389, 640, 767, 1536, 2001};

struct Range {
  float least, most;
};

/// Around zero, what comes out of a GELU, of one sign alone, and next to nothing.
const std::vector<Range> kRanges{{-3, 5}, {-0.17F, 6}, {-4, -1}, {2, 3}, {-1e-35F, 1e-35F}, {-1.5e38F, 1.5e38F}};

}  // namespace

TEST_CASE("every level quantizes rows to the portable integers and scales, with factors and without") {
  constexpr std::size_t kRows = 3;
  for_each_int8_level([](const Int8Kernels& kernels, bool) {
    unsigned seed = 0;
    for (const std::size_t depth : kDepths)
      for (const Range& range : kRanges)
        for (const int zero : kZeros)
          for (const bool with_factors : {false, true}) {
            const auto x = test::random_values<float>(kRows * depth, ++seed, range.least, range.most);
            const auto factors =
                with_factors ? test::random_values<float>(depth, ++seed, 0.01F, 1.0F) : std::vector<float>{};
            const Int8Rows expected = quantize(test::int8_oracle(), x, kRows, depth, zero, factors);
            const Int8Rows got = quantize(kernels, x, kRows, depth, zero, factors);
            INFO("depth " << depth << ", zero point " << zero << ", seed " << seed);
            test::check_same_rows(got, expected, kRows, glossa::detail::round_up(depth, glossa::detail::kInt8Depth));
          }
  });
}

TEST_CASE("an integer times its scale is the value to half a step, and zeros fill the last unit up") {
  constexpr std::size_t kRows = 2;
  for_each_int8_level([](const Int8Kernels& kernels, bool) {
    for (const std::size_t depth : kDepths)
      for (const int zero : kZeros) {
        const auto x = test::random_values<float>(kRows * depth, static_cast<unsigned>(depth), -0.5F, 4.0F);
        const auto factors = test::random_values<float>(depth, 3, 0.1F, 2.0F);
        const Int8Rows rows = quantize(kernels, x, kRows, depth, zero, factors);
        for (std::size_t r = 0; r < kRows; ++r) {
          for (std::size_t k = 0; k < depth; ++k) {
            const double scale = static_cast<double>(rows.scales[r * rows.groups + k / kInt8Group]);
            const double value = static_cast<double>(x[r * depth + k]) * static_cast<double>(factors[k]);
            REQUIRE(std::abs(value - scale * rows(r, k)) <= scale * 0.5001);
            REQUIRE(rows(r, k) >= -zero);
            REQUIRE(rows(r, k) <= 255 - zero);
          }
          for (std::size_t k = depth; k % glossa::detail::kInt8Depth != 0; ++k) REQUIRE(rows(r, k) == 0);
        }
      }
  });
}

TEST_CASE("a row is quantized alone as it is among others, wherever these lie") {
  constexpr std::size_t kRows = 7;
  constexpr std::size_t kDepth = 389;
  constexpr std::size_t kStride = 401;
  const auto x = test::random_values<float>(kRows * kStride, 5, -2.0F, 3.0F);
  for_each_int8_level([&](const Int8Kernels& kernels, bool) {
    Int8Rows together(kernels.form, kRows, kDepth, 128);
    kernels.quantize({x.data(), kStride, kRows, kDepth, nullptr, together.view()});
    for (std::size_t r = 0; r < kRows; ++r) {
      const auto begin = x.begin() + static_cast<std::ptrdiff_t>(r * kStride);
      const Int8Rows alone = quantize(kernels, {begin, begin + kDepth}, 1, kDepth, 128);
      for (std::size_t k = 0; k < kDepth; ++k) REQUIRE(alone(0, k) == together(r, k));
      for (std::size_t g = 0; g < alone.groups; ++g)
        REQUIRE(alone.scales[g] == together.scales[r * together.groups + g]);
    }
  });
}

TEST_CASE("NaN and infinity make the scale of their group no number, and leave the other groups and rows as they are") {
  constexpr std::size_t kDepth = 300;
  const auto clean = test::random_values<float>(2 * kDepth, 6);
  using Limits = std::numeric_limits<float>;
  for_each_int8_level([&](const Int8Kernels& kernels, bool) {
    const Int8Rows expected = quantize(kernels, clean, 2, kDepth, 128);
    for (const float bad : {Limits::quiet_NaN(), -Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity()})
      for (const std::size_t place : {0u, 15u, 16u, 127u, 128u, 255u, 256u, 287u, 288u, 299u}) {
        auto x = clean;
        x[place] = bad;
        const Int8Rows got = quantize(kernels, x, 2, kDepth, 128);
        for (std::size_t g = 0; g < 2 * got.groups; ++g) {
          INFO("value " << bad << " at " << place << ", group " << g);
          if (g == place / kInt8Group)
            REQUIRE(!std::isfinite(got.scales[g]));
          else
            REQUIRE(got.scales[g] == expected.scales[g]);
        }
        for (std::size_t k = 0; k < kDepth; ++k) {
          REQUIRE(got(1, k) == expected(1, k));
          if (k / kInt8Group != place / kInt8Group) REQUIRE(got(0, k) == expected(0, k));
        }
      }
    auto product_overflows = clean;
    product_overflows[7] = 1e38F;
    const Int8Rows rows = quantize(kernels, product_overflows, 2, kDepth, 128, std::vector<float>(kDepth, 1e3F));
    CHECK(!std::isfinite(rows.scales[0]));
    CHECK(std::isfinite(rows.scales[1]));
  });
}

TEST_CASE("groups of zeros and of the smallest denormals become zeros") {
  for_each_int8_level([](const Int8Kernels& kernels, bool) {
    for (const float value : {0.0F, -0.0F, 1e-45F, -1e-45F, 1e-40F, -1e-40F})
      for (const int zero : kZeros) {
        const Int8Rows rows = quantize(kernels, std::vector<float>(150, value), 1, 150, zero);
        INFO("value " << value);
        for (std::size_t k = 0; k < 152; ++k) REQUIRE(rows(0, k) == 0);
        for (const float scale : rows.scales) REQUIRE((scale >= 0 && scale < 1e-41F));
      }
  });
}

TEST_CASE("all forms decode to the same integers, and tell what the product has to add") {
  using glossa::detail::offset_factor;
  for (const int zero : kZeros)
    for (int q = 0; q < 256; ++q) {
      CHECK(q - zero + offset_factor(RowForm::wide, zero) == q - zero);
      CHECK(q + offset_factor(RowForm::unsigned_byte, zero) == q - zero);
      CHECK(q - 128 + offset_factor(RowForm::signed_byte, zero) == q - zero);
    }
  std::vector<float> x;  // every integer of the range, twice: its ends fix the scale
  for (int q = -48; q <= 207; ++q) x.insert(x.end(), {static_cast<float>(q), -48.0F, 207.0F});
  for_each_int8_level([&](const Int8Kernels& kernels, bool) {
    const Int8Rows rows = quantize(kernels, x, 1, x.size(), glossa::detail::kZeroOfActivated);
    for (std::size_t k = 0; k < x.size(); ++k) REQUIRE(rows(0, k) == static_cast<int>(x[k]));
  });
}
