// What is left of a text without case, punctuation and spacing; how alike what is left is.
#include "catch.hpp"

#include <glossa/cluster/min_hash.hpp>
#include <glossa/cluster/near_duplicates.hpp>
#include <glossa/cluster/text_key.hpp>
#include <glossa/cluster/text_likeness.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

/// Levenshtein's own recurrence.
std::size_t by_table(std::u32string_view a, std::u32string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

std::u32string random_string(std::mt19937& random, std::size_t length, unsigned letters) {
  std::u32string text;
  for (std::size_t i = 0; i < length; ++i) text.push_back(static_cast<char32_t>(U'a' + random() % letters));
  return text;
}

double jaccard(std::u32string_view a, std::u32string_view b) {
  std::set<std::u32string_view> first;
  std::set<std::u32string_view> second;
  for (std::size_t i = 0; i + 3 <= a.size(); ++i) first.insert(a.substr(i, 3));
  for (std::size_t i = 0; i + 3 <= b.size(); ++i) second.insert(b.substr(i, 3));
  std::size_t both = 0;
  for (const auto gram : first) both += second.count(gram);
  return static_cast<double>(both) / static_cast<double>(first.size() + second.size() - both);
}

}  // namespace

TEST_CASE("case, punctuation, spacing and compatibility forms leave no trace in a key") {
  for (const auto& [text, key] :
       std::vector<std::pair<std::string, std::string>>{{"Hello, World!", "helloworld"},
                                                        {"  hello\tWORLD \n", "helloworld"},
                                                        {"Ｈｅｌｌｏ，　ｗｏｒｌｄ", "helloworld"},
                                                        {"«Straße»", "strasse"},
                                                        {"ﬁne", "fine"},
                                                        {"ΣΊΣΥΦΟΣ", "σι\u0301συφοσ"},
                                                        {"σίσυφος", "σι\u0301συφοσ"},
                                                        {"caf\u00e9", "cafe\u0301"},
                                                        {"cafe\u0301", "cafe\u0301"},
                                                        {"q\u0323\u0307", "q\u0323\u0307"},
                                                        {"q\u0307\u0323", "q\u0323\u0307"},
                                                        {"それは、何ですか？", "それは何ですか"},
                                                        {"مَرْحَبًا!", "مَرْحَبًا"},
                                                        {"हिन्दी।", "हिन्दी"},
                                                        {"co\u00ADoperate\u200B", "cooperate"}}) {
    INFO(text);
    CHECK(glossa::text_key(text) == glossa::text_key(key));
  }
  CHECK(glossa::text_key("Hello, World!") == "helloworld");
  CHECK(glossa::text_key("").empty());
  CHECK(glossa::text_key(" \n\u00A0").empty());
}

TEST_CASE("what changes the meaning stays in a key") {
  for (const auto& [one, other] :
       std::vector<std::pair<std::string, std::string>>{{"1.5 m", "15 m"},
                                                        {"10:30", "1030"},
                                                        {"a < b", "a > b"},
                                                        {"5 €", "5 $"},
                                                        {"it is -5 degrees", "it is 5 degrees"},
                                                        {"5 %", "5"},
                                                        {"C#", "C"},
                                                        {"super 👍", "super 👎"},
                                                        {"???", "!!!"},
                                                        {"año", "ano"},
                                                        {"हिन्दी", "हन्दी"}}) {
    INFO(one << " and " << other);
    CHECK(glossa::text_key(one) != glossa::text_key(other));
  }
  CHECK(glossa::text_key("5%") == glossa::text_key("5 %"));
  CHECK(glossa::text_key("at -5") == glossa::text_key("at −5"));
  CHECK(glossa::text_key("Covid-19 - #news") == glossa::text_key("covid 19 news"));
  CHECK(glossa::text_key("what?!") == glossa::text_key("What"));
  CHECK(glossa::text_key("??") == "??");
}

TEST_CASE("bytes that are not UTF-8 are no trouble for a key") {
  CHECK(glossa::text_key("a\xFF"
                         "b") == glossa::text_key("A\uFFFDB"));
  std::mt19937 random(1);
  for (int n = 0; n < 300; ++n) {
    std::string bytes;
    for (std::size_t i = random() % 20; i > 0; --i) bytes += static_cast<char>(random());
    const std::string key = glossa::text_key(bytes);
    CHECK(glossa::text_key(key) == key);
  }
}

TEST_CASE("edit distances are those of Levenshtein's recurrence") {
  std::mt19937 random(2);
  glossa::detail::EditDistance distance;
  for (int n = 0; n < 1500; ++n) {
    const std::u32string a =
        random_string(random, random() % (n < 1000 ? 20 : 300), static_cast<unsigned>(2 + random() % 5));
    std::u32string b = random_string(random, random() % (n < 1000 ? 20 : 300), static_cast<unsigned>(2 + random() % 5));
    if (n % 3 == 0) {  // a few edits of the one
      b = a;
      for (int edits = 0; edits < 5 && !b.empty(); ++edits)
        b[random() % b.size()] = static_cast<char32_t>(U'a' + random() % 5);
      if (b.size() > 3) b.erase(random() % (b.size() - 2), 2);
    }
    CAPTURE(n, a.size(), b.size());
    REQUIRE(distance(a, b) == by_table(a, b));
    REQUIRE(distance(b, a) == by_table(a, b));
    const std::size_t most = random() % (std::max(a.size(), b.size()) + 1);
    const std::size_t bounded = distance(a, b, most);
    if (by_table(a, b) <= most)
      REQUIRE(bounded == by_table(a, b));
    else
      REQUIRE((bounded > most && bounded <= by_table(a, b)));
  }
  for (const std::size_t length : {63u, 64u, 65u, 127u, 128u, 129u})  // whole words, and one more or less
    for (int n = 0; n < 20; ++n) {
      const std::u32string a = random_string(random, length, 4);
      const std::u32string b = random_string(random, length + random() % 3, 4);
      CHECK(distance(a, b) == by_table(a, b));
    }
}

TEST_CASE("very long texts that differ, of thousands of characters, are told apart at once") {
  std::mt19937 random(4);
  const std::u32string a = random_string(random, 50'000, 5000);
  const std::u32string b = random_string(random, 50'000, 5000);
  glossa::detail::EditDistance distance;
  CHECK(distance(a, b, 11'500) > 11'500);
  std::u32string c = a;
  c[33'333] = U'x';
  CHECK(distance(a, c) == 1);
}

TEST_CASE("a long run of marks is put in order at once") {
  std::string text = "a";
  for (int i = 0; i < 200'000; ++i) text += i % 2 == 0 ? "\u0300" : "\u0323";
  CHECK(glossa::text_key(text).size() == text.size());
}

TEST_CASE("the similarity of texts is the part of their letters that stays") {
  CHECK(glossa::text_similarity("The cat sleeps.", "the CAT sleeps") == 1);
  CHECK(glossa::text_similarity("abcd", "abxd") == Approx(0.75));
  CHECK(glossa::text_similarity("abcd", "") == 0);
  CHECK(glossa::text_similarity("", " ") == 1);
  // One word of four or more, however long it is, if the others are not too short.
  CHECK(glossa::text_similarity("we saw a dog", "we saw a hippopotamus") == Approx(0.8));
  CHECK(glossa::text_similarity("We saw a dog there.", "we saw a hippopotamus there") == Approx(1 - 1.0 / 6));
  CHECK(glossa::text_similarity("saw a dog", "saw a hippopotamus") < 0.5);
  CHECK(glossa::text_similarity("I am a boy", "I am a physician") < 0.5);
  CHECK(glossa::text_similarity("we saw a dog", "they saw a hippopotamus") < 0.5);
  CHECK(glossa::text_similarity("we saw a dog", "we saw hippopotamus a") < 0.5);
  CHECK(glossa::text_similarity("彼女は猫が好きです", "彼女は小犬好きです") ==
        Approx(0.8));  // two of nine letters, and a mark
  CHECK(glossa::text_similarity("彼女は猫が好きです", "私達は小犬好きです") < 0.6);
  CHECK(glossa::text_similarity("猫が好きです", "小犬好きです") < 0.77);
}

TEST_CASE("long words say as much as several short ones") {
  // Two that stay have ten letters or more.
  for (const auto& [one, other] :
       std::vector<std::pair<std::string, std::string>>{{"Tom zengin görünmüyor.", "Tom mutsuz görünmüyor."},
                                                        {"Kápéra van szükségem.", "Bizonyítékokra van szükségem."},
                                                        {"ఎర్ర గులాబీ పూసిందా ?", "పాటు గులాబీ పూసిందా ?"},
                                                        {"அனைவரும் வெளியே விரைந்தனர்.", "அனைவரும் வெளியே ஓடினர்."}}) {
    INFO(one << " and " << other);
    CHECK(glossa::text_similarity(one, other) == Approx(0.8));
  }
  // What stays is short, or one word of two, or not in its place.
  for (const auto& [one, other] : std::vector<std::pair<std::string, std::string>>{
           {"Tom looks rich.", "Tom looks unhappy."},
           {"నువ్వు బొద్దుగా ఉన్నా", "నువ్వు అయ్యో! ఉన్నా"},
           {"Weihnachtsgeschenke verpacken", "Weihnachtsgeschenke gesucht"},
           {"Tom zengin görünmüyor", "zengin görünmüyor Maria"}}) {
    INFO(one << " and " << other);
    CHECK(glossa::text_similarity(one, other) < 0.77);
  }
  // Marks are no letters.
  CHECK(glossa::text_similarity("tiếng việt tôi", "tiếng việt thích") < 0.77);
  CHECK(glossa::text_similarity("tiếngg việt tôi", "tiếngg việt thích") == Approx(0.8));
}

TEST_CASE("strings agree in a band as often as their Jaccard similarity says") {
  std::mt19937 random(3);
  for (const std::size_t edits : {2u, 10u, 25u}) {
    std::size_t agreed = 0;
    double expected = 0;
    for (int n = 0; n < 400; ++n) {
      const std::u32string a = random_string(random, 120, 20);
      std::u32string b = a;
      for (std::size_t e = 0; e < edits; ++e) b[random() % b.size()] = static_cast<char32_t>(U'a' + random() % 20);
      const auto first = glossa::detail::MinHash::bands(a);
      const auto second = glossa::detail::MinHash::bands(b);
      for (std::size_t band = 0; band < first.size(); ++band) agreed += first[band] == second[band];
      expected += std::pow(jaccard(a, b), 4) * static_cast<double>(first.size());
    }
    CAPTURE(edits);
    CHECK(static_cast<double>(agreed) == Approx(expected).epsilon(0.1));
  }
}

TEST_CASE("texts that differ in one word share what stands around it, and no others do") {
  using glossa::detail::keyed_text;
  using glossa::detail::WordHoles;
  const auto text = keyed_text("We saw a dog there.");
  REQUIRE(text.words() == 5);
  CHECK(text.word(3) == U"dog");
  for (std::size_t word = 0; word < 5; ++word) {
    REQUIRE(WordHoles::has(text, word));
    CHECK((WordHoles::hole(text, word) == WordHoles::hole(keyed_text("we saw A hippopotamus there"), word)) ==
          (word == 3));
    CHECK(WordHoles::hole(text, word) != WordHoles::hole(keyed_text("we saw ad og there"), word));
  }
  CHECK(!WordHoles::has(text, 5));
  CHECK(!WordHoles::has(keyed_text("a b c"), 0));
  const auto three = keyed_text("tom zengin görünmüyor");
  CHECK((WordHoles::has(three, 0) && WordHoles::has(three, 1) && !WordHoles::has(three, 2)));
  CHECK(WordHoles::hole(three, 1) == WordHoles::hole(keyed_text("Tom mutsuz görünmüyor."), 1));
  CHECK(glossa::detail::sketch_of(three).size() == 34);
  CHECK(!WordHoles::has(keyed_text("a b c d e f g h i j k l m n o p q"), 0));
  CHECK(keyed_text(" a - b\u3000c\n").words() == 3);
  CHECK(glossa::detail::sketch_of(text).size() == 37);
}

TEST_CASE("a table of bands gives back all that share one, until they are removed") {
  std::mt19937 random(4);
  glossa::detail::BandTable table;
  std::vector<glossa::detail::MinHash::Bands> bands;
  std::vector<std::u32string> texts;
  for (std::uint32_t i = 0; i < 500; ++i) {
    std::u32string text = i % 3 == 0 || texts.empty() ? random_string(random, 60, 20) : texts[random() % texts.size()];
    if (i % 3 != 0) text[random() % text.size()] = U'z';
    texts.push_back(text);
    bands.push_back(glossa::detail::MinHash::bands(text));
    table.add(bands.back(), i);
  }
  std::vector<bool> removed(texts.size());
  const auto check_all = [&] {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const auto found = table.candidates(bands[i]);
      CHECK(std::is_sorted(found.begin(), found.end()));
      for (std::uint32_t j = 0; j < texts.size(); ++j) {
        bool shares = false;
        for (std::size_t band = 0; band < bands[i].size(); ++band) shares |= bands[i][band] == bands[j][band];
        const bool is_found = std::binary_search(found.begin(), found.end(), j);
        REQUIRE(is_found == (shares && !removed[j]));
      }
    }
  };
  check_all();
  for (std::uint32_t i = 0; i < texts.size(); i += 2) {
    table.remove(bands[i], i);
    removed[i] = true;
  }
  check_all();
  const std::size_t memory = table.memory_bytes();
  for (int round = 0; round < 20; ++round)  // the places of what was removed are used again
    for (std::uint32_t i = 0; i < texts.size(); i += 2) {
      table.add(bands[i], i);
      table.remove(bands[i], i);
    }
  CHECK(table.memory_bytes() <= 2 * memory);
  check_all();
}
