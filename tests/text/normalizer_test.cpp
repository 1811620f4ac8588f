// Normalizers give the texts and the origins of characters that Hugging Face's give.
#include "catch.hpp"
#include "charsmap.hpp"
#include "paths.hpp"
#include "small_tokenizer.hpp"

#include <glossa/text/normalizer.hpp>
#include <glossa/text/tokenizer_parts.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

using namespace glossa::detail;

namespace {

const test::Json& golden() {
  static const auto document = test::parse_json(test::read_file(test::golden() / "normalizers.json"));
  return document;
}

/// The range in the original of every character, one after another.
std::vector<std::size_t> origins(const AlignedText& text) {
  std::vector<std::size_t> out;
  for (std::size_t at = 0; at < text.text().size();) {
    const std::size_t length = utf8_length(text.text()[at]);
    const glossa::ByteRange range = text.origin(at, at + length);
    out.push_back(range.begin);
    out.push_back(range.end);
    at += length;
  }
  return out;
}

std::string normalized(const Normalizer& normalizer, const std::string& text) {
  AlignedText aligned(text, 0, false);
  normalizer.apply(aligned);
  return std::string(aligned.text());
}

}  // namespace

TEST_CASE("every normalizer gives Hugging Face's text") {
  REQUIRE(golden().at("normalizers").size() > 20);
  const auto& texts = golden().at("texts");
  for (const auto& entry : golden().at("normalizers")) {
    const auto normalizer = test::parts_of(test::document_with("normalizer", entry.at("config"))).normalizer;
    REQUIRE(normalizer != nullptr);
    REQUIRE(entry.at("texts").size() == texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const std::string text = texts[i];
      const auto& expected = entry.at("texts")[i];
      INFO(entry.at("name") << " of " << texts[i].dump(-1, ' ', true));
      CHECK(normalized(*normalizer, text) == (expected.is_null() ? text : expected.get<std::string>()));
    }
  }
}

TEST_CASE("every character of a normalized text has the origin that Hugging Face gives it") {
  const auto& texts = golden().at("aligned");
  for (const auto& entry : golden().at("normalizers")) {
    const auto normalizer = test::parts_of(test::document_with("normalizer", entry.at("config"))).normalizer;
    REQUIRE(entry.at("aligned").size() == texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      INFO(entry.at("name") << " of " << texts[i].dump(-1, ' ', true));
      AlignedText text(texts[i].get<std::string>(), 0, true);
      normalizer->apply(text);
      CHECK(text.text() == entry.at("aligned")[i][0].get<std::string>());
      CHECK(origins(text) == entry.at("aligned")[i][1].get<std::vector<std::size_t>>());
    }
  }
}

TEST_CASE("tracking origins does not change a text") {
  for (const auto& entry : golden().at("normalizers")) {
    const auto normalizer = test::parts_of(test::document_with("normalizer", entry.at("config"))).normalizer;
    for (const auto& text : golden().at("texts")) {
      AlignedText aligned(text.get<std::string>(), 7, true);
      normalizer->apply(aligned);
      INFO(entry.at("name") << " of " << text.dump(-1, ' ', true));
      CHECK(aligned.text() == normalized(*normalizer, text.get<std::string>()));
      const auto places = origins(aligned);
      const std::size_t end = 7 + text.get_ref<const std::string&>().size();
      bool inside = true;
      for (std::size_t k = 0; k < places.size(); k += 2) {
        inside = inside && places[k] >= 7 && places[k] <= places[k + 1] && places[k + 1] <= end;
        if (k >= 2) inside = inside && places[k - 2] <= places[k];  // in the order of the original
      }
      CHECK(inside);
    }
  }
}

TEST_CASE("what is removed at the start of a text does not shift what follows") {
  // Hugging Face's own offsets are shifted here; these are the true ones.
  AlignedText text("\u200b\u00adab", 0, true);
  BertNormalizer({}).apply(text);
  REQUIRE(text.text() == "ab");
  CHECK(origins(text) == std::vector<std::size_t>{5, 6, 6, 7});
}

TEST_CASE("a long run of combining marks is put into order") {
  std::string marks;
  for (int i = 0; i < 3000; ++i) marks += i % 2 == 0 ? "\u0301" : "\u0323";  // classes 230 and 220
  std::string expected = "a";
  for (int i = 0; i < 1500; ++i) expected += "\u0323";
  for (int i = 0; i < 1500; ++i) expected += "\u0301";
  CHECK(normalized(UnicodeNormalizer(NormalForm::nfd), "a" + marks) == expected);
  CHECK(normalized(UnicodeNormalizer(NormalForm::nfc), "a" + marks) == "\u1ea1" + expected.substr(3));
}
