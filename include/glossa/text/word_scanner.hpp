// A text comes in; the words that SentencePiece's pipeline makes of it go out, one by one: normalised by the rules, cut
// at white space, with the mark in front.
#pragma once

#include <glossa/text/character_classes.hpp>
#include <glossa/text/graphemes.hpp>
#include <glossa/text/precompiled.hpp>
#include <glossa/text/unicode.hpp>
#include <glossa/text/utf8.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace glossa::detail {

/// The steps Precompiled, WhitespaceSplit and Metaspace (with a mark before every word) in one pass, for texts whose
/// tokens need not be located. Nearly all characters are copied as they are, in stretches; which ones are is decided
/// without finding grapheme clusters where that can make no difference. The steps one by one, as AlignedText goes
/// through them, are the oracle of this class's tests.
class WordScanner {
 public:
  /// `rules` may be null; all three must outlive the scanner, which is for one thread and makes use of `word` again.
  WordScanner(const PrecompiledCharsmap* rules, const CharacterClasses& classes, std::string_view mark,
              std::string& word)
      : rules_(rules), classes_(classes), mark_(mark), word_(word) {}

  /// Calls take(word) for each word of `text`, which is valid UTF-8.
  template <class Take>
  void scan(std::string_view text, Take&& take) {
    text_ = text;
    open_ = false;
    pending_ = 0;
    std::size_t at = 0;
    if (text.empty()) return;
    for (Character current = read(0); at < text.size();) {
      const std::size_t behind = at + current.length;
      const Character next = read(behind);
      if (is_boundary(current.flags, next.flags)) {  // a cluster by itself
        if ((current.flags & Classes::kCopy) == 0) {
          copy_up_to(at);
          if ((current.flags & Classes::kSpace) != 0) {
            end_word(take);
          } else {
            rewrite_character(at, current.length, take);
          }
          pending_ = behind;
        }
        at = behind;
        current = next;
      } else {
        at = (current.flags & kCopied) == kCopied ? pass_inert(at, current, take) : rewrite_cluster(at, take);
        current = read(at);
      }
    }
    copy_up_to(text.size());
    end_word(take);
  }

 private:
  using Classes = CharacterClasses;
  static constexpr Classes::Flags kCopied = Classes::kCopy | Classes::kInert;

  struct Character {
    Classes::Flags flags;
    std::size_t length;
  };

  /// The character at `at`; behind the text, one that begins a new cluster.
  [[nodiscard]] Character read(std::size_t at) const noexcept {
    if (at >= text_.size()) return {Classes::kCalm | Classes::kOpens, 0};
    const auto lead = static_cast<unsigned char>(text_[at]);
    if (lead < 0x80) return {classes_[lead], 1};
    return {classes_[utf8_decode(text_, at)], utf8_length(text_[at])};
  }

  static bool is_boundary(Classes::Flags left, Classes::Flags right) noexcept {
    return (left & right & Classes::kCalm) != 0 || ((right & Classes::kOpens) != 0 && (left & Classes::kGlues) == 0);
  }

  /// Goes from a cluster that starts with an inert character, which is copied, to the start of some later cluster. In a
  /// cluster that starts like this every character goes through the rules alone, so that where the clusters end matters
  /// only before a character that is not copied.
  template <class Take>
  std::size_t pass_inert(std::size_t begin, Character current, Take&& take) {
    std::size_t at = begin;
    while (true) {
      const Classes::Flags left = current.flags;
      at += current.length;
      current = read(at);
      if (is_boundary(left, current.flags)) return at;
      if ((current.flags & kCopied) != kCopied) break;
    }
    std::size_t cluster = begin;
    std::size_t end = begin;  // of the cluster
    while (end <= at && cluster < at) {
      end = grapheme_end(text_, cluster);
      if (end > at) break;
      cluster = end;
    }
    if (cluster == at) return at;
    rewrite_characters_of(at, end, take);
    return end;
  }

  /// The cluster at `at`, by the rules; returns where it ends.
  template <class Take>
  std::size_t rewrite_cluster(std::size_t at, Take&& take) {
    const std::size_t end = grapheme_end(text_, at);
    if (rules_ != nullptr && end - at < PrecompiledCharsmap::kLongCluster) {
      if (const auto rule = rules_->find_rule(text_.substr(at, end - at))) {
        copy_up_to(at);
        append(*rule, take);
        pending_ = end;
        return end;
      }
    }
    rewrite_characters_of(at, end, take);
    return end;
  }

  template <class Take>
  void rewrite_characters_of(std::size_t begin, std::size_t end, Take&& take) {
    copy_up_to(begin);
    for (std::size_t at = begin; at < end; at += utf8_length(text_[at]))
      rewrite_character(at, utf8_length(text_[at]), take);
    pending_ = end;
  }

  template <class Take>
  void rewrite_character(std::size_t at, std::size_t length, Take&& take) {
    const std::string_view character = text_.substr(at, length);
    const auto rule = rules_ == nullptr ? std::nullopt : rules_->find_rule(character);
    append(rule ? *rule : character, take);
  }

  /// A text that took the place of a character or cluster.
  template <class Take>
  void append(std::string_view text, Take&& take) {
    for (std::size_t at = 0; at < text.size(); at += utf8_length(text[at])) {
      const std::string_view character = text.substr(at, utf8_length(text[at]));
      if (is_whitespace(utf8_decode(text, at))) {
        end_word(take);
      } else if (character == mark_) {  // begins a word of its own
        end_word(take);
        open();
      } else {
        if (!open_) open();
        word_ += character;
      }
    }
  }

  /// Appends what lies between the last character that was rewritten and `at`.
  void copy_up_to(std::size_t at) {
    if (pending_ == at) return;
    if (!open_) open();
    word_.append(text_, pending_, at - pending_);
  }

  void open() {
    word_ = mark_;
    open_ = true;
  }

  template <class Take>
  void end_word(Take&& take) {
    if (open_) take(std::string_view(word_));
    open_ = false;
  }

  const PrecompiledCharsmap* rules_;
  const CharacterClasses& classes_;
  std::string_view mark_;
  std::string& word_;
  std::string_view text_;
  std::size_t pending_ = 0;  // copied, but not yet appended to the word: from here
  bool open_ = false;        // there is a word, if only the mark
};

}  // namespace glossa::detail
