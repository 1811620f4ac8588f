// The units of a trie over the characters of pieces, and a word come in; the pieces that the word has at a place go
// out.
#pragma once

#include <glossa/text/character_labels.hpp>
#include <glossa/text/token_id.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace glossa::detail {

/// One node of the trie in 64 bits: whose child it is, the piece that ends here, and where it goes on.
struct LabelUnit {
  std::uint64_t bits;

  static constexpr std::uint64_t kFree = CharacterLabels::kMost + 1;  ///< the label of a unit that is no node
  static constexpr std::uint64_t kMostPlaces = 1u << 24;
  static constexpr std::uint64_t kNoPiece = 0x7FFFFF;

  static constexpr LabelUnit of(std::uint64_t label, std::uint64_t place, bool has_tail, std::uint64_t piece) noexcept {
    return {label | place << 16 | piece << 40 | (has_tail ? std::uint64_t{1} << 63 : 0)};
  }
  [[nodiscard]] constexpr std::uint64_t label() const noexcept { return bits & 0xFFFF; }
  /// Where its children lie, 0 for none; or its tail.
  [[nodiscard]] constexpr std::size_t place() const noexcept { return bits >> 16 & 0xFFFFFF; }
  /// The piece that ends here, or where the tail ends; or kNoPiece.
  [[nodiscard]] constexpr TokenId piece() const noexcept { return static_cast<TokenId>(bits >> 40 & 0x7FFFFF); }
  [[nodiscard]] constexpr bool has_tail() const noexcept { return bits >> 63 != 0; }
};

/// A view of a double array (Aoe 1989) over characters: the child of a node by a label lies at place + label, and no
/// two nodes share a place. units[0] holds the root's. A node with one piece below is not spelled out: the rest of that
/// piece, its tail, stands elsewhere behind its length. XLM-R's 250,000 pieces are 500,000 nodes, of which that leaves
/// 310,000 in 2.5 MB (with the scores in the units, or with lists of up to six pieces for tails, a look-up takes fewer
/// loads, but they found less of what they asked for in the caches: a tenth slower). Every step is bounds-checked:
/// units and tails from an untrusted file can at worst give wrong matches and ids.
class LabelTrieView {
 public:
  using Label = CharacterLabels::Label;

  LabelTrieView() = default;
  LabelTrieView(std::span<const LabelUnit> units, std::span<const Label> tails) noexcept
      : units_(units), tails_(tails) {}

  [[nodiscard]] std::span<const LabelUnit> units() const noexcept { return units_; }
  [[nodiscard]] std::span<const Label> tails() const noexcept { return tails_; }

  /// Calls found(end, id) for every piece that `word` has at `from`, shortest first. Ids are not checked.
  template <class Found>
  void matches(std::span<const Label> word, std::size_t from, Found&& found) const {
    const std::span<const LabelUnit> units = units_;
    std::size_t place = root();
    for (std::size_t at = from; at < word.size() && place != 0;) {
      const std::size_t label = word[at];
      const std::size_t child = place + label;
      if (child >= units.size()) return;
      const LabelUnit unit = units[child];
      if (unit.label() != label) return;
      place = unit.place();
      ++at;
      if (unit.has_tail()) {
        if (const std::size_t length = tail_length(place, word, at)) found(at + length - 1, unit.piece());
        return;
      }
      if (unit.piece() != LabelUnit::kNoPiece) found(at, unit.piece());
    }
  }

  /// The place of the root's children, 0 where there are none.
  [[nodiscard]] std::size_t root() const noexcept { return units_.empty() ? 0 : units_[0].place(); }

  /// The child at `place` by `label`, if there is one.
  [[nodiscard]] const LabelUnit* child(std::size_t place, Label label) const noexcept {
    const std::size_t child = place + label;
    return place != 0 && child < units_.size() && units_[child].label() == label ? &units_[child] : nullptr;
  }

 private:
  /// One more than the length of the tail at `place` where the word goes on with it from `at`; else 0.
  [[nodiscard]] std::size_t tail_length(std::size_t place, std::span<const Label> word, std::size_t at) const noexcept {
    if (place + 1 >= tails_.size()) return 0;
    const std::size_t length = tails_[place] | std::size_t{tails_[place + 1]} << 16;
    if (length > tails_.size() - place - 2 || length > word.size() - at) return 0;
    const Label* tail = tails_.data() + place + 2;
    const Label* here = word.data() + at;
    for (std::size_t i = 0; i < length; ++i)
      if (tail[i] != here[i]) return 0;
    return length + 1;
  }

  std::span<const LabelUnit> units_;
  std::span<const Label> tails_;
};

}  // namespace glossa::detail
