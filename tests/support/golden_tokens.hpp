// The texts of tests/golden/tokens.jsonl come in; a tokenizer's ids, pieces and places are compared with Hugging
// Face's.
#pragma once

#include "catch.hpp"
#include "random_model.hpp"

#include <glossa/text/tokenizer.hpp>

#include <cstddef>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace test {

/// A JSON value a line.
inline std::vector<Json> read_json_lines(const std::filesystem::path& path) {
  std::vector<Json> rows;
  std::ifstream lines(path, std::ios::binary);
  for (std::string line; std::getline(lines, line);) rows.push_back(parse_json(line));
  return rows;
}

/// A text, and what a tokenizer makes of it.
struct GoldenTokens {
  std::string text;
  std::vector<glossa::TokenId> ids;
  std::vector<std::string> tokens;
  std::vector<std::size_t> offsets;  ///< begin, end, begin, end, …
};

/// Where Hugging Face's own places are off (see make_tokens_subset.py), these are the true ones, without <s> and </s>.
inline const std::map<std::string, std::vector<std::size_t>>& true_offsets() {
  static const std::map<std::string, std::vector<std::size_t>> offsets{
      {"\x01\x02\x07 bell", {4, 8}},
      {"\x01"
       "ab",
       {1, 3}},
      {"\x01中 b", {1, 4, 1, 4, 5, 6}},
      {"½\x01"
       "a b",
       {0, 2, 3, 4, 5, 6}},
      {"x ½\x01½ y", {0, 1, 2, 4, 5, 7, 8, 9}},
      {"ﷺ\x07x y", {0, 3, 0, 3, 0, 3, 0, 3, 4, 5, 6, 7}}};
  return offsets;
}

/// The committed texts with the results of "xlmr" or "bert_uncased".
inline std::vector<GoldenTokens> golden_tokens(const std::string& name) {
  std::vector<GoldenTokens> texts;
  for (const Json& row : read_json_lines(golden() / "tokens.jsonl")) {
    const Json& entry = row.at(name);
    GoldenTokens text{row.at("text"), entry.at("ids"), entry.at("tokens"), {}};
    if (entry.contains("offsets")) {
      text.offsets = entry.at("offsets").get<std::vector<std::size_t>>();
    } else {
      text.offsets = true_offsets().at(text.text);
      text.offsets.insert(text.offsets.begin(), {0, 0});
      text.offsets.insert(text.offsets.end(), {0, 0});
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

inline std::vector<std::size_t> flat(const std::vector<glossa::ByteRange>& ranges) {
  std::vector<std::size_t> out;
  for (const glossa::ByteRange& range : ranges) out.insert(out.end(), {range.begin, range.end});
  return out;
}

/// `ids[i]` is the real id of the tokenizer's id i; empty where it has the real ones.
inline void check_golden_tokens(const glossa::Tokenizer& tokenizer, const std::string& name,
                                const std::vector<glossa::TokenId>& ids = {}) {
  const std::vector<GoldenTokens> texts = golden_tokens(name);
  REQUIRE(texts.size() > 180);
  for (const GoldenTokens& expected : texts) {
    INFO(name << ": " << Json(expected.text).dump(-1, ' ', true));
    glossa::Encoding found = tokenizer.encode(expected.text, {.with_tokens = true, .with_offsets = true});
    if (!ids.empty())
      for (glossa::TokenId& id : found.ids) id = ids.at(id);
    CHECK(found.ids == expected.ids);
    CHECK(found.tokens == expected.tokens);
    CHECK(flat(found.offsets) == expected.offsets);
    CHECK(found.total_tokens == expected.ids.size());
    CHECK(found.used_bytes == expected.text.size());
  }
}

}  // namespace test
