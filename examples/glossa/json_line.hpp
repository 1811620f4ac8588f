// A line of JSON comes in; its text and its fields as they stand go out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/text/utf8.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tool {

using OrderedJson = nlohmann::ordered_json;

/// A JSON object with a string field "text".
struct JsonLine {
  std::string text;
  std::string fields;  ///< the object without its closing brace; its members byte for byte, so no number is rounded
};

/// The members of `object`, which is valid JSON, without those of these names; the closing brace is left out.
[[nodiscard]] inline std::string open_object(std::string_view object, const std::vector<std::string>& left_out) {
  const auto is_left_out = [&](std::string_view member) {
    const std::size_t begin = member.find('"');
    if (begin == std::string_view::npos) return false;
    std::size_t end = begin + 1;
    while (member[end] != '"') end += member[end] == '\\' ? 2 : 1;
    const auto key = OrderedJson::parse(member.substr(begin, end + 1 - begin)).get<std::string>();
    return std::find(left_out.begin(), left_out.end(), key) != left_out.end();
  };
  std::string out = "{";
  std::size_t begin = object.find('{') + 1;
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t at = begin; at < object.size(); ++at) {
    const char c = object[at];
    if (in_string) {
      if (c == '\\') ++at;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (depth == 0 && (c == ',' || c == '}')) {
      const std::string_view member = object.substr(begin, at - begin);
      if (!is_left_out(member)) out.append(out.size() > 1 ? "," : "").append(member);
      if (c == '}') break;
      begin = at + 1;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return out;
}

/// Parses line `number` of `file`. `replaced` names fields to leave out of JsonLine::fields, because the caller writes
/// its own. Bytes that are not UTF-8 count as U+FFFD. Errors: `corrupt_file`.
[[nodiscard]] inline JsonLine parse_json_line(std::string_view line, const std::string& file, std::size_t number,
                                              const std::vector<std::string>& replaced = {}) {
  const auto refuse = [&](const std::string& field, const std::string& problem, const std::string& expected) {
    throw glossa::Error(
        glossa::ErrorKind::corrupt_file,
        {.file = file + ", line " + std::to_string(number), .field = field, .problem = problem, .expected = expected});
  };
  const auto check_depth = [&](int depth, OrderedJson::parse_event_t, OrderedJson&) {
    constexpr int deepest = static_cast<int>(glossa::detail::kDeepestJson);
    if (depth > deepest) refuse("", "the JSON nests too deeply", "at most " + std::to_string(deepest) + " levels");
    return true;
  };
  // The parser takes a NUL byte for the end of its input, and would not see what stands behind it.
  if (line.find('\0') != std::string_view::npos) refuse("", "not valid JSON: a NUL byte", "{\"text\": \"...\"}");
  const glossa::detail::ValidText valid(line);
  const OrderedJson object = OrderedJson::parse(valid.view(), check_depth, false);
  const bool has_nul = line.find('\0') != std::string_view::npos;  // the parser takes it for the end
  if (object.is_discarded() || has_nul) refuse("", "not valid JSON", "{\"text\": \"...\"}");
  if (!object.is_object()) refuse("", "not a JSON object", "{\"text\": \"...\"}");
  const auto text = object.find("text");
  if (text == object.end()) refuse("text", "the field is missing", "{\"text\": \"...\"}");
  if (!text->is_string()) refuse("text", "", "a string");
  return {text->get<std::string>(), open_object(valid.view(), replaced)};
}

}  // namespace tool
