// Numbers come in; 4-bit ones with a common scale go out, as in the format Q4_0 of llama.cpp.
#pragma once

#include <glossa/core/half.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/small_weights.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// kInt4Block numbers (q - 8) · scale with q of [0, 15]. The scale may be negative.
struct Int4Block {
  std::uint16_t scale = 0;  // the bits of a half-precision number
  std::array<std::uint8_t, kInt4Block> values = filled();

  [[nodiscard]] float number(std::size_t i) const noexcept {
    return static_cast<float>(values[i] - 8) * half_to_float(scale);
  }

  /// Numbers 2i and 2i + 1 as one byte, the first one in the lower bits: the form in which all files and kernels hold
  /// them.
  [[nodiscard]] std::uint8_t pair(std::size_t i) const noexcept {
    return static_cast<std::uint8_t>(values[2 * i] | values[2 * i + 1] << 4);
  }
  void set_pair(std::size_t i, std::uint8_t byte) noexcept {
    values[2 * i] = byte & 15;
    values[2 * i + 1] = byte >> 4;
  }

 private:
  static constexpr std::array<std::uint8_t, kInt4Block> filled() {
    std::array<std::uint8_t, kInt4Block> zeros{};
    zeros.fill(8);
    return zeros;
  }
};

/// The 4-bit number whose weight is next to `value`; inverse: 1 / scale.
template <class T>
[[nodiscard]] constexpr std::uint8_t nearest_int4(T value, T inverse) noexcept {
  return static_cast<std::uint8_t>(std::clamp(value * inverse + T(8.5), T(0), T(15)));
}

/// 1 / scale, or 0 where there is no such number.
template <class T>
[[nodiscard]] T inverse_scale(T scale) noexcept {
  return scale == T(0) ? T(0) : T(1) / scale;
}

/// What the number of the largest magnitude becomes. -8, the choice of Q4_0, comes first: numbers that came out of such
/// blocks go back to the same. The others leave less room at the ends for finer steps, or use it at the other end.
inline constexpr std::array<float, 14> kInt4Ends = {-8,     -7.75F, -7.5F, -7.25F, -7,   -6.75F, -6.5F,
                                                    -6.25F, -6,     -8.5F, 7,      6.5F, 6,      7.5F};

/// Calls try_scale(bits of a half-precision number) for scales that may suit the numbers, until it returns true.
template <class T, class TryScale>
void for_each_int4_scale(std::span<const T> numbers, TryScale&& try_scale) {
  T most = 0;
  for (const T x : numbers)
    if (std::fabs(x) > std::fabs(most)) most = x;
  constexpr float kLargestHalf = 65504.0F;
  for (const float end : kInt4Ends) {
    const float scale = static_cast<float>(most) / end;
    if (try_scale(float_to_half(std::clamp(scale, -kLargestHalf, kLargestHalf)))) return;
  }
}

/// The block whose numbers are nearest to `numbers`, at most kInt4Block, in the sum of squares.
[[nodiscard]] inline Int4Block round_to_int4(std::span<const float> numbers) {
  Int4Block best;
  float least = std::numeric_limits<float>::infinity();
  for_each_int4_scale(numbers, [&](std::uint16_t bits) {
    Int4Block block;
    block.scale = bits;
    const float scale = half_to_float(bits);
    const float inverse = inverse_scale(scale);
    float error = 0;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      block.values[i] = nearest_int4(numbers[i], inverse);
      const float off = numbers[i] - static_cast<float>(block.values[i] - 8) * scale;
      error += off * off;
    }
    if (error < least) {
      least = error;
      best = block;
    }
    return error == 0;
  });
  return best;
}

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
