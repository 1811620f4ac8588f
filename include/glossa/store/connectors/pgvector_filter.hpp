// A filter comes in; a condition on a column of jsonb goes out, whose fields and values are bound, never pasted.
#pragma once

#include <glossa/store/connectors/metadata_json.hpp>
#include <glossa/store/connectors/storable_value.hpp>
#include <glossa/store/filter.hpp>

#include <cmath>
#include <cstddef>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace glossa::detail {

/// A statement's values by their numbers: $1, $2, …
class SqlValues {
 public:
  /// "$3": where the value stands in the statement.
  std::string bind(std::string value) {
    values_.push_back(std::move(value));
    return "$" + std::to_string(values_.size());
  }
  [[nodiscard]] const std::vector<std::string>& all() const noexcept { return values_; }

 private:
  std::vector<std::string> values_{};
};

/// ["a","b"] as PostgreSQL writes arrays.
[[nodiscard]] inline std::string sql_array(const std::vector<std::string>& parts) {
  std::string out = "{";
  for (const std::string& part : parts) {
    out += out.size() > 1 ? ",\"" : "\"";
    for (const char c : part) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  return out + '}';
}

/// What matches() says of `metadata`, in SQL; true or false, never NULL. jsonb keeps numbers as decimals, so that whole
/// and other ones compare exactly; strings compare by bytes (collation C).
class PgvectorFilter {
 public:
  explicit PgvectorFilter(SqlValues& values) : values_(&values) {}

  [[nodiscard]] std::string sql(const Filter& filter) {
    switch (filter.kind()) {
      case Filter::Kind::all: return "TRUE";
      case Filter::Kind::conjunction: return joined(filter, " AND ");
      case Filter::Kind::disjunction: return joined(filter, " OR ");
      case Filter::Kind::negation: return "(NOT " + sql(filter.parts().front()) + ")";
      case Filter::Kind::comparison: break;
    }
    const std::string& field = filter.field();
    const MetadataValue& value = filter.value();
    if (!is_plain_text(field)) return "FALSE";  // no record has it
    switch (filter.comparison()) {
      case Comparison::exists: return "(metadata ? " + text(field) + ")";
      case Comparison::equal:
        if (!is_storable(value)) return "FALSE";
        return "coalesce(metadata -> " + text(field) + " = " + values_->bind(json_text_of(value)) + "::jsonb, FALSE)";
      case Comparison::contains:
        if (!std::holds_alternative<std::string>(value) || !is_storable(value)) return "FALSE";
        return "coalesce(metadata -> " + text(field) + " ? " + text(std::get<std::string>(value)) + ", FALSE)";
      default: return ordered(field, filter.comparison(), value);
    }
    return "FALSE";
  }

 private:
  [[nodiscard]] std::string text(const std::string& value) { return values_->bind(value) + "::text"; }

  [[nodiscard]] std::string joined(const Filter& filter, const char* word) {
    std::string out = "(";
    for (const Filter& part : filter.parts()) {
      if (out.size() > 1) out += word;
      out += sql(part);
    }
    return out + ")";
  }

  /// CASE looks at the type first, whatever order the planner likes.
  [[nodiscard]] std::string ordered(const std::string& field, Comparison comparison, const MetadataValue& value) {
    const bool is_text = std::holds_alternative<std::string>(value);
    const bool is_number = std::holds_alternative<double>(value) || std::holds_alternative<std::int64_t>(value);
    if (!is_text && !is_number) return "FALSE";
    if (const auto* number = std::get_if<double>(&value); number != nullptr && std::isnan(*number)) return "FALSE";
    std::string words;
    if (is_text) std::tie(comparison, words) = storable_order(field, comparison, std::get<std::string>(value));
    const char* order = comparison == Comparison::less         ? " < "
                        : comparison == Comparison::less_equal ? " <= "
                        : comparison == Comparison::greater    ? " > "
                                                               : " >= ";
    const std::string name = text(field);
    const std::string type = is_text ? "'string'" : "'number'";
    const std::string left = "(metadata ->> " + name + ")" + (is_text ? " COLLATE \"C\"" : "::numeric");
    const std::string right = is_text ? text(words) : values_->bind(number_text(value)) + "::numeric";
    return "(CASE WHEN jsonb_typeof(metadata -> " + name + ") = " + type + " THEN " + left + order + right +
           " ELSE FALSE END)";
  }

  [[nodiscard]] static std::string number_text(const MetadataValue& value) {
    const auto* number = std::get_if<double>(&value);
    if (number != nullptr && std::isinf(*number)) return *number > 0 ? "Infinity" : "-Infinity";
    return json_text_of(value);
  }

  SqlValues* values_;
};

}  // namespace glossa::detail
