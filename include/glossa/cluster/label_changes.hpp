// Labels of rows come in, part by part; all labels, and which of them are others than before, go out.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace glossa::detail {

/// A row that has got another label.
struct Relabelled {
  std::uint32_t row;
  std::int32_t from;  ///< -1: none
  std::int32_t to;
};

/// Labels, and the changes that one pass over the rows makes to them, in shares that may be made at the same time.
class LabelChanges {
 public:
  LabelChanges(std::size_t rows, std::size_t shares) : labels_(rows, -1), changes_(shares) {}

  [[nodiscard]] std::vector<std::int32_t>& labels() noexcept { return labels_; }
  [[nodiscard]] const std::vector<std::int32_t>& labels() const noexcept { return labels_; }
  /// Of each share, in the order of the rows.
  [[nodiscard]] const std::vector<std::vector<Relabelled>>& changes() const noexcept { return changes_; }
  [[nodiscard]] std::size_t count() const noexcept {
    std::size_t count = 0;
    for (const auto& some : changes_) count += some.size();
    return count;
  }

  void begin(std::size_t share) { changes_[share].clear(); }
  /// Rows of a share may be set in any order.
  void set(std::size_t share, std::size_t row, std::int32_t label) {
    if (labels_[row] == label) return;
    changes_[share].push_back({static_cast<std::uint32_t>(row), labels_[row], label});
    labels_[row] = label;
  }
  void end(std::size_t share) {
    const auto is_before = [](const Relabelled& a, const Relabelled& b) { return a.row < b.row; };
    std::vector<Relabelled>& own = changes_[share];
    if (!std::is_sorted(own.begin(), own.end(), is_before)) std::sort(own.begin(), own.end(), is_before);
  }

 private:
  std::vector<std::int32_t> labels_;
  std::vector<std::vector<Relabelled>> changes_;
};

}  // namespace glossa::detail
