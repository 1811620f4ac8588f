// Metadata come in; a JSON object goes out, and comes back as the same values of the same types.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/store/metadata.hpp>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace glossa::detail {

[[nodiscard]] inline Json json_of(const MetadataValue& value) {
  return std::visit([](const auto& one) { return Json(one); }, value);
}

[[nodiscard]] inline Json json_of(const Metadata& metadata) {
  Json out = Json::object();
  for (const auto& [name, value] : metadata) out[name] = json_of(value);
  return out;
}

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

/// `where` names the server or file that the value came from. Errors: `corrupt_file` for what is no metadata.
[[nodiscard]] inline MetadataValue metadata_value_of(const Json& value, const std::string& where,
                                                     const std::string& name) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) return value.get<double>();
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number_float()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  std::vector<std::string> list;
  bool fits = value.is_array();
  if (fits)
    for (const Json& part : value) {
      fits = fits && part.is_string();
      if (fits) list.push_back(part.get<std::string>());
    }
  if (!fits)
    throw Error(ErrorKind::corrupt_file, {.file = where,
                                          .field = name,
                                          .expected = "true, false, a number, a string or a list of strings",
                                          .found = shortened(json_text(value), 60)});
  return list;
}

[[nodiscard]] inline Metadata metadata_of(const Json& object, const std::string& where) {
  Metadata out;
  if (!object.is_object())
    throw Error(
        ErrorKind::corrupt_file,
        {.file = where, .field = "metadata", .expected = "an object", .found = shortened(json_text(object), 60)});
  for (const auto& [name, value] : object.items()) out[name] = metadata_value_of(value, where, name);
  return out;
}

}  // namespace glossa::detail
