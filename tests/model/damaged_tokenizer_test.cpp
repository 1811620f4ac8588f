// Damaged tokenizer.json and SentencePiece files load or are refused; what loads tokenises a nasty text by the rules.
#include "damage.hpp"
#include "small_files.hpp"
#include "token_rules.hpp"

#include <glossa/text/tokenizer.hpp>
#include <glossa/text/tokenizer_files.hpp>
#include <glossa/text/tokenizer_pipeline.hpp>

#include <string>
#include <utility>

using test::DamageTrial;
using test::Json;

namespace {

/// Tokenises in every way; a tokenizer without an unknown token may refuse a text.
void tokenize(glossa::detail::TokenizerParts parts) {
  const glossa::Tokenizer tokenizer(std::make_shared<const glossa::detail::TokenizerPipeline>(std::move(parts)));
  static const std::string text = test::nasty_text();
  try {
    for (const glossa::Specials specials : {glossa::Specials::recognised, glossa::Specials::text}) {
      const std::string rule = test::broken_rule(tokenizer, text, {.specials = specials});
      if (!rule.empty()) FAIL_CHECK(rule);
    }
  } catch (const glossa::Error& error) {
    if (error.kind() != glossa::ErrorKind::unsupported || error.field() != "unk_id") throw;
  }
}

void load_json(DamageTrial& trial, const std::string& text) {
  const std::string name = "tokenizer.json";
  trial(name, text, [&] {
    tokenize(glossa::detail::TokenizerJson(glossa::detail::parse_tokenizer_document(text, name), name).parts());
  });
}

void load_sentencepiece(DamageTrial& trial, const std::string& bytes) {
  const std::string name = "sentencepiece.bpe.model";
  trial(name, bytes, [&] {
    auto model = glossa::detail::parse_sentencepiece_model(bytes, name);
    auto vocabulary = glossa::detail::xlm_roberta_vocabulary(model, name);
    tokenize(glossa::detail::xlm_roberta_parts(std::move(vocabulary), std::move(model.charsmap), name));
  });
}

void put_field(std::string& out, unsigned field, std::string_view bytes) {
  out.push_back(static_cast<char>(field << 3 | 2));
  std::size_t size = bytes.size();
  for (; size >= 128; size >>= 7) out.push_back(static_cast<char>(size | 128));
  out.push_back(static_cast<char>(size));
  out += bytes;
}

/// The families' model with other normalisation rules.
std::string with_rules(std::string_view charsmap) {
  static const auto model = glossa::detail::parse_sentencepiece_model(test::sentencepiece_file(), "families.json");
  std::string out;
  for (std::size_t i = 0; i < model.pieces.size(); ++i) {
    std::string piece;
    put_field(piece, 1, model.pieces[i]);
    piece.push_back(3 << 3);
    piece.push_back(static_cast<char>(model.types[i]));
    put_field(out, 1, piece);
  }
  std::string rules;
  put_field(rules, 2, charsmap);
  put_field(out, 3, rules);
  return out;
}

}  // namespace

TEST_CASE("damaged tokenizer.json files load or are refused, whatever their model") {
  for (const auto& [name, document] : {std::pair<std::string, Json>{"Unigram", test::unigram_tokenizer(60)},
                                       std::pair<std::string, Json>{"WordPiece", test::word_piece_tokenizer()}}) {
    INFO(name);
    const std::string good = document.dump();
    DamageTrial trial;
    load_json(trial, good);
    REQUIRE(trial.accepted() == 1);
    test::for_each_truncation(good, 500, [&](const std::string& text) { load_json(trial, text); });
    CHECK(trial.accepted() == 1);
    test::for_each_damage(good, 3, 2500, [&](const std::string& text) { load_json(trial, text); });
    test::check_counts(trial, 1500, 100);
  }
}

TEST_CASE("a tokenizer.json with any value exchanged for a strange one loads or is refused") {
  for (Json document : {test::unigram_tokenizer(30), test::word_piece_tokenizer()}) {
    DamageTrial trial;
    test::for_each_strange_value(document, document, [&](const Json& json) { load_json(trial, json.dump()); });
    test::check_counts(trial, 1500, 500);
  }
}

TEST_CASE("a damaged tokenizer.json beside its SentencePiece file loads or is refused as it would be alone") {
  const test::TemporaryFolder folder;
  test::overwrite(folder.path() / "sentencepiece.bpe.model", test::sentencepiece_file());
  const test::TemporaryFolder alone;
  DamageTrial trial;
  std::size_t same = 0;
  std::size_t count = 0;
  const auto outcome = [](const std::filesystem::path& place) {
    try {
      return glossa::Tokenizer(place).encode("the cat sleeps <mask>", {.with_tokens = true}).tokens;
    } catch (const glossa::Error& error) {
      return std::vector<std::string>{glossa::to_string(error.kind())};
    }
  };
  test::for_each_damage(test::unigram_tokenizer().dump(), 4, 1500, [&](const std::string& text) {
    test::overwrite(folder.path() / "tokenizer.json", text);
    test::overwrite(alone.path() / "tokenizer.json", text);
    trial((folder.path() / "tokenizer.json").string(), text, [&] { const glossa::Tokenizer tokenizer(folder.path()); });
    same += outcome(folder.path()) == outcome(alone.path());
    ++count;
  });
  CHECK(same == count);
  test::check_counts(trial, 700, 50);
}

TEST_CASE("damaged SentencePiece files load or are refused") {
  const std::string good = test::sentencepiece_file();
  DamageTrial trial;
  load_sentencepiece(trial, good);
  REQUIRE(trial.accepted() == 1);
  test::for_each_truncation(good, 1500, [&](const std::string& bytes) { load_sentencepiece(trial, bytes); });
  test::for_each_damage(good, 5, 3000, [&](const std::string& bytes) { load_sentencepiece(trial, bytes); });
  test::check_counts(trial, 3000, 300);
}

TEST_CASE("SentencePiece files that were made to do harm are refused") {
  const auto bytes = [](std::initializer_list<int> values) {
    std::string out;
    for (const int value : values) out.push_back(static_cast<char>(value));
    return out;
  };
  const std::string cases[] = {
      "",
      std::string(1, '\0'),
      std::string(1000, '\0'),
      bytes({0x0A}),
      bytes({0x0A, 0x7F}),
      bytes({0x0A, 0}),
      bytes({0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01}),  // a length of 2^64 - 1
      bytes({0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F}),  // more bits than 64
      std::string(100, '\xFF'),                                                   // a number without end
      bytes({0x0B, 0x0C}),
      bytes({0x0E}),
      bytes({0x0F}),  // groups, unknown wire types
      bytes({0x02, 0x00}),
      bytes({0x00, 0x00}),  // field number 0
      bytes({0x08, 0x01}),
      bytes({0x0D, 0, 0, 0, 0}),
      bytes({0x09, 0, 0, 0, 0, 0, 0, 0, 0}),        // a piece of another type
      bytes({0x0A, 0x04, 0x0A, 0x02, 0xC3, 0x28}),  // a piece that is not UTF-8
      bytes({0x0A, 0x05, 0x15, 0, 0, 0xC0, 0x7F}),
      bytes({0x0A, 0x05, 0x15, 0, 0, 0x80, 0xFF}),  // NaN, -infinity
      bytes({0x0A, 0x02, 0x18, 0x00}),
      bytes({0x0A, 0x02, 0x18, 0x07}),  // types 0 and 7
      bytes({0x0A, 0x0B, 0x18, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01}),
      bytes({0x12, 0x02, 0x18, 0x00}),
      bytes({0x12, 0x02, 0x18, 0x05}),
      bytes({0x12, 0x02, 0x1A, 0x00}),  // model types
  };
  DamageTrial trial;
  for (const std::string& file : cases) load_sentencepiece(trial, file);
  CHECK(trial.refused() == std::size(cases));
}

TEST_CASE("normalisation rules of random units never lead out of their arrays or into an endless loop") {
  DamageTrial trial;
  std::uint64_t state = 11;
  for (int round = 0; round < 1500; ++round) {
    std::string rules;
    const std::size_t units = static_cast<std::size_t>(round) % 300;
    test::put<std::uint32_t>(rules, static_cast<std::uint32_t>(units * 4));
    for (std::size_t i = 0; i < units; ++i) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      auto unit = static_cast<std::uint32_t>(state >> 32);
      if (round % 3 != 0) unit = (unit & 0x000007FFu) | (unit >> 20 << 10 & 0x3FC00u);  // small offsets, likely labels
      test::put(rules, unit);
    }
    rules += std::string("fi\0\0ab\xC3\xA9\0", 9);
    load_sentencepiece(trial, with_rules(rules));
  }
  test::check_counts(trial, 0, 1500);
  DamageTrial lies;
  for (const std::uint32_t size : {1u, 2u, 3u, 5u, 12u, 0x7FFFFFFCu, 0x80000000u, 0xFFFFFFFCu, 0xFFFFFFFFu}) {
    std::string rules;
    test::put(rules, size);
    load_sentencepiece(lies, with_rules(rules + std::string(8, '\0')));
  }
  for (const std::string& rules : {std::string("\0", 1), std::string("\0\0\0", 3), std::string("\0\0\0\0\xFF", 5)})
    load_sentencepiece(lies, with_rules(rules));
  test::check_counts(lies, 12, 0);
}
