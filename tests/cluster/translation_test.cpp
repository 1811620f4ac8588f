// Translation mining: against NumPy on real vectors, and on made ones of which the truth is known.
#include "catch.hpp"
#include "error_of.hpp"
#include "mining_points.hpp"
#include "paths.hpp"

#include <glossa/cluster/translation_pairs.hpp>
#include <glossa/search/metric.hpp>
#include <glossa/text/base64.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

namespace {

using glossa::MinedPair;
using glossa::Points;
using glossa::TranslationMatching;
using glossa::TranslationOptions;
using test::PointSet;
using PairSet = std::set<std::pair<std::size_t, std::size_t>>;

PairSet set_of(const std::vector<MinedPair>& pairs) {
  PairSet out;
  for (const MinedPair& pair : pairs) out.emplace(pair.a, pair.b);
  return out;
}

struct Scores {
  double precision;
  double recall;
};

Scores scores_of(const std::vector<MinedPair>& pairs, const PairSet& truth) {
  std::size_t right = 0;
  for (const MinedPair& pair : pairs) right += truth.count({pair.a, pair.b});
  return {static_cast<double>(right) / static_cast<double>(pairs.size()),
          static_cast<double>(right) / static_cast<double>(truth.size())};
}

/// Japanese and English sentences of Tatoeba; see make_translations.py.
struct Tatoeba {
  PointSet<float> set;
  std::vector<std::int32_t> languages;
  PairSet truth;
  nlohmann::json golden;
};

Tatoeba tatoeba() {
  Tatoeba data;
  data.golden = nlohmann::json::parse(test::read_file(test::golden() / "translations.json"));
  data.languages = data.golden.at("languages").get<std::vector<std::int32_t>>();
  const auto codes = glossa::detail::base64_decode(data.golden.at("codes").get<std::string>());
  REQUIRE(codes.has_value());
  data.set.rows = data.languages.size();
  data.set.dims = data.golden.at("dims").get<std::size_t>();
  for (const char code : *codes) data.set.values.push_back(static_cast<float>(static_cast<signed char>(code)));
  REQUIRE(data.set.values.size() == data.set.rows * data.set.dims);
  for (const auto& pair : data.golden.at("truth"))
    data.truth.emplace(pair[0].get<std::size_t>(), pair[1].get<std::size_t>());
  return data;
}

/// Rows of translated_rows() that say the same in two languages.
PairSet truth_of(std::size_t languages, std::size_t texts, std::size_t shared) {
  PairSet truth;
  for (std::size_t l = 0; l < languages; ++l)
    for (std::size_t m = l + 1; m < languages; ++m)
      for (std::size_t i = 0; i < shared; ++i) truth.emplace(l * texts + i, m * texts + i);
  return truth;
}

std::vector<std::int32_t> languages_of(std::size_t languages, std::size_t texts) {
  std::vector<std::int32_t> out;
  for (std::size_t i = 0; i < languages * texts; ++i) out.push_back(static_cast<std::int32_t>(100 - i / texts));
  return out;
}

}  // namespace

TEST_CASE("mutual margins are those of NumPy, between languages and among all") {
  const Tatoeba data = tatoeba();
  for (const auto& [name, matching] : std::map<std::string, TranslationMatching>{
           {"mutual", TranslationMatching::mutual}, {"mutual_any", TranslationMatching::mutual_any}}) {
    CAPTURE(name);
    TranslationOptions options{.languages = data.languages, .matching = matching};
    const auto pairs = glossa::mine_translations(data.set.points(), options);
    const auto exact = glossa::mine_translations(test::as_double(data.set).points(), options);
    CHECK(set_of(pairs) == set_of(exact));
    std::map<std::pair<std::size_t, std::size_t>, double> expected;
    for (const auto& pair : data.golden.at(name))
      expected[{pair[0].get<std::size_t>(), pair[1].get<std::size_t>()}] = pair[2].get<double>();
    REQUIRE(pairs.size() == expected.size());
    for (const MinedPair& pair : pairs) {
      CAPTURE(pair.a, pair.b);
      REQUIRE(expected.count({pair.a, pair.b}) == 1);
      CHECK(static_cast<double>(pair.score) == Approx(expected.at({pair.a, pair.b})).margin(2e-4));
    }
  }
}

TEST_CASE("the default is better than mutual margins, with languages and without") {
  const Tatoeba data = tatoeba();
  const auto mined = [&](TranslationMatching matching, bool knows_languages) {
    TranslationOptions options{.matching = matching};
    if (knows_languages) options.languages = data.languages;
    return scores_of(glossa::mine_translations(data.set.points(), options), data.truth);
  };
  const Scores usual = mined(TranslationMatching::mutual_any, true);
  const Scores across = mined(TranslationMatching::mutual, true);
  const Scores own = mined(TranslationMatching::calibrated, true);
  CHECK(own.precision > usual.precision + 0.15);
  CHECK(own.recall > usual.recall + 0.1);
  CHECK(own.precision > across.precision + 0.05);  // half of the texts have no translation
  CHECK(own.recall > across.recall - 0.05);
  const Scores unknown = mined(TranslationMatching::calibrated, false);
  CHECK(unknown.precision > own.precision - 0.03);
  CHECK(unknown.recall > own.recall - 0.03);
}

TEST_CASE("pairs are one to one between each two languages, and have the vectors' own cosines") {
  const PointSet<float> set = test::translated_rows(3, 150, 100, 96, 0.4F, 1);
  const auto languages = languages_of(3, 150);
  const auto pairs = glossa::mine_translations(set.points(), {.languages = languages});
  const Scores scores = scores_of(pairs, truth_of(3, 150, 100));
  CHECK(scores.precision > 0.95);
  CHECK(scores.recall > 0.95);
  std::set<std::pair<std::size_t, std::int32_t>> taken;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const MinedPair& pair = pairs[i];
    CHECK(pair.a < pair.b);
    CHECK(languages[pair.a] != languages[pair.b]);
    CHECK(taken.emplace(pair.a, languages[pair.b]).second);
    CHECK(taken.emplace(pair.b, languages[pair.a]).second);
    CHECK(pair.score >= 0.5F);
    CHECK(pair.score <= 1.0F);
    if (i > 0) CHECK(pair.score <= pairs[i - 1].score);
    const auto row = [&](std::size_t r) { return std::span<const float>(set.values).subspan(r * set.dims, set.dims); };
    CHECK(pair.cosine == Approx(glossa::cosine(row(pair.a), row(pair.b))).margin(1e-6));
  }
}

TEST_CASE("a threshold is the least score; a higher one leaves out the less sure") {
  const PointSet<float> set = test::translated_rows(2, 200, 100, 64, 1.2F, 2);
  const auto languages = languages_of(2, 200);
  std::size_t last = 1000;
  for (const double threshold : {0.0, 0.5, 0.9, 0.99}) {
    TranslationOptions options{.languages = languages};
    options.threshold = threshold;
    const auto pairs = glossa::mine_translations(set.points(), options);
    for (const MinedPair& pair : pairs) CHECK(static_cast<double>(pair.score) >= threshold - 1e-7);
    CHECK(pairs.size() <= last);
    if (threshold == 0.5) CHECK(pairs.size() < last);
    if (threshold == 0.99) CHECK(pairs.size() < last);
    CHECK(!pairs.empty());
    last = pairs.size();
  }
}

TEST_CASE("languages are told apart by the vectors of texts and translations") {
  for (const std::size_t languages : {2u, 3u, 4u}) {
    const PointSet<float> set = test::translated_rows(languages, 300, 250, 48, 0.4F, 3);
    const auto sides = glossa::language_sides(set.points());
    CAPTURE(languages);
    std::map<std::pair<std::size_t, std::int32_t>, std::size_t> counts;
    std::set<std::int32_t> used(sides.begin(), sides.end());
    for (std::size_t i = 0; i < sides.size(); ++i) ++counts[{i / 300, sides[i]}];
    CHECK(used.size() == languages);
    std::size_t majority = 0;
    for (std::size_t l = 0; l < languages; ++l) {
      std::size_t most = 0;
      for (const std::int32_t side : used) most = std::max(most, counts[{l, side}]);
      majority += most;
    }
    CHECK(majority > sides.size() * 92 / 100);
    CHECK(glossa::language_sides(test::as_double(set).points()) == sides);
  }
}

TEST_CASE("texts of one language, and few ones, are on one side") {
  const PointSet<float> one = test::translated_rows(1, 600, 0, 48, 0, 4);
  const auto sides = glossa::language_sides(one.points());
  CHECK(std::set<std::int32_t>(sides.begin(), sides.end()) == std::set<std::int32_t>{0});
  const PointSet<float> few = test::translated_rows(2, 20, 20, 16, 0.3F, 5);
  CHECK(glossa::language_sides(few.points()) == std::vector<std::int32_t>(40, 0));
  CHECK(glossa::language_sides(Points<float>()).empty());
}

TEST_CASE("translations do not depend on the number of threads, nor much on a graph") {
  const PointSet<float> set = test::translated_rows(2, 900, 700, 32, 0.6F, 6);
  const auto languages = languages_of(2, 900);
  TranslationOptions options{.languages = languages};
  options.run.threads = 1;
  const auto one = glossa::mine_translations(set.points(), options);
  options.run.threads = 4;
  CHECK(glossa::mine_translations(set.points(), options) == one);
  options.search = glossa::NeighborSearch::graph;
  const PairSet exact = set_of(one);
  const Scores scores = scores_of(glossa::mine_translations(set.points(), options), exact);
  CHECK(scores.precision > 0.98);
  CHECK(scores.recall > 0.98);
  TranslationOptions unknown;
  unknown.run.threads = 1;
  const auto found = glossa::mine_translations(set.points(), unknown);
  unknown.run.threads = 3;
  CHECK(glossa::mine_translations(set.points(), unknown) == found);
  unknown.search = glossa::NeighborSearch::graph;
  const Scores without = scores_of(glossa::mine_translations(set.points(), unknown), set_of(found));
  CHECK(without.precision > 0.97);
  CHECK(without.recall > 0.97);
}

TEST_CASE("translation mining of nothing, one, equal, zero and few vectors") {
  CHECK(glossa::mine_translations(Points<float>()).empty());
  CHECK(glossa::mine_translations(glossa::Embeddings()).empty());
  const PointSet<float> one = test::clustered_rows(1, 8, 1);
  CHECK(glossa::mine_translations(one.points()).empty());
  for (const float value : {0.0F, 0.5F}) {
    const PointSet<float> same{60, 8, std::vector<float>(480, value)};
    const auto languages = languages_of(2, 30);
    for (const auto matching :
         {TranslationMatching::calibrated, TranslationMatching::mutual, TranslationMatching::mutual_any}) {
      const auto pairs = glossa::mine_translations(same.points(), {.languages = languages, .matching = matching});
      PairSet taken = set_of(pairs);
      CHECK(taken.size() == pairs.size());
      for (const MinedPair& pair : pairs) CHECK(std::isfinite(pair.score));
    }
    CHECK(glossa::mine_translations(same.points(), {.languages = languages}).empty());  // nothing stands out
    const std::vector<MinedPair> found = glossa::mine_translations(same.points());
    CHECK(set_of(found).size() == found.size());
  }
  const PointSet<float> few = test::translated_rows(2, 2, 2, 8, 0.1F, 2);
  const auto languages = languages_of(2, 2);
  for (const auto& pair : glossa::mine_translations(few.points(), {.languages = languages, .neighbors = 50}))
    CHECK(pair.a + 2 == pair.b);
  TranslationOptions mutual{.languages = languages, .matching = TranslationMatching::mutual, .neighbors = 50};
  CHECK(glossa::mine_translations(few.points(), mutual).size() == 2);  // so that some pairs were looked at
}

TEST_CASE("translation mining refuses what it cannot work with") {
  PointSet<float> set = test::clustered_rows(10, 4, 2);
  const std::vector<std::int32_t> three{1, 2, 3};
  CHECK(test::says(test::error_of([&] { (void)glossa::mine_translations(set.points(), {.languages = three}); }),
                   "one a vector, 10"));
  CHECK(test::says(test::error_of([&] { (void)glossa::mine_translations(set.points(), {.neighbors = 0}); }),
                   "neighbors"));
  TranslationOptions options;
  options.threshold = std::numeric_limits<double>::quiet_NaN();
  CHECK(test::says(test::error_of([&] { (void)glossa::mine_translations(set.points(), options); }), "NaN"));
  set.row(3)[0] = std::numeric_limits<float>::infinity();
  CHECK(test::says(test::error_of([&] { (void)glossa::mine_translations(set.points()); }), "vector 3"));
  CHECK(test::says(test::error_of([&] { (void)glossa::language_sides(set.points()); }), "vector 3"));
}

TEST_CASE("what a progress function throws ends translation mining") {
  const PointSet<float> set = test::translated_rows(2, 600, 500, 16, 0.4F, 7);
  for (const bool knows : {false, true}) {
    const auto languages = languages_of(2, 600);
    TranslationOptions options;
    if (knows) options.languages = languages;
    options.run.threads = 2;
    options.run.progress = [](const glossa::Progress&) { throw std::runtime_error("enough"); };
    CHECK_THROWS_WITH(glossa::mine_translations(set.points(), options), "enough");
  }
}
