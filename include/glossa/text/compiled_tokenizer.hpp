// A folder's tokenizer files come in; what a compiled vocabulary has to hold besides the pieces goes out, and the way
// back: from there to a tokenizer's parts.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/json.hpp>
#include <glossa/text/added_token_files.hpp>
#include <glossa/text/base64.hpp>
#include <glossa/text/compiled_vocabulary_reader.hpp>
#include <glossa/text/sentencepiece_model.hpp>
#include <glossa/text/tokenizer_json.hpp>
#include <glossa/text/unigram.hpp>
#include <glossa/text/xlm_roberta_tokenizer.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Vocabularies of a quarter of a million pieces take 17 MB; this leaves room and still refuses a wrong file.
inline constexpr std::uint64_t kLargestTokenizerFile = 512u << 20;

/// A Unigram tokenizer without its pieces.
struct TokenizerDescription {
  /// {"tokenizer": the tokenizer.json, or null where there is none, "special": SentencePiece's control pieces}
  Json document;
  std::string charsmap;  ///< the rules that were taken out of it
};

/// Takes the rules out of the first Precompiled in a normalizer of a tokenizer.json, or in a Sequence there.
inline void take_charsmap(Json& normalizer, std::string& charsmap) {
  if (!normalizer.is_object() || !charsmap.empty()) return;
  if (const auto steps = normalizer.find("normalizers"); steps != normalizer.end() && steps->is_array())
    for (Json& step : *steps) take_charsmap(step, charsmap);
  const auto rules = normalizer.find("precompiled_charsmap");
  if (rules == normalizer.end() || !rules->is_string()) return;
  auto bytes = base64_decode(rules->get_ref<const std::string&>());
  if (!bytes || bytes->empty()) return;
  charsmap = std::move(*bytes);
  *rules = nullptr;
}

[[nodiscard]] inline TokenizerDescription describe_tokenizer(const std::filesystem::path& folder) {
  TokenizerDescription out;
  out.document = {{"tokenizer", nullptr}, {"special", Json::array()}};
  const auto model_path = folder / "sentencepiece.bpe.model";
  const auto json_path = folder / "tokenizer.json";
  if (is_there(model_path)) {
    const std::string file = path_text(model_path);
    SentencePieceModel model = parse_sentencepiece_model(view(read_bytes(model_path, kLargestTokenizerFile)), file);
    out.document["special"] = control_pieces(model);
    if (!is_there(json_path)) out.charsmap = std::move(model.charsmap);
  }
  if (is_there(json_path)) {
    const std::string file = path_text(json_path);
    Json rest = parse_tokenizer_document(view(read_bytes(json_path, kLargestTokenizerFile)), file).rest;
    if (const auto normalizer = rest.find("normalizer"); normalizer != rest.end())
      take_charsmap(*normalizer, out.charsmap);
    out.document["tokenizer"] = std::move(rest);
  }
  return out;
}

/// The parts of a tokenizer from its compiled vocabulary, and from the small files in its folder that may change.
[[nodiscard]] inline TokenizerParts parts_from_compiled(const CompiledVocabulary& vocabulary,
                                                        const std::filesystem::path& folder) {
  const Json document = vocabulary.description();
  const JsonFields fields(document, vocabulary.file(), "");
  auto pieces = std::make_unique<Unigram>(vocabulary.tables());
  TokenizerParts parts;
  if (fields.find("tokenizer") != nullptr) {
    TokenizerDocument rest;
    rest.rest = fields.at("tokenizer");
    rest.model = std::move(pieces);
    rest.charsmap = vocabulary.charsmap();
    parts = TokenizerJson(std::move(rest), path_text(folder / "tokenizer.json")).parts();
  } else {
    parts = xlm_roberta_parts(std::move(pieces), std::string(vocabulary.charsmap()),
                              path_text(folder / "sentencepiece.bpe.model"), read_tokenizer_config(folder),
                              path_text(folder / "tokenizer_config.json"));
  }
  for (const Json& text : fields.array("special")) {
    if (!text.is_string()) fields.wrong("special", "a list of texts", fields.at("special"));
    parts.special_texts.push_back(text.get<std::string>());
  }
  return parts;
}

}  // namespace glossa::detail
