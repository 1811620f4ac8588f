// A condition as people write it comes in; a Filter goes out, or an error that names the place.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/store/filter.hpp>
#include <glossa/store/metadata_json.hpp>
#include <glossa/text/utf8.hpp>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa {

namespace detail {

/// A descent through
///     filter     = conjunction {"or" conjunction}
///     conjunction = term {"and" term}
///     term       = "not" term | "(" filter ")" | field ("exists" | "has" string | "in" "(" value {"," value} ")" |
///                  ("=" | "!=" | "<" | "<=" | ">" | ">=") value)
///     value      = string | number | "true" | "false" | "[" [string {"," string}] "]"
/// A field is a word, or any text in backquotes; a string has JSON's escapes, in double or single quotes.
class FilterParser {
 public:
  explicit FilterParser(std::string_view text) : text_(text) {}

  [[nodiscard]] Filter parse() {
    if (!is_valid_utf8(text_)) fail("UTF-8");
    skip_space();
    if (at_ == text_.size()) return {};
    Filter out = disjunction();
    if (at_ < text_.size()) fail("\"and\", \"or\" or the end");
    return out;
  }

 private:
  static constexpr int kDeepest = 100;

  [[noreturn]] void fail(const std::string& expected) const {
    const std::string_view rest = text_.substr(at_);
    throw Error(ErrorKind::invalid_argument,
                {.field = "filter",
                 .problem = "byte " + std::to_string(at_ + 1),
                 .expected = expected,
                 .found = rest.empty() ? "the end" : shortened(std::string(rest), 40),
                 .remedy = "write it like lang = \"de\" and (year >= 2020 or tags has \"x\") and not draft = true"});
  }

  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
  }
  static bool is_word_byte(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.' || (c & 0x80) != 0;
  }
  [[nodiscard]] std::string_view word_here() const {
    std::size_t end = at_;
    while (end < text_.size() && is_word_byte(text_[end])) ++end;
    return text_.substr(at_, end - at_);
  }
  bool take_word(std::string_view word) {
    if (word_here() != word) return false;
    at_ += word.size();
    skip_space();
    return true;
  }
  bool take(std::string_view symbol) {
    if (!text_.substr(at_).starts_with(symbol)) return false;
    at_ += symbol.size();
    skip_space();
    return true;
  }

  Filter disjunction() {
    if (++depth_ > kDeepest) fail("at most " + std::to_string(kDeepest) + " levels");
    Filter out = conjunction();
    while (take_word("or")) out = std::move(out) || conjunction();
    --depth_;
    return out;
  }
  Filter conjunction() {
    Filter out = term();
    while (take_word("and")) out = std::move(out) && term();
    return out;
  }
  Filter term() {
    if (take_word("not")) {
      if (++depth_ > kDeepest) fail("at most " + std::to_string(kDeepest) + " levels");
      Filter out = !term();
      --depth_;
      return out;
    }
    if (take("(")) {
      Filter out = disjunction();
      if (!take(")")) fail("\")\"");
      return out;
    }
    return comparison();
  }

  Filter comparison() {
    const FilterField field(field_name());
    if (take_word("exists")) return field.exists();
    if (take_word("has")) return field.contains(string());
    if (take_word("in")) {
      if (!take("(")) fail("\"(\"");
      std::vector<MetadataValue> values;
      if (!take(")")) {
        do values.push_back(value());
        while (take(","));
        if (!take(")")) fail("\",\" or \")\"");
      }
      return field.in(values);
    }
    if (take("!=")) return field != value();
    if (take("<=")) return field <= value();
    if (take(">=")) return field >= value();
    if (take("==") || take("=")) return field == value();
    if (take("<")) return field < value();
    if (take(">")) return field > value();
    fail("a comparison: = != < <= > >= has, in, exists");
  }

  std::string field_name() {
    if (at_ < text_.size() && text_[at_] == '`') {
      const std::size_t end = text_.find('`', at_ + 1);
      if (end == std::string_view::npos || end == at_ + 1) fail("a field's name between backquotes");
      std::string name(text_.substr(at_ + 1, end - at_ - 1));
      at_ = end + 1;
      skip_space();
      return name;
    }
    const std::string_view word = word_here();
    if (word.empty() || word == "and" || word == "or" || word == "not") fail("a field's name");
    at_ += word.size();
    skip_space();
    return std::string(word);
  }

  MetadataValue value() {
    if (take_word("true")) return true;
    if (take_word("false")) return false;
    if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) return string();
    if (take("[")) {
      std::vector<std::string> list;
      if (take("]")) return list;
      do list.push_back(string());
      while (take(","));
      if (!take("]")) fail("\",\" or \"]\"");
      return list;
    }
    return number();
  }

  MetadataValue number() {
    std::size_t end = at_;
    while (end < text_.size() && (is_word_byte(text_[end]) || text_[end] == '+')) ++end;
    const char* first = text_.data() + at_;
    const char* last = text_.data() + end;
    std::optional<MetadataValue> out;
    std::int64_t whole = 0;
    double other = 0;
    if (const auto read = std::from_chars(first, last, whole); read.ec == std::errc() && read.ptr == last) {
      out = whole;
    } else if (const auto again = std::from_chars(first, last, other);
               again.ec == std::errc() && again.ptr == last && std::isfinite(other)) {
      out = other;
    }
    if (!out) fail("a value: a string in quotes, a number, true, false or a list of strings");
    at_ = end;
    skip_space();
    return *out;
  }

  std::string string() {
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    if (quote != '"' && quote != '\'') fail("a string in quotes");
    std::string json = "\"";  // JSON's own parser reads the escapes
    std::size_t end = at_ + 1;
    for (; end < text_.size() && text_[end] != quote; ++end) {
      const char c = text_[end];
      if (c == '\\' && end + 1 < text_.size()) {
        if (text_[++end] != '\'') json += c;
        json += text_[end];
      } else if (c == '"') {
        json += "\\\"";
      } else {
        json += c;
      }
    }
    if (end >= text_.size()) fail("a string with a quote at its end");
    json += '"';
    std::string out;
    try {
      out = parse_json(json, "filter").get<std::string>();
    } catch (const Error&) {
      fail("a string with JSON's escapes");
    }
    at_ = end + 1;
    skip_space();
    return out;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

[[nodiscard]] inline std::string filter_value_text(const MetadataValue& value) { return json_text(json_of(value)); }

}  // namespace detail

/// lang = "de" and (year >= 2020 or tags has "x") and not draft = true; see FilterParser. "" is met by all. Errors:
/// `invalid_argument`, with the byte.
[[nodiscard]] inline Filter parse_filter(std::string_view text) { return detail::FilterParser(text).parse(); }

/// What parse_filter() reads as this filter again, if no field's name has a backquote.
[[nodiscard]] inline std::string to_text(const Filter& filter) {
  const auto joined = [&](const char* word) {
    std::string out;
    for (const Filter& part : filter.parts()) out += (out.empty() ? "(" : word) + to_text(part);
    return out + ")";
  };
  switch (filter.kind()) {
    case Filter::Kind::all: return "";
    case Filter::Kind::conjunction: return joined(" and ");
    case Filter::Kind::disjunction: return joined(" or ");
    case Filter::Kind::negation:
      // What nothing meets is written as a list of no values.
      return filter.parts().front().is_all() ? "nothing in ()" : "not " + to_text(filter.parts().front());
    case Filter::Kind::comparison: break;
  }
  const std::string field = "`" + filter.field() + "` ";
  const std::string value = detail::filter_value_text(filter.value());
  switch (filter.comparison()) {
    case Comparison::equal: return field + "= " + value;
    case Comparison::less: return field + "< " + value;
    case Comparison::less_equal: return field + "<= " + value;
    case Comparison::greater: return field + "> " + value;
    case Comparison::greater_equal: return field + ">= " + value;
    case Comparison::contains: return field + "has " + value;
    default: return field + "exists";
  }
}

}  // namespace glossa
