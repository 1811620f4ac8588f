// Words come in one by one; some of them go out together, with their places in the memory of words.
#pragma once

#include <glossa/text/word_cache.hpp>

#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace glossa::detail {

/// Words that wait for each other, so that they wait together for memory.
class WordBatch {
 public:
  static constexpr std::size_t kMost = 16;
  static constexpr std::size_t kLongestMark = 4;

  struct Word {
    std::array<char, kLongestMark + WordCache::kLongestWord> bytes;
    std::size_t length;
    WordCache::Place place;

    [[nodiscard]] std::string_view text() const noexcept { return {bytes.data(), length}; }
  };

  [[nodiscard]] bool is_full() const noexcept { return size_ == kMost; }
  void clear() noexcept { size_ = 0; }

  /// `word`, which is copied, is a mark of so many bytes and a text that `words` can hold.
  void add(std::string_view word, std::size_t mark, WordCache& words) {
    Word& added = words_[size_];
    std::memcpy(added.bytes.data(), word.data(), word.size());
    added.length = word.size();
    added.place = words.place_of(word.substr(mark));
    ++size_;
  }

  [[nodiscard]] const Word* begin() const noexcept { return words_.data(); }
  [[nodiscard]] const Word* end() const noexcept { return words_.data() + size_; }

 private:
  std::array<Word, kMost> words_;
  std::size_t size_ = 0;
};

}  // namespace glossa::detail
