// 16-bit floats against oracles that compute in double.
#include "catch.hpp"

#include <glossa/core/half.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>

using glossa::detail::bfloat16_to_float;
using glossa::detail::float_to_bfloat16;
using glossa::detail::float_to_half;
using glossa::detail::half_to_float;

namespace {

/// A binary format of 16 bits: its bits of mantissa, and the exponent of its smallest normal number.
struct Format {
  int mantissa;
  int least_exponent;
  double overflow;  // what rounds to this or more is infinite
};
constexpr Format kHalf{10, -14, 65536.0};
constexpr Format kBfloat16{7, -126, 0x1p128};

/// The value of the 16 bits by the definition of IEEE 754.
double decode(Format format, std::uint16_t bits) {
  const int exponent_bits = 15 - format.mantissa;
  const int mantissa = bits & ((1 << format.mantissa) - 1);
  const int exponent = (bits >> format.mantissa) & ((1 << exponent_bits) - 1);
  const double sign = (bits >> 15) != 0 ? -1 : 1;
  if (exponent == (1 << exponent_bits) - 1)
    return mantissa != 0 ? std::numeric_limits<double>::quiet_NaN() : sign * std::numeric_limits<double>::infinity();
  const int unit = format.least_exponent - format.mantissa;
  if (exponent == 0) return sign * std::ldexp(mantissa, unit);
  return sign * std::ldexp((1 << format.mantissa) + mantissa, unit + exponent - 1);
}

/// Rounds to nearest, ties to even, in exact double arithmetic.
double rounded(Format format, float value) {
  const auto exact = static_cast<double>(value);
  if (!std::isfinite(exact) || exact == 0) return exact;
  int exponent = 0;
  (void)std::frexp(exact, &exponent);  // |exact| lies in [2^(exponent-1), 2^exponent)
  const int unit = std::max(exponent - 1, format.least_exponent) - format.mantissa;
  const double out = std::ldexp(std::nearbyint(std::ldexp(exact, -unit)), unit);
  return std::abs(out) >= format.overflow ? std::copysign(std::numeric_limits<double>::infinity(), exact) : out;
}

bool same(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return a == b && std::signbit(a) == std::signbit(b);
}

/// How many of these floats a conversion rounds differently from the oracle.
template <class Encode, class Decode>
class Rounding {
 public:
  Rounding(Format format, Encode encode, Decode decode) : format_(format), encode_(encode), decode_(decode) {}

  void check(float value) {
    if (!same(static_cast<double>(decode_(encode_(value))), rounded(format_, value))) {
      ++wrong;
      last = value;
    }
  }

  /// Every value of the format, the ties between neighbours, and the floats on both sides of all of them.
  void check_all_boundaries() {
    for (std::uint32_t bits = 0; bits < 0x8000; ++bits) {
      const float here = decode_(static_cast<std::uint16_t>(bits));
      if (!std::isfinite(here)) continue;
      const double next = decode(format_, static_cast<std::uint16_t>(bits + 1));
      const double above = std::isfinite(next) ? next : format_.overflow;
      const auto tie = static_cast<float>((static_cast<double>(here) + above) / 2);
      for (const float middle : {here, tie})
        for (const float value : {std::nextafter(middle, -1e38F), middle, std::nextafter(middle, 3.4e38F)}) {
          check(value);
          check(-value);
        }
    }
  }

  void check_random() {
    std::mt19937 random(7);
    for (int i = 0; i < 1'000'000; ++i) check(std::bit_cast<float>(static_cast<std::uint32_t>(random())));
    std::uniform_real_distribution<float> exponent(-30, 20);  // where half has its values
    for (int i = 0; i < 1'000'000; ++i) check(std::exp2(exponent(random)) * ((random() & 1u) != 0 ? -1.0F : 1.0F));
  }

  std::size_t wrong = 0;
  float last = 0;

 private:
  Format format_;
  Encode encode_;
  Decode decode_;
};

}  // namespace

TEST_CASE("each of the 65,536 patterns decodes to its value") {
  std::size_t wrong = 0;
  for (std::uint32_t i = 0; i < 0x10000; ++i) {
    const auto bits = static_cast<std::uint16_t>(i);
    if (!same(static_cast<double>(half_to_float(bits)), decode(kHalf, bits))) ++wrong;
    if (!same(static_cast<double>(bfloat16_to_float(bits)), decode(kBfloat16, bits))) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("each of the 65,536 patterns survives the way to float and back, and NaN stays NaN") {
  std::size_t wrong = 0;
  for (std::uint32_t i = 0; i < 0x10000; ++i) {
    const auto bits = static_cast<std::uint16_t>(i);
    const float half = half_to_float(bits);
    const float brain = bfloat16_to_float(bits);
    const std::uint16_t half_back = float_to_half(half);
    const std::uint16_t brain_back = float_to_bfloat16(brain);
    if (std::isnan(half) ? !std::isnan(half_to_float(half_back)) : half_back != bits) ++wrong;
    if (std::isnan(brain) ? !std::isnan(bfloat16_to_float(brain_back)) : brain_back != bits) ++wrong;
    if (((half_back ^ bits) & 0x8000) != 0 || ((brain_back ^ bits) & 0x8000) != 0) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("floats round to the nearest half, ties to even") {
  Rounding rounding(kHalf, float_to_half, half_to_float);
  rounding.check_all_boundaries();
  rounding.check_random();
  INFO("the last wrong one: " << rounding.last);
  CHECK(rounding.wrong == 0);
}

TEST_CASE("floats round to the nearest bfloat16, ties to even") {
  Rounding rounding(kBfloat16, float_to_bfloat16, bfloat16_to_float);
  rounding.check_all_boundaries();
  rounding.check_random();
  INFO("the last wrong one: " << rounding.last);
  CHECK(rounding.wrong == 0);
}

TEST_CASE("a NaN whose payload lies in the dropped bits does not become infinity") {
  const auto quiet = std::bit_cast<float>(0x7F800001u);
  CHECK(std::isnan(half_to_float(float_to_half(quiet))));
  CHECK(std::isnan(bfloat16_to_float(float_to_bfloat16(quiet))));
  const auto negative = std::bit_cast<float>(0xFF800001u);
  CHECK(float_to_half(negative) >= 0xFC01);
  CHECK(float_to_bfloat16(negative) >= 0xFF81);
}

TEST_CASE("the conversions can be computed by the compiler") {
  STATIC_REQUIRE(half_to_float(0x3C00) == 1.0F);
  STATIC_REQUIRE(half_to_float(0x0001) == 0x1p-24F);
  STATIC_REQUIRE(float_to_half(65504.0F) == 0x7BFF);
  STATIC_REQUIRE(float_to_half(65520.0F) == 0x7C00);
  STATIC_REQUIRE(bfloat16_to_float(0x3F80) == 1.0F);
  STATIC_REQUIRE(float_to_bfloat16(1.00390625F) == 0x3F80);  // a tie, to even
}
