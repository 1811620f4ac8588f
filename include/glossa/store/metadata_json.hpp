// Metadata come in; JSON text goes out, and back.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/store/metadata.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace glossa::detail {

[[nodiscard]] inline Json json_of(const MetadataValue& value) {
  return std::visit([](const auto& own) { return Json(own); }, value);
}

[[nodiscard]] inline Json json_of(const Metadata& metadata) {
  Json out = Json::object();
  for (const auto& [name, value] : metadata) out[name] = json_of(value);
  return out;
}

/// An object with a value a field, as json_text() writes it: without spaces, so that metadata_field() can read it.
/// Numbers that are not whole have a point or an exponent.
[[nodiscard]] inline std::string metadata_json(const Metadata& metadata) { return json_text(json_of(metadata)); }

/// What becomes of a whole number of 2^63 or more: from a user it is refused, as a double loses digits; a database may
/// give back a double so.
enum class LargeWhole { refused, as_double };

/// Errors: `corrupt_file` for a value of a type that metadata do not have.
[[nodiscard]] inline MetadataValue metadata_value(const Json& json, const std::string& file, const std::string& field,
                                                  LargeWhole large = LargeWhole::refused) {
  const auto refuse = [&]() -> MetadataValue {
    throw Error(ErrorKind::corrupt_file, {.file = file,
                                          .field = field,
                                          .expected = "true, false, a number, a string or a list of strings",
                                          .found = shortened(json_text(json), 60)});
  };
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_float()) return json.get<double>();
  if (json.is_number_unsigned()) {
    const auto number = json.get<std::uint64_t>();
    if (number <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
      return static_cast<std::int64_t>(number);
    return large == LargeWhole::as_double ? MetadataValue(json.get<double>()) : refuse();
  }
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (json.is_string()) return json.get<std::string>();
  if (!json.is_array()) return refuse();
  std::vector<std::string> list;
  for (const Json& part : json) {
    if (!part.is_string()) return refuse();
    list.push_back(part.get<std::string>());
  }
  return list;
}

/// Errors: `corrupt_file`, naming the file and the field.
[[nodiscard]] inline Metadata metadata_of(const Json& json, const std::string& file,
                                          LargeWhole large = LargeWhole::refused) {
  if (!json.is_object())
    throw Error(ErrorKind::corrupt_file,
                {.file = file, .field = "metadata", .expected = "an object", .found = shortened(json_text(json), 60)});
  Metadata out;
  for (const auto& [name, value] : json.items())
    out.emplace(name, metadata_value(value, file, "metadata." + name, large));
  return out;
}
[[nodiscard]] inline Metadata parse_metadata(std::string_view text, const std::string& file) {
  return metadata_of(parse_json(text, file), file);
}

/// Walks over what metadata_json() wrote without making values of it.
class MetadataScanner {
 public:
  explicit MetadataScanner(std::string_view text) : text_(text) {}

  /// The JSON of a field's value, by the field's name as JSON writes it, with its quotes; empty where it is not there.
  [[nodiscard]] std::string_view value_of(std::string_view quoted_name) {
    at_ = 1;
    while (at_ < text_.size() && text_[at_] == '"') {
      const std::string_view name = take_value();
      ++at_;  // the colon
      const std::string_view value = take_value();
      if (name == quoted_name) return value;
      ++at_;  // the comma, or the end
    }
    return {};
  }

 private:
  std::string_view take_value() {
    const std::size_t begin = at_;
    int depth = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_)
          if (text_[at_] == '\\') ++at_;
        if (depth == 0) {
          at_ = at_ < text_.size() ? at_ + 1 : text_.size();
          break;
        }
      } else if (c == '[') {
        ++depth;
      } else if (c == ']') {
        if (--depth == 0) {
          ++at_;
          break;
        }
      } else if (depth == 0 && (c == ',' || c == '}' || c == ':')) {
        break;
      }
    }
    return text_.substr(begin, at_ - begin);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace glossa::detail
