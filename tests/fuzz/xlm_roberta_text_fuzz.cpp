// Any bytes come in; a tokenizer of XLM-RoBERTa's kind, with normalisation rules, keeps every rule of its results.
#include "text_rules.hpp"

#include "small_files.hpp"

#include <glossa/text/tokenizer_pipeline.hpp>

#include <memory>
#include <utility>

namespace {

glossa::Tokenizer small_tokenizer() {
  const char* file = "families.json";
  auto model = glossa::detail::parse_sentencepiece_model(test::sentencepiece_file(), file);
  auto vocabulary = glossa::detail::xlm_roberta_vocabulary(model, file);
  return glossa::Tokenizer(std::make_shared<const glossa::detail::TokenizerPipeline>(
      glossa::detail::xlm_roberta_parts(std::move(vocabulary), std::move(model.charsmap), file)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const glossa::Tokenizer tokenizer = small_tokenizer();
  static const std::vector<glossa::TokenId> special{0, 1, 2, *tokenizer.id("<mask>")};
  fuzz::check_text(tokenizer, fuzz::text_of(data, size), special);
  return 0;
}
