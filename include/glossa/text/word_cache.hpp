// A word comes in; the ids that it was segmented into before go out, if it was.
#pragma once

#include <glossa/core/ask_for.hpp>
#include <glossa/text/token_id.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>

namespace glossa::detail {

/// Remembers short words with few pieces, as nearly all are: a word's ids depend on nothing but the word, and in most
/// languages few words make up most of a text. Each word has one place, which the last word to come there takes. For
/// one thread at a time.
class WordCache {
 public:
  static constexpr std::size_t kPlaces = 32768;  ///< of 64 bytes, which take memory when they are first used
  static constexpr std::size_t kLongestWord = 32;
  static constexpr std::size_t kMostPieces = 7;

  struct Entry {
    std::array<std::uint64_t, kLongestWord / 8> word;  // zeros behind it
    std::uint8_t length;
    std::uint8_t count;  // of ids; 0 where there is no word
    std::uint8_t unknown;
    std::array<TokenId, kMostPieces> ids;
  };
  static_assert(sizeof(Entry) == 64);

  /// A place that may hold a word, and what has to stand there if it does.
  struct Place {
    Entry* entry;
    std::array<std::uint64_t, kLongestWord / 8> word;
    std::size_t length;

    [[nodiscard]] bool holds_word() const noexcept {
      return entry->count != 0 && entry->length == length && entry->word == word;
    }
  };

  /// `word` has at most kLongestWord bytes. What lies at the place is on its way when this returns.
  [[nodiscard]] Place place_of(std::string_view word) {
    if (!places_) allocate();
    Place place{};
    place.length = word.size();
    std::memcpy(place.word.data(), word.data(), word.size());
    std::uint64_t hash = word.size();
    for (const std::uint64_t part : place.word) hash = (hash ^ part ^ hash >> 29) * 0x9E3779B97F4A7C15u;
    place.entry = &places_[hash >> (64 - kBits)];
    ask_for(place.entry);
    return place;
  }

  static void store(const Place& place, std::span<const TokenId> ids, std::size_t unknown) {
    if (ids.size() > kMostPieces) return;
    place.entry->word = place.word;
    place.entry->length = static_cast<std::uint8_t>(place.length);
    place.entry->count = static_cast<std::uint8_t>(ids.size());
    place.entry->unknown = static_cast<std::uint8_t>(unknown);
    std::copy(ids.begin(), ids.end(), place.entry->ids.begin());
  }

 private:
  static constexpr unsigned kBits = 15;
  static_assert(kPlaces == std::size_t{1} << kBits);

  struct Free {
    void operator()(Entry* entries) const noexcept { std::free(entries); }
  };

  void allocate() {
    places_.reset(static_cast<Entry*>(std::calloc(kPlaces, sizeof(Entry))));
    if (!places_) throw std::bad_alloc();
  }

  std::unique_ptr<Entry[], Free> places_;
};

}  // namespace glossa::detail
