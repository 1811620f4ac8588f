// A filter and a document's metadata come in; whether they meet it goes out: the meaning of filters, for every store.
#pragma once

#include <glossa/store/filter.hpp>
#include <glossa/store/metadata.hpp>

#include <algorithm>
#include <cmath>
#include <compare>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace glossa {

namespace detail {

/// Exact, also where a double has no room for the whole number.
[[nodiscard]] inline std::partial_ordering compare_numbers(std::int64_t a, double b) noexcept {
  if (std::isnan(b)) return std::partial_ordering::unordered;
  if (b >= 0x1p63) return std::partial_ordering::less;
  if (b < -0x1p63) return std::partial_ordering::greater;
  const double whole = std::floor(b);
  const auto order = a <=> static_cast<std::int64_t>(whole);
  if (order != 0) return order < 0 ? std::partial_ordering::less : std::partial_ordering::greater;
  return b > whole ? std::partial_ordering::less : std::partial_ordering::equivalent;
}

/// The order of two values; none where their types have no order, or are two.
[[nodiscard]] inline std::partial_ordering compare_values(const MetadataValue& a, const MetadataValue& b) noexcept {
  const auto* whole_a = std::get_if<std::int64_t>(&a);
  const auto* whole_b = std::get_if<std::int64_t>(&b);
  const auto* number_a = std::get_if<double>(&a);
  const auto* number_b = std::get_if<double>(&b);
  if (whole_a != nullptr && whole_b != nullptr) return *whole_a <=> *whole_b;
  if (number_a != nullptr && number_b != nullptr) return *number_a <=> *number_b;
  if (whole_a != nullptr && number_b != nullptr) return compare_numbers(*whole_a, *number_b);
  if (number_a != nullptr && whole_b != nullptr) return 0 <=> compare_numbers(*whole_b, *number_a);
  const auto* text_a = std::get_if<std::string>(&a);
  const auto* text_b = std::get_if<std::string>(&b);
  if (text_a != nullptr && text_b != nullptr) {
    const int order = text_a->compare(*text_b);
    return order < 0   ? std::partial_ordering::less
           : order > 0 ? std::partial_ordering::greater
                       : std::partial_ordering::equivalent;
  }
  return std::partial_ordering::unordered;
}

/// A value that is there.
[[nodiscard]] inline bool meets(const MetadataValue& value, Comparison comparison, const MetadataValue& wanted) {
  switch (comparison) {
    case Comparison::equal: return value == wanted || compare_values(value, wanted) == 0;
    case Comparison::less: return compare_values(value, wanted) < 0;
    case Comparison::less_equal: return compare_values(value, wanted) <= 0;
    case Comparison::greater: return compare_values(value, wanted) > 0;
    case Comparison::greater_equal: return compare_values(value, wanted) >= 0;
    case Comparison::exists: return true;
    case Comparison::contains: break;
  }
  const auto* part = std::get_if<std::string>(&wanted);
  if (part == nullptr) return false;
  if (const auto* list = std::get_if<std::vector<std::string>>(&value))
    return std::find(list->begin(), list->end(), *part) != list->end();
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr && *text == *part;
}

}  // namespace detail

/// Whether metadata meet a filter.
[[nodiscard]] inline bool matches(const Filter& filter, const Metadata& metadata) {
  const auto meets = [&](const Filter& part) { return matches(part, metadata); };
  switch (filter.kind()) {
    case Filter::Kind::all: return true;
    case Filter::Kind::conjunction: return std::all_of(filter.parts().begin(), filter.parts().end(), meets);
    case Filter::Kind::disjunction: return std::any_of(filter.parts().begin(), filter.parts().end(), meets);
    case Filter::Kind::negation: return !meets(filter.parts().front());
    case Filter::Kind::comparison: break;
  }
  const auto found = metadata.find(filter.field());
  return found != metadata.end() && detail::meets(found->second, filter.comparison(), filter.value());
}

}  // namespace glossa
