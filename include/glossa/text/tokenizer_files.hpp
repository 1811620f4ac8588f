// A model folder comes in; the tokenizer that its files describe goes out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/json.hpp>
#include <glossa/text/added_token_files.hpp>
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
#include <vector>

namespace glossa::detail {

/// Vocabularies of a quarter of a million pieces take 17 MB; this leaves room and still refuses a wrong file.
inline constexpr std::uint64_t kLargestTokenizerFile = 512u << 20;

/// The tokenizer of a SentencePiece file; nothing where `json_path` exists and has another vocabulary. `controls` is
/// filled in any case.
[[nodiscard]] inline std::optional<TokenizerParts> parts_from_sentencepiece(const std::filesystem::path& path,
                                                                            const std::filesystem::path& json_path,
                                                                            std::vector<std::string>& controls) {
  const std::string file = path_text(path);
  SentencePieceModel model = parse_sentencepiece_model(view(read_bytes(path, kLargestTokenizerFile)), file);
  controls = control_pieces(model);
  if (!is_there(json_path)) {
    const auto folder = path.parent_path();
    return xlm_roberta_parts(xlm_roberta_vocabulary(model, file), std::move(model.charsmap), file,
                             read_tokenizer_config(folder), path_text(folder / "tokenizer_config.json"));
  }
  if (!is_xlm_roberta(model)) return std::nullopt;
  UnigramVocabulary vocabulary = xlm_roberta_vocabulary(model, file);
  const std::string json_file = path_text(json_path);
  auto document = document_with_vocabulary(view(read_bytes(json_path, kLargestTokenizerFile)), json_file, vocabulary);
  if (!document) return std::nullopt;
  return TokenizerJson(std::move(*document), json_file).parts();
}

/// The texts of the special tokens that a tokenizer_config.json names. A tokenizer.json has its special tokens among
/// its added ones; where it leaves one of these out, plain text must not turn into that one either.
inline void append_named_tokens(const std::filesystem::path& config_path, std::vector<std::string>& texts) {
  if (!is_there(config_path)) return;
  const Json document = read_json(config_path);
  const JsonFields config(document, path_text(config_path));
  for (const char* name : {"bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"})
    texts.push_back(named_token_text(config, {name, nullptr}));
}

/// See Tokenizer(folder).
[[nodiscard]] inline TokenizerParts read_tokenizer(const std::filesystem::path& folder) {
  const auto json = folder / "tokenizer.json";
  const auto sentencepiece = folder / "sentencepiece.bpe.model";
  const auto lines = folder / "vocab.txt";
  const auto config_path = folder / "tokenizer_config.json";
  std::optional<TokenizerParts> parts;
  std::vector<std::string> special;
  if (is_there(sentencepiece)) parts = parts_from_sentencepiece(sentencepiece, json, special);
  if (is_there(json)) {
    const std::string file = path_text(json);
    if (!parts)
      parts =
          TokenizerJson(parse_tokenizer_document(view(read_bytes(json, kLargestTokenizerFile)), file), file).parts();
    append_named_tokens(config_path, special);
  }
  if (parts) {
    parts->special_texts = std::move(special);
    return std::move(*parts);
  }
  if (is_there(lines)) {
    const Json config = read_tokenizer_config(folder);
    return bert_parts(view(read_bytes(lines, kLargestTokenizerFile)), path_text(lines),
                      JsonFields(config, path_text(config_path)));
  }
  throw Error(ErrorKind::not_found, {.file = path_text(folder),
                                     .problem = "the folder has no tokenizer",
                                     .expected = "tokenizer.json, sentencepiece.bpe.model or vocab.txt",
                                     .remedy = "copy it from where the model came from"});
}

}  // namespace glossa::detail
