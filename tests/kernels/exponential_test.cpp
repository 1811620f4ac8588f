// The vectors' exp and erf of every level against the standard library in double.
#include "levels.hpp"

#include <glossa/kernels/avx2.hpp>
#include <glossa/kernels/avx512.hpp>
#include <glossa/kernels/portable.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

namespace portable {
#define GLOSSA_KERNEL
#include "vector_functions.inl"
#undef GLOSSA_KERNEL
}  // namespace portable

#if GLOSSA_X86_LEVELS
namespace avx2 {
#define GLOSSA_KERNEL GLOSSA_TARGET("avx2,fma,f16c")
#include "vector_functions.inl"
#undef GLOSSA_KERNEL
}  // namespace avx2

namespace avx512 {
#define GLOSSA_KERNEL GLOSSA_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c")
#include "vector_functions.inl"
#undef GLOSSA_KERNEL
}  // namespace avx512
#endif

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail

namespace {

using Limits = std::numeric_limits<float>;
using Function = void (*)(float*, std::size_t);

/// Calls check(exp, erf, portable) with the functions of each level that has its own.
template <class Check>
void for_each_functions(Check&& check) {
  check(&glossa::detail::portable::exponentials_of, &glossa::detail::portable::error_functions_of, true);
#if GLOSSA_X86_LEVELS
  const glossa::CpuFeatures features = glossa::cpu_features();
  if (features.avx2) check(&glossa::detail::avx2::exponentials_of, &glossa::detail::avx2::error_functions_of, false);
  if (features.avx512)
    check(&glossa::detail::avx512::exponentials_of, &glossa::detail::avx512::error_functions_of, false);
#endif
}

std::vector<float> apply(Function function, std::vector<float> x) {
  const std::size_t count = x.size();
  x.resize(glossa::detail::round_up(count, 16), 0.0F);
  function(x.data(), x.size());
  x.resize(count);
  return x;
}

/// Every `step`-th float of [least, most].
std::vector<float> floats_between(float least, float most, std::uint32_t step) {
  std::vector<float> values;
  const auto add = [&](float from, float to) {  // magnitudes, ascending
    for (std::uint32_t bits = std::bit_cast<std::uint32_t>(from); bits <= std::bit_cast<std::uint32_t>(to);
         bits += step)
      values.push_back(std::bit_cast<float>(bits));
  };
  if (most > 0) add(std::max(least, 0.0F), most);
  if (least < 0) {
    const std::size_t positive = values.size();
    add(std::max(-most, 0.0F), -least);
    for (std::size_t i = positive; i < values.size(); ++i) values[i] = -values[i];
  }
  return values;
}

/// The distance to the next float, of an exact result.
double unit_in_last_place(double exact) {
  const auto value = static_cast<float>(exact);
  return static_cast<double>(std::nextafter(value, Limits::infinity())) - static_cast<double>(value);
}

}  // namespace

TEST_CASE("exp is within two units in the last place wherever its result is a normal number") {
#if defined(EIGEN_VECTORIZE_AVX512)
  constexpr double kPortable = 5;  // Eigen 3.4 has one of its own for these registers, which is less exact
#else
  constexpr double kPortable = 2;
#endif
  const std::vector<float> x = floats_between(-87.3F, 88.3F, 997);
  for_each_functions([&](Function exponentials, Function, bool is_portable) {
    const std::vector<float> y = apply(exponentials, x);
    double worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double exact = std::exp(static_cast<double>(x[i]));
      const double error = std::abs(static_cast<double>(y[i]) - exact) / unit_in_last_place(exact);
      if (!(error <= worst)) worst = error;
    }
    CHECK(worst <= (is_portable ? kPortable : 2.0));
  });
}

TEST_CASE("exp of what is far from zero is zero or infinity, and denormal in between; NaN stays NaN") {
  for_each_functions([](Function exponentials, Function, bool is_portable) {
    const std::vector<float> y = apply(
        exponentials, {-104.0F, -110.0F, -1e4F, -Limits::infinity(), Limits::quiet_NaN(), 0.0F, -0.0F, 1e-45F, 88.0F});
    for (std::size_t i = 0; i < 4; ++i) CHECK(std::abs(y[i]) <= (is_portable ? Limits::min() : 0.0F));
    CHECK(std::isnan(y[4]));
    for (std::size_t i = 5; i < 8; ++i) CHECK(y[i] == 1);
    CHECK(std::isfinite(y[8]));
    if (is_portable) return;  // Eigen's ends at the normal numbers
    for (const float x : apply(exponentials, {89.0F, 100.0F, 1e4F, Limits::infinity()})) CHECK(x == Limits::infinity());
    const std::vector<float> low = floats_between(-103.9F, -87.3F, 997);
    const std::vector<float> small = apply(exponentials, low);
    double worst = 0;
    for (std::size_t i = 0; i < low.size(); ++i)
      worst = std::max(worst, std::abs(static_cast<double>(small[i]) - std::exp(static_cast<double>(low[i]))) /
                                  static_cast<double>(Limits::denorm_min()));
    CHECK(worst <= 2);
  });
}

TEST_CASE("erf is within 5e-7 everywhere, odd, and one at most") {
  std::vector<float> x = floats_between(-6.0F, 6.0F, 997);
  x.insert(x.end(), {Limits::infinity(), -Limits::infinity(), Limits::max(), -Limits::max(), 0.0F, 1e-45F});
  std::vector<float> mirrored = x;
  for (float& value : mirrored) value = -value;
  for_each_functions([&](Function, Function error_functions, bool) {
    const std::vector<float> y = apply(error_functions, x);
    const std::vector<float> z = apply(error_functions, mirrored);
    double worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double error = std::abs(static_cast<double>(y[i]) - std::erf(static_cast<double>(x[i])));
      if (!(error <= worst)) worst = error;
      REQUIRE(z[i] == -y[i]);
      REQUIRE(std::abs(y[i]) <= 1);
    }
    CHECK(worst < 5e-7);
  });
}
