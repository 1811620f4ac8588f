// Metadata come in; JSON goes out that keeps types in databases that do not, and comes back as the same values.
#pragma once

#include <glossa/core/json_parser.hpp>
#include <glossa/store/metadata_json.hpp>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>
#include <variant>

namespace glossa::detail {

/// A value as JSON text in which a number that is whole but a double has a point, whatever its size: stores that keep
/// decimal numbers give it back so.
[[nodiscard]] inline std::string json_text_of(const MetadataValue& value) {
  const auto* number = std::get_if<double>(&value);
  if (number == nullptr || *number != std::floor(*number)) return json_text(json_of(value));
  char digits[400];
  const int size = std::snprintf(digits, sizeof digits, "%.1f", *number);
  std::string out(digits, static_cast<std::size_t>(size));
  if (const std::size_t comma = out.find(','); comma != std::string::npos) out[comma] = '.';  // the caller's locale
  return out;
}

[[nodiscard]] inline std::string json_text_of(const Metadata& metadata) {
  std::string out = "{";
  for (const auto& [name, value] : metadata) {
    if (out.size() > 1) out += ',';
    out += json_text(Json(name)) + ':' + json_text_of(value);
  }
  return out + '}';
}

/// `where` names the server or file that the metadata came from. Errors: `corrupt_file` for what are no metadata.
[[nodiscard]] inline Metadata stored_metadata(const Json& object, const std::string& where) {
  return metadata_of(object, where, LargeWhole::as_double);
}

}  // namespace glossa::detail
