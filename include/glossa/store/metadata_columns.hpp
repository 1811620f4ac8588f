// Documents' metadata come in; which documents meet a filter goes out, column by column.
#pragma once

#include <glossa/core/json_parser.hpp>
#include <glossa/store/filter.hpp>
#include <glossa/store/filter_match.hpp>
#include <glossa/store/metadata_json.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace glossa::detail {

/// A bit for each place of a document.
using PlaceBits = std::vector<std::uint64_t>;

/// One field of all documents: each place has the number of its value, values that are equal one number. A comparison
/// is made once a value.
class MetadataColumn {
 public:
  explicit MetadataColumn(std::string_view field) : quoted_(json_text(Json(std::string(field)))) {}

  /// Of a document's metadata as JSON.
  void set(std::uint32_t place, std::string_view json, const std::string& file) {
    const std::string_view text = MetadataScanner(json).value_of(quoted_);
    if (place >= codes_.size()) codes_.resize(std::size_t{place} + 1, 0);
    codes_[place] = text.empty() ? 0 : code_of(text, file);
  }

  /// The places, of so many words, at which one of some comparisons with this field is true; not where the field is
  /// missing.
  [[nodiscard]] PlaceBits compare(std::span<const Filter> comparisons, std::size_t words) const {
    std::vector<std::uint8_t> by_code(values_.size() + 1, 0);
    for (const Filter& own : comparisons) {
      if (own.comparison() == Comparison::equal) {
        mark_equal(own.value(), by_code);
      } else {
        for (std::size_t i = 0; i < values_.size(); ++i)
          if (meets(values_[i], own.comparison(), own.value())) by_code[i + 1] = 1;
      }
    }
    PlaceBits out(words);
    for (std::size_t word = 0; word < words && 64 * word < codes_.size(); ++word) {
      const std::uint32_t* codes = codes_.data() + 64 * word;
      const std::size_t count = std::min<std::size_t>(64, codes_.size() - 64 * word);
      std::uint64_t bits = 0;
      for (std::size_t i = 0; i < count; ++i) bits |= std::uint64_t{by_code[codes[i]]} << i;
      out[word] = bits;
    }
    return out;
  }

  [[nodiscard]] std::size_t values() const noexcept { return values_.size(); }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return codes_.capacity() * sizeof(codes_[0]) + values_.capacity() * sizeof(values_[0]) + text_bytes_;
  }

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>()(text); }
  };

  /// Values are found by their JSON, of which a number may have two: as a whole one and as another.
  void mark_equal(const MetadataValue& wanted, std::vector<std::uint8_t>& by_code) const {
    const auto mark = [&](const MetadataValue& value) {
      const auto found = by_text_.find(json_text(json_of(value)));
      if (found != by_text_.end() && meets(values_[found->second - 1], Comparison::equal, wanted))
        by_code[found->second] = 1;
    };
    mark(wanted);
    if (const auto* whole = std::get_if<std::int64_t>(&wanted)) {
      mark(static_cast<double>(*whole));
      if (*whole == 0) mark(-0.0);
    } else if (const auto* number = std::get_if<double>(&wanted)) {
      if (*number >= -0x1p63 && *number < 0x1p63) mark(static_cast<std::int64_t>(*number));
      if (*number == 0) mark(std::signbit(*number) ? 0.0 : -0.0);
    }
  }

  std::uint32_t code_of(std::string_view text, const std::string& file) {
    const auto found = by_text_.find(text);
    if (found != by_text_.end()) return found->second;
    values_.push_back(metadata_value(parse_json(text, file), file, "metadata"));
    const auto code = static_cast<std::uint32_t>(values_.size());
    by_text_.emplace(std::string(text), code);
    text_bytes_ += 2 * text.size() + 64;
    return code;
  }

  std::string quoted_;
  std::vector<std::uint32_t> codes_;   // 0: the field is missing
  std::vector<MetadataValue> values_;  // of codes from 1
  std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>> by_text_;
  std::size_t text_bytes_ = 0;
};

/// The columns of those fields that filters asked for.
class MetadataColumns {
 public:
  /// The column of a field; load(column) fills a new one.
  template <class Load>
  const MetadataColumn& column(const std::string& field, Load&& load) {
    const auto found = columns_.find(field);
    if (found != columns_.end()) return found->second;
    if (columns_.size() >= kMostColumns) columns_.clear();  // bounds the memory
    MetadataColumn fresh(field);
    load(fresh);
    return columns_.emplace(field, std::move(fresh)).first->second;
  }

  /// A document that is new at a place, one of so many. Columns with far more values than these, most of which are of
  /// documents that are gone, are forgotten.
  void set(std::uint32_t place, std::string_view json, const std::string& file, std::size_t documents) {
    for (auto it = columns_.begin(); it != columns_.end();) {
      it->second.set(place, json, file);
      it = it->second.values() > 2 * documents + kSpareValues ? columns_.erase(it) : std::next(it);
    }
  }

  void clear() noexcept { columns_.clear(); }
  [[nodiscard]] bool empty() const noexcept { return columns_.empty(); }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    std::size_t bytes = 0;
    for (const auto& [field, column] : columns_) bytes += column.memory_bytes();
    return bytes;
  }

 private:
  static constexpr std::size_t kMostColumns = 32;
  static constexpr std::size_t kSpareValues = 1000;
  std::map<std::string, MetadataColumn, std::less<>> columns_;
};

/// The places among some that meet a filter. compare(comparisons) gives all at which one of some comparisons of one
/// field is true.
template <class Compare>
[[nodiscard]] PlaceBits evaluate_filter(const Filter& filter, PlaceBits among, Compare&& compare) {
  const auto leave_out = [&](const PlaceBits& out) {
    for (std::size_t word = 0; word < out.size(); ++word) among[word] &= ~out[word];
  };
  const auto compared = [&](std::span<const Filter> comparisons) {
    const PlaceBits& passing = compare(comparisons);
    PlaceBits out(among.size());
    for (std::size_t word = 0; word < out.size(); ++word) out[word] = among[word] & passing[word];
    return out;
  };
  const std::span<const Filter> parts = filter.parts();
  switch (filter.kind()) {
    case Filter::Kind::all: return among;
    case Filter::Kind::comparison: return compared(std::span(&filter, 1));
    case Filter::Kind::negation: leave_out(evaluate_filter(parts.front(), among, compare)); return among;
    case Filter::Kind::conjunction:
      for (const Filter& part : parts) among = evaluate_filter(part, std::move(among), compare);
      return among;
    case Filter::Kind::disjunction: break;
  }
  PlaceBits out(among.size());
  for (std::size_t i = 0; i < parts.size();) {
    // Of any of many values of a field: one walk through it.
    const auto joins = [&](const Filter& own) {
      return own.kind() == Filter::Kind::comparison && own.field() == parts[i].field();
    };
    std::size_t count = 1;
    while (joins(parts[i]) && i + count < parts.size() && joins(parts[i + count])) ++count;
    const PlaceBits found = count > 1 ? compared(parts.subspan(i, count)) : evaluate_filter(parts[i], among, compare);
    for (std::size_t word = 0; word < out.size(); ++word) out[word] |= found[word];
    leave_out(found);
    i += count;
  }
  return out;
}

}  // namespace glossa::detail
