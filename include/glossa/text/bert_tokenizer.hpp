// The lines of a BERT vocab.txt come in; the parts of its tokenizer go out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/json.hpp>
#include <glossa/text/tokenizer_parts.hpp>
#include <glossa/text/utf8.hpp>
#include <glossa/text/word_piece.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// BERT's pipeline around the lines of a vocab.txt; `config` is the tokenizer_config.json, or an empty object.
[[nodiscard]] inline TokenizerParts bert_parts(std::string_view lines, const std::string& file,
                                               const JsonFields& config) {
  WordPieceVocabulary vocabulary;
  for (std::size_t at = 0; at < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', at), lines.size());
    std::string_view line = lines.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!is_valid_utf8(line))
      throw Error(ErrorKind::corrupt_file, {.file = file,
                                            .field = "line " + std::to_string(vocabulary.pieces.size() + 1),
                                            .problem = "the piece is not UTF-8",
                                            .remedy = "fetch the file again"});
    vocabulary.pieces.add(line);
    at = end + 1;
  }
  const auto special_text = [&](const char* name, const char* other) {
    const Json* value = config.find(name);
    if (value != nullptr && value->is_object()) return JsonFields(*value, config.file(), name).string("content");
    return config.string_or(name, other);
  };
  vocabulary.unknown_token = special_text("unk_token", "[UNK]");
  BertNormalizer::Options options;
  options.lowercase = config.boolean_or("do_lower_case", true);
  options.handle_chinese_chars = config.boolean_or("tokenize_chinese_chars", true);
  options.strip_accents = config.boolean_or("strip_accents", options.lowercase);

  TokenizerParts parts;
  parts.source = file;
  parts.normalizer = std::make_unique<BertNormalizer>(options);
  parts.pre_tokenizer = std::make_unique<BertPreTokenizer>();
  auto model = std::make_unique<WordPiece>(std::move(vocabulary), file);
  const auto special = [&](const char* name, const char* other) {
    SpecialToken token{0, special_text(name, other)};
    if (!model->find(token.text, token.id))
      throw Error(ErrorKind::corrupt_file, {.file = file,
                                            .field = name,
                                            .problem = "the vocabulary lacks a special token",
                                            .found = token.text,
                                            .remedy = "fetch the file again"});
    parts.added_tokens.push_back({.id = token.id, .content = token.text, .special = true});
    return token;
  };
  for (const auto& [name, other] : {std::pair{"unk_token", "[UNK]"}, {"pad_token", "[PAD]"}, {"mask_token", "[MASK]"}})
    special(name, other);
  parts.post_processor.before.push_back(special("cls_token", "[CLS]"));
  parts.post_processor.after.push_back(special("sep_token", "[SEP]"));
  parts.model = std::move(model);
  return parts;
}

}  // namespace glossa::detail
