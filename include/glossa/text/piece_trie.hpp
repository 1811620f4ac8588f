// The units of a trie over pieces and a text come in; the pieces that are prefixes of the text go out.
#pragma once

#include <glossa/text/token_id.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace glossa::detail {

/// One node of the trie, in one load: whose child it is, its value, and where it goes on.
struct PieceUnit {
  std::uint32_t
      link;  ///< bits 0-8 the label (kNoLabel: a unit that is free), above them a base or a place in the tails
  std::uint32_t value;  ///< the piece that ends here, or kNoPiece; with kTail, the piece that the tail ends

  static constexpr std::uint32_t kNoLabel = 0x100;
  static constexpr std::uint32_t kLabelMask = 0x1FF;
  static constexpr unsigned kLabelBits = 9;
  static constexpr std::uint32_t kMostBases = 1u << (32 - kLabelBits);
  static constexpr std::uint32_t kNoPiece = 0x7FFFFFFF;
  static constexpr std::uint32_t kTail = 0x80000000;
};

/// A view of a double array (Aoe 1989) whose nodes with one piece below are not spelled out: the rest of that piece,
/// its tail, stands elsewhere behind its length in one byte, which halves the nodes of a large vocabulary. The children
/// of a node lie at base ^ label, base 0 stands for none, and no two nodes share a base. units[0] holds the root's
/// base. Every step is bounds-checked: units from an untrusted file can at worst give wrong matches and ids.
class PieceTrieView {
 public:
  PieceTrieView() = default;
  PieceTrieView(std::span<const PieceUnit> units, std::string_view tails) noexcept : units_(units), tails_(tails) {}

  [[nodiscard]] std::span<const PieceUnit> units() const noexcept { return units_; }
  [[nodiscard]] std::string_view tails() const noexcept { return tails_; }

  /// Calls found(length, id) for every piece that is a prefix of `text`, shortest first. Ids are not checked.
  template <class Found>
  void prefixes(std::string_view text, Found&& found) const {
    const std::span<const PieceUnit> units = units_;
    std::size_t base = units.empty() ? 0 : units[0].link >> PieceUnit::kLabelBits;
    for (std::size_t at = 0; at < text.size() && base != 0;) {
      const std::size_t byte = static_cast<unsigned char>(text[at]);
      const std::size_t child = base ^ byte;
      if (child >= units.size()) return;
      const PieceUnit& unit = units[child];
      if ((unit.link & PieceUnit::kLabelMask) != byte) return;
      base = unit.link >> PieceUnit::kLabelBits;
      ++at;
      if ((unit.value & PieceUnit::kTail) != 0) {
        if (const std::size_t length = tail_length(base, text, at))
          found(at + length - 1, unit.value & ~PieceUnit::kTail);
        return;
      }
      if (unit.value != PieceUnit::kNoPiece) found(at, unit.value);
    }
  }

  [[nodiscard]] bool find(std::string_view piece, TokenId& id) const noexcept {
    bool is_found = false;
    prefixes(piece, [&](std::size_t length, TokenId value) {
      if (length != piece.size()) return;
      id = value;
      is_found = true;
    });
    return is_found;
  }

 private:
  /// One more than the length of the tail at `place` where text goes on with it from `at`; else 0.
  [[nodiscard]] std::size_t tail_length(std::size_t place, std::string_view text, std::size_t at) const noexcept {
    if (place >= tails_.size()) return 0;
    const std::size_t length = static_cast<unsigned char>(tails_[place]);
    if (length > tails_.size() - place - 1 || length > text.size() - at) return 0;
    const char* tail = tails_.data() + place + 1;
    const char* here = text.data() + at;
    for (std::size_t i = 0; i < length; ++i)  // shorter than a call of memcmp: most differ at once
      if (tail[i] != here[i]) return 0;
    return length + 1;
  }

  std::span<const PieceUnit> units_;
  std::string_view tails_;
};

}  // namespace glossa::detail
