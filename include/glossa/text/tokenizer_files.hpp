// A model folder comes in; the tokenizer that its files describe goes out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/json.hpp>
#include <glossa/text/bert_tokenizer.hpp>
#include <glossa/text/known_vocabulary.hpp>
#include <glossa/text/tokenizer_json.hpp>
#include <glossa/text/tokenizer_pipeline.hpp>
#include <glossa/text/xlm_roberta_tokenizer.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace glossa::detail {

/// Vocabularies of a quarter of a million pieces take 17 MB; this leaves room and still refuses a wrong file.
inline constexpr std::uint64_t kLargestTokenizerFile = 512u << 20;

/// The tokenizer of a SentencePiece file; nothing where `json_path` exists and has another vocabulary.
[[nodiscard]] inline std::optional<TokenizerParts> parts_from_sentencepiece(const std::filesystem::path& path,
                                                                            const std::filesystem::path& json_path) {
  const std::string file = path_text(path);
  SentencePieceModel model = parse_sentencepiece_model(view(read_bytes(path, kLargestTokenizerFile)), file);
  if (!is_there(json_path))
    return xlm_roberta_parts(xlm_roberta_vocabulary(model, file), std::move(model.charsmap), file);
  if (!is_xlm_roberta(model)) return std::nullopt;
  UnigramVocabulary vocabulary = xlm_roberta_vocabulary(model, file);
  const std::string json_file = path_text(json_path);
  auto document = document_with_vocabulary(view(read_bytes(json_path, kLargestTokenizerFile)), json_file, vocabulary);
  if (!document) return std::nullopt;
  return TokenizerJson(std::move(*document), json_file).parts();
}

/// See Tokenizer(folder).
[[nodiscard]] inline TokenizerParts read_tokenizer(const std::filesystem::path& folder) {
  const auto json = folder / "tokenizer.json";
  const auto sentencepiece = folder / "sentencepiece.bpe.model";
  const auto lines = folder / "vocab.txt";
  const auto config_path = folder / "tokenizer_config.json";
  if (is_there(sentencepiece)) {
    if (auto parts = parts_from_sentencepiece(sentencepiece, json)) return std::move(*parts);
  }
  if (is_there(json)) {
    const std::string file = path_text(json);
    return TokenizerJson(parse_tokenizer_document(view(read_bytes(json, kLargestTokenizerFile)), file), file).parts();
  }
  if (is_there(lines)) {
    const Json config = is_there(config_path) ? read_json(config_path) : Json::object();
    return bert_parts(view(read_bytes(lines, kLargestTokenizerFile)), path_text(lines),
                      JsonFields(config, path_text(config_path)));
  }
  throw Error(ErrorKind::not_found, {.file = path_text(folder),
                                     .problem = "the folder has no tokenizer",
                                     .expected = "tokenizer.json, sentencepiece.bpe.model or vocab.txt",
                                     .remedy = "copy it from where the model came from"});
}

}  // namespace glossa::detail
