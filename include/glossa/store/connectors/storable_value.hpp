// A filter's value comes in; whether a record could hold it goes out, and an order with one that no record holds as one
// that databases can be asked for.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/store/filter.hpp>
#include <glossa/store/metadata.hpp>
#include <glossa/text/utf8.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace glossa::detail {

[[nodiscard]] inline bool is_plain_text(std::string_view text) {
  return text.find('\0') == std::string_view::npos && is_valid_utf8(text);
}

/// Not NaN, infinity, text with a NUL or text that is not UTF-8: no record has them, and databases refuse them, cut
/// them off or take them for something else.
[[nodiscard]] inline bool is_storable(const MetadataValue& value) {
  if (const auto* number = std::get_if<double>(&value)) return std::isfinite(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return is_plain_text(*text);
  if (const auto* list = std::get_if<std::vector<std::string>>(&value))
    return std::all_of(list->begin(), list->end(), [](const auto& part) { return is_plain_text(part); });
  return true;
}

/// less, less_equal, greater or greater_equal than a text, in the same order of the stored ones: these have no NUL, so
/// that what comes before a text with one is what comes before its NUL, and that itself. Errors: `unsupported` for what
/// is not UTF-8.
[[nodiscard]] inline std::pair<Comparison, std::string> storable_order(const std::string& field, Comparison comparison,
                                                                       const std::string& text) {
  if (!is_valid_utf8(text))
    throw Error(ErrorKind::unsupported,
                {.field = field, .problem = "this store orders UTF-8", .found = text.substr(0, 60)});
  const std::size_t nul = text.find('\0');
  if (nul == std::string::npos) return {comparison, text};
  const bool below = comparison == Comparison::less || comparison == Comparison::less_equal;
  return {below ? Comparison::less_equal : Comparison::greater, text.substr(0, nul)};
}

}  // namespace glossa::detail
