// The normalisation of single characters comes in; SentencePiece's compiled rules for all of NFKC go out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/text/double_array_builder.hpp>
#include <glossa/text/unicode.hpp>
#include <glossa/text/utf8.hpp>

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace convert {

/// Rules by what they replace.
using CharsMap = std::map<std::u32string, std::u32string>;

/// Finds the sequences that NFKC composes, in every spelling of their parts: with "e" + acute also full-width "ｅ" +
/// acute, half-width kana with their marks, conjoining jamo. Characters that `single` does not know, though today's
/// Unicode does, are younger than the rules and left alone. Sequences that shorter rules already get right are left
/// out.
class CharsMapBuilder {
 public:
  explicit CharsMapBuilder(const std::map<char32_t, std::u32string>& single) : single_(single) {}

  [[nodiscard]] CharsMap build() {
    for (const auto& [c, to] : single_) rules_[{c}] = to;
    collect();
    std::map<std::size_t, CharsMap> by_length;  // shorter rules first: they decide which longer ones are needed
    for (const std::u32string& parts : composed_) {
      const std::u32string whole = normalize(parts, UTF8PROC_COMPOSE);
      if (whole == parts) continue;
      std::vector<std::u32string> spellings{U""};
      for (const char32_t part : parts) spellings = extend(spellings, part);
      for (const std::u32string& spelling : spellings)
        if (spelling != whole) by_length[spelling.size()][spelling] = whole;
    }
    for (const auto& [length, rules] : by_length)
      for (const auto& [from, to] : rules)
        if (apply(from) != to) rules_[from] = to;
    return std::move(rules_);
  }

 private:
  static std::u32string normalize(const std::u32string& text, int options) {
    std::vector<utf8proc_int32_t> buffer;
    for (const char32_t c : text) {
      std::array<utf8proc_int32_t, 24> parts{};
      int boundary = 0;
      const auto count = utf8proc_decompose_char(
          static_cast<utf8proc_int32_t>(c), parts.data(), parts.size(),
          static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | (options & UTF8PROC_COMPAT)),
          &boundary);
      buffer.insert(buffer.end(), parts.begin(), parts.begin() + count);
    }
    const auto length = utf8proc_normalize_utf32(buffer.data(), static_cast<utf8proc_ssize_t>(buffer.size()),
                                                 static_cast<utf8proc_option_t>(options | UTF8PROC_STABLE));
    return {buffer.begin(), buffer.begin() + length};
  }

  void collect() {
    for (char32_t c = 1; c <= 0x10FFFF; ++c) {
      if (c >= 0xD800 && c <= 0xDFFF) continue;
      const std::u32string self{c};
      const std::u32string parts = normalize(self, UTF8PROC_COMPAT);
      const bool changes = normalize(self, UTF8PROC_COMPAT | UTF8PROC_COMPOSE) != self;
      if (changes && !single_.contains(c)) continue;
      if (glossa::detail::is_in(glossa::detail::kYoungerThanNormalization, c)) continue;
      if (parts.size() == 1) {
        spellings_[parts[0]].push_back(c);
      } else {
        composed_.insert(parts);
      }
    }
  }

  [[nodiscard]] std::vector<std::u32string> extend(const std::vector<std::u32string>& texts, char32_t part) const {
    std::vector<std::u32string> out;
    const auto it = spellings_.find(part);
    const std::vector<char32_t> alone{part};
    for (const std::u32string& text : texts)
      for (const char32_t c : it == spellings_.end() ? alone : it->second) out.push_back(text + c);
    return out;
  }

  /// What the rules so far make of `text`, each time taking the longest that matches.
  [[nodiscard]] std::u32string apply(const std::u32string& text) const {
    std::u32string out;
    for (std::size_t at = 0; at < text.size();) {
      std::size_t length = text.size() - at;
      auto it = rules_.end();
      for (; length > 0 && it == rules_.end(); --length) it = rules_.find(text.substr(at, length));
      if (it == rules_.end()) {
        out += text[at++];
      } else {
        out += it->second;
        at += it->first.size();
      }
    }
    return out;
  }

  const std::map<char32_t, std::u32string>& single_;
  CharsMap rules_;
  std::set<std::u32string> composed_;                    // decompositions of more than one character
  std::map<char32_t, std::vector<char32_t>> spellings_;  // characters that decompose to this one
};

/// Writes rules in SentencePiece's format: u32 size of a double-array trie, the trie, the NUL-terminated results.
/// Subtrees that are alike share their units, without which the 225,000 rules of NFKC would take ten times as much.
class CharsMapCompiler {
 public:
  [[nodiscard]] std::string compile(const CharsMap& rules) {
    std::map<std::u32string, std::uint32_t> places;
    std::string results;
    for (const auto& [from, to] : rules) places.emplace(to, 0);
    for (auto& [to, place] : places) {
      place = static_cast<std::uint32_t>(results.size());
      for (const char32_t c : to) glossa::detail::utf8_append(results, c);
      results.push_back('\0');
    }
    for (const auto& [from, to] : rules) {
      std::string key;
      for (const char32_t c : from) glossa::detail::utf8_append(key, c);
      keys_.emplace_back(std::move(key), places[to]);
    }
    std::sort(keys_.begin(), keys_.end());
    place(0, subtree(0, keys_.size(), 0));
    const std::vector<std::uint32_t> units = layout_.finish();
    std::string out;
    append(out, static_cast<std::uint32_t>(units.size() * 4));
    for (const std::uint32_t unit : units) append(out, unit);
    return out + results;
  }

 private:
  /// The children of a trie node: their label and, for label 0, the value, else the number of their subtree.
  using Subtree = std::vector<std::pair<unsigned char, std::uint32_t>>;

  /// Numbers the subtree of keys [begin, end), which agree in their first `depth` bytes; equal ones get one number.
  std::uint32_t subtree(std::size_t begin, std::size_t end, std::size_t depth) {
    Subtree children;
    for (std::size_t i = begin; i < end;) {
      if (keys_[i].first.size() == depth) {
        children.emplace_back(0, keys_[i].second);
        ++i;
        continue;
      }
      const char label = keys_[i].first[depth];
      std::size_t next = i;
      while (next < end && keys_[next].first[depth] == label) ++next;
      children.emplace_back(static_cast<unsigned char>(label), subtree(i, next, depth + 1));
      i = next;
    }
    const auto [it, is_new] = numbers_.emplace(std::move(children), static_cast<std::uint32_t>(subtrees_.size()));
    if (is_new) subtrees_.push_back(&it->first);
    return it->second;
  }

  void place(std::uint32_t unit, std::uint32_t number) {
    const Subtree& children = *subtrees_[number];
    const bool has_value = children.front().first == 0;
    if (const auto it = bases_.find(number); it != bases_.end() && layout_.reaches(unit, it->second)) {
      layout_.link(unit, it->second, has_value);
      return;
    }
    std::vector<unsigned char> labels;
    for (const auto& [label, child] : children) labels.push_back(label);
    const std::uint32_t base = layout_.place(unit, labels);
    bases_[number] = base;
    for (const auto& [label, child] : children) {
      if (label == 0) {
        layout_.set_value(base, child);
      } else {
        place(base ^ label, child);
      }
    }
  }

  static void append(std::string& out, std::uint32_t value) {
    for (int i = 0; i < 4; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
  }

  std::vector<std::pair<std::string, std::uint32_t>> keys_;
  std::map<Subtree, std::uint32_t> numbers_;
  std::vector<const Subtree*> subtrees_;
  std::map<std::uint32_t, std::uint32_t> bases_;
  glossa::detail::DoubleArrayLayout layout_;
};

}  // namespace convert
