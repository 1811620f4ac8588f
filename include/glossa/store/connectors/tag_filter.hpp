// A filter comes in; the same in words of metadata_tags.hpp goes out, without negations, so that it means the same
// whatever a database makes of fields that are missing or of another type.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/store/connectors/metadata_tags.hpp>
#include <glossa/store/connectors/storable_value.hpp>
#include <glossa/store/filter.hpp>

#include <cmath>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace glossa::detail {

struct TagFilter {
  enum class Kind {
    all,
    none,
    has_any,   ///< at least one of the tags
    has_none,  ///< of the tags
    compares,  ///< the field by its order with a value; asked only where a has_any or has_none beside it tells the type
    conjunction,
    disjunction,
  };
  Kind kind = Kind::all;
  std::vector<std::string> tags{};
  std::string field{};
  Comparison comparison = Comparison::less;
  MetadataValue value{};
  std::vector<TagFilter> parts{};
};

[[nodiscard]] inline TagFilter tags_test(std::vector<std::string> tags, bool negated) {
  TagFilter out;
  out.kind = negated ? TagFilter::Kind::has_none : TagFilter::Kind::has_any;
  out.tags = std::move(tags);
  return out;
}

[[nodiscard]] inline TagFilter constant(bool value) {
  TagFilter out;
  out.kind = value ? TagFilter::Kind::all : TagFilter::Kind::none;
  return out;
}

/// Databases compare numbers as doubles: from 2^53 on these cannot tell whole numbers apart.
inline void require_exact_order(const std::string& field, const MetadataValue& value) {
  const auto* whole = std::get_if<std::int64_t>(&value);
  const auto* number = std::get_if<double>(&value);
  const double size = whole != nullptr ? static_cast<double>(*whole) : number != nullptr ? *number : 0;
  if (std::isfinite(size) && std::abs(size) >= 0x1p53)
    throw Error(ErrorKind::unsupported, {.field = field,
                                         .problem = "this store cannot order numbers that large",
                                         .expected = "less than 2^53",
                                         .found = number_word(value)});
}

/// less, less_equal, greater or greater_equal.
[[nodiscard]] inline TagFilter order_test(const std::string& field, Comparison comparison, const MetadataValue& value,
                                          bool negated) {
  const char letter = type_letter(value);
  if (letter != 'n' && letter != 's') return constant(negated);
  const std::vector<std::string> type = {type_tag(letter, field)};
  if (const auto* number = std::get_if<double>(&value); number != nullptr && !std::isfinite(*number)) {
    const bool below = comparison == Comparison::less || comparison == Comparison::less_equal;
    const bool holds = !std::isnan(*number) && (*number > 0) == below;  // all numbers in stores are finite
    return holds ? tags_test(type, negated) : constant(negated);
  }
  require_exact_order(field, value);
  TagFilter order;
  order.kind = TagFilter::Kind::compares;
  order.field = field;
  order.value = value;
  if (const auto* text = std::get_if<std::string>(&value))
    std::tie(comparison, order.value) = storable_order(field, comparison, *text);
  order.comparison = comparison;
  if (negated) {
    order.comparison = comparison == Comparison::less         ? Comparison::greater_equal
                       : comparison == Comparison::less_equal ? Comparison::greater
                       : comparison == Comparison::greater    ? Comparison::less_equal
                                                              : Comparison::less;
  }
  TagFilter out;
  out.kind = negated ? TagFilter::Kind::disjunction : TagFilter::Kind::conjunction;
  out.parts = {tags_test(type, negated), std::move(order)};
  return out;
}

/// Errors: `unsupported` where numbers of 2^53 and more are ordered.
[[nodiscard]] inline TagFilter tag_filter_of(const Filter& filter, bool negated = false) {
  switch (filter.kind()) {
    case Filter::Kind::all: return constant(!negated);
    case Filter::Kind::negation: return tag_filter_of(filter.parts().front(), !negated);
    case Filter::Kind::conjunction:
    case Filter::Kind::disjunction: {
      TagFilter out;
      const bool all = (filter.kind() == Filter::Kind::conjunction) != negated;
      out.kind = all ? TagFilter::Kind::conjunction : TagFilter::Kind::disjunction;
      for (const Filter& part : filter.parts()) {
        TagFilter one = tag_filter_of(part, negated);
        if (one.kind == (all ? TagFilter::Kind::none : TagFilter::Kind::all)) return one;
        if (one.kind != TagFilter::Kind::all && one.kind != TagFilter::Kind::none) out.parts.push_back(std::move(one));
      }
      if (out.parts.empty()) return constant(all);
      if (out.parts.size() == 1) return TagFilter(out.parts.front());
      return out;
    }
    case Filter::Kind::comparison: break;
  }
  const std::string& field = filter.field();
  const MetadataValue& value = filter.value();
  switch (filter.comparison()) {
    case Comparison::exists:
      return tags_test({type_tag('b', field), type_tag('n', field), type_tag('s', field), type_tag('l', field)},
                       negated);
    case Comparison::equal:
      if (!is_storable(value)) return constant(negated);
      return tags_test({value_tag(field, value)}, negated);
    case Comparison::contains: {
      const auto* part = std::get_if<std::string>(&value);
      return part == nullptr ? constant(negated)
                             : tags_test({part_tag(field, *part), value_tag(field, *part)}, negated);
    }
    default: return order_test(field, filter.comparison(), value, negated);
  }
}

}  // namespace glossa::detail
