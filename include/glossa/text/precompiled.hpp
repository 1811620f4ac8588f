// SentencePiece's compiled normalisation rules come in; a text rewritten by them the way Hugging Face applies them goes
// out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/text/aligned_text.hpp>
#include <glossa/text/double_array.hpp>
#include <glossa/text/graphemes.hpp>
#include <glossa/text/utf8.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace glossa::detail {

/// The rules ("precompiled charsmap"): u32 size of a trie in bytes, the trie's units, then replacement strings that
/// each end with a NUL. Where SentencePiece takes the longest rule that matches anywhere, Hugging Face's fast
/// tokenizers go by grapheme clusters: for one of fewer than 6 bytes the *shortest* rule that is a prefix of it
/// replaces the whole cluster; otherwise each of its characters goes through the same look-up alone.
class PrecompiledCharsmap {
 public:
  /// `bytes` as stored in a SentencePiece model or, in base64, in a tokenizer.json; `file` and `field` name them in
  /// errors.
  PrecompiledCharsmap(std::string bytes, const std::string& file, const std::string& field) : bytes_(std::move(bytes)) {
    const auto refuse = [&](const std::string& problem) {
      throw Error(ErrorKind::corrupt_file,
                  {.file = file, .field = field, .problem = problem, .remedy = "fetch the file again"});
    };
    if (bytes_.size() < 4) refuse("the normalisation rules are shorter than their own header");
    const std::uint32_t trie_bytes = little_endian(0);
    if (trie_bytes % 4 != 0 || trie_bytes > bytes_.size() - 4)
      refuse("the normalisation rules' trie does not fit into them");
    units_.resize(trie_bytes / 4);
    for (std::size_t i = 0; i < units_.size(); ++i) units_[i] = little_endian(4 + 4 * i);
    replacements_ = std::string_view(bytes_).substr(4 + trie_bytes);
    if (!is_valid_utf8(replacements_)) refuse("the normalisation rules' replacements are not UTF-8");
  }

  PrecompiledCharsmap(const PrecompiledCharsmap&) = delete;
  PrecompiledCharsmap& operator=(const PrecompiledCharsmap&) = delete;

  /// The rules as they were read.
  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

  void apply(AlignedText& text) const {
    AlignedText::Rewriter rewriter(text);
    const std::string_view source = text.text();
    for (std::size_t at = 0; at < source.size();) {
      const std::size_t end = grapheme_end(source, at);
      const std::string_view cluster = source.substr(at, end - at);
      if (cluster.size() < kLongCluster) {
        if (const auto rule = find_rule(cluster)) {
          substitute(rewriter, cluster, *rule);
          at = end;
          continue;
        }
      }
      while (at < end) {
        const std::size_t length = utf8_length(source[at]);
        if (const auto rule = find_rule(source.substr(at, length))) {
          substitute(rewriter, source.substr(at, length), *rule);
        } else {
          rewriter.copy(length);
        }
        at += length;
      }
    }
    rewriter.finish();
  }

  /// Whether some rule begins with `text`, or `text` with one.
  [[nodiscard]] bool reaches(std::string_view text) const {
    const DoubleArray trie(units_);
    return trie.find(text).has_value() || find_rule(text).has_value();
  }

  /// Whether a cluster of several characters, the first being `character`, can have a rule: one that goes on behind it
  /// and ends within the 5 bytes of a cluster that is looked up as a whole. Says yes where it is not sure.
  [[nodiscard]] bool rewrites_clusters_of(std::string_view character) const {
    const DoubleArray trie(units_);
    const auto node = trie.find(character);
    if (!node || character.size() >= kLongCluster) return false;
    // A next character has a first byte in [1, 0x80) or [0xC2, 0xF5), and one of three or four bytes may be too long.
    const unsigned most = character.size() == 4 ? 0x80 : character.size() == 3 ? 0xE0 : 0xF5;
    for (unsigned byte = 1; byte < most; ++byte)
      if ((byte < 0x80 || byte >= 0xC2) && trie.has_child(*node, static_cast<char>(static_cast<unsigned char>(byte))))
        return true;
    return false;
  }

  /// Clusters of so many bytes go through the rules character by character.
  static constexpr std::size_t kLongCluster = 6;

  /// The replacement of the shortest rule that is a prefix of `text`.
  [[nodiscard]] std::optional<std::string_view> find_rule(std::string_view text) const {
    std::optional<std::string_view> rule;
    const DoubleArray trie(units_);
    trie.prefixes(trie.root(), text, [&](std::size_t, std::uint32_t value) {
      // Only a damaged file points outside the replacements or into the middle of a character.
      if (value < replacements_.size() && (replacements_[value] & 0xC0) != 0x80) {
        const std::string_view rest = replacements_.substr(value);
        rule = rest.substr(0, std::min(rest.find('\0'), rest.size()));
      }
      return false;
    });
    return rule;
  }

 private:
  [[nodiscard]] std::uint32_t little_endian(std::size_t at) const noexcept {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes_[at + i]);
    return value;
  }

  /// Each character of `rule` has the origin of one of `old`, as far as there are any. Hugging Face's fast tokenizers
  /// give other token offsets (never other ids) in two cases, where `rule` is empty, as for most control characters:
  /// behind a rule that made one character longer ("ﬁ\x01") they count the removed character to the last one inserted;
  /// and at the start of a text, or behind an added token, they forget that it was there, so that every offset up to
  /// the next added token is short by one for each ("\x01abc": [0, 2) for "ab"). Ours stay at the characters that a
  /// token came from. `rule` takes the place of `old`, character by character; what is left over on either side is new
  /// or vanishes.
  static void substitute(AlignedText::Rewriter& rewriter, std::string_view old, std::string_view rule) {
    std::size_t read = 0;
    for (std::size_t at = 0; at < rule.size(); at += utf8_length(rule[at])) {
      const char32_t c = utf8_decode(rule, at);
      if (read < old.size()) {
        const std::size_t length = utf8_length(old[read]);
        rewriter.replace(c, length);
        read += length;
      } else {
        rewriter.insert(c);
      }
    }
    rewriter.remove(old.size() - read);
  }

  std::string bytes_;
  std::vector<std::uint32_t> units_;
  std::string_view replacements_;  // into bytes_
};

}  // namespace glossa::detail
