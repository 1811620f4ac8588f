// A SentencePiece model of the XLM-RoBERTa family comes in; the parts of its tokenizer go out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/json.hpp>
#include <glossa/text/added_token_files.hpp>
#include <glossa/text/reference_number.hpp>
#include <glossa/text/sentencepiece_model.hpp>
#include <glossa/text/tokenizer_parts.hpp>
#include <glossa/text/unigram.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Whether the file has XLM-RoBERTa's layout: a Unigram model that starts with <unk>, <s>, </s>.
[[nodiscard]] inline bool is_xlm_roberta(const SentencePieceModel& model) {
  using Type = SentencePieceModel::PieceType;
  return model.algorithm == SentencePieceModel::Algorithm::unigram && model.pieces.size() > 3 &&
         model.types[0] == Type::unknown && model.types[1] == Type::control && model.types[2] == Type::control &&
         model.pieces[0] == "<unk>" && model.pieces[1] == "<s>" && model.pieces[2] == "</s>";
}

/// The pieces of a file with this layout by their ids; see xlm_roberta_vocabulary().
[[nodiscard]] inline PieceTable xlm_roberta_pieces(const SentencePieceModel& model) {
  PieceTable pieces;
  pieces.reserve(model.pieces.size() + 2, model.pieces.view().text().size() + 32);
  for (const char* special : {"<s>", "<pad>", "</s>", "<unk>"}) pieces.add(special);
  for (std::size_t i = 3; i < model.pieces.size(); ++i) pieces.add(model.pieces[i]);
  pieces.add("<mask>");
  return pieces;
}

/// Its pieces in the fairseq layout: ids are SentencePiece's plus one, behind <s>, <pad>, </s> and <unk> and before
/// <mask>. `file` names the model in errors.
[[nodiscard]] inline UnigramVocabulary xlm_roberta_vocabulary(const SentencePieceModel& model,
                                                              const std::string& file) {
  if (!is_xlm_roberta(model))
    throw Error(ErrorKind::unsupported, {.file = file,
                                         .problem = "the SentencePiece model does not have XLM-RoBERTa's layout",
                                         .expected = "a Unigram model whose first pieces are <unk>, <s>, </s>",
                                         .remedy = "add the model's tokenizer.json to the folder"});
  UnigramVocabulary vocabulary;
  vocabulary.pieces = xlm_roberta_pieces(model);
  vocabulary.scores.reserve(vocabulary.pieces.size());
  vocabulary.scores.assign(4, 0.0);
  for (std::size_t i = 3; i < model.pieces.size(); ++i)
    vocabulary.scores.push_back(reference_number(static_cast<double>(model.scores[i])));
  vocabulary.scores.push_back(0.0);
  vocabulary.unknown = 3;
  return vocabulary;
}

/// The file's control pieces and the layout's own special ones, which no plain text is to turn into.
[[nodiscard]] inline std::vector<std::string> control_pieces(const SentencePieceModel& model) {
  std::vector<std::string> texts;
  if (is_xlm_roberta(model)) texts = {"<s>", "<pad>", "</s>", "<unk>", "<mask>"};
  for (std::size_t i = 0; i < model.types.size(); ++i)
    if (model.types[i] == SentencePieceModel::PieceType::control) texts.emplace_back(model.pieces[i]);
  return texts;
}

/// The pipeline around these pieces, as Hugging Face's converter builds it: the file's normalisation rules, split at
/// white space, "▁" before each word, <s> and </s> around the text. An empty `charsmap` means no rules. `config` is the
/// folder's tokenizer_config.json; see read_tokenizer_config().
[[nodiscard]] inline TokenizerParts xlm_roberta_parts(std::unique_ptr<PieceModel> pieces, std::string charsmap,
                                                      const std::string& file, const Json& config = Json::object(),
                                                      const std::string& config_file = {}) {
  TokenizerParts parts;
  parts.source = file;
  if (!charsmap.empty())
    parts.normalizer = std::make_unique<PrecompiledNormalizer>(
        std::make_shared<PrecompiledCharsmap>(std::move(charsmap), file, "normalizer_spec.precompiled_charsmap"));
  std::vector<std::unique_ptr<PreTokenizer>> steps;
  steps.push_back(std::make_unique<WhitespaceSplitPreTokenizer>());
  steps.push_back(std::make_unique<MetaspacePreTokenizer>(MetaspacePreTokenizer::Options{}));
  parts.pre_tokenizer = std::make_unique<SequencePreTokenizer>(std::move(steps));
  parts.model = std::move(pieces);
  const JsonFields fields(config, config_file);
  const std::vector<NamedToken> names{{"bos_token", "<s>"},          {"eos_token", "</s>"},  {"unk_token", "<unk>"},
                                      {"sep_token", "</s>"},         {"pad_token", "<pad>"}, {"cls_token", "<s>"},
                                      {"mask_token", "<mask>", true}};
  parts.added_tokens = added_tokens_of(fields, names, *parts.model, file);
  parts.post_processor.before.push_back(named_token(fields, names[0], parts.added_tokens, *parts.model, file));
  parts.post_processor.after.push_back(named_token(fields, names[1], parts.added_tokens, *parts.model, file));
  return parts;
}
[[nodiscard]] inline TokenizerParts xlm_roberta_parts(UnigramVocabulary vocabulary, std::string charsmap,
                                                      const std::string& file, const Json& config = Json::object(),
                                                      const std::string& config_file = {}) {
  return xlm_roberta_parts(std::make_unique<Unigram>(std::move(vocabulary), file), std::move(charsmap), file, config,
                           config_file);
}

}  // namespace glossa::detail
