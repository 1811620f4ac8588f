// Pieces with their ids come in; they go out sorted by bytes, each once, their texts one behind the other.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// A piece, and what a match of it gives.
struct PieceEntry {
  std::string_view key;
  std::uint32_t value = 0;  ///< below PieceUnit::kNoPiece
};

struct OrderedPieces {
  std::vector<PieceEntry> entries;  ///< whose keys are in `text`
  std::string text;
};

/// An entry's place, with the first bytes of its key as one number, which is greater where they come later.
struct KeyHead {
  std::uint64_t head;
  std::uint32_t index;
};

/// Eight bytes of a key from `from` on, as if zeros followed it.
[[nodiscard]] inline std::uint64_t key_head(std::string_view key, std::size_t from) noexcept {
  std::uint64_t head = 0;
  for (std::size_t i = from; i < from + 8; ++i)
    head = head << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0u);
  return head;
}

/// Sorts by the heads, and keeps the order of equal ones (radix sort by bytes, the last first).
inline void sort_by_head(std::vector<KeyHead>& keys) {
  std::vector<std::array<std::uint32_t, 256>> counts(8);
  for (const KeyHead& key : keys)
    for (unsigned byte = 0; byte < 8; ++byte) ++counts[byte][key.head >> (8 * byte) & 0xFF];
  std::vector<KeyHead> other(keys.size());
  for (unsigned byte = 0; byte < 8; ++byte) {
    auto& places = counts[byte];
    if (std::any_of(places.begin(), places.end(), [&](std::uint32_t count) { return count == keys.size(); })) continue;
    std::uint32_t place = 0;
    for (std::uint32_t& count : places) place += std::exchange(count, place);
    for (const KeyHead& key : keys) other[places[key.head >> (8 * byte) & 0xFF]++] = key;
    keys.swap(other);
  }
}

/// Sorts entries whose keys agree in their first eight bytes, and keeps the order of equal ones.
inline void sort_by_rest(std::vector<PieceEntry>::iterator begin, std::vector<PieceEntry>::iterator end) {
  const auto comes_first = [](const PieceEntry& a, const PieceEntry& b) {
    const std::uint64_t head_a = key_head(a.key, 8);
    const std::uint64_t head_b = key_head(b.key, 8);
    return head_a != head_b ? head_a < head_b : a.key < b.key;
  };
  if (end - begin > 24) return std::stable_sort(begin, end, comes_first);
  for (auto it = begin + 1; it < end; ++it) {  // few: one by one into the sorted ones before
    const PieceEntry entry = *it;
    auto place = it;
    for (; place != begin && comes_first(entry, *(place - 1)); --place) *place = *(place - 1);
    *place = entry;
  }
}

/// Entries may come in any order; of equal keys the last one counts. Keys that are empty or contain a NUL byte are left
/// out. Texts are copied in their order, once: whoever goes through the sorted keys would wait for memory at every one.
[[nodiscard]] inline OrderedPieces in_order(const std::vector<PieceEntry>& entries) {
  std::vector<KeyHead> order;
  order.reserve(entries.size());
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string_view key = entries[i].key;
    if (key.empty() || std::find(key.begin(), key.end(), '\0') != key.end()) continue;
    order.push_back({key_head(key, 0), static_cast<std::uint32_t>(i)});
    bytes += key.size();
  }
  sort_by_head(order);
  OrderedPieces out;
  out.text.reserve(bytes);  // and no more, so that it stays where it is
  out.entries.reserve(order.size());
  for (const KeyHead& key : order) {
    const PieceEntry& entry = entries[key.index];
    const std::size_t begin = out.text.size();
    out.text += entry.key;
    out.entries.push_back({{out.text.data() + begin, entry.key.size()}, entry.value});
  }
  for (std::size_t begin = 0; begin < order.size();) {  // runs of the same first bytes
    std::size_t end = begin + 1;
    while (end < order.size() && order[end].head == order[begin].head) ++end;
    if (end - begin > 1)
      sort_by_rest(out.entries.begin() + static_cast<std::ptrdiff_t>(begin),
                   out.entries.begin() + static_cast<std::ptrdiff_t>(end));
    begin = end;
  }
  std::size_t kept = 0;
  for (const PieceEntry& entry : out.entries) {
    if (kept > 0 && out.entries[kept - 1].key == entry.key) --kept;
    out.entries[kept++] = entry;
  }
  out.entries.resize(kept);
  return out;
}

}  // namespace glossa::detail
