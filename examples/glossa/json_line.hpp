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
#include <utility>
#include <vector>

namespace tool {

using OrderedJson = nlohmann::ordered_json;

/// A JSON object with a string field "text".
struct JsonLine {
  std::string text;
  std::string fields;  ///< the object without its closing brace; its members byte for byte, so no number is rounded
};

/// A member of an object, as far as a command may want it.
struct JsonField {
  enum class Kind { missing, null, string, integer, other };
  Kind kind = Kind::missing;
  std::string text;  ///< of a string or an integer
};

/// A line of a file, for messages.
struct LineName {
  const std::string& file;
  std::size_t number;  ///< from 1

  [[noreturn]] void refuse(const std::string& field, const std::string& problem, const std::string& expected) const {
    throw glossa::Error(
        glossa::ErrorKind::corrupt_file,
        {.file = file + ", line " + std::to_string(number), .field = field, .problem = problem, .expected = expected});
  }
};

/// Takes the events of the parser for one line: keeps the top-level fields that are wanted, and notes which of the
/// members are to be left out. All else passes by, so that time and memory grow with the line and not with the square
/// of its keys.
class JsonLineHandler final : public nlohmann::json_sax<glossa::detail::Json> {
 public:
  using Kind = JsonField::Kind;

  /// Both lists of names must outlive this.
  JsonLineHandler(const std::vector<std::string>& wanted, const std::vector<std::string>& replaced)
      : wanted_(wanted), replaced_(replaced), fields_(wanted.size()) {}

  bool null() override { return take(Kind::null); }
  bool boolean(bool) override { return take(Kind::other); }
  bool number_integer(number_integer_t value) override { return take(Kind::integer, std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return take(Kind::integer, std::to_string(value)); }
  bool number_float(number_float_t, const string_t&) override { return take(Kind::other); }
  bool binary(binary_t&) override { return false; }  // not in JSON
  bool string(string_t& value) override { return take(Kind::string, std::move(value)); }
  bool key(string_t& value) override {
    if (depth_ > 1) return true;
    field_ = static_cast<std::size_t>(std::find(wanted_.begin(), wanted_.end(), value) - wanted_.begin());
    left_out_.push_back(std::find(replaced_.begin(), replaced_.end(), value) != replaced_.end());
    return true;
  }
  bool start_object(std::size_t) override {
    if (depth_ == 0) is_object_ = true;
    return open();
  }
  bool start_array(std::size_t) override { return open(); }
  bool end_object() override { return --depth_, true; }
  bool end_array() override { return --depth_, true; }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    error_at_ = position;
    return false;
  }

  [[nodiscard]] bool is_object() const noexcept { return is_object_; }
  /// Whether the parser stopped because of this.
  [[nodiscard]] bool is_too_deep() const noexcept { return depth_ > glossa::detail::kDeepestJson; }
  /// The number of the byte at which the line is no JSON, from 1; 0 where it is.
  [[nodiscard]] std::size_t error_at() const noexcept { return error_at_; }
  /// The wanted ones; of several with one name the last counts.
  [[nodiscard]] std::vector<JsonField>& fields() noexcept { return fields_; }
  /// For each member of the object, whether its name is among the replaced ones.
  [[nodiscard]] const std::vector<bool>& left_out() const noexcept { return left_out_; }

 private:
  bool take(Kind kind, std::string text = {}) {
    if (depth_ == 1 && field_ < fields_.size()) fields_[field_] = {kind, std::move(text)};
    return true;
  }
  bool open() {
    take(Kind::other);
    return ++depth_, !is_too_deep();
  }

  const std::vector<std::string>& wanted_;
  const std::vector<std::string>& replaced_;
  std::vector<JsonField> fields_;
  std::vector<bool> left_out_;
  std::size_t field_ = 0;
  std::size_t depth_ = 0;
  std::size_t error_at_ = 0;
  bool is_object_ = false;
};

/// `object`, which is valid JSON, without those members that `left_out` tells and without its closing brace.
[[nodiscard]] inline std::string open_object(std::string_view object, const std::vector<bool>& left_out) {
  std::string out = "{";
  if (left_out.empty()) return out;
  std::size_t begin = object.find('{') + 1;
  std::size_t index = 0;
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
      if (!left_out[index]) out.append(out.size() > 1 ? "," : "").append(object.substr(begin, at - begin));
      if (c == '}') break;
      ++index;
      begin = at + 1;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return out;
}

/// Hands a line, which must be a JSON object, to `handler`. `example` is what would have been right. Errors:
/// `corrupt_file`.
inline void parse_json_object(std::string_view text, const glossa::detail::ValidText& valid, const LineName& line,
                              const std::string& example, JsonLineHandler& handler) {
  // The parser takes a NUL byte for the end of its input, and would not see what stands behind it.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos)
    line.refuse("", "not valid JSON: a NUL byte, byte " + std::to_string(nul + 1), example);
  if (!glossa::detail::Json::sax_parse(valid.view(), &handler)) {
    if (handler.is_too_deep())
      line.refuse("", "the JSON nests too deeply",
                  "at most " + std::to_string(glossa::detail::kDeepestJson) + " levels");
    line.refuse("", "not valid JSON, byte " + std::to_string(valid.original_offset(handler.error_at())), example);
  }
  if (!handler.is_object()) line.refuse("", "not a JSON object", example);
}

/// The members of these names; bytes that are not UTF-8 count as U+FFFD. Errors: `corrupt_file`.
[[nodiscard]] inline std::vector<JsonField> parse_json_fields(std::string_view text, const LineName& line,
                                                              const std::vector<std::string>& names,
                                                              const std::string& example) {
  const std::vector<std::string> replaced;
  const glossa::detail::ValidText valid(text);
  JsonLineHandler handler(names, replaced);
  parse_json_object(text, valid, line, example, handler);
  return std::move(handler.fields());
}

/// The field "text". Errors: `corrupt_file` where it is missing or no string.
[[nodiscard]] inline std::string text_of(JsonField& field, const LineName& line, const std::string& example) {
  if (field.kind == JsonField::Kind::missing) line.refuse("text", "the field is missing", example);
  if (field.kind != JsonField::Kind::string) line.refuse("text", "", "a string");
  return std::move(field.text);
}

/// Parses line `number` of `file`. `replaced` names fields to leave out of JsonLine::fields, because the caller writes
/// its own. Of several fields "text" the last one counts; bytes that are not UTF-8 count as U+FFFD. Errors:
/// `corrupt_file`.
[[nodiscard]] inline JsonLine parse_json_line(std::string_view text, const std::string& file, std::size_t number,
                                              const std::vector<std::string>& replaced = {}) {
  static const std::vector<std::string> kWanted{"text"};
  const std::string example = "{\"text\": \"...\"}";
  const LineName line{file, number};
  const glossa::detail::ValidText valid(text);
  JsonLineHandler handler(kWanted, replaced);
  parse_json_object(text, valid, line, example, handler);
  return {text_of(handler.fields()[0], line, example), open_object(valid.view(), handler.left_out())};
}

}  // namespace tool
