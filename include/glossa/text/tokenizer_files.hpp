// A model folder comes in; the tokenizer that its files describe goes out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/json.hpp>
#include <glossa/text/added_token_files.hpp>
#include <glossa/text/bert_tokenizer.hpp>
#include <glossa/text/compiled_tokenizer.hpp>
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
  PieceTable pieces = xlm_roberta_pieces(model);
  const std::string json_file = path_text(json_path);
  auto document = document_with_vocabulary(view(read_bytes(json_path, kLargestTokenizerFile)), json_file, pieces);
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

/// The tokenizer of the folder's files, its compiled vocabulary left aside.
[[nodiscard]] inline TokenizerParts read_tokenizer_files(const std::filesystem::path& folder) {
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

/// The files that read_tokenizer_files() reads. A compiled vocabulary is none of them: it holds what they do.
[[nodiscard]] inline std::vector<std::filesystem::path> tokenizer_files(const std::filesystem::path& folder) {
  const bool has_json = is_there(folder / "tokenizer.json");
  const bool has_pieces = is_there(folder / "sentencepiece.bpe.model");
  std::vector<const char*> names{"tokenizer.json", "sentencepiece.bpe.model", "tokenizer_config.json"};
  if (!has_json && !has_pieces) names = {"vocab.txt", "tokenizer_config.json"};
  if (!has_json) names.insert(names.end(), {"special_tokens_map.json", "added_tokens.json"});
  std::vector<std::filesystem::path> files;
  for (const char* name : names)
    if (is_there(folder / name)) files.push_back(folder / name);
  return files;
}

/// See Tokenizer(folder).
[[nodiscard]] inline TokenizerParts read_tokenizer(const std::filesystem::path& folder) {
  const auto compiled = folder / kCompiledVocabulary;
  if (!is_there(compiled)) return read_tokenizer_files(folder);
  const CompiledVocabulary vocabulary(compiled);
  vocabulary.check_sources(folder);
  TokenizerParts parts = parts_from_compiled(vocabulary, folder);
  if (is_there(folder / kVocabularySources[0]))
    append_named_tokens(folder / "tokenizer_config.json", parts.special_texts);
  return parts;
}

}  // namespace glossa::detail
