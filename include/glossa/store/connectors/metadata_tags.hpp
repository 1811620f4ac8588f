// Metadata come in; a list of plain ASCII words goes out that says which fields there are, of what type, and what they
// hold, for databases that can only look words up.
#pragma once

#include <glossa/store/connectors/check_options.hpp>
#include <glossa/store/connectors/metadata_json.hpp>
#include <glossa/store/connectors/sha256.hpp>
#include <glossa/store/metadata.hpp>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace glossa::detail {

/// A byte as two digits behind a sign.
inline void append_escaped(std::string& out, char sign, char c) {
  const auto byte = static_cast<unsigned char>(c);
  out += sign;
  out += "0123456789ABCDEF"[byte >> 4];
  out += "0123456789ABCDEF"[byte & 15];
}

/// Letters, digits, _ - and . as they are, other bytes as %XX: what comes out needs no quoting anywhere, and no case,
/// blank or normal form of it can be lost.
[[nodiscard]] inline std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_ascii_letter(c) || is_ascii_digit(c) || c == '_' || c == '-' || c == '.') {
      out += c;
    } else {
      append_escaped(out, '%', c);
    }
  }
  return out;
}

/// A word of at most 200 bytes: the end of a longer one is replaced by its hash.
[[nodiscard]] inline std::string tag_word(std::string word) {
  if (word.size() <= 200) return word;
  const std::string hash = hex_text(sha256(word));
  return word.substr(0, 135) + '~' + hash;
}

/// b, n, s or l: whole and other numbers are one type.
[[nodiscard]] inline char type_letter(const MetadataValue& value) {
  if (std::holds_alternative<bool>(value)) return 'b';
  if (std::holds_alternative<std::string>(value)) return 's';
  return std::holds_alternative<std::vector<std::string>>(value) ? 'l' : 'n';
}

/// The same text for numbers that are the same.
[[nodiscard]] inline std::string number_word(const MetadataValue& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
  const double number = std::get<double>(value);
  if (number == std::floor(number) && number >= -0x1p63 && number < 0x1p63)
    return std::to_string(static_cast<std::int64_t>(number));
  char digits[40];
  return {digits, std::to_chars(digits, digits + sizeof digits, number).ptr};
}

/// "t:n:year": the field is there, and is a number.
[[nodiscard]] inline std::string type_tag(char letter, std::string_view field) {
  return tag_word(std::string("t:") + letter + ':' + percent_encoded(field));
}

/// "v:s:lang:de": the field is this value.
[[nodiscard]] inline std::string value_tag(std::string_view field, const MetadataValue& value) {
  const char letter = type_letter(value);
  std::string text;
  if (letter == 'b') text = std::get<bool>(value) ? "true" : "false";
  if (letter == 'n') text = number_word(value);
  if (letter == 's') text = std::get<std::string>(value);
  if (letter == 'l') text = json_text(json_of(value));
  return tag_word(std::string("v:") + letter + ':' + percent_encoded(field) + ':' + percent_encoded(text));
}

/// "p:tags:draft": the field is a list with this part.
[[nodiscard]] inline std::string part_tag(std::string_view field, std::string_view part) {
  return tag_word("p:" + percent_encoded(field) + ':' + percent_encoded(part));
}

/// All that hold of a record.
[[nodiscard]] inline std::vector<std::string> tags_of(const Metadata& metadata) {
  std::vector<std::string> out;
  for (const auto& [name, value] : metadata) {
    out.push_back(type_tag(type_letter(value), name));
    out.push_back(value_tag(name, value));
    if (const auto* list = std::get_if<std::vector<std::string>>(&value))
      for (const std::string& part : *list) out.push_back(part_tag(name, part));
  }
  return out;
}

}  // namespace glossa::detail
