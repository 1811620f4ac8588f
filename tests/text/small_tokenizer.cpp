#include "small_tokenizer.hpp"

#include "small_vocabularies.hpp"

#include <glossa/text/tokenizer_json.hpp>
#include <glossa/text/tokenizer_pipeline.hpp>

#include <cstddef>
#include <memory>

namespace test {

glossa::detail::TokenizerParts parts_of(const std::string& text) {
  const std::string file = "tokenizer.json";
  return glossa::detail::TokenizerJson(glossa::detail::parse_tokenizer_document(text, file), file).parts();
}
glossa::detail::TokenizerParts parts_of(const Json& document) { return parts_of(document.dump()); }

Json bare_document() {
  return {{"added_tokens", Json::array()},
          {"normalizer", nullptr},
          {"pre_tokenizer", nullptr},
          {"post_processor", nullptr},
          {"model", {{"type", "WordPiece"}, {"unk_token", "[UNK]"}, {"vocab", {{"[UNK]", 0}}}}}};
}

Json document_with(const std::string& part, Json value) {
  Json document = bare_document();
  document[part] = std::move(value);
  return document;
}

glossa::Tokenizer tokenizer_of(const Json& document) {
  return glossa::Tokenizer(std::make_shared<const glossa::detail::TokenizerPipeline>(parts_of(document)));
}

glossa::Tokenizer small_tokenizer(const std::string& name) {
  return tokenizer_of(small_vocabulary(name).at("tokenizer"));
}

Json word_document(const std::vector<std::string>& pieces) {
  Json document = bare_document();
  Json& vocab = document["model"]["vocab"] = Json::object();
  for (std::size_t id = 0; id < pieces.size(); ++id) vocab[pieces[id]] = id;
  document["pre_tokenizer"] = {{"type", "WhitespaceSplit"}};
  if (vocab.contains("<s>") && vocab.contains("</s>"))
    document["post_processor"] = {
        {"type", "BertProcessing"}, {"sep", {"</s>", vocab["</s>"]}}, {"cls", {"<s>", vocab["<s>"]}}};
  return document;
}

}  // namespace test
