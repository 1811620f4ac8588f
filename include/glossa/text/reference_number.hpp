// A decimal number comes in; the double that Hugging Face's tokenizers read it as goes out.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace glossa::detail {

/// 10^n by the literal's own rounding, as a table holds it.
[[nodiscard]] constexpr double power_of_ten(unsigned n) noexcept {
  constexpr std::array<double, 31> kPowers = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10,
                                              1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
                                              1e22, 1e23, 1e24, 1e25, 1e26, 1e27, 1e28, 1e29, 1e30};
  return n < kPowers.size() ? kPowers[n] : 0.0;
}

/// Reads a JSON number the way Rust's serde_json does by default: the digits as an integer, rounded to double, times
/// or divided by a power of ten, which rounds once more. The result can be one unit in the last place off the nearest
/// double (a quarter of XLM-R's scores are), and such units decide ties between segmentations. `nearest` is the
/// correctly rounded value, returned for numbers beyond the range of scores.
[[nodiscard]] inline double reference_number(std::string_view text, double nearest) noexcept {
  std::uint64_t digits = 0;
  int exponent = 0;
  std::size_t at = 0;
  const bool negative = text.starts_with('-');
  if (negative) ++at;
  bool fraction = false;
  for (; at < text.size() && text[at] != 'e' && text[at] != 'E'; ++at) {
    if (text[at] == '.') {
      fraction = true;
      continue;
    }
    const auto digit = static_cast<std::uint64_t>(text[at] - '0');
    if (digits > (UINT64_MAX - digit) / 10) return nearest;
    digits = digits * 10 + digit;
    if (fraction) --exponent;
  }
  if (at < text.size()) {
    int written = 0;
    ++at;
    if (at < text.size() && text[at] == '+') ++at;
    const auto result = std::from_chars(text.data() + at, text.data() + text.size(), written);
    if (result.ec != std::errc{} || written > 400 || written < -400) return nearest;
    exponent += written;
  }
  if (exponent > 30 || exponent < -30) return nearest;
  const double value = exponent < 0 ? static_cast<double>(digits) / power_of_ten(static_cast<unsigned>(-exponent))
                                    : static_cast<double>(digits) * power_of_ten(static_cast<unsigned>(exponent));
  return negative ? -value : value;
}

/// What a score becomes when it is written to a tokenizer.json in its shortest form and read back by the reference.
[[nodiscard]] inline double reference_number(double value) noexcept {
  std::array<char, 64> text{};
  const auto result = std::to_chars(text.data(), text.data() + text.size(), value);
  return reference_number(std::string_view(text.data(), static_cast<std::size_t>(result.ptr - text.data())), value);
}

}  // namespace glossa::detail
