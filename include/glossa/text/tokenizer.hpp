// A text comes in; the ids that the model reads go out, with their pieces and places in the text on request.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/text/encoding.hpp>
#include <glossa/text/token_id.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace glossa {

namespace detail {
class TokenizerPipeline;
}

/// How a folder's tokenizer is to be built.
struct TokenizerOptions {
  bool lowercase = false;  ///< texts are lower-cased first, as sentence-transformers' `do_lower_case` asks for
};

/// Turns texts into token ids exactly as Hugging Face's fast tokenizers do. Texts may hold anything: each maximal
/// sequence of bytes that is not UTF-8 counts as U+FFFD. Immutable; threads may share one, and copies are cheap.
class Tokenizer {
 public:
  /// Builds the tokenizer of a model folder. `tokenizer.json` decides what the tokenizer is, where there is one; its
  /// vocabulary is taken from a `sentencepiece.bpe.model` beside it that holds the same, being faster to read.
  /// Without it the SentencePiece file (XLM-RoBERTa's layout) or a `vocab.txt` (BERT's) with its
  /// `tokenizer_config.json` are enough; added tokens are then those of that file, of `special_tokens_map.json` and of
  /// `added_tokens.json`, with the ids that transformers gives them. Errors: `not_found` without any of them,
  /// `corrupt_file`, `unsupported`.
  explicit Tokenizer(const std::filesystem::path& folder, const TokenizerOptions& options = {});

  /// Errors: `invalid_argument` where max_tokens leaves no room for the special tokens.
  [[nodiscard]] Encoding encode(std::string_view text, const EncodeOptions& options = {}) const;

  /// Number of tokens of a text, special ones included.
  [[nodiscard]] std::size_t count_tokens(std::string_view text, Specials specials = Specials::recognised) const;

  /// The text of an id, empty where there is none.
  [[nodiscard]] std::string token(TokenId id) const;

  /// The id of an added token or vocabulary entry.
  [[nodiscard]] std::optional<TokenId> id(std::string_view token) const;

  /// One more than the largest id that encode() can give.
  [[nodiscard]] std::size_t size() const noexcept;

  /// The special tokens that stand before and after every text.
  [[nodiscard]] std::vector<TokenId> prefix_ids() const;
  [[nodiscard]] std::vector<TokenId> suffix_ids() const;

  /// The file that the tokenizer was built from.
  [[nodiscard]] const std::string& source() const noexcept;

  /// A tokenizer put together by hand.
  explicit Tokenizer(std::shared_ptr<const detail::TokenizerPipeline> pipeline) noexcept;

 private:
  std::shared_ptr<const detail::TokenizerPipeline> pipeline_;
};

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/text/tokenizer_impl.hpp>
#endif
