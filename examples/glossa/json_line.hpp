// A line of JSON comes in; its text and its other fields go out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/text/utf8.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace tool {

using OrderedJson = nlohmann::ordered_json;

/// A JSON object with a string field "text"; fields keep their order.
struct JsonLine {
  OrderedJson object;
  std::string text;
};

/// Parses line `number` of `file`. Bytes that are not UTF-8 count as U+FFFD. Errors: `corrupt_file`.
[[nodiscard]] inline JsonLine parse_json_line(std::string_view line, const std::string& file, std::size_t number) {
  const auto refuse = [&](const std::string& field, const std::string& problem, const std::string& expected) {
    throw glossa::Error(glossa::ErrorKind::corrupt_file, {.file = file + ", line " + std::to_string(number),
                                                          .field = field,
                                                          .problem = problem,
                                                          .expected = expected});
  };
  const glossa::detail::ValidText valid(line);
  JsonLine result;
  result.object = OrderedJson::parse(valid.view(), nullptr, false);
  if (result.object.is_discarded()) refuse("", "not valid JSON", "{\"text\": \"...\"}");
  if (!result.object.is_object()) refuse("", "not a JSON object", "{\"text\": \"...\"}");
  const auto text = result.object.find("text");
  if (text == result.object.end()) refuse("text", "the field is missing", "");
  if (!text->is_string()) refuse("text", "", "a string");
  result.text = text->get<std::string>();
  return result;
}

}  // namespace tool
