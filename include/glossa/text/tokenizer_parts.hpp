// The pieces of a tokenizer, from whichever file they were read; Tokenizer puts them to work.
#pragma once

#include <glossa/text/added_tokens.hpp>
#include <glossa/text/normalizer.hpp>
#include <glossa/text/piece_model.hpp>
#include <glossa/text/post_processor.hpp>
#include <glossa/text/pre_tokenizer.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace glossa::detail {

struct TokenizerParts {
  std::string source;                           ///< the file it was read from
  std::unique_ptr<Normalizer> normalizer;       ///< may be null
  std::unique_ptr<PreTokenizer> pre_tokenizer;  ///< may be null
  std::unique_ptr<PieceModel> model;
  PostProcessor post_processor;
  std::vector<AddedToken> added_tokens;
  std::vector<std::string> special_texts;  ///< further vocabulary entries that plain text must not turn into
};

/// Lower-cases texts before anything else is done to them, as sentence-transformers does for a model with
/// `do_lower_case` (modules/transformer.py of 6.2): nothing changes where the normalizer is, or has among its own
/// steps, a Lowercase; and special tokens are cut out of the text as it was given.
inline void lowercase_first(TokenizerParts& parts) {
  if (parts.normalizer && parts.normalizer->has_lowercase()) return;
  std::vector<std::unique_ptr<Normalizer>> steps;
  steps.push_back(std::make_unique<LowercaseNormalizer>());
  if (parts.normalizer) steps.push_back(std::move(parts.normalizer));
  parts.normalizer = std::make_unique<SequenceNormalizer>(std::move(steps));
}

}  // namespace glossa::detail
