// Draws with the keys that no two of a batch may share come in; places in batches go out.
#pragma once

#include <glossa/cluster/random_draws.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Which batches have which keys.
class PlacedKeys {
 public:
  explicit PlacedKeys(std::size_t most) : slots_(std::bit_ceil(2 * most + 2), kNone) {}

  [[nodiscard]] bool contains(std::uint32_t batch, std::uint32_t key) const noexcept {
    return slots_[slot_of(entry_of(batch, key))] != kNone;
  }
  void add(std::uint32_t batch, std::uint32_t key) noexcept {
    const std::uint64_t entry = entry_of(batch, key);
    slots_[slot_of(entry)] = entry;
  }

 private:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};  // there is no such batch

  [[nodiscard]] static std::uint64_t entry_of(std::uint32_t batch, std::uint32_t key) noexcept {
    return std::uint64_t{batch} << 32 | key;
  }
  /// Where the entry is, or would be put.
  [[nodiscard]] std::size_t slot_of(std::uint64_t entry) const noexcept {
    const std::uint64_t mixed = entry * 0x9E3779B97F4A7C15u;
    std::size_t slot = static_cast<std::size_t>(mixed ^ mixed >> 32) & (slots_.size() - 1);
    while (slots_[slot] != kNone && slots_[slot] != entry) slot = (slot + 1) & (slots_.size() - 1);
    return slot;
  }

  std::vector<std::uint64_t> slots_;
};

/// The batches that have a place left.
class OpenBatches {
 public:
  explicit OpenBatches(std::size_t count) : next_(count + 1) {
    std::iota(next_.begin(), next_.end(), std::uint32_t{0});
  }

  /// The first from `batch` on, and behind the last one from the beginning; size() where there is none.
  [[nodiscard]] std::uint32_t from(std::uint32_t batch) {
    const std::uint32_t found = find(batch);
    return found < size() ? found : find(0);
  }
  void close(std::uint32_t batch) { next_[batch] = batch + 1; }
  [[nodiscard]] std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(next_.size() - 1); }

 private:
  [[nodiscard]] std::uint32_t find(std::uint32_t batch) {
    std::uint32_t end = batch;
    while (next_[end] != end) end = next_[end];
    while (next_[batch] != end) batch = std::exchange(next_[batch], end);
    return end;
  }

  std::vector<std::uint32_t> next_;  // of a closed batch one behind it
};

/// What is to be placed: the keys of draw i are keys[begins[i]…begins[i + 1]), each once.
struct DrawKeys {
  std::vector<std::uint32_t> keys{};
  std::vector<std::size_t> begins{0};

  [[nodiscard]] std::span<const std::uint32_t> operator[](std::size_t draw) const noexcept {
    return std::span(keys).subspan(begins[draw], begins[draw + 1] - begins[draw]);
  }
};

struct BatchPlaces {
  std::vector<std::vector<std::uint32_t>> batches{};  ///< draws
  std::vector<std::uint32_t> left{};                  ///< draws without a place, in their order
};

/// Puts `draws` into `count` batches of up to `rows`, and no more than draws.size() in all. The first `urgent` of them
/// choose first, then those that share keys with others, then the others, in their order. Those that share keys try
/// places by chance: so do their texts spread over the epoch. counts: of each key, zeros, as it is left.
[[nodiscard]] inline BatchPlaces place_draws(std::span<const std::uint32_t> draws, std::size_t urgent,
                                             const DrawKeys& keys, std::size_t count, std::size_t rows,
                                             std::vector<std::uint32_t>& counts, RandomDraws& random) {
  constexpr std::size_t kTries = 32;    // by chance
  constexpr std::size_t kSearch = 256;  // open batches that are looked at then, one after the other
  std::size_t entries = 0;
  for (const std::uint32_t draw : draws)
    for (const std::uint32_t key : keys[draw]) ++counts[key];
  const auto is_shared = [&](std::uint32_t key) { return counts[key] > 1; };
  for (const std::uint32_t draw : draws)
    entries += static_cast<std::size_t>(std::count_if(keys[draw].begin(), keys[draw].end(), is_shared));

  BatchPlaces places;
  places.batches.resize(count);
  OpenBatches open(count);
  PlacedKeys placed(entries);
  const auto fits = [&](std::uint32_t batch, std::uint32_t draw) {
    return std::none_of(keys[draw].begin(), keys[draw].end(),
                        [&](std::uint32_t key) { return is_shared(key) && placed.contains(batch, key); });
  };
  const auto find_place = [&](std::uint32_t draw) {
    if (count == 0) return open.size();
    std::uint32_t batch = open.size();
    for (std::size_t i = 0; i < kTries; ++i) {
      batch = open.from(static_cast<std::uint32_t>(random.below(count)));
      if (batch == open.size() || fits(batch, draw)) return batch;
    }
    const std::uint32_t first = batch;
    for (std::size_t i = 0; i < kSearch; ++i) {
      batch = open.from(batch + 1);
      if (batch == first) break;
      if (fits(batch, draw)) return batch;
    }
    return open.size();
  };
  std::size_t room = std::min(draws.size(), count * rows);
  const std::size_t last_rows = count == 0 ? 0 : room - (count - 1) * rows;
  const auto put = [&](std::uint32_t draw, std::uint32_t batch) {
    if (batch == open.size()) return false;
    for (const std::uint32_t key : keys[draw])
      if (is_shared(key)) placed.add(batch, key);
    places.batches[batch].push_back(draw);
    if (places.batches[batch].size() == (batch + 1 == count ? last_rows : rows)) open.close(batch);
    --room;
    return true;
  };

  std::vector<bool> has_place(draws.size());
  const auto shares = [&](std::size_t i) {
    return std::any_of(keys[draws[i]].begin(), keys[draws[i]].end(), is_shared);
  };
  const auto place = [&](std::size_t i) {
    if (room > 0) has_place[i] = put(draws[i], shares(i) ? find_place(draws[i]) : open.from(0));
  };
  for (std::size_t i = 0; i < urgent; ++i) place(i);
  for (std::size_t i = urgent; i < draws.size(); ++i)
    if (shares(i)) place(i);
  for (std::size_t i = urgent; i < draws.size(); ++i)
    if (!shares(i)) place(i);
  for (std::size_t i = 0; i < draws.size(); ++i)
    if (!has_place[i]) places.left.push_back(draws[i]);
  for (const std::uint32_t draw : draws)
    for (const std::uint32_t key : keys[draw]) counts[key] = 0;
  return places;
}

}  // namespace glossa::detail
