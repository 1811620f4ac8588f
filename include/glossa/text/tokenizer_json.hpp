// A tokenizer.json comes in; the parts of the tokenizer that it describes go out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/json.hpp>
#include <glossa/text/base64.hpp>
#include <glossa/text/tokenizer_json_reader.hpp>
#include <glossa/text/tokenizer_parts.hpp>
#include <glossa/text/unigram.hpp>
#include <glossa/text/word_piece.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Builds the parts from the document; what this library does not implement is refused by name, never ignored.
class TokenizerJson {
 public:
  TokenizerJson(TokenizerDocument document, std::string file)
      : file_(std::move(file)), document_(std::move(document)), root_(document_.rest, file_) {}

  TokenizerJson(const TokenizerJson&) = delete;
  TokenizerJson& operator=(const TokenizerJson&) = delete;

  [[nodiscard]] TokenizerParts parts() && {
    TokenizerParts parts;
    parts.source = file_;
    if (const auto normalizer = root_.object("normalizer")) parts.normalizer = make_normalizer(*normalizer);
    if (const auto splitter = root_.object("pre_tokenizer")) parts.pre_tokenizer = make_pre_tokenizer(*splitter);
    parts.post_processor = post_processor();
    parts.added_tokens = added_tokens();
    parts.model = make_model();
    return parts;
  }

  [[nodiscard]] PostProcessor post_processor() const {
    const auto fields = root_.object("post_processor");
    return fields ? make_post_processor(*fields) : PostProcessor{};
  }

  [[nodiscard]] std::vector<AddedToken> added_tokens() const {
    std::vector<AddedToken> tokens;
    if (root_.find("added_tokens") == nullptr) return tokens;
    std::size_t index = 0;
    for (const Json& entry : root_.array("added_tokens")) {
      const JsonFields fields(entry, file_, "added_tokens[" + std::to_string(index++) + "]");
      AddedToken token;
      token.id = id(fields, "id");
      token.content = fields.string("content");
      token.single_word = fields.boolean_or("single_word", false);
      token.lstrip = fields.boolean_or("lstrip", false);
      token.rstrip = fields.boolean_or("rstrip", false);
      token.normalized = fields.boolean_or("normalized", true);
      token.special = fields.boolean_or("special", false);
      tokens.push_back(std::move(token));
    }
    return tokens;
  }

 private:
  static TokenId id(const JsonFields& fields, const char* name) {
    return static_cast<TokenId>(fields.size(name, 0, (std::size_t{1} << 31) - 1));
  }

  [[noreturn]] void unsupported(const JsonFields& fields, const std::string& what, const std::string& known,
                                const std::string& found) const {
    throw Error(ErrorKind::unsupported,
                {.file = file_,
                 .field = fields.path_of("type"),
                 .problem = "this " + what + " is not implemented",
                 .expected = known,
                 .found = found,
                 .remedy = "use a model with the tokenizer of BERT or XLM-RoBERTa; where a vocab.txt or "
                           "sentencepiece.bpe.model beside the file holds the same tokenizer, move this file away"});
  }

  /// The objects in an array field, each with its path.
  static std::vector<JsonFields> objects(const JsonFields& fields, const char* name) {
    std::vector<JsonFields> out;
    for (const Json& entry : fields.array(name))
      out.emplace_back(entry, fields.file(), fields.path_of(name) + "[" + std::to_string(out.size()) + "]");
    return out;
  }

  std::unique_ptr<Normalizer> make_normalizer(const JsonFields& fields) {
    const std::string type = fields.string("type");
    if (type == "Sequence") {
      std::vector<std::unique_ptr<Normalizer>> steps;
      for (const JsonFields& step : objects(fields, "normalizers")) steps.push_back(make_normalizer(step));
      return std::make_unique<SequenceNormalizer>(std::move(steps));
    }
    if (type == "Precompiled") {
      const bool is_compiled = !document_.charsmap.empty() && fields.find("precompiled_charsmap") == nullptr;
      auto bytes = is_compiled ? document_.charsmap : base64_decode(fields.string("precompiled_charsmap"));
      if (!bytes) fields.wrong("precompiled_charsmap", "base64", fields.at("precompiled_charsmap"));
      return std::make_unique<PrecompiledNormalizer>(
          std::make_shared<PrecompiledCharsmap>(std::move(*bytes), file_, fields.path_of("precompiled_charsmap")));
    }
    if (type == "BertNormalizer") {
      BertNormalizer::Options options;
      options.clean_text = fields.boolean_or("clean_text", true);
      options.handle_chinese_chars = fields.boolean_or("handle_chinese_chars", true);
      options.lowercase = fields.boolean_or("lowercase", true);
      options.strip_accents = fields.boolean_or("strip_accents", options.lowercase);
      return std::make_unique<BertNormalizer>(options);
    }
    if (type == "NFC") return std::make_unique<UnicodeNormalizer>(NormalForm::nfc);
    if (type == "NFD") return std::make_unique<UnicodeNormalizer>(NormalForm::nfd);
    if (type == "NFKC") return std::make_unique<UnicodeNormalizer>(NormalForm::nfkc);
    if (type == "NFKD") return std::make_unique<UnicodeNormalizer>(NormalForm::nfkd);
    if (type == "Lowercase") return std::make_unique<LowercaseNormalizer>();
    if (type == "StripAccents") return std::make_unique<StripAccentsNormalizer>();
    if (type == "Prepend") return std::make_unique<PrependNormalizer>(fields.string("prepend"));
    if (type == "Replace") return make_replace(fields);
    if (type == "Nmt") return std::make_unique<NmtNormalizer>();
    if (type == "Strip")
      return std::make_unique<StripNormalizer>(fields.boolean_or("strip_left", true),
                                               fields.boolean_or("strip_right", true));
    unsupported(
        fields, "normalizer",
        "Sequence, Precompiled, BertNormalizer, NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Prepend, Replace, "
        "Nmt or Strip",
        type);
  }

  /// A literal pattern; of regular expressions only " {2,}", which converters of SentencePiece models write.
  std::unique_ptr<Normalizer> make_replace(const JsonFields& fields) {
    const Json& pattern = fields.at("pattern");
    const JsonFields pattern_fields(pattern, file_, fields.path_of("pattern"));
    const std::string content = fields.string("content");
    if (pattern_fields.find("String") != nullptr) {
      const std::string literal = pattern_fields.string("String");
      grow(fields, content.size(), std::max<std::size_t>(1, literal.size()));
      return std::make_unique<ReplaceNormalizer>(literal, content);
    }
    const std::string expression = pattern_fields.string("Regex");
    if (expression != " {2,}") unsupported(fields, "regular expression", "\" {2,}\"", expression);
    grow(fields, content.size(), 2);
    return std::make_unique<CollapseSpacesNormalizer>(content);
  }

  /// Counts a step that puts `to` bytes in the place of `from`. A few doubling steps could fill any memory.
  void grow(const JsonFields& fields, std::size_t to, std::size_t from) {
    constexpr double kMost = 1000;
    growth_ *= std::max(1.0, static_cast<double>(to) / static_cast<double>(from));
    if (growth_ > kMost)
      throw Error(ErrorKind::corrupt_file, {.file = file_,
                                            .field = fields.path_of("content"),
                                            .problem = "the replacements make a text grow without bound",
                                            .expected = "at most 1000 bytes for each of a text",
                                            .remedy = "fetch the file again"});
  }

  std::unique_ptr<PreTokenizer> make_pre_tokenizer(const JsonFields& fields) const {
    const std::string type = fields.string("type");
    if (type == "Sequence") {
      std::vector<std::unique_ptr<PreTokenizer>> steps;
      for (const JsonFields& step : objects(fields, "pretokenizers")) steps.push_back(make_pre_tokenizer(step));
      return std::make_unique<SequencePreTokenizer>(std::move(steps));
    }
    if (type == "WhitespaceSplit") return std::make_unique<WhitespaceSplitPreTokenizer>();
    if (type == "BertPreTokenizer") return std::make_unique<BertPreTokenizer>();
    if (type == "Metaspace") return make_metaspace(fields);
    unsupported(fields, "pre-tokenizer", "Sequence, WhitespaceSplit, BertPreTokenizer or Metaspace", type);
  }

  std::unique_ptr<PreTokenizer> make_metaspace(const JsonFields& fields) const {
    using Prepend = MetaspacePreTokenizer::Prepend;
    MetaspacePreTokenizer::Options options;
    const std::string replacement = fields.string_or("replacement", "\xE2\x96\x81");
    if (replacement.empty() || utf8_length(replacement[0]) != replacement.size())
      fields.wrong("replacement", "one character", fields.at("replacement"));
    options.replacement = utf8_decode(replacement, 0);
    const std::string scheme = fields.string_or("prepend_scheme", "always");
    if (scheme == "never") {
      options.prepend = Prepend::never;
    } else if (scheme == "first") {
      options.prepend = Prepend::first;
    } else if (scheme != "always") {
      fields.wrong("prepend_scheme", "always, first or never", fields.at("prepend_scheme"));
    }
    if (!fields.boolean_or("add_prefix_space", true)) options.prepend = Prepend::never;
    options.split = fields.boolean_or("split", true);
    return std::make_unique<MetaspacePreTokenizer>(options);
  }

  PostProcessor make_post_processor(const JsonFields& fields) const {
    const std::string type = fields.string("type");
    if (type == "TemplateProcessing") return make_template(fields);
    // RobertaProcessing's trim_offsets changes nothing here: no piece of these models starts or ends with white space.
    if (type == "BertProcessing" || type == "RobertaProcessing") {
      PostProcessor processor;
      processor.before.push_back(make_special(fields, "cls"));
      processor.after.push_back(make_special(fields, "sep"));
      return processor;
    }
    unsupported(fields, "post-processor", "TemplateProcessing, BertProcessing or RobertaProcessing", type);
  }

  /// ["</s>", 2]
  SpecialToken make_special(const JsonFields& fields, const char* name) const {
    const Json& pair = fields.array(name);
    if (pair.size() != 2 || !pair[0].is_string() || !pair[1].is_number_unsigned() ||
        pair[1].get<std::uint64_t>() >= (std::uint64_t{1} << 31))
      fields.wrong(name, "[\"token\", id]", pair);
    return {static_cast<TokenId>(pair[1].get<std::uint64_t>()), pair[0].get<std::string>()};
  }

  PostProcessor make_template(const JsonFields& fields) const {
    PostProcessor processor;
    bool after_text = false;
    for (const JsonFields& item : objects(fields, "single")) {
      if (const auto sequence = item.object("Sequence")) {
        if (after_text || sequence->string("id") != "A")
          fields.wrong("single", "the text $A once", fields.at("single"));
        after_text = true;
        continue;
      }
      const auto special = item.object("SpecialToken");
      if (!special) fields.wrong("single", "Sequence or SpecialToken", item.json());
      for (SpecialToken& token : template_tokens(fields, special->string("id")))
        (after_text ? processor.after : processor.before).push_back(std::move(token));
    }
    if (!after_text) fields.wrong("single", "the text $A once", fields.at("single"));
    return processor;
  }

  std::vector<SpecialToken> template_tokens(const JsonFields& fields, const std::string& name) const {
    const auto table = fields.object("special_tokens");
    const auto entry = table ? table->object(name.c_str()) : std::nullopt;
    if (!entry)
      throw Error(ErrorKind::corrupt_file, {.file = file_,
                                            .field = fields.path_of("special_tokens"),
                                            .problem = "a token of the template is missing",
                                            .found = name,
                                            .remedy = "fetch the file again"});
    const Json& ids = entry->array("ids");
    const Json& texts = entry->array("tokens");
    std::vector<SpecialToken> tokens;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (i >= texts.size() || !texts[i].is_string() || !ids[i].is_number_unsigned() ||
          ids[i].get<std::uint64_t>() >= (std::uint64_t{1} << 31))
        entry->wrong("ids", "as many ids as tokens", ids);
      tokens.push_back({static_cast<TokenId>(ids[i].get<std::uint64_t>()), texts[i].get<std::string>()});
    }
    return tokens;
  }

  std::unique_ptr<PieceModel> make_model() {
    if (document_.model) return std::move(document_.model);
    const JsonFields fields(root_.at("model"), file_, "model");
    const bool scored = document_.form == TokenizerDocument::Form::scored;
    const std::string type = fields.string_or("type", scored ? "Unigram" : "WordPiece");
    if (type == "Unigram" && scored) return make_unigram(fields);
    if (type == "WordPiece" && document_.form == TokenizerDocument::Form::numbered) return make_word_piece(fields);
    if (type == "Unigram" || type == "WordPiece")
      throw Error(ErrorKind::corrupt_file, {.file = file_,
                                            .field = "model.vocab",
                                            .problem = "the vocabulary is missing or not one of a " + type + " model",
                                            .remedy = "fetch the file again"});
    unsupported(fields, "model", "Unigram or WordPiece", type);
  }

  std::unique_ptr<PieceModel> make_unigram(const JsonFields& fields) {
    UnigramVocabulary vocabulary;
    vocabulary.pieces = std::move(document_.pieces);
    vocabulary.scores = std::move(document_.scores);
    if (fields.find("unk_id") != nullptr) vocabulary.unknown = id(fields, "unk_id");
    vocabulary.byte_fallback = fields.boolean_or("byte_fallback", false);
    return std::make_unique<Unigram>(std::move(vocabulary), file_);
  }

  std::unique_ptr<PieceModel> make_word_piece(const JsonFields& fields) {
    WordPieceVocabulary vocabulary;
    vocabulary.unknown_token = fields.string_or("unk_token", "[UNK]");
    vocabulary.continuation = fields.string_or("continuing_subword_prefix", "##");
    vocabulary.longest_word = fields.optional_size("max_input_chars_per_word", 0, 1u << 30).value_or(100);
    std::vector<std::size_t> order(document_.ids.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return document_.ids[a] < document_.ids[b]; });
    if (!order.empty() && document_.ids[order.back()] > 2 * order.size() + 1024)
      throw Error(ErrorKind::corrupt_file, {.file = file_,
                                            .field = "model.vocab",
                                            .problem = "an id lies far beyond the number of pieces",
                                            .found = std::to_string(document_.ids[order.back()]),
                                            .remedy = "fetch the file again"});
    for (const std::size_t i : order) {
      if (document_.ids[i] < vocabulary.pieces.size())
        throw Error(ErrorKind::corrupt_file, {.file = file_,
                                              .field = "model.vocab",
                                              .problem = "two pieces have the same id",
                                              .found = std::to_string(document_.ids[i]),
                                              .remedy = "fetch the file again"});
      while (vocabulary.pieces.size() < document_.ids[i]) vocabulary.pieces.add("");
      vocabulary.pieces.add(document_.pieces[i]);
    }
    return std::make_unique<WordPiece>(std::move(vocabulary), file_);
  }

  std::string file_;
  TokenizerDocument document_;
  JsonFields root_;
  double growth_ = 1;  // the most bytes that the normalizer makes of one
};

}  // namespace glossa::detail
