// Strings come in; those that share many of their pieces meet in a table.
#pragma once

#include <glossa/cluster/keyed_text.hpp>
#include <glossa/cluster/text_likeness.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

[[nodiscard]] constexpr std::uint64_t mix_bits(std::uint64_t bits) noexcept {  // SplitMix64
  bits += 0x9E3779B97F4A7C15u;
  bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9u;
  bits = (bits ^ bits >> 27) * 0x94D049BB133111EBu;
  return bits ^ bits >> 31;
}

/// MinHash (Broder 1997): of kHashes random orders of all character trigrams, a string's first in each. Two strings
/// have the same first with the probability of their Jaccard similarity, the share of their trigrams that both have.
class MinHash {
 public:
  static constexpr std::size_t kBands = 32;
  static constexpr std::size_t kRows = 4;  ///< hashes that make a band
  static constexpr std::size_t kHashes = kBands * kRows;
  using Bands = std::array<std::uint64_t, kBands>;

  /// Strings agree in a band with probability s^4 at a similarity of s, and in one of all with 1 - (1 - s^4)^32: .87 at
  /// a half, .9999 at .7, .003 at a tenth.
  [[nodiscard]] static Bands bands(std::u32string_view text) {
    std::array<std::uint32_t, kHashes> least{};
    least.fill(std::numeric_limits<std::uint32_t>::max());
    const std::size_t grams = text.size() < kGram ? 1 : text.size() - kGram + 1;
    for (std::size_t at = 0; at < grams; ++at) {
      std::uint64_t gram = 0;
      for (const char32_t c : text.substr(at, kGram)) gram = mix_bits(gram ^ (std::uint64_t{c} + 1));
      const auto low = static_cast<std::uint32_t>(gram);
      const auto high = static_cast<std::uint32_t>(gram >> 32) | 1u;
      std::uint32_t hash = low;
      // Orders that are made of two hashes (Kirsch & Mitzenmacher 2006), each mixed once more.
      for (std::uint32_t& value : least) {
        hash += high;
        std::uint32_t mixed = (hash ^ hash >> 16) * 0x7FEB352Du;
        mixed ^= mixed >> 15;
        value = std::min(value, mixed);
      }
    }
    Bands bands{};
    for (std::size_t band = 0; band < kBands; ++band) {
      bands[band] = band;
      for (std::size_t row = 0; row < kRows; ++row) bands[band] = mix_bits(bands[band] ^ least[band * kRows + row]);
    }
    return bands;
  }

 private:
  static constexpr std::size_t kGram = 3;
};

/// What a text would share with all that differ from it in one word: for each word without which it can be known, a
/// number that the other words, and how many there are, decide. For texts of 3 to 16 words, in which one word changes
/// many trigrams. Where there are no spaces: for each of eight parts that overlap by a letter, what the other letters
/// decide.
class WordHoles {
 public:
  static constexpr std::size_t kMost = 16;

  [[nodiscard]] static bool has(const KeyedText& text, std::size_t word) noexcept {
    if (text.is_unspaced) return text.letters.size() >= kFewestUnspaced && word < kParts;
    return text.words() >= kFewestWords && text.words() <= kMost && word < text.words() && is_known_without(text, word);
  }
  [[nodiscard]] static std::uint64_t hole(const KeyedText& text, std::size_t word) noexcept {
    if (text.is_unspaced) return part_hole(text.letters, word);
    std::uint64_t hash = mix_bits(text.words() << 8 | word);
    for (std::size_t i = 0; i < text.words(); ++i) {
      if (i != word)
        for (const char32_t c : text.word(i)) hash = mix_bits(hash ^ c);
      hash = mix_bits(hash ^ 0x110000);  // no character
    }
    return hash;
  }

 private:
  static constexpr std::size_t kParts = 8;

  [[nodiscard]] static std::uint64_t part_hole(std::u32string_view letters, std::size_t part) noexcept {
    const std::size_t length = (letters.size() + kParts - 1) / kParts;
    const std::size_t first = part * length;
    std::uint64_t hash = mix_bits(letters.size() << 8 | part | std::uint64_t{1} << 63);
    for (std::size_t i = 0; i < letters.size(); ++i)
      if (i < first || i >= first + length + kUnspacedLetters - 1) hash = mix_bits(hash ^ letters[i]);
    return hash;
  }
};

/// All that a text is found by.
[[nodiscard]] inline std::vector<std::uint64_t> sketch_of(const KeyedText& text) {
  const MinHash::Bands bands = MinHash::bands(text.letters);
  std::vector<std::uint64_t> sketch(bands.begin(), bands.end());
  for (std::size_t word = 0; word < WordHoles::kMost; ++word)
    if (WordHoles::has(text, word)) sketch.push_back(WordHoles::hole(text, word));
  return sketch;
}

/// Locality-sensitive hashing: numbers of strings, found again by any of their bands. 11 to 26 bytes a band.
class BandTable {
 public:
  /// The numbers of those that share a band, each once, lowest first.
  [[nodiscard]] std::vector<std::uint32_t> candidates(std::span<const std::uint64_t> bands) const {
    std::vector<std::uint32_t> found;
    for (const std::uint64_t band : bands)
      for (std::size_t at = place(band); !slots_.empty() && slots_[at].number != kEmpty; at = next(at))
        if (slots_[at].tag == tag(band) && slots_[at].number != kRemoved) found.push_back(slots_[at].number);
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
  }

  /// number: below 2^32 - 2. In a band that very many have already, it will not be found.
  void add(std::span<const std::uint64_t> bands, std::uint32_t number) {
    if ((used_ + bands.size()) * 4 > slots_.size() * 3) grow(bands.size());
    for (const std::uint64_t band : bands) insert(place(band), {tag(band), number});
  }
  void remove(std::span<const std::uint64_t> bands, std::uint32_t number) {
    for (const std::uint64_t band : bands)
      for (std::size_t at = place(band); slots_[at].number != kEmpty; at = next(at))
        if (slots_[at].number == number && slots_[at].tag == tag(band)) {
          slots_[at].number = kRemoved;
          ++removed_;
          break;
        }
  }
  [[nodiscard]] std::size_t memory_bytes() const noexcept { return slots_.capacity() * sizeof(Slot); }

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t number = kEmpty;
  };
  static constexpr std::uint32_t kEmpty = 0xFFFFFFFFu;
  static constexpr std::uint32_t kRemoved = 0xFFFFFFFEu;
  static constexpr std::size_t kCrowd = 64;

  // The tag alone decides where a slot is, so that the table can grow without the bands.
  [[nodiscard]] static std::uint32_t tag(std::uint64_t band) noexcept { return static_cast<std::uint32_t>(band >> 32); }
  [[nodiscard]] std::size_t place(std::uint64_t band) const noexcept { return home(tag(band)); }
  [[nodiscard]] std::size_t home(std::uint32_t tag) const noexcept {
    return static_cast<std::size_t>(tag * 0x9E3779B97F4A7C15u >> 20) & (slots_.size() - 1);
  }
  [[nodiscard]] std::size_t next(std::size_t at) const noexcept { return (at + 1) & (slots_.size() - 1); }

  void insert(std::size_t at, const Slot& slot) {
    std::size_t same = 0;
    std::size_t free = slots_.size();  // the first place that is free again
    for (; slots_[at].number != kEmpty; at = next(at)) {
      if (slots_[at].number == kRemoved) {
        if (free == slots_.size()) free = at;
      } else if (slots_[at].tag == slot.tag && ++same == kCrowd) {
        return;
      }
    }
    if (free == slots_.size()) {
      free = at;
      ++used_;
    } else {
      --removed_;
    }
    slots_[free] = slot;
  }

  /// To 1.6 times what is in use or more, without what was removed.
  void grow(std::size_t more) {
    std::vector<Slot> old = std::move(slots_);
    std::size_t size = 1024;
    while (size * 5 < (used_ - removed_ + more) * 8) size *= 2;
    slots_.assign(size, {});
    used_ = removed_ = 0;
    for (const Slot& slot : old)
      if (slot.number < kRemoved) insert(home(slot.tag), slot);
  }

  std::vector<Slot> slots_;
  std::size_t used_ = 0;  ///< slots that are not empty
  std::size_t removed_ = 0;
};

}  // namespace glossa::detail
