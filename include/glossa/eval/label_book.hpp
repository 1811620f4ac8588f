// The labels of texts come in, as their files write them; numbers for them go out.
#pragma once

#include <glossa/eval/data_record.hpp>
#include <glossa/eval/table_number.hpp>
#include <glossa/eval/task_data.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace glossa::detail {

/// Numbers names in the order in which they come, and afterwards by their values, as NumPy's unique() orders them.
class LabelBook {
 public:
  /// The number of a record's label. Errors: `corrupt_file` where others are written as another kind of value, such as
  /// 1 and "1", which Python's data sets refuse, and where two cells of tables are one number, such as 1 and 1.0, which
  /// are one label to pandas.
  [[nodiscard]] std::int32_t number(const DataRecord& record, const std::string& field, DataName name) {
    if (name.kind == NameKind::cell) {
      require_own_number(record, field, name.text);
    } else {
      if (!kind_) kind_ = name.kind;
      if (*kind_ != name.kind)
        record.refuse(field, "labels before it are values of another kind", words_of(*kind_) + ", as they are",
                      words_of(name.kind) + ": " + name.text);
    }
    return numbers_.emplace(std::move(name.text), static_cast<std::int32_t>(numbers_.size())).first->second;
  }
  [[nodiscard]] bool has_numbers_alone() const {
    return std::all_of(numbers_.begin(), numbers_.end(), [](const auto& one) { return is_whole_number(one.first); });
  }
  /// Whether labels are strings, "3" and not 3. Cells of a table are none.
  [[nodiscard]] bool has_strings() const noexcept { return kind_ == NameKind::string; }
  [[nodiscard]] std::size_t size() const noexcept { return numbers_.size(); }

  /// Puts the names in order, and the numbers in `texts` with them.
  [[nodiscard]] std::vector<std::string> finish(std::vector<LabelledTexts*> texts) const {
    std::vector<std::string> names;
    for (const auto& [name, number] : numbers_) names.push_back(name);
    if (has_numbers_alone()) std::stable_sort(names.begin(), names.end(), is_less_number);
    std::vector<std::int32_t> places(names.size());
    for (std::size_t i = 0; i < names.size(); ++i)
      places[static_cast<std::size_t>(numbers_.at(names[i]))] = static_cast<std::int32_t>(i);
    const auto put_in_order = [&](std::vector<std::int32_t>& labels) {
      for (std::int32_t& label : labels)
        if (label != kNoLabel) label = places[static_cast<std::size_t>(label)];
    };
    for (LabelledTexts* one : texts) {
      put_in_order(one->labels);
      for (std::vector<std::int32_t>& labels : one->finer_labels) put_in_order(labels);
    }
    return names;
  }

 private:
  [[nodiscard]] static std::string words_of(NameKind kind) {
    return kind == NameKind::string ? "strings" : kind == NameKind::number ? "numbers" : "true and false";
  }

  /// Refuses a cell that is a number which another cell has written otherwise.
  void require_own_number(const DataRecord& record, const std::string& field, const std::string& cell) {
    const std::optional<std::string> number = table_number(cell);
    if (!number) return;
    const auto [it, is_new] = cells_.emplace(*number, cell);
    if (!is_new && it->second != cell)
      record.refuse(field, "a line before it has the same number in other characters", "\"" + it->second + "\"",
                    "\"" + cell + "\"");
  }

  static bool is_whole_number(const std::string& name) {
    const std::size_t first = name.starts_with('-') ? 1 : 0;
    return name.size() > first && name.find_first_not_of("0123456789", first) == std::string::npos;
  }

  /// By sign, length and digits: there may be any number of them.
  static bool is_less_number(const std::string& a, const std::string& b) {
    const bool is_negative = a.starts_with('-');
    if (is_negative != b.starts_with('-')) return is_negative;
    if (a.size() != b.size()) return (a.size() < b.size()) != is_negative;
    return is_negative ? a > b : a < b;
  }

  std::map<std::string, std::int32_t> numbers_;
  std::map<std::string, std::string> cells_;  ///< that are numbers, by these
  std::optional<NameKind> kind_;              ///< of labels in JSON
};

}  // namespace glossa::detail
