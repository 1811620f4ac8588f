// The lines of a BERT vocab.txt come in; the parts of its tokenizer go out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/json.hpp>
#include <glossa/text/added_token_files.hpp>
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

/// BERT's pipeline around the lines of a vocab.txt; `config` is the tokenizer_config.json, or an empty object; see
/// read_tokenizer_config().
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
  vocabulary.unknown_token = named_token_text(config, {"unk_token", "[UNK]"});
  BertNormalizer::Options options;
  options.lowercase = config.boolean_or("do_lower_case", true);
  options.handle_chinese_chars = config.boolean_or("tokenize_chinese_chars", true);
  options.strip_accents = config.boolean_or("strip_accents", options.lowercase);

  TokenizerParts parts;
  parts.source = file;
  parts.normalizer = std::make_unique<BertNormalizer>(options);
  parts.pre_tokenizer = std::make_unique<BertPreTokenizer>();
  parts.model = std::make_unique<WordPiece>(std::move(vocabulary), file);
  const std::vector<NamedToken> names{{"bos_token", nullptr},  {"eos_token", nullptr}, {"unk_token", "[UNK]"},
                                      {"sep_token", "[SEP]"},  {"pad_token", "[PAD]"}, {"cls_token", "[CLS]"},
                                      {"mask_token", "[MASK]"}};
  parts.added_tokens = added_tokens_of(config, names, *parts.model, file);
  parts.post_processor.before.push_back(
      named_token(config, {"cls_token", "[CLS]"}, parts.added_tokens, *parts.model, file));
  parts.post_processor.after.push_back(
      named_token(config, {"sep_token", "[SEP]"}, parts.added_tokens, *parts.model, file));
  return parts;
}

}  // namespace glossa::detail
