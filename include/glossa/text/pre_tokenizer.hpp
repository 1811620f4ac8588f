// A normalised text comes in; the words that the model splits into pieces go out.
#pragma once

#include <glossa/text/aligned_text.hpp>
#include <glossa/text/normalizer.hpp>
#include <glossa/text/unicode.hpp>
#include <glossa/text/utf8.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// A text and where its words lie in it; white space between words may belong to none.
struct WordSplit {
  AlignedText text;
  std::vector<ByteRange> words;  ///< in text.text(), ascending, none empty

  [[nodiscard]] std::string_view word(const ByteRange& range) const noexcept {
    return text.text().substr(range.begin, range.end - range.begin);
  }
};

/// One step of splitting; names and behaviour are those of Hugging Face's tokenizers.
class PreTokenizer {
 public:
  virtual ~PreTokenizer() = default;
  virtual void apply(WordSplit& split) const = 0;
  /// Whether apply() asks where words lie in the original, so that the text has to track it.
  [[nodiscard]] virtual bool needs_origins() const noexcept { return false; }
  /// What this one is, as far as WordScanner, which does both in one pass, has to know.
  enum class Kind { other, white_space, marks };
  [[nodiscard]] virtual Kind kind() const noexcept { return Kind::other; }
  /// The mark that stands before every word, where this is WhitespaceSplit and then a Metaspace with such a mark.
  [[nodiscard]] virtual std::string_view mark_of_words() const noexcept { return {}; }
};

/// Goes through each word by characters; `kind(c)` says drop (a separator), isolate (a word of its own) or keep.
enum class Cut { keep, drop, isolate };

template <class Kind>
void cut_words(WordSplit& split, Kind&& kind) {
  std::vector<ByteRange> words;
  words.reserve(split.words.size() + 8);
  const std::string_view text = split.text.text();
  for (const ByteRange& word : split.words) {
    std::size_t begin = word.begin;
    for (std::size_t at = word.begin; at < word.end;) {
      const std::size_t length = utf8_length(text[at]);
      const Cut cut = kind(utf8_decode(text, at));
      if (cut != Cut::keep) {
        if (begin < at) words.push_back({begin, at});
        if (cut == Cut::isolate) words.push_back({at, at + length});
        begin = at + length;
      }
      at += length;
    }
    if (begin < word.end) words.push_back({begin, word.end});
  }
  split.words = std::move(words);
}

class WhitespaceSplitPreTokenizer final : public PreTokenizer {
 public:
  [[nodiscard]] Kind kind() const noexcept override { return Kind::white_space; }
  void apply(WordSplit& split) const override {
    cut_words(split, [](char32_t c) { return is_whitespace(c) ? Cut::drop : Cut::keep; });
  }
};

class BertPreTokenizer final : public PreTokenizer {
 public:
  void apply(WordSplit& split) const override {
    cut_words(split, [](char32_t c) {
      return is_whitespace(c) ? Cut::drop : is_bert_punctuation(c) ? Cut::isolate : Cut::keep;
    });
  }
};

/// Spaces become a visible mark, which also starts words: SentencePiece's own view of white space.
class MetaspacePreTokenizer final : public PreTokenizer {
 public:
  enum class Prepend { always, first, never };
  struct Options {
    char32_t replacement = U'▁';
    Prepend prepend = Prepend::always;
    bool split = true;
  };
  explicit MetaspacePreTokenizer(Options options) : options_(options) { utf8_append(mark_, options.replacement); }

  [[nodiscard]] bool needs_origins() const noexcept override { return options_.prepend == Prepend::first; }
  [[nodiscard]] Kind kind() const noexcept override {
    return options_.prepend == Prepend::always && options_.split ? Kind::marks : Kind::other;
  }
  [[nodiscard]] const std::string& mark() const noexcept { return mark_; }

  void apply(WordSplit& split) const override {
    std::vector<ByteRange> words;
    words.reserve(split.words.size() + 8);
    std::size_t written = 0;  // bytes of the new text
    const std::string_view source = split.text.text();
    AlignedText::Rewriter rewriter(split.text);
    for (const ByteRange& word : split.words) {
      rewriter.remove(word.begin - rewriter.position());  // what lies between words
      std::size_t begin = written;
      if (wants_prefix(split, word)) {
        const std::size_t length = utf8_length(source[word.begin]);
        PrependNormalizer::prepend(rewriter, mark_, source);
        written += mark_.size() + length;
      }
      while (rewriter.position() < word.end) {
        const std::size_t at = rewriter.position();
        const std::size_t length = utf8_length(source[at]);
        const bool is_space = source[at] == ' ';
        const bool is_mark = is_space || source.substr(at, length) == mark_;
        if (is_mark && options_.split && written > begin) {
          words.push_back({begin, written});
          begin = written;
        }
        if (is_space) {
          rewriter.replace(options_.replacement, length);
          written += mark_.size();
        } else {
          rewriter.copy(length);
          written += length;
        }
      }
      words.push_back({begin, written});
    }
    rewriter.finish();
    split.words = std::move(words);
  }

 private:
  [[nodiscard]] bool wants_prefix(const WordSplit& split, const ByteRange& word) const {
    const std::string_view text = split.word(word);
    if (text.front() == ' ' || text.starts_with(mark_)) return false;
    switch (options_.prepend) {
      case Prepend::always: return true;
      case Prepend::first: {
        const bool whole = word == ByteRange{0, split.text.text().size()};
        return (whole ? split.text.begin() : split.text.origin(word.begin, word.end).begin) == 0;
      }
      case Prepend::never: return false;
    }
    return false;
  }

  Options options_;
  std::string mark_;
};

class SequencePreTokenizer final : public PreTokenizer {
 public:
  explicit SequencePreTokenizer(std::vector<std::unique_ptr<PreTokenizer>> steps) : steps_(std::move(steps)) {}
  [[nodiscard]] std::string_view mark_of_words() const noexcept override {
    if (steps_.size() != 2 || steps_[0]->kind() != Kind::white_space || steps_[1]->kind() != Kind::marks) return {};
    return static_cast<const MetaspacePreTokenizer&>(*steps_[1]).mark();
  }
  [[nodiscard]] bool needs_origins() const noexcept override {
    return std::any_of(steps_.begin(), steps_.end(), [](const auto& step) { return step->needs_origins(); });
  }
  void apply(WordSplit& split) const override {
    for (const auto& step : steps_) step->apply(split);
  }

 private:
  std::vector<std::unique_ptr<PreTokenizer>> steps_;
};

}  // namespace glossa::detail
