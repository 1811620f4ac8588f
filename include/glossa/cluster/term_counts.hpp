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
  std::size_t count = 0;
  std::size_t texts = 0;
  std::size_t last_text = std::numeric_limits<std::size_t>::max();
  bool is_string = false;  ///< of a script without spaces
  std::vector<std::pair<std::string, std::size_t>> spellings{};

  void stands_in(std::size_t text) {
    ++count;
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

/// Counts strings of a few characters in stretches without spaces. A string counts as often as it stands there, less
/// its most frequent continuation by one character: what is part of a longer word nearly always is no word. The longest
/// strings are not followed further.
class StringCounter {
 public:
  void add(std::string_view stretch, std::size_t text) {
    Stretch one{std::string(stretch), {0}, text};
    for (std::size_t at = 0; at < one.text.size();) one.bounds.push_back(at = grapheme_end(one.text, at));
    characters_ += one.bounds.size() - 1;
    stretches_.push_back(std::move(one));
  }

  void finish(TermCounts& out) {
    std::unordered_map<std::string_view, Found> shorter;  // of one character less
    for (std::size_t length = 1; length <= kLongest; ++length) {
      std::unordered_map<std::string_view, Found> found;
      for (const Stretch& stretch : stretches_)
        for (std::size_t i = 0; i + length < stretch.bounds.size(); ++i) {
          // What stands there but once has no part in anything that stands there twice.
          if (length > 1 && (!is_repeated(shorter, stretch.view(i, length - 1)) ||
                             !is_repeated(shorter, stretch.view(i + 1, length - 1))))
            continue;
          found[stretch.view(i, length)].term.stands_in(stretch.number);
        }
      if (length > 1) {
        for (const Stretch& stretch : stretches_)
          for (std::size_t i = 0; i + length < stretch.bounds.size(); ++i) {
            const auto longer = found.find(stretch.view(i, length));
            if (longer == found.end()) continue;
            for (const std::size_t part : {i, i + 1}) {
              Found& own = shorter[stretch.view(part, length - 1)];
              own.continued = std::max(own.continued, longer->second.term.count);
            }
          }
        if (length > 2) hand_over(shorter, out);
      }
      shorter = std::move(found);
    }
    hand_over(shorter, out);
    out.total += static_cast<double>(characters_) / kCharactersOfWord;
  }

 private:
  static constexpr std::size_t kLongest = 12;
  static constexpr double kCharactersOfWord = 2;  // about, in Chinese; no more than a scale

  struct Stretch {
    std::string text;
    std::vector<std::size_t> bounds;  // of its characters, in bytes
    std::size_t number;               // of the text

    [[nodiscard]] std::string_view view(std::size_t first, std::size_t length) const {
      return std::string_view(text).substr(bounds[first], bounds[first + length] - bounds[first]);
    }
  };
  struct Found {
    Term term;
    std::size_t continued = 0;
  };

  static bool is_repeated(const std::unordered_map<std::string_view, Found>& found, std::string_view string) {
    const auto at = found.find(string);
    return at != found.end() && at->second.term.count > 1;
  }

  static void hand_over(const std::unordered_map<std::string_view, Found>& strings, TermCounts& out) {
    for (const auto& [string, found] : strings) {
      if (found.term.count - found.continued < 2) continue;
      Term& term = out.terms[std::string(string)];
      term.count = found.term.count - found.continued;
      term.texts = found.term.texts;
      term.is_string = true;
      term.spellings = {{std::string(string), term.count}};
    }
  }

  std::vector<Stretch> stretches_;
  std::size_t characters_ = 0;
};

/// Counts the words of texts; by `split`, or where that is null, by split_words().
[[nodiscard]] inline TermCounts count_terms(
    const std::vector<std::string_view>& texts,
    const std::function<std::vector<std::string>(std::string_view text)>& split) {
  TermCounts counts;
  StringCounter strings;
  const auto add_word = [&](std::string_view word, std::size_t text) {
    Term& term = counts.terms[folded_word(word)];
    term.stands_in(text);
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
