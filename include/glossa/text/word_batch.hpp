// Words come in one by one; some of them go out together, with their places in the memory of words.
#pragma once

#include <glossa/text/word_cache.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace glossa::detail {

/// Words that wait for each other, so that they wait together for memory.
class WordBatch {
 public:
  static constexpr std::size_t kMost = 16;
  using Word = WordCache::Word;

  [[nodiscard]] bool is_full() const noexcept { return size_ == kMost; }
  void clear() noexcept { size_ = 0; }

  /// `word`, which is copied, is a mark of so many bytes and a text; see WordCache::find_place.
  void add(std::string_view word, std::size_t mark, WordCache& words) {
    words.find_place(word, mark, words_[size_]);
    ++size_;
  }

  [[nodiscard]] const Word* begin() const noexcept { return words_.data(); }
  [[nodiscard]] const Word* end() const noexcept { return words_.data() + size_; }

 private:
  std::array<Word, kMost> words_;
  std::size_t size_ = 0;
};

}  // namespace glossa::detail
