// Conditions on metadata come in; a filter goes out, which every store understands.
#pragma once

#include <glossa/store/metadata.hpp>

#include <string>
#include <utility>
#include <vector>

namespace glossa {

/// How a field is compared with a value.
enum class Comparison {
  equal,          ///< of one type (numbers are one), and the same; lists with the same parts in the same order
  less,           ///< of numbers, or of strings by their bytes; false for other types
  less_equal,     ///<
  greater,        ///<
  greater_equal,  ///<
  contains,       ///< a list that has this string; of a string field: the string itself
  exists,         ///< the field is there, whatever it holds
};

/// A condition that a document's metadata meet or not: a comparison, or others joined by and, or, not. A comparison is
/// false where the field is missing or of another type, so that its negation is true there.
///
///     where("lang") == "de" && (where("year") >= 2020 || where("tags").contains("draft"))
///
/// A Filter that was made of nothing is met by all.
class Filter {
 public:
  enum class Kind { all, comparison, conjunction, disjunction, negation };

  Filter() = default;
  Filter(std::string field, Comparison comparison, MetadataValue value)
      : kind_(Kind::comparison), field_(std::move(field)), comparison_(comparison), value_(std::move(value)) {}

  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  [[nodiscard]] bool is_all() const noexcept { return kind_ == Kind::all; }
  /// Of a comparison.
  [[nodiscard]] const std::string& field() const noexcept { return field_; }
  [[nodiscard]] Comparison comparison() const noexcept { return comparison_; }
  [[nodiscard]] const MetadataValue& value() const noexcept { return value_; }
  /// What is joined; one part of a negation.
  [[nodiscard]] const std::vector<Filter>& parts() const noexcept { return parts_; }

  friend Filter operator&&(Filter a, Filter b) { return joined(Kind::conjunction, std::move(a), std::move(b)); }
  friend Filter operator||(Filter a, Filter b) { return joined(Kind::disjunction, std::move(a), std::move(b)); }
  friend Filter operator!(Filter a) {
    Filter out;
    out.kind_ = Kind::negation;
    out.parts_.push_back(std::move(a));
    return out;
  }
  friend bool operator==(const Filter&, const Filter&) = default;

 private:
  static Filter joined(Kind kind, Filter a, Filter b) {
    if (a.is_all()) return kind == Kind::conjunction ? b : a;
    if (b.is_all()) return kind == Kind::conjunction ? a : b;
    Filter out;
    if (a.kind_ == kind) {
      out = std::move(a);
    } else {
      out.kind_ = kind;
      out.parts_.push_back(std::move(a));
    }
    if (b.kind_ == kind) {
      for (Filter& one : b.parts_) out.parts_.push_back(std::move(one));
    } else {
      out.parts_.push_back(std::move(b));
    }
    return out;
  }

  Kind kind_ = Kind::all;
  std::string field_{};
  Comparison comparison_ = Comparison::equal;
  MetadataValue value_{};
  std::vector<Filter> parts_{};
};

/// A field, to be compared; see where().
class FilterField {
 public:
  explicit FilterField(std::string name) : name_(std::move(name)) {}

  friend Filter operator==(const FilterField& field, MetadataValue value) {
    return {field.name_, Comparison::equal, std::move(value)};
  }
  /// True where the field is missing, too.
  friend Filter operator!=(const FilterField& field, MetadataValue value) { return !(field == std::move(value)); }
  friend Filter operator<(const FilterField& field, MetadataValue value) {
    return {field.name_, Comparison::less, std::move(value)};
  }
  friend Filter operator<=(const FilterField& field, MetadataValue value) {
    return {field.name_, Comparison::less_equal, std::move(value)};
  }
  friend Filter operator>(const FilterField& field, MetadataValue value) {
    return {field.name_, Comparison::greater, std::move(value)};
  }
  friend Filter operator>=(const FilterField& field, MetadataValue value) {
    return {field.name_, Comparison::greater_equal, std::move(value)};
  }
  [[nodiscard]] Filter contains(std::string part) const { return {name_, Comparison::contains, std::move(part)}; }
  [[nodiscard]] Filter exists() const { return {name_, Comparison::exists, true}; }
  /// Equal to one of them; to none: false.
  [[nodiscard]] Filter in(const std::vector<MetadataValue>& values) const {
    Filter out = !Filter();
    for (std::size_t i = 0; i < values.size(); ++i)
      out = i == 0 ? *this == values[i] : std::move(out) || *this == values[i];
    return out;
  }

 private:
  std::string name_;
};

[[nodiscard]] inline FilterField where(std::string field) { return FilterField(std::move(field)); }

}  // namespace glossa
