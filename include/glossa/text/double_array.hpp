// The units of a double-array trie come in; every key that is a prefix of a text goes out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace glossa::detail {

/// A view of a trie in the unit format of darts-clone (Yata 2008), which SentencePiece's normalisation rules use:
/// bits 0-7 a unit's label, bit 8 whether a value hangs below it, bits 10-30 the offset to its children (shifted by
/// another 8 where bit 9 is set), bit 31 set in units that hold a value. Every step is bounds-checked, so an array
/// from an untrusted file can at worst give wrong matches. Keys contain no NUL byte: that label marks values.
class DoubleArray {
 public:
  DoubleArray() = default;
  explicit DoubleArray(std::span<const std::uint32_t> units) : units_(units) {}

  /// Where the children of the root lie.
  [[nodiscard]] std::size_t root() const noexcept { return units_.empty() ? 0 : offset(units_[0]); }

  /// Where the children of the node behind `prefix` lie; nothing where no key goes on behind it.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view prefix) const noexcept {
    std::size_t node = root();
    for (const char c : prefix)
      if (!descend(node, c)) return std::nullopt;
    return node;
  }

  /// Whether a key goes on with `label` behind the prefix that find() gave `node` for.
  [[nodiscard]] bool has_child(std::size_t node, char label) const noexcept { return descend(node, label); }

  /// Calls found(length, value) for every key that is a prefix of `text`, shortest first, until it returns false.
  /// `node` is root() or what find() gave, whose prefix then counts as read.
  template <class Found>
  void prefixes(std::size_t node, std::string_view text, Found&& found) const {
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto [known, has_value] = descend_with_value(node, text[i]);
      if (!known) return;
      if (has_value && node < units_.size() && !found(i + 1, units_[node] & 0x7FFFFFFFu)) return;
    }
  }

 private:
  struct Step {
    bool known;
    bool has_value;
  };

  Step descend_with_value(std::size_t& node, char label) const noexcept {
    const auto byte = static_cast<unsigned char>(label);
    const std::size_t child = node ^ byte;
    if (byte == 0 || child >= units_.size()) return {false, false};
    const std::uint32_t unit = units_[child];
    if ((unit & 0x800000FFu) != byte) return {false, false};
    node = child ^ offset(unit);
    return {true, (unit >> 8 & 1u) != 0};
  }

  bool descend(std::size_t& node, char label) const noexcept { return descend_with_value(node, label).known; }

  static constexpr std::size_t offset(std::uint32_t unit) noexcept {
    return static_cast<std::size_t>(unit >> 10) << ((unit & (1u << 9)) >> 6);
  }

  std::span<const std::uint32_t> units_;
};

}  // namespace glossa::detail
