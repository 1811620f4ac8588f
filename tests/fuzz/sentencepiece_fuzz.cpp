// A SentencePiece model comes in; it is refused, or it makes a tokenizer that keeps the rules of Encoding.
#include "fuzz.hpp"
#include "token_rules.hpp"

#include <glossa/text/sentencepiece_model.hpp>
#include <glossa/text/tokenizer.hpp>
#include <glossa/text/tokenizer_pipeline.hpp>
#include <glossa/text/xlm_roberta_tokenizer.hpp>

#include <memory>
#include <string>
#include <utility>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string file = "sentencepiece.bpe.model";
  std::shared_ptr<const glossa::detail::TokenizerPipeline> pipeline;
  fuzz::accepts(file, size, [&] {
    auto model = glossa::detail::parse_sentencepiece_model(fuzz::text_of(data, size), file);
    auto vocabulary = glossa::detail::xlm_roberta_vocabulary(model, file);
    pipeline = std::make_shared<const glossa::detail::TokenizerPipeline>(
        glossa::detail::xlm_roberta_parts(std::move(vocabulary), std::move(model.charsmap), file));
  });
  if (!pipeline) return 0;
  const glossa::Tokenizer tokenizer(pipeline);
  static const std::string text = test::nasty_text();
  for (const glossa::Specials specials : {glossa::Specials::recognised, glossa::Specials::text})
    fuzz::require_none(test::broken_rule(tokenizer, text, {.specials = specials}));
  return 0;
}
