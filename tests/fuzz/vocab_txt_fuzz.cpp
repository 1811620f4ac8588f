// A vocab.txt and, from its first line that starts with a brace, a tokenizer_config.json come in; they are refused, or
// they make a tokenizer that keeps the rules of Encoding.
#include "fuzz.hpp"
#include "token_rules.hpp"

#include <glossa/text/bert_tokenizer.hpp>
#include <glossa/text/tokenizer.hpp>
#include <glossa/text/tokenizer_pipeline.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::text_of(data, size);
  const std::size_t end = std::min(input.find("\n{"), size);
  const std::string_view json = end == size ? std::string_view("{}") : input.substr(end + 1);
  std::shared_ptr<const glossa::detail::TokenizerPipeline> pipeline;
  fuzz::accepts("folder/", size, [&] {
    const std::string file = "folder/tokenizer_config.json";
    const glossa::detail::Json config = glossa::detail::parse_json(json, file);
    pipeline = std::make_shared<const glossa::detail::TokenizerPipeline>(
        glossa::detail::bert_parts(input.substr(0, end), "folder/vocab.txt", glossa::detail::JsonFields(config, file)));
  });
  if (!pipeline) return 0;
  const glossa::Tokenizer tokenizer(pipeline);
  static const std::string text = test::nasty_text();
  for (const glossa::Specials specials : {glossa::Specials::recognised, glossa::Specials::text})
    fuzz::require_none(test::broken_rule(tokenizer, text, {.specials = specials}));
  return 0;
}
