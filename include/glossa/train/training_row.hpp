// What a model is trained on: texts that belong together, and texts that do not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace glossa {

/// One example. Of pairs that a label tells apart, `positive` is the second text, however much it is like the first.
struct TrainingRow {
  std::string anchor{};
  std::string positive{};
  std::vector<std::string> negatives{};  ///< the hardest first, where that is known
  std::optional<double> label{};
  std::string language{};  ///< "": not told
  std::string source{};    ///< the data set that it comes from; "": not told
  /// Rows of one group are no negatives for each other; "": the rows with the same anchor are one.
  std::string group{};
  std::string other_fields{};                 ///< a JSON object with what else the line had; "": nothing, or not kept
  std::shared_ptr<const std::string> file{};  ///< that it was read from; null: none
  std::size_t line = 0;                       ///< in the file, from 1

  /// "F.jsonl, line 3", for messages; "" where it was not read from a file.
  [[nodiscard]] std::string place() const { return file ? *file + ", line " + std::to_string(line) : std::string(); }
};

/// The group of each row as a number, for VectorBatch::groups: equal numbers for equal names, and where rows have none,
/// for equal anchors.
[[nodiscard]] inline std::vector<std::uint64_t> group_numbers(std::span<const TrainingRow> rows) {
  std::unordered_map<std::string_view, std::uint64_t> names;
  std::unordered_map<std::string_view, std::uint64_t> anchors;
  std::vector<std::uint64_t> numbers;
  numbers.reserve(rows.size());
  for (const TrainingRow& row : rows) {
    const std::uint64_t next = names.size() + anchors.size();
    numbers.push_back(row.group.empty() ? anchors.emplace(row.anchor, next).first->second
                                        : names.emplace(row.group, next).first->second);
  }
  return numbers;
}

}  // namespace glossa
