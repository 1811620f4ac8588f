// The texts of a cluster come in; how often each of its words stands there goes out.
#pragma once

#include <glossa/cluster/word_splitter.hpp>
#include <glossa/text/graphemes.hpp>
#include <glossa/text/utf8.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace glossa::detail {

/// What is known of a word in a cluster.
struct Term {
  std::size_t standing = 0;  ///< how often it stands there
  std::size_t count = 0;     ///< how often as a word of its own; 0 where that is not known to be one
  std::size_t texts = 0;
  std::size_t last_text = std::numeric_limits<std::size_t>::max();
  bool is_string = false;  ///< of a script without spaces
  std::vector<std::pair<std::string, std::size_t>> spellings{};

  void stands_in(std::size_t text) {
    ++standing;
    texts += text != last_text;
    last_text = text;
  }
  void spelled(std::string_view spelling) {
    for (auto& [known, times] : spellings)
      if (known == spelling) return ++times, void();
    spellings.emplace_back(spelling, 1);
  }
  /// The most frequent spelling; of several the first.
  [[nodiscard]] const std::string& spelling() const {
    return std::max_element(spellings.begin(), spellings.end(),
                            [](const auto& a, const auto& b) { return a.second < b.second; })
        ->first;
  }
};

/// The words of a cluster's texts by their folded form, and how many words there are in all.
struct TermCounts {
  std::unordered_map<std::string, Term> terms;
  double total = 0;
};

/// A stretch without spaces, cut into characters: grapheme clusters with the letters that never part from them.
class Stretch {
 public:
  Stretch(std::string_view text, std::size_t number) : text_(text), number_(number) {
    bool is_open = false;  // behind a vowel that belongs to what comes next
    for (std::size_t at = 0; at < text_.size();) {
      const char32_t first = utf8_decode(text_, at);
      at = grapheme_end(text_, at);
      if (bounds_.size() > 1 && (is_open || is_following_letter(first))) {
        bounds_.back() = at;
      } else {
        bounds_.push_back(at);
      }
      is_open = is_leading_vowel(first);
    }
  }

  [[nodiscard]] std::size_t number() const noexcept { return number_; }  ///< of the text
  [[nodiscard]] std::size_t characters() const noexcept { return bounds_.size() - 1; }
  [[nodiscard]] std::string_view view(std::size_t first, std::size_t length) const {
    return std::string_view(text_).substr(bounds_[first], bounds_[first + length] - bounds_[first]);
  }

 private:
  std::string text_;
  std::size_t number_;
  std::vector<std::size_t> bounds_{0};  // of its characters, in bytes
};

/// Counts strings of a few characters in stretches without spaces, of which some are words: those that hold together,
/// and may be followed by anything. A string counts as often as it stands there, less its most frequent continuation by
/// one character, of those that stand there several times: what is part of a longer word nearly always is no word. It
/// counts at all where, wherever one cuts it, its parts stand together several times as often as chance would have it.
/// The longest strings are not followed further.
class StringCounter {
 public:
  void add(std::string_view stretch, std::size_t text) {
    stretches_.emplace_back(stretch, text);
    characters_ += stretches_.back().characters();
  }

  void finish(TermCounts& out) {
    std::vector<Strings> by_length(kLongest + 1);
    for (std::size_t length = 1; length <= kLongest; ++length) {
      Strings& found = by_length[length];
      for_strings(length, [&](const Stretch& stretch, std::size_t i) {
        // What stands there but once has no part in anything that stands there twice.
        const Strings& shorter = by_length[length - 1];
        if (length == 1 || (is_repeated(shorter, stretch.view(i, length - 1)) &&
                            is_repeated(shorter, stretch.view(i + 1, length - 1))))
          found[stretch.view(i, length)].term.stands_in(stretch.number());
      });
      if (length == 1) continue;
      for_strings(length, [&](const Stretch& stretch, std::size_t i) {
        const auto at = found.find(stretch.view(i, length));
        if (at == found.end() || at->second.is_rated) return;
        Found& own = at->second;
        own.is_rated = true;
        const auto count = static_cast<double>(own.term.standing);
        for (std::size_t cut = 1; cut < length && own.holds_together; ++cut) {
          const double left = count_of(by_length[cut], stretch.view(i, cut));
          const double right = count_of(by_length[length - cut], stretch.view(i + cut, length - cut));
          own.holds_together = count * static_cast<double>(characters_) >= kTogether * left * right;
        }
        if (own.term.standing < 2) return;
        for (const std::size_t part : {i, i + 1}) {
          Found& shorter = by_length[length - 1][stretch.view(part, length - 1)];
          shorter.continued = std::max(shorter.continued, own.term.standing);
        }
      });
    }
    for (std::size_t length = 2; length <= kLongest; ++length) hand_over(by_length[length], out);
    out.total += static_cast<double>(characters_) / kCharactersOfWord;
  }

 private:
  static constexpr std::size_t kLongest = 12;
  static constexpr double kCharactersOfWord = 2;  // about, in Chinese; no more than a scale
  static constexpr double kTogether = 5;

  struct Found {
    Term term;
    std::size_t continued = 0;
    bool is_rated = false;
    bool holds_together = true;
  };
  using Strings = std::unordered_map<std::string_view, Found>;

  /// Calls body(stretch, first character) for every place where a string of `length` characters stands.
  template <class Body>
  void for_strings(std::size_t length, Body&& body) const {
    for (const Stretch& stretch : stretches_)
      for (std::size_t i = 0; i + length <= stretch.characters(); ++i) body(stretch, i);
  }

  static bool is_repeated(const Strings& found, std::string_view string) {
    const auto at = found.find(string);
    return at != found.end() && at->second.term.standing > 1;
  }
  static double count_of(const Strings& found, std::string_view string) {
    const auto at = found.find(string);
    return at == found.end() ? 0 : static_cast<double>(at->second.term.standing);
  }

  static void hand_over(const Strings& strings, TermCounts& out) {
    for (const auto& [string, found] : strings) {
      if (found.term.standing < 2) continue;
      // What is no word here may be one elsewhere, where it counts that it stands here, too.
      const std::size_t count = found.holds_together ? found.term.standing - found.continued : 0;
      Term& term = out.terms[std::string(string)];
      term = found.term;
      term.count = count > 1 ? count : 0;
      term.is_string = true;
    }
  }

  std::vector<Stretch> stretches_;
  std::size_t characters_ = 0;
};

/// Finds known strings in stretches.
class StringFinder {
 public:
  /// The string must live as long as this.
  void add(std::string_view string) {
    for (std::size_t end = utf8_length(string[0]); end < string.size(); end += utf8_length(string[end]))
      known_.try_emplace(string.substr(0, end), false);
    known_[string] = true;
  }

  [[nodiscard]] bool empty() const noexcept { return known_.empty(); }

  /// Calls take(string), as it was added, for every place where one stands.
  template <class Take>
  void find(const Stretch& stretch, Take&& take) const {
    for (std::size_t i = 0; i < stretch.characters(); ++i)
      for (std::size_t length = 1; i + length <= stretch.characters(); ++length) {
        const auto at = known_.find(stretch.view(i, length));
        if (at == known_.end()) break;
        if (at->second) take(at->first);
      }
  }

 private:
  std::unordered_map<std::string_view, bool> known_;  // the strings, true, and what they begin with
};

/// The strings, of those known, that stand in texts but once, and so are not in the texts' own counts.
[[nodiscard]] inline std::vector<std::string_view> lone_strings(const std::vector<std::string_view>& texts,
                                                                const TermCounts& own, const StringFinder& finder) {
  std::vector<std::string_view> lone;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const ValidText valid(texts[i]);
    const std::string composed = composed_text(valid.view());
    split_words(
        composed, [](std::string_view) {},
        [&](std::string_view stretch) {
          finder.find(Stretch(stretch, i), [&](std::string_view string) {
            if (!own.terms.contains(std::string(string))) lone.push_back(string);
          });
        });
  }
  return lone;
}

/// Counts the words of texts; by `split`, or where that is null, by split_words().
[[nodiscard]] inline TermCounts count_terms(
    const std::vector<std::string_view>& texts,
    const std::function<std::vector<std::string>(std::string_view text)>& split) {
  TermCounts counts;
  StringCounter strings;
  const auto add_word = [&](std::string_view word, std::size_t text) {
    Term& term = counts.terms[folded_word(word)];
    term.stands_in(text);
    ++term.count;
    term.spelled(word);
    ++counts.total;
  };
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const ValidText valid(texts[i]);
    if (split) {
      for (const std::string& word : split(valid.view()))
        if (const ValidText whole(word); !word.empty()) add_word(whole.view(), i);
    } else {
      const std::string composed = composed_text(valid.view());
      split_words(
          composed, [&](std::string_view word) { add_word(word, i); },
          [&](std::string_view stretch) { strings.add(stretch, i); });
    }
  }
  strings.finish(counts);
  return counts;
}

}  // namespace glossa::detail
