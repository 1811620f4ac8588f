// What tokenising a text can be asked for, and what comes of it.
#pragma once

#include <glossa/core/byte_range.hpp>
#include <glossa/text/token_id.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace glossa {

/// What a special string such as "</s>" in a text is.
enum class Specials {
  recognised,  ///< the special token, as in Hugging Face's tokenizers
  text,        ///< plain text: no input can turn into a special token
};

struct EncodeOptions {
  Specials specials = Specials::recognised;
  bool add_special_tokens = true;  ///< the model's own around the text, such as <s> and </s>
  std::size_t max_tokens = 0;      ///< longer results are cut behind their first tokens; 0 cuts nothing
  bool with_tokens = false;        ///< fill Encoding::tokens
  bool with_offsets = false;       ///< fill Encoding::offsets
};

/// A tokenised text.
struct Encoding {
  std::vector<TokenId> ids;
  std::vector<std::string> tokens;  ///< the pieces' texts; an unknown piece of a Unigram model is the text itself
  std::vector<ByteRange> offsets;   ///< bytes of the given text behind each token; {0, 0} for added special tokens
  std::size_t total_tokens = 0;     ///< tokens before cutting, special ones included
  std::size_t unknown_tokens = 0;   ///< tokens that the vocabulary lacks, among `ids`
  std::size_t used_bytes = 0;       ///< where the text was cut: here begins the first token that was left out

  [[nodiscard]] bool truncated() const noexcept { return ids.size() < total_tokens; }
};

}  // namespace glossa
