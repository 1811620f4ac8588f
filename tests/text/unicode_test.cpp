// Every code point goes through the normalizers and splitters, and comes out as Hugging Face's tokenizers give it.
#include "catch.hpp"
#include "charsmap.hpp"
#include "paths.hpp"

#include <glossa/text/added_tokens.hpp>
#include <glossa/text/normalizer.hpp>
#include <glossa/text/pre_tokenizer.hpp>
#include <glossa/text/unicode.hpp>

#include <nlohmann/json.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

using namespace glossa::detail;

namespace {

using Function = std::function<std::string(const std::string&)>;

std::uint32_t crc32(std::string_view bytes) {
  static const auto kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      table[i] = i;
      for (int bit = 0; bit < 8; ++bit) table[i] = table[i] >> 1 ^ (0xEDB88320u & (0u - (table[i] & 1u)));
    }
    return table;
  }();
  std::uint32_t crc = 0xFFFFFFFFu;
  for (const char c : bytes) crc = crc >> 8 ^ kTable[(crc ^ static_cast<unsigned char>(c)) & 0xFF];
  return ~crc;
}

template <class T>
Function normalizer(T step) {
  const auto shared = std::make_shared<T>(std::move(step));
  return [shared](const std::string& text) {
    AlignedText aligned(text, 0, false);
    shared->apply(aligned);
    return std::string(aligned.text());
  };
}

template <class T>
Function words() {
  return [](const std::string& text) {
    WordSplit split{AlignedText(text, 0, false), {{0, text.size()}}};
    T().apply(split);
    std::string out;
    for (const glossa::ByteRange& word : split.words) {
      if (!out.empty()) out += '|';
      out += split.word(word);
    }
    return out;
  };
}

Function single_word() {
  const auto matcher = std::make_shared<AddedTokenMatcher>(
      std::vector<AddedToken>{{.id = 1, .content = "xx", .single_word = true}}, std::vector<std::string>{"xx"});
  return [matcher](const std::string& text) {
    return std::string(matcher->split(text, false).front().token.has_value() ? "1" : "0");
  };
}

struct Table {
  Function function;
  std::string before;
  std::string after;
};

BertNormalizer::Options bert(bool clean_text, bool handle_chinese_chars, bool strip_accents) {
  return {clean_text, handle_chinese_chars, strip_accents, false};
}

/// See make_character_goldens.py.
std::map<std::string, Table> tables() {
  return {
      {"NFC", {normalizer(UnicodeNormalizer(NormalForm::nfc)), "", ""}},
      {"NFD", {normalizer(UnicodeNormalizer(NormalForm::nfd)), "", ""}},
      {"NFKC", {normalizer(UnicodeNormalizer(NormalForm::nfkc)), "", ""}},
      {"NFKD", {normalizer(UnicodeNormalizer(NormalForm::nfkd)), "", ""}},
      {"NFC behind a letter", {normalizer(UnicodeNormalizer(NormalForm::nfc)), "a\u0323", "\u0301"}},
      {"NFC behind a vowel of jamo", {normalizer(UnicodeNormalizer(NormalForm::nfc)), "\u1100\u1161", ""}},
      {"Lowercase", {normalizer(LowercaseNormalizer()), "", ""}},
      {"StripAccents", {normalizer(StripAccentsNormalizer()), "", ""}},
      {"clean_text", {normalizer(BertNormalizer(bert(true, false, false))), "", ""}},
      {"handle_chinese_chars", {normalizer(BertNormalizer(bert(false, true, false))), "", ""}},
      {"strip_accents", {normalizer(BertNormalizer(bert(false, false, true))), "", ""}},
      {"WhitespaceSplit", {words<WhitespaceSplitPreTokenizer>(), "a", "a"}},
      {"BertPreTokenizer", {words<BertPreTokenizer>(), "a", "a"}},
      {"single_word", {single_word(), "xx", ""}},
      {"cluster", {normalizer(PrecompiledNormalizer(test::charsmap({{"a", "Z"}}))), "a", ""}},
      {"cluster of a prefix", {normalizer(PrecompiledNormalizer(test::charsmap({{"\u0600", "Z"}}))), "\u0600", ""}}};
}

}  // namespace

TEST_CASE("every code point is what Hugging Face's tokenizers hold it for") {
  const auto golden = nlohmann::json::parse(test::read_file(test::golden() / "characters.json"));
  const auto block = golden.at("block").get<char32_t>();
  const auto functions = tables();
  REQUIRE(golden.at("tables").size() == functions.size());
  for (const auto& [name, table] : functions) {
    const auto& sums = golden.at("tables").at(name);
    REQUIRE(sums.size() * block == 0x110000);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      std::string text;
      bool first = true;
      for (char32_t c = static_cast<char32_t>(i) * block; c < (i + 1) * block; ++c) {
        if (c == 0 || (c >= 0xD800 && c <= 0xDFFF)) continue;
        std::string input = table.before;
        utf8_append(input, c);
        if (!first) text += '\n';
        text += table.function(input + table.after);
        first = false;
      }
      INFO(name << ", the code points from " << std::hex << i * block);
      CHECK(crc32(text) == sums[i].get<std::uint32_t>());
    }
  }
}

TEST_CASE("sorted ranges contain their ends and nothing between them") {
  constexpr CodePointRange kRanges[] = {{5, 5}, {10, 20}, {22, 22}};
  for (char32_t c = 0; c < 30; ++c) CHECK(is_in(kRanges, c) == (c == 5 || (c >= 10 && c <= 20) || c == 22));
}

TEST_CASE("lower-casing goes by single characters, without context") {
  CHECK(to_lower(U'Σ').first == U'σ');  // final or not
  CHECK(to_lower(0x130).first == U'i');
  CHECK(to_lower(0x130).second == 0x307);
  CHECK(to_lower(U'ß').first == U'ß');
  CHECK(to_lower(U'ẞ').first == U'ß');
  CHECK(to_lower(U'ǅ').first == U'ǆ');
  CHECK(to_lower(U'K').second == 0);
}
