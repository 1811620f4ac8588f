// A filter comes in; an expression of Milvus goes out. Fields and values are in it as words of plain ASCII, or escaped.
#pragma once

#include <glossa/store/connectors/tag_filter.hpp>
#include <glossa/store/filter.hpp>

#include <charconv>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace glossa::detail {

/// "…" with what would end it, and line ends, escaped.
[[nodiscard]] inline std::string milvus_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n' || c == '\r') {
      out += c == '\n' ? "\\n" : "\\r";
    } else {
      out += c;
    }
  }
  return out + '"';
}

[[nodiscard]] inline std::string milvus_list(std::span<const std::string> texts) {
  std::string out = "[";
  for (const std::string& text : texts) out += (out.size() > 1 ? "," : "") + milvus_text(text);
  return out + "]";
}

/// Where a field lies that is compared by its order: in `metadata`, or, for names that a path could not hold, in `odd`.
[[nodiscard]] inline bool is_path_name(std::string_view field) { return is_plain_name(field, 200); }
[[nodiscard]] inline std::string odd_key(std::string_view field) {
  std::string out = "x";
  for (const char c : field) {
    const auto byte = static_cast<unsigned char>(c);
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
  return tag_word(std::move(out));
}
[[nodiscard]] inline std::string milvus_path(std::string_view field) {
  return is_path_name(field) ? "metadata[\"" + std::string(field) + "\"]" : "odd[\"" + odd_key(field) + "\"]";
}

[[nodiscard]] inline std::string milvus_value(const MetadataValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return milvus_text(*text);
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
  char digits[40];
  std::string out(digits, std::to_chars(digits, digits + sizeof digits, std::get<double>(value)).ptr);
  return out.find_first_of(".e") == std::string::npos ? out + ".0" : out;
}

[[nodiscard]] inline std::string milvus_expression(const TagFilter& filter) {
  using Kind = TagFilter::Kind;
  switch (filter.kind) {
    case Kind::all: return "(pk != \"\")";
    case Kind::none: return "(pk == \"\")";
    case Kind::has_any: return "array_contains_any(tags, " + milvus_list(filter.tags) + ")";
    case Kind::has_none: return "(not array_contains_any(tags, " + milvus_list(filter.tags) + "))";
    case Kind::compares: {
      const char* order = filter.comparison == Comparison::less         ? " < "
                          : filter.comparison == Comparison::less_equal ? " <= "
                          : filter.comparison == Comparison::greater    ? " > "
                                                                        : " >= ";
      return "(" + milvus_path(filter.field) + order + milvus_value(filter.value) + ")";
    }
    case Kind::conjunction:
    case Kind::disjunction: break;
  }
  std::string out = "(";
  for (const TagFilter& part : filter.parts) {
    if (out.size() > 1) out += filter.kind == Kind::conjunction ? " and " : " or ";
    out += milvus_expression(part);
  }
  return out + ")";
}

}  // namespace glossa::detail
