// Grapheme clusters end where UAX #29 says, and where Hugging Face's tokenizers say.
#include "catch.hpp"
#include "paths.hpp"

#include <glossa/text/graphemes.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace {

std::vector<std::string> clusters(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = glossa::detail::grapheme_end(text, at);
    REQUIRE(end > at);
    out.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return out;
}

using Clusters = std::vector<std::string>;

}  // namespace

TEST_CASE("clusters are what a reader would call a character") {
  CHECK(clusters("").empty());
  CHECK(clusters("abc") == Clusters{"a", "b", "c"});
  CHECK(clusters("e\u0301\u0323x") == Clusters{"e\u0301\u0323", "x"});
  CHECK(clusters("\r\n\n\r\r\n") == Clusters{"\r\n", "\n", "\r", "\r\n"});
  CHECK(clusters("\u0301a") == Clusters{"\u0301", "a"});
  CHECK(clusters("\n\u0301") == Clusters{"\n", "\u0301"});
  CHECK(clusters("각\u1100\u1161\u11a8한") == Clusters{"각", "\u1100\u1161\u11a8", "한"});
  CHECK(clusters("\u1100\u1100\u1161\u1161") == Clusters{"\u1100\u1100\u1161\u1161"});
  CHECK(clusters("\u11a8\u1161") == Clusters{"\u11a8", "\u1161"});
  CHECK(clusters("👨‍👩‍👧‍👦👍🏽") == Clusters{"👨‍👩‍👧‍👦", "👍🏽"});
  CHECK(clusters("a\u200d👧") == Clusters{"a\u200d", "👧"});
  CHECK(clusters("🇩🇪🇫🇷🇯") == Clusters{"🇩🇪", "🇫🇷", "🇯"});
  CHECK(clusters("क्षत्रिय") == Clusters{"क्ष", "त्रि", "य"});
  CHECK(clusters("ก็น้ำ") == Clusters{"ก็", "น้ำ"});
  CHECK(clusters("\u06dd١") == Clusters{"\u06dd١"});
  CHECK(clusters("ﾊﾟｶﾞ") == Clusters{"ﾊﾟ", "ｶﾞ"});
}

TEST_CASE("a character joins what is before it where it does for Hugging Face's tokenizers") {
  const auto golden = nlohmann::json::parse(test::read_file(test::golden() / "graphemes.json"));
  const auto contexts = golden.at("contexts").get<std::vector<std::string>>();
  REQUIRE(golden.at("joins").size() >= 70);
  for (const auto& [character, joins] : golden.at("joins").items()) {
    const auto bits = joins.get<std::string>();
    REQUIRE(bits.size() == contexts.size());
    for (std::size_t i = 0; i < contexts.size(); ++i) {
      std::size_t at = 0;
      const std::string text = contexts[i] + character;
      while (at < contexts[i].size()) at = glossa::detail::grapheme_end(text, at);
      INFO(nlohmann::json(contexts[i]).dump(-1, ' ', true)
           << " before " << nlohmann::json(character).dump(-1, ' ', true));
      CHECK((at > contexts[i].size()) == (bits[i] == '1'));
    }
  }
}

TEST_CASE("a cluster may be as long as a text") {
  std::string text = "a";
  for (int i = 0; i < 200'000; ++i) text += "\u0301";
  CHECK(glossa::detail::grapheme_end(text, 0) == text.size());
}
