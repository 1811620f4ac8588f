// Keys with their values come in; they go out sorted by bytes, each key once.
#pragma once

#include <glossa/text/double_array_builder.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// An entry's place, with the first bytes of its key as one number, which is greater where they come later.
struct KeyHead {
  std::uint64_t head;
  std::uint32_t index;
};

/// The first eight bytes of a key, from `from` on, as if zeros followed it.
[[nodiscard]] inline std::uint64_t key_head(std::string_view key, std::size_t from) noexcept {
  std::uint64_t head = 0;
  const std::size_t count = std::min<std::size_t>(8, key.size() - std::min(from, key.size()));
  for (std::size_t i = 0; i < count; ++i) head = head << 8 | static_cast<unsigned char>(key[from + i]);
  return count == 0 ? 0 : head << (8 * (8 - count));
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

/// Entries may come in any order; of equal keys the last one counts. Keys that are empty or contain a NUL byte are left
/// out.
[[nodiscard]] inline std::vector<TrieEntry> in_order(std::vector<TrieEntry> entries) {
  std::erase_if(entries, [](const TrieEntry& entry) {
    return entry.key.empty() || std::find(entry.key.begin(), entry.key.end(), '\0') != entry.key.end();
  });
  std::vector<KeyHead> order(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i)
    order[i] = {key_head(entries[i].key, 0), static_cast<std::uint32_t>(i)};
  sort_by_head(order);
  for (std::size_t begin = 0; begin < order.size();) {  // runs of the same first bytes
    std::size_t end = begin + 1;
    while (end < order.size() && order[end].head == order[begin].head) ++end;
    if (end - begin > 1)
      std::stable_sort(order.begin() + static_cast<std::ptrdiff_t>(begin),
                       order.begin() + static_cast<std::ptrdiff_t>(end),
                       [&](const KeyHead& a, const KeyHead& b) { return entries[a.index].key < entries[b.index].key; });
    begin = end;
  }
  std::vector<TrieEntry> out;
  out.reserve(entries.size());
  for (const KeyHead& key : order) {
    const TrieEntry& entry = entries[key.index];
    if (!out.empty() && out.back().key == entry.key) {
      out.back() = entry;
    } else {
      out.push_back(entry);
    }
  }
  return out;
}

}  // namespace glossa::detail
