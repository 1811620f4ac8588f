// Keywords against BERTopic's formula, and in scripts of all kinds.
#include "catch.hpp"
#include "error_of.hpp"
#include "paths.hpp"

#include <glossa/cluster/cluster_keywords.hpp>
#include <glossa/cluster/word_splitter.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using glossa::cluster_keywords;
using glossa::Keyword;
using glossa::kNoise;
using glossa::Labels;

std::vector<std::string> words_of(const std::vector<Keyword>& keywords) {
  std::vector<std::string> words;
  for (const Keyword& keyword : keywords) words.push_back(keyword.word);
  return words;
}

bool has(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// "w:word" and "s:stretch" in their order.
std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> parts;
  glossa::detail::split_words(
      text, [&](std::string_view word) { parts.push_back("w:" + std::string(word)); },
      [&](std::string_view stretch) { parts.push_back("s:" + std::string(stretch)); });
  return parts;
}

}  // namespace

TEST_CASE("weights are those of BERTopic's class-based TF-IDF") {
  const auto golden = nlohmann::json::parse(test::read_file(test::golden() / "keywords.json"));
  const auto texts = golden.at("texts").get<std::vector<std::string>>();
  const auto labels = golden.at("labels").get<Labels>();
  const auto found = cluster_keywords(texts, labels, {.count = 12, .least_texts = 1, .least_ratio = 0});
  REQUIRE(found.size() == golden.at("keywords").size());
  for (std::size_t c = 0; c < found.size(); ++c) {
    const auto& expected = golden.at("keywords")[c];
    REQUIRE(found[c].size() == expected.size());
    for (std::size_t i = 0; i < found[c].size(); ++i) {
      INFO("cluster " << c << ", keyword " << i << ", " << found[c][i].word);
      CHECK(glossa::detail::folded_word(found[c][i].word) == expected[i][0].get<std::string>());
      CHECK(found[c][i].weight == Approx(expected[i][1].get<double>()).epsilon(1e-12));
      CHECK(found[c][i].count == expected[i][2].get<std::size_t>());
    }
  }
}

TEST_CASE("words that are everywhere are no keywords, whatever the language") {
  const std::vector<std::string> texts{
      "The river is the longest of the rivers", "The river is of the north", "The engine is of the factory",
      "The engine is the newest of them",       "Der Fluss ist der längste", "Der Fluss ist im Norden",
      "Der Motor ist aus der Fabrik",           "Der Motor ist der neueste"};
  const Labels labels{0, 0, 1, 1, 0, 0, 1, 1};
  const auto found = cluster_keywords(texts, labels);
  const auto first = words_of(found[0]);
  const auto second = words_of(found[1]);
  CHECK(first == std::vector<std::string>{"Fluss", "river"});
  CHECK(second == std::vector<std::string>{"engine", "Motor"});
  // Without the limit they come first, as often as they are.
  const auto all = words_of(cluster_keywords(texts, labels, {.least_ratio = 0})[0]);
  CHECK(has(all, "the"));
  CHECK(has(all, "Der"));
}

TEST_CASE("words are counted without regard to case and accents' form, and shown as they mostly are") {
  const std::vector<std::string> texts{"Straße café NASA", "STRASSE CAFE\xCC\x81 Nasa", "straße Café NASA",
                                       "other words"};
  const auto found = cluster_keywords(texts, Labels{0, 0, 0, 1});
  const auto words = words_of(found[0]);
  CHECK(words == std::vector<std::string>{"café", "NASA", "Straße"});
  for (const Keyword& keyword : found[0]) CHECK(keyword.count == 3);
  CHECK(found[1].size() == 2);  // of one text, where one is enough
}

TEST_CASE("texts are split into words in every script") {
  CHECK(parts_of("don't l\u2019eau 'quoted' rock'n'roll") ==
        std::vector<std::string>{"w:don't", "w:l\u2019eau", "w:quoted", "w:rock'n'roll"});
  CHECK(parts_of("a 42 2019 B2B x_y __ 3d") == std::vector<std::string>{"w:B2B", "w:x_y", "w:3d"});
  CHECK(parts_of("हिन्दी में लिखा, ελληνικά· русский עברית עִבְרִית العربية") ==
        std::vector<std::string>{"w:हिन्दी", "w:में", "w:लिखा", "w:ελληνικά", "w:русский", "w:עברית", "w:עִבְרִית",
                                 "w:العربية"});
  CHECK(parts_of("می\u200Cخواهم 한국어 단어") == std::vector<std::string>{"w:می\u200Cخواهم", "w:한국어", "w:단어"});
  CHECK(parts_of("東京タワー、高さ333mです。Tokyo塔") ==
        std::vector<std::string>{"s:東京タワー", "s:高さ", "w:333m", "s:です", "w:Tokyo", "s:塔"});
  CHECK(parts_of("ภาษาไทย ๑๒๓ ລາວ မြန်မာ၊ ខ្មែរ") == std::vector<std::string>{"s:ภาษาไทย", "s:ລາວ", "s:မြန်မာ", "s:ខ្មែរ"});
  CHECK(parts_of("").empty());
  CHECK(parts_of("!?… 😀 \uFFFD").empty());
}

TEST_CASE("scripts without spaces have keywords too, and not their fragments") {
  const std::vector<std::string> texts{
      "地震が東京で起きた",       "大きな地震の被害",       "昨日の地震は強かった", "東京の株式市場が上がる",
      "株式市場は今日も下がった", "株式市場の取引が増えた", "ประเทศไทยมีแม่น้ำ",       "แม่น้ำโขงยาวมาก",
      "น้ำท่วมแม่น้ำในภาคเหนือ",       "นักวิทยาศาสตร์พบดาวเคราะห์", "ดาวเคราะห์ดวงใหม่ใหญ่",   "เห็นดาวเคราะห์ในคืนนี้"};
  const Labels labels{0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3};
  const auto found = cluster_keywords(texts, labels);
  REQUIRE(found.size() == 4);
  CHECK(has(words_of(found[0]), "地震"));
  CHECK(has(words_of(found[1]), "株式市場"));
  CHECK(!has(words_of(found[1]), "株式"));
  CHECK(!has(words_of(found[1]), "式市"));
  CHECK(has(words_of(found[2]), "แม่น้ำ"));
  CHECK(!has(words_of(found[2]), "แม่น้"));
  CHECK(words_of(found[3]) == std::vector<std::string>{"ดาวเคราะห์"});
}

TEST_CASE("small clusters have keywords in scripts without spaces, too") {
  const auto found = cluster_keywords(std::vector<std::string>{"地震が起きた", "大きな地震だ"}, Labels{0, 0});
  CHECK(words_of(found[0]) == std::vector<std::string>{"地震"});
  CHECK(found[0][0].count == 2);
}

TEST_CASE("a string that stands once in each of many clusters is known to be everywhere") {
  std::vector<std::string> texts{"今日は地震だ", "地震が今日も", "今日の大地震"};
  Labels labels(3, 0);
  const auto alone = cluster_keywords(texts, labels);
  CHECK(has(words_of(alone[0]), "地震"));
  CHECK(has(words_of(alone[0]), "今日"));
  for (int i = 0; i < 8; ++i) {
    texts.push_back("今日買った");
    labels.push_back(i + 1);
  }
  const auto found = cluster_keywords(texts, labels);
  CHECK(has(words_of(found[0]), "地震"));
  CHECK(!has(words_of(found[0]), "今日"));
}

TEST_CASE("a splitter of the caller's takes the place of the rules") {
  const std::vector<std::string> texts{"a-b", "a-c", "b-d"};
  glossa::KeywordOptions options;
  options.least_texts = 1;
  options.split = [](std::string_view text) {
    return std::vector<std::string>{std::string(text.substr(0, 1)), std::string(text.substr(2)), ""};
  };
  const auto found = cluster_keywords(texts, Labels{0, 0, 1}, options);
  CHECK(words_of(found[0]) == std::vector<std::string>{"a", "c"});
  CHECK(words_of(found[1]) == std::vector<std::string>{"d"});  // b is but twice as frequent as outside
  options.split = [](std::string_view) -> std::vector<std::string> { throw std::runtime_error("no"); };
  CHECK_THROWS_AS(cluster_keywords(texts, Labels{0, 0, 1}, options), std::runtime_error);
}

TEST_CASE("noise has no keywords, but counts as what is outside") {
  const std::vector<std::string> texts{"common apple", "common apple", "common noise", "common words"};
  const auto found = cluster_keywords(texts, Labels{0, 0, kNoise, kNoise});
  REQUIRE(found.size() == 1);
  CHECK(words_of(found[0]) == std::vector<std::string>{"apple"});
  CHECK(words_of(cluster_keywords(texts, Labels{0, 0, 0, 0})[0]).front() == "common");
}

TEST_CASE("no texts, empty ones, no words and broken bytes give no keywords") {
  CHECK(cluster_keywords(std::vector<std::string>{}, Labels{}).empty());
  const std::vector<std::string> texts{"", " \n", "\xFF\xFE", std::string("\0\0", 2), "12 + 34"};
  const auto found = cluster_keywords(texts, Labels{0, 0, 1, 1, 2});
  REQUIRE(found.size() == 3);
  for (const auto& keywords : found) CHECK(keywords.empty());
  const auto cut = cluster_keywords(std::vector<std::string>{"caf\xC3 bar"}, Labels{0}, {.count = 1});
  CHECK(words_of(cut[0]) == std::vector<std::string>{"bar"});
}

TEST_CASE("keywords are the same whatever the number of threads") {
  std::vector<std::string> texts;
  Labels labels;
  for (int i = 0; i < 600; ++i) {
    texts.push_back("w" + std::to_string(i % 17) + "x 水" + std::string(i % 3 == 0 ? "道水道" : "力水力") + " v" +
                    std::to_string(i % 40) + "y");
    labels.push_back(i % 30 - 1);
  }
  glossa::KeywordOptions options;
  options.run.threads = 1;
  const auto one = cluster_keywords(texts, labels, options);
  options.run.threads = 4;
  const auto four = cluster_keywords(texts, labels, options);
  REQUIRE(one.size() == 29);
  for (std::size_t c = 0; c < one.size(); ++c) {
    CHECK(!one[c].empty());
    REQUIRE(words_of(one[c]) == words_of(four[c]));
    for (std::size_t i = 0; i < one[c].size(); ++i) {
      CHECK(one[c][i].weight == four[c][i].weight);
      CHECK(one[c][i].count == four[c][i].count);
    }
  }
}

TEST_CASE("keywords' arguments are checked, and a callback ends the work") {
  const std::vector<std::string> texts{"one", "two"};
  CHECK(test::error_of([&] { (void)cluster_keywords(texts, Labels{0}); }).field() == "labels");
  CHECK(test::error_of([&] { (void)cluster_keywords(texts, Labels{0, 5}); }).field() == "labels[1]");
  CHECK(test::error_of([&] {
          (void)cluster_keywords(texts, Labels{0, 0}, {.least_ratio = std::nan("")});
        }).field() == "least_ratio");
  glossa::KeywordOptions options;
  options.run.progress = [](const glossa::Progress&) { throw std::runtime_error("enough"); };
  CHECK_THROWS_AS(cluster_keywords(texts, Labels{0, 0}, options), std::runtime_error);
}
