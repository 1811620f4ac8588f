// The parts of a tokenizer come in; texts go through them, and their ids go out.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/text/character_classes.hpp>
#include <glossa/text/encode_scratch.hpp>
#include <glossa/text/encoding.hpp>
#include <glossa/text/tokenizer_parts.hpp>
#include <glossa/text/utf8.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace glossa::detail {

/// The work behind Tokenizer: added tokens are cut out of the text, the rest is normalised, split into words and
/// segmented, and the result is assembled and, if asked for, cut.
class TokenizerPipeline {
 public:
  explicit TokenizerPipeline(TokenizerParts parts);

  /// Errors: `invalid_argument` where max_tokens leaves no room for the special tokens.
  [[nodiscard]] Encoding encode(std::string_view text, const EncodeOptions& options = {}) const;

  /// The text of an id, empty where there is none.
  [[nodiscard]] std::string token(TokenId id) const;

  /// The id of an added token or vocabulary entry.
  [[nodiscard]] std::optional<TokenId> id(std::string_view token) const;

  /// One more than the largest id that encode() can give.
  [[nodiscard]] std::size_t size() const noexcept;

  /// How many tokens every text gets in addition to its own.
  [[nodiscard]] std::size_t added_tokens() const noexcept { return parts_.post_processor.added(); }

  /// The special tokens that stand before and after every text.
  [[nodiscard]] std::vector<TokenId> prefix_ids() const;
  [[nodiscard]] std::vector<TokenId> suffix_ids() const;

  /// The file that the tokenizer was built from.
  [[nodiscard]] const std::string& source() const noexcept { return parts_.source; }

 private:
  static constexpr std::size_t kNoLimit = static_cast<std::size_t>(-1);
  static constexpr std::size_t kBehindCut = 1024;  // bytes that the rewriting of a cut may depend on; see locate()

  /// A text on its way into an Encoding.
  struct Job {
    const ValidText& valid;
    const EncodeOptions& options;
    std::size_t room;  // for the text's tokens
    bool plain;        // special strings are text
    bool track;        // every byte's origin is known
    Encoding& out;
    EncodeScratch& scratch;
    std::size_t total;  // tokens so far, those beyond `room` included
  };

  static std::vector<TokenId> ids_of(const std::vector<SpecialToken>& tokens);

  /// Which ids are special: no text turns into them where special strings are plain text. Besides the tokens that say
  /// so, those that the post-processor adds and the unknown token, and vocabulary entries that read like them.
  void find_specials();

  [[nodiscard]] bool is_special(TokenId id) const;

  /// Takes a part of `text` (a token, or a stretch without any that stand in the text as it was given) to where the
  /// model segments it, and calls visit(split, token) for each part that it falls into: with words, or with a token.
  template <class Visit>
  void for_each_split(std::string_view text, const TextPart& part, bool plain, bool track, Visit&& visit) const;

  /// Appends a part's tokens while there is room for them, and counts the others. Returns where in its text the first
  /// token without room lies, if it is in this part.
  std::optional<ByteRange> encode_part(const WordSplit& split, std::optional<TokenId> token, Job& job) const;

  /// What for_each_split() and encode_part() do with a stretch of text, in one pass; for tokens that need not be
  /// located.
  void encode_words(const TextPart& part, Job& job) const;

  /// The ids of a word, with the number of unknown ones.
  struct WordIds {
    std::span<const TokenId> ids;
    std::size_t unknown;
  };
  [[nodiscard]] WordIds ids_of_word(const WordBatch::Word& word, EncodeScratch& scratch) const;

  /// The same for a word that is not remembered.
  [[nodiscard]] WordIds segmented_ids(std::string_view word, EncodeScratch& scratch) const;

  /// Asks the memory for what the words that are not remembered will need.
  void look_ahead(const WordBatch& batch) const noexcept;

  /// Where `cut` lies in the original text: `cut` is a range of `rewritten`, the text of the `index`th part of `part`,
  /// before which there are `before` bytes. Knowing the origin of every byte takes many times the text's memory, so a
  /// prefix is rewritten anew, with origins, that is long enough to give the same text up to well behind the cut.
  [[nodiscard]] std::size_t locate(const Job& job, const TextPart& part, std::size_t index, std::size_t before,
                                   std::string_view rewritten, const ByteRange& cut) const;

  static void append_specials(const std::vector<SpecialToken>& tokens, const EncodeOptions& options, Encoding& out);

  TokenizerParts parts_;
  AddedTokenMatcher raw_matcher_;
  AddedTokenMatcher normalized_matcher_;
  std::vector<TokenId> special_ids_;  // sorted
  std::vector<bool> hidden_;          // by id: those that are vocabulary entries
  bool needs_origins_ = false;
  const PrecompiledCharsmap* rules_ = nullptr;  // of the normalizer
  std::string_view mark_;                       // of the pre-tokenizer
  std::optional<CharacterClasses> classes_;     // there where encode_words() can be used
  mutable EncodeScratchPool scratch_;
};

}  // namespace glossa::detail

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/text/tokenizer_pipeline_impl.hpp>
#endif
