// A cell of a table comes in; the number that it stands for goes out.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace glossa::detail {

/// Takes the digits that `text` begins with.
[[nodiscard]] inline std::string_view taken_digits(std::string_view& text) {
  const std::size_t end = text.find_first_not_of("0123456789");
  const std::string_view digits = text.substr(0, end);
  text.remove_prefix(digits.size());
  return digits;
}

/// A cell's decimal number as JSON writes it: 0.5 of ".5", 5 of " +05.0 ", which are numbers to Python's float() and to
/// pandas. Nothing for what is none, be it "nan", "0x10" or "1,5".
[[nodiscard]] inline std::optional<std::string> table_number(std::string_view cell) {
  constexpr std::string_view kSpace = " \t\n\v\f\r";
  const std::size_t begin = cell.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return std::nullopt;
  std::string_view rest = cell.substr(begin, cell.find_last_not_of(kSpace) + 1 - begin);
  std::string number;
  if (rest.starts_with('-')) number = "-";
  if (rest.starts_with('-') || rest.starts_with('+')) rest.remove_prefix(1);
  std::string_view whole = taken_digits(rest);
  std::string_view fraction;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    fraction = taken_digits(rest);
  }
  if (whole.empty() && fraction.empty()) return std::nullopt;
  while (whole.starts_with('0')) whole.remove_prefix(1);
  while (fraction.ends_with('0')) fraction.remove_suffix(1);
  number += whole.empty() ? "0" : whole;
  if (!fraction.empty()) number.append(".").append(fraction);
  if (rest.empty()) return number;
  if (!rest.starts_with('e') && !rest.starts_with('E')) return std::nullopt;
  rest.remove_prefix(1);
  number += 'e';
  if (rest.starts_with('-') || rest.starts_with('+')) {
    number += rest.front();
    rest.remove_prefix(1);
  }
  const std::string_view exponent = taken_digits(rest);
  if (exponent.empty() || !rest.empty()) return std::nullopt;
  return number.append(exponent);
}

}  // namespace glossa::detail
