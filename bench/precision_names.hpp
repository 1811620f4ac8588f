// The name of a precision comes in; the precision goes out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/embedder/options.hpp>

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// Of whatever precisions the library has. Errors: `invalid_argument`.
inline glossa::Precision precision_named(std::string_view name) {
  constexpr int kMore = 32;  // than there are precisions; to_string() calls numbers that mean nothing f32
  for (int i = 0; i < kMore; ++i)
    if (to_string(static_cast<glossa::Precision>(i)) == name) return static_cast<glossa::Precision>(i);
  throw glossa::Error(
      glossa::ErrorKind::invalid_argument,
      {.field = "precision", .problem = "the library has none of this name", .found = std::string(name)});
}

/// The parts of "a,b,c".
inline std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts;
  std::istringstream stream(list);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  return parts;
}

}  // namespace bench
