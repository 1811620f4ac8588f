// Lines of JSON come in; their texts, ids and languages go out, and the lines as they stand.
#pragma once

#include "document_reader.hpp"
#include "json_line.hpp"
#include "line_reader.hpp"

#include <glossa/core/error.hpp>
#include <glossa/text/utf8.hpp>

#include <algorithm>
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
  bool has_text = false;   ///< which may be ""
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
  out.has_text = fields[2].kind != Kind::missing;
  if (needs_text || out.has_text) out.text = text_of(fields[2], line, example);
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

[[nodiscard]] inline bool has_text(const LabelledLine& line) { return line.has_text; }
[[nodiscard]] inline bool has_language(const LabelledLine& line) { return !line.lang.empty(); }

/// Whether all lines have something, rather than none of them. Errors: `invalid_argument` naming the first line of
/// `file` without it, where others have it.
[[nodiscard]] inline bool all_or_none(const std::vector<LabelledLine>& lines, const std::string& file,
                                      const std::string& field, bool (*has)(const LabelledLine&),
                                      const std::string& remedy) {
  const auto one = std::find_if(lines.begin(), lines.end(), has);
  if (one == lines.end()) return false;
  const auto other = std::find_if_not(lines.begin(), lines.end(), has);
  if (other == lines.end()) return true;
  throw glossa::Error(glossa::ErrorKind::invalid_argument,
                      {.file = file + ", line " + std::to_string(other->number),
                       .field = field,
                       .problem = "there is none, but line " + std::to_string(one->number) + " has one",
                       .remedy = remedy});
}

/// The languages of those lines that `chosen` names as numbers, in the order in which they appear.
[[nodiscard]] inline std::vector<std::int32_t> numbers_of_languages(const std::vector<LabelledLine>& lines,
                                                                    const std::vector<std::size_t>& chosen) {
  std::map<std::string_view, std::int32_t> known;
  std::vector<std::int32_t> numbers;
  for (const std::size_t i : chosen)
    numbers.push_back(known.emplace(lines[i].lang, static_cast<std::int32_t>(known.size())).first->second);
  return numbers;
}

}  // namespace tool
