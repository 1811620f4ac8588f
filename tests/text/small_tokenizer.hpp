// A tokenizer.json, or a part of one, comes in as a JSON value; what the library makes of it goes out.
#pragma once

#include "random_model.hpp"
#include "small_vocabularies.hpp"

#include <glossa/text/tokenizer.hpp>
#include <glossa/text/tokenizer_json.hpp>
#include <glossa/text/tokenizer_pipeline.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace test {

using Json = nlohmann::json;

/// The parts that a document describes; errors name it "tokenizer.json".
inline glossa::detail::TokenizerParts parts_of(const std::string& text) {
  const std::string file = "tokenizer.json";
  return glossa::detail::TokenizerJson(glossa::detail::parse_tokenizer_document(text, file), file).parts();
}
inline glossa::detail::TokenizerParts parts_of(const Json& document) { return parts_of(document.dump()); }

/// A WordPiece document with nothing but an unknown token, for tests of its other parts.
inline Json bare_document() {
  return {{"added_tokens", Json::array()},
          {"normalizer", nullptr},
          {"pre_tokenizer", nullptr},
          {"post_processor", nullptr},
          {"model", {{"type", "WordPiece"}, {"unk_token", "[UNK]"}, {"vocab", {{"[UNK]", 0}}}}}};
}

/// The bare document with one part in its place.
inline Json document_with(const std::string& part, Json value) {
  Json document = bare_document();
  document[part] = std::move(value);
  return document;
}

inline glossa::Tokenizer tokenizer_of(const Json& document) {
  return glossa::Tokenizer(std::make_shared<const glossa::detail::TokenizerPipeline>(parts_of(document)));
}

/// "xlmr" or "bert_uncased" with the real pieces that the committed texts can meet; ids are not the real ones.
inline glossa::Tokenizer small_tokenizer(const std::string& name) {
  return tokenizer_of(small_vocabulary(name).at("tokenizer"));
}

/// Words between white space, cut into these pieces by WordPiece, whose ids are their places; with <s> and </s> around
/// the text where the pieces have them.
inline Json word_document(const std::vector<std::string>& pieces) {
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
