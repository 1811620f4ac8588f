// A tokenizer.json and, behind a NUL byte, a text come in; the file is refused, or it makes a tokenizer that keeps the
// rules of Encoding. Read beside a SentencePiece file with the same vocabulary it makes the same tokenizer.
#include "fuzz.hpp"
#include "small_files.hpp"
#include "token_rules.hpp"

#include <glossa/text/known_vocabulary.hpp>
#include <glossa/text/tokenizer.hpp>
#include <glossa/text/tokenizer_json.hpp>
#include <glossa/text/tokenizer_pipeline.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace {

using glossa::detail::TokenizerDocument;

const std::string kFile = "tokenizer.json";

bool same(const TokenizerDocument& a, const TokenizerDocument& b) {
  bool same = a.rest == b.rest && a.form == b.form && a.scores == b.scores && a.pieces.size() == b.pieces.size();
  for (std::size_t id = 0; same && id < a.pieces.size(); ++id) same = a.pieces[id] == b.pieces[id];
  return same;
}

/// Reads the file as it is read where a SentencePiece file lies beside it.
void compare_with_known_vocabulary(std::string_view json, const std::optional<TokenizerDocument>& alone) {
  static const TokenizerDocument seed =
      glossa::detail::parse_tokenizer_document(test::unigram_tokenizer(30).dump(), kFile);
  glossa::detail::PieceTable pieces = seed.pieces;
  std::optional<TokenizerDocument> beside;
  const bool read = fuzz::accepts(kFile, json.size(),
                                  [&] { beside = glossa::detail::document_with_vocabulary(json, kFile, pieces); });
  fuzz::require(read || !alone, "a good file is not refused because of another file");
  fuzz::require(!beside || (alone && same(*beside, *alone)), "a file means the same with another file beside it");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parts = fuzz::sections(fuzz::text_of(data, size));
  static const std::string nasty = test::nasty_text();
  const std::string_view text = parts.size() > 1 ? parts[1] : std::string_view(nasty);
  std::optional<TokenizerDocument> document;
  fuzz::accepts(kFile, size, [&] { document = glossa::detail::parse_tokenizer_document(parts[0], kFile); });
  compare_with_known_vocabulary(parts[0], document);
  std::shared_ptr<const glossa::detail::TokenizerPipeline> pipeline;
  if (document)
    fuzz::accepts(kFile, size, [&] {
      pipeline = std::make_shared<const glossa::detail::TokenizerPipeline>(
          glossa::detail::TokenizerJson(std::move(*document), kFile).parts());
    });
  if (!pipeline) return 0;
  const glossa::Tokenizer tokenizer(pipeline);
  try {
    for (const glossa::Specials specials : {glossa::Specials::recognised, glossa::Specials::text})
      fuzz::require_none(test::broken_rule(tokenizer, text, {.specials = specials}));
  } catch (const glossa::Error& error) {  // a tokenizer without an unknown token may refuse a text
    fuzz::require(error.kind() == glossa::ErrorKind::unsupported && error.field() == "unk_id", error.what());
  }
  return 0;
}
