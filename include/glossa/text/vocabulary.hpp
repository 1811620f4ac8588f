// Pieces with their ids come in; look-ups both ways go out, from one block of text and one trie.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/text/double_array.hpp>
#include <glossa/text/double_array_builder.hpp>
#include <glossa/text/piece_model.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Pieces by id, in one string.
class PieceTable {
 public:
  void reserve(std::size_t pieces, std::size_t bytes) {
    ends_.reserve(pieces);
    text_.reserve(bytes);
  }

  void add(std::string_view piece) {
    if (piece.size() > std::numeric_limits<std::uint32_t>::max() - text_.size())
      throw Error(ErrorKind::unsupported, {.problem = "the vocabulary holds more than 4 GB of text",
                                           .remedy = "is this the right file? vocabularies take some megabytes"});
    text_ += piece;
    ends_.push_back(static_cast<std::uint32_t>(text_.size()));
  }

  [[nodiscard]] std::size_t size() const noexcept { return ends_.size(); }

  [[nodiscard]] std::string_view operator[](std::size_t id) const noexcept {
    if (id >= ends_.size()) return {};
    const std::size_t begin = id == 0 ? 0 : ends_[id - 1];
    return std::string_view(text_).substr(begin, ends_[id] - begin);
  }

 private:
  std::string text_;
  std::vector<std::uint32_t> ends_;
};

/// Finds the entries that are prefixes of a text.
class PieceTrie {
 public:
  PieceTrie() = default;

  /// Entries may come in any order; of equal keys the last one counts. Keys that are empty or contain a NUL byte
  /// can never match and are left out.
  explicit PieceTrie(std::vector<TrieEntry> entries) {
    std::erase_if(entries, [](const TrieEntry& entry) {
      return entry.key.empty() || entry.key.find('\0') != std::string_view::npos;
    });
    units_ = build_double_array(sorted(std::move(entries)));
  }

  [[nodiscard]] DoubleArray view() const noexcept { return DoubleArray(units_); }

  [[nodiscard]] bool find(std::string_view piece, TokenId& id) const noexcept {
    bool found = false;
    const DoubleArray trie = view();
    trie.prefixes(trie.root(), piece, [&](std::size_t length, std::uint32_t value) {
      if (length == piece.size()) {
        id = value;
        found = true;
      }
      return true;
    });
    return found;
  }

 private:
  /// Sorts by the first eight bytes as one number, which decides nearly always and touches no key's text.
  static std::vector<TrieEntry> sorted(std::vector<TrieEntry> entries) {
    std::vector<std::pair<std::uint64_t, std::uint32_t>> order(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
      std::uint64_t head = 0;
      for (std::size_t k = 0; k < 8; ++k)
        head = head << 8 | (k < entries[i].key.size() ? static_cast<unsigned char>(entries[i].key[k]) : 0u);
      order[i] = {head, static_cast<std::uint32_t>(i)};
    }
    std::sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
      if (a.first != b.first) return a.first < b.first;
      const int by_text = entries[a.second].key.compare(entries[b.second].key);
      return by_text != 0 ? by_text < 0 : a.second < b.second;
    });
    std::vector<TrieEntry> out;
    out.reserve(entries.size());
    for (const auto& [head, i] : order) {
      if (!out.empty() && out.back().key == entries[i].key) {
        out.back() = entries[i];
      } else {
        out.push_back(entries[i]);
      }
    }
    return out;
  }

  std::vector<std::uint32_t> units_;
};

}  // namespace glossa::detail
