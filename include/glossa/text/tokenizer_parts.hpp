// The pieces of a tokenizer, from whichever file they were read; Tokenizer puts them to work.
#pragma once

#include <glossa/text/added_tokens.hpp>
#include <glossa/text/normalizer.hpp>
#include <glossa/text/piece_model.hpp>
#include <glossa/text/post_processor.hpp>
#include <glossa/text/pre_tokenizer.hpp>

#include <memory>
#include <string>
#include <vector>

namespace glossa::detail {

struct TokenizerParts {
  std::string source;                           ///< the file it was read from
  std::unique_ptr<Normalizer> normalizer;       ///< may be null
  std::unique_ptr<PreTokenizer> pre_tokenizer;  ///< may be null
  std::unique_ptr<PieceModel> model;
  PostProcessor post_processor;
  std::vector<AddedToken> added_tokens;
};

}  // namespace glossa::detail
