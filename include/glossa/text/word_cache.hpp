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

  /// A word behind its mark, and the place that may hold it.
  struct Word {
    static constexpr std::size_t kLongestMark = 8;
    using Text = std::array<std::uint64_t, kLongestWord / 8>;

    std::array<char, kLongestMark + kLongestWord> bytes;  // zeros behind the word
    std::size_t mark;
    std::size_t length;  // without the mark
    Entry* entry;

    [[nodiscard]] std::string_view with_mark() const noexcept {
      return {bytes.data() + kLongestMark - mark, mark + length};
    }
    [[nodiscard]] Text text() const noexcept {
      Text text;
      std::memcpy(text.data(), bytes.data() + kLongestMark, sizeof text);
      return text;
    }
    [[nodiscard]] bool is_remembered() const noexcept {
      return entry->count != 0 && entry->length == length && entry->word == text();
    }
  };

  /// Puts a word of at most kLongestWord bytes behind a mark of at most kLongestMark into `word`. What lies at its
  /// place is on its way when this returns.
  void find_place(std::string_view with_mark, std::size_t mark, Word& word) {
    if (!places_) allocate();
    word.mark = mark;
    word.length = with_mark.size() - mark;
    std::memset(word.bytes.data(), 0, sizeof word.bytes);
    copy_short(with_mark.substr(0, mark), word.bytes.data() + Word::kLongestMark - mark);
    copy_short(with_mark.substr(mark), word.bytes.data() + Word::kLongestMark);
    std::uint64_t hash = word.length;
    for (const std::uint64_t part : word.text()) hash = (hash ^ part ^ hash >> 29) * 0x9E3779B97F4A7C15u;
    word.entry = &places_[hash >> (64 - kBits)];
    ask_for(word.entry);
  }

  static void store(const Word& word, std::span<const TokenId> ids, std::size_t unknown) {
    if (ids.size() > kMostPieces) return;
    word.entry->word = word.text();
    word.entry->length = static_cast<std::uint8_t>(word.length);
    word.entry->count = static_cast<std::uint8_t>(ids.size());
    word.entry->unknown = static_cast<std::uint8_t>(unknown);
    std::copy(ids.begin(), ids.end(), word.entry->ids.begin());
  }

 private:
  /// Up to 32 bytes, without a call.
  static void copy_short(std::string_view from, char* to) noexcept {
    const auto both_ends = [&]<class Part>(Part part) {
      std::memcpy(&part, from.data(), sizeof part);
      Part last;
      std::memcpy(&last, from.data() + from.size() - sizeof last, sizeof last);
      std::memcpy(to, &part, sizeof part);
      std::memcpy(to + from.size() - sizeof last, &last, sizeof last);
    };
    if (from.size() >= 16) return both_ends(std::array<std::uint64_t, 2>{});
    if (from.size() >= 8) return both_ends(std::uint64_t{});
    if (from.size() >= 4) return both_ends(std::uint32_t{});
    for (std::size_t i = 0; i < from.size(); ++i) to[i] = from[i];
  }

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
