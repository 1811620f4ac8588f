// Lines of JSON come in; their texts, ids and languages go out, and the lines as they stand.
#pragma once

#include "document_reader.hpp"
#include "json_line.hpp"
#include "line_reader.hpp"

#include <glossa/text/utf8.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tool {

/// A line {"id"?, "text"?, "lang"?} with whatever else it has.
struct LabelledLine {
  std::string id;  ///< as JSON: a string in quotes, or an integer; the line's number where it has none
  std::string text;
  std::string lang;        ///< "" where it has none
  std::string fields;      ///< see JsonLine
  std::size_t number = 0;  ///< of the line
};

/// Parses a line. replaced: see parse_json_line(). Errors: `corrupt_file` naming the line and the field.
[[nodiscard]] inline LabelledLine parse_labelled_line(std::string_view text, const LineName& line, bool needs_text,
                                                      const std::vector<std::string>& replaced) {
  using Kind = JsonField::Kind;
  static const std::vector<std::string> kNames{"id", "_id", "text", "lang"};
  const std::string example = R"({"id": "...", "text": "...", "lang": "..."})";
  const glossa::detail::ValidText valid(text);
  JsonLineHandler handler(kNames, replaced);
  parse_json_object(text, valid, line, example, handler);
  std::vector<JsonField>& fields = handler.fields();
  LabelledLine out;
  out.number = line.number;
  const bool is_integer = (fields[0].kind == Kind::missing ? fields[1] : fields[0]).kind == Kind::integer;
  const std::string id = id_of(fields[0], fields[1], line);
  out.id = id.empty()   ? std::to_string(line.number)
           : is_integer ? id
                        : OrderedJson(id).dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  if (needs_text || fields[2].kind != Kind::missing) out.text = text_of(fields[2], line, example);
  if (fields[3].kind == Kind::string) out.lang = std::move(fields[3].text);
  if (fields[3].kind == Kind::integer || fields[3].kind == Kind::other) line.refuse("lang", "", "a string");
  out.fields = handler.left_out().empty() ? "{" : open_object(valid.view(), handler.left_out());
  return out;
}

/// All lines of a file that are not blank.
[[nodiscard]] inline std::vector<LabelledLine> read_labelled_lines(LineReader& reader, bool need_texts,
                                                                   const std::vector<std::string>& replaced) {
  std::vector<LabelledLine> lines;
  for (std::string line; reader.next(line);)
    if (!is_blank(line))
      lines.push_back(parse_labelled_line(line, {reader.name(), reader.number()}, need_texts, replaced));
  return lines;
}

/// Appends a member to an object without its closing brace.
inline void append_member(std::string& object, std::string_view name, std::string_view value) {
  object.append(object.size() > 1 ? ",\"" : "\"").append(name).append("\":").append(value);
}

/// Languages as numbers, in the order in which they appear.
[[nodiscard]] inline std::vector<std::int32_t> numbers_of_languages(const std::vector<LabelledLine>& lines) {
  std::map<std::string_view, std::int32_t> known;
  std::vector<std::int32_t> numbers;
  for (const LabelledLine& line : lines)
    numbers.push_back(known.emplace(line.lang, static_cast<std::int32_t>(known.size())).first->second);
  return numbers;
}

}  // namespace tool
