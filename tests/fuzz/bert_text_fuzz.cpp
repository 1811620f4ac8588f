// Any bytes come in; a tokenizer of BERT's kind, uncased, keeps every rule of its results.
#include "text_rules.hpp"

#include "random_model.hpp"

#include <glossa/text/bert_tokenizer.hpp>
#include <glossa/text/tokenizer_pipeline.hpp>

#include <memory>
#include <string>

namespace {

glossa::Tokenizer small_tokenizer() {
  const std::string lines = test::family("e5-base-v2").at("files").at("vocab.txt");
  const test::Json config = test::Json::object();
  return glossa::Tokenizer(std::make_shared<const glossa::detail::TokenizerPipeline>(
      glossa::detail::bert_parts(lines, "vocab.txt", glossa::detail::JsonFields(config, "tokenizer_config.json"))));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const glossa::Tokenizer tokenizer = small_tokenizer();
  static const std::vector<glossa::TokenId> special = [] {
    std::vector<glossa::TokenId> ids;
    for (const char* token : {"[PAD]", "[CLS]", "[SEP]", "[MASK]"}) ids.push_back(*tokenizer.id(token));
    return ids;
  }();
  fuzz::check_text(tokenizer, fuzz::text_of(data, size), special);
  return 0;
}
