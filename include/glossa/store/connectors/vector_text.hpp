// A vector comes in; its numbers as text go out, in the fewest digits that give the same floats back, and the reverse.
#pragma once

#include <glossa/core/error.hpp>

#include <charconv>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace glossa::detail {

/// "[1,0.5]", whatever the locale.
[[nodiscard]] inline std::string vector_text(std::span<const float> vector) {
  std::string out = "[";
  char digits[32];
  for (const float x : vector) {
    if (out.size() > 1) out += ',';
    out.append(digits, std::to_chars(digits, digits + sizeof digits, x).ptr);
  }
  return out + ']';
}

/// Errors: `corrupt_file`, naming `where`, for what is no such list.
[[nodiscard]] inline std::vector<float> vector_of_text(std::string_view text, const std::string& where) {
  std::vector<float> out;
  const char* at = text.data();
  const char* const end = at + text.size();
  bool good = text.size() >= 2 && text.front() == '[' && text.back() == ']';
  for (++at; good && at < end - 1;) {
    float x = 0;
    const auto [next, code] = std::from_chars(at, end - 1, x);
    good = code == std::errc() && (next == end - 1 || *next == ',');
    out.push_back(x);
    at = next + 1;
  }
  if (!good)
    throw Error(
        ErrorKind::corrupt_file,
        {.file = where, .field = "vector", .expected = "[number, …]", .found = std::string(text.substr(0, 60))});
  return out;
}

}  // namespace glossa::detail
