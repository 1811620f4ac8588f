// Near-duplicates in six languages, groups of them, which of a group is kept, and a stream.
#include "catch.hpp"
#include "error_of.hpp"
#include "mining_points.hpp"
#include "near_texts.hpp"

#include <glossa/cluster/duplicate_stream.hpp>
#include <glossa/cluster/near_duplicates.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <limits>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using glossa::DuplicateGroups;
using glossa::Keep;
using glossa::MinedPair;
using glossa::Points;
using test::near_texts;
using test::views;

void check_scores(std::size_t right, std::size_t found, std::size_t all) {
  CHECK(static_cast<double>(right) >= 0.95 * static_cast<double>(found));
  CHECK(static_cast<double>(right) >= 0.95 * static_cast<double>(all));
}

}  // namespace

TEST_CASE(
    "copies with other case, punctuation, spacing or one word changed are found in every language, and no others") {
  const nlohmann::json languages = near_texts();
  REQUIRE(languages.size() == 6);
  for (const auto& [language, data] : languages.items()) {
    CAPTURE(language);
    const auto texts = data.at("texts").get<std::vector<std::string>>();
    std::set<std::pair<std::size_t, std::size_t>> truth;
    for (const auto& pair : data.at("pairs")) truth.emplace(pair[0].get<std::size_t>(), pair[1].get<std::size_t>());
    REQUIRE(truth.size() > 14);
    const auto pairs = glossa::near_duplicate_pairs(views(texts), Points<float>());
    std::size_t right = 0;
    for (const MinedPair& pair : pairs) right += truth.count({pair.a, pair.b});
    check_scores(right, pairs.size(), truth.size());

    const DuplicateGroups groups = glossa::near_duplicate_groups(views(texts), Points<float>());
    std::size_t together = 0;
    std::size_t members = 0;
    for (const auto& [a, b] : truth) together += groups.group[a] == groups.group[b];
    for (const auto& group : groups.members) members += group.size() * (group.size() - 1) / 2;
    check_scores(together, members, truth.size());

    glossa::DuplicateStream stream;
    std::size_t left_out = 0;
    right = 0;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const auto verdict = stream.add(texts[i]);
      CHECK(verdict.text == i);
      left_out += !verdict.is_kept();
      right += truth.count({static_cast<std::size_t>(verdict.of), i});
    }
    check_scores(right, left_out, truth.size());
  }
}

TEST_CASE("pairs of texts have the similarity of the texts, best first, whatever the number of threads") {
  const auto texts = near_texts().at("eng").at("texts").get<std::vector<std::string>>();
  glossa::NearDuplicateOptions options;
  options.threshold = 0.6;
  options.run.threads = 1;
  const auto pairs = glossa::near_duplicate_pairs(views(texts), Points<float>(), options);
  REQUIRE(pairs.size() > 20);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    CHECK(static_cast<double>(pairs[i].score) == Approx(glossa::text_similarity(texts[pairs[i].a], texts[pairs[i].b])));
    CHECK(pairs[i].score >= 0.6F);
    CHECK(pairs[i].cosine == 0);
    if (i > 0) CHECK(pairs[i].score <= pairs[i - 1].score);
  }
  options.run.threads = 4;
  CHECK(glossa::near_duplicate_pairs(views(texts), Points<float>(), options) == pairs);
}

TEST_CASE("texts of three long words that differ in one are found wherever it stands, at once and in a stream") {
  std::mt19937 random(8);
  const auto word = [&](std::size_t letters) {
    std::string text;
    while (text.size() < letters) text += static_cast<char>('a' + random() % 26);
    return text;
  };
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < 600; i += 2) {
    const std::size_t place = i / 2 % 3;
    std::vector<std::string> words{word(5), word(5), word(5)};
    for (int copy = 0; copy < 2; ++copy) {
      words[place] = word(12);
      texts.push_back(words[0] + " " + words[1] + " " + words[2]);
    }
  }
  const auto pairs = glossa::near_duplicate_pairs(views(texts), Points<float>());
  CHECK(pairs.size() == 300);
  for (const MinedPair& pair : pairs) CHECK((pair.a % 2 == 0 && pair.b == pair.a + 1));
  glossa::DuplicateStream stream({.most_kept = 100});  // sketches are removed, too
  for (std::size_t i = 0; i < texts.size(); ++i) CHECK(stream.add(texts[i]).of == i - i % 2);
}

TEST_CASE("near vectors are compared as texts, too, where trigrams would not have met") {
  // Few letters are the same three in a row, and yet most of them stay.
  const std::vector<std::string> texts{"abXcdYefZghVij", "abPcdQefRghSij", "something else", "another thing"};
  REQUIRE(glossa::text_similarity(texts[0], texts[1]) > 0.7);
  glossa::NearDuplicateOptions options;
  options.threshold = 0.7;
  CHECK(glossa::near_duplicate_pairs(views(texts), Points<float>(), options).empty());
  const test::PointSet<float> set{4, 3, {1, 0, 0, 0.9F, 0.1F, 0, 0, 1, 0, 0, 0, 1}};
  const auto pairs = glossa::near_duplicate_pairs(views(texts), set.points(), options);
  REQUIRE(pairs.size() == 1);
  CHECK(pairs[0].b == 1);
  CHECK(pairs[0].cosine == Approx(0.9939).margin(1e-3));
}

TEST_CASE("vectors alone: those that stand out of the corpus by far") {
  test::PointSet<float> set{400, 64, test::random_values<float>(400 * 64, 9)};
  for (float& value : set.values) value += 2;  // what all have in common, as with e5
  const auto noise = test::random_values<float>(64, 10, -0.1F, 0.1F);
  for (std::size_t i = 0; i < 20; ++i)
    for (std::size_t d = 0; d < 64; ++d) set.row(380 + i)[d] = set.row(i)[d] + noise[(d + i) % 64];
  const auto pairs = glossa::near_duplicate_pairs({}, set.points());
  CHECK(pairs.size() == 20);
  for (const MinedPair& pair : pairs) CHECK(pair.a + 380 == pair.b);
  const auto exact = glossa::near_duplicate_pairs({}, test::as_double(set).points());
  CHECK(exact.size() == 20);
  const DuplicateGroups groups = glossa::near_duplicate_groups({}, set.points());
  CHECK(groups.members.size() == 380);
}

TEST_CASE("a likeness that is the threshold reaches it") {
  const std::string letters =
      "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuv";
  for (const auto& [threshold, edits] :
       std::vector<std::pair<double, std::size_t>>{{0.77, 23}, {0.9, 10}, {0.55, 45}}) {
    std::string changed = letters;
    for (std::size_t i = 0; i < edits; ++i) changed[99 - i] = '0';
    glossa::NearDuplicateOptions options;
    options.threshold = threshold;
    const std::vector<std::string> texts{letters, changed};
    CHECK(glossa::near_duplicate_pairs(views(texts), Points<float>(), options).size() == 1);
    glossa::DuplicateStream stream({.threshold = threshold});
    CHECK(stream.add(letters).is_kept());
    CHECK(!stream.add(changed).is_kept());
    changed[99 - edits] = '0';
    CHECK(glossa::near_duplicate_pairs(views({letters, changed}), Points<float>(), options).empty());
  }
}

TEST_CASE("near-duplicates of what is not numbers, or not as many, are refused") {
  test::PointSet<float> set = test::clustered_rows(3, 4, 2);
  const std::vector<std::string> texts{"a", "b"};
  CHECK(test::says(test::error_of([&] { (void)glossa::near_duplicate_pairs(views(texts), set.points()); }),
                   "one vector a text, 2"));
  set.row(1)[1] = std::numeric_limits<float>::quiet_NaN();
  CHECK(test::says(test::error_of([&] { (void)glossa::near_duplicate_pairs({}, set.points()); }), "vector 1"));
  glossa::NearDuplicateOptions options;
  options.threshold = std::numeric_limits<double>::quiet_NaN();
  CHECK(test::says(test::error_of([&] { (void)glossa::near_duplicate_pairs(views(texts), Points<float>(), options); }),
                   "NaN"));
  CHECK(test::says(test::error_of([&] { glossa::DuplicateStream stream({.threshold = *options.threshold}); }), "NaN"));
  CHECK(test::says(test::error_of([&] {
                     (void)glossa::group_pairs(2, std::vector<MinedPair>{{0, 2, 1, 1}});
                   }),
                   "below 2"));
}

TEST_CASE("what a progress function throws ends the search for duplicates") {
  const test::PointSet<float> set = test::clustered_rows(600, 8, 3);
  glossa::NearDuplicateOptions options;
  options.run.progress = [](const glossa::Progress&) { throw std::runtime_error("enough"); };
  CHECK_THROWS_WITH(glossa::near_duplicate_pairs({}, set.points(), options), "enough");
  const std::vector<std::string> texts{"the black cat sleeps", "the black cat sleeps now", "a dog"};
  CHECK_THROWS_WITH(glossa::near_duplicate_groups(views(texts), Points<float>(), options), "enough");
}

TEST_CASE("progress of near-duplicates goes from none to all, and any of its calls can end it") {
  std::vector<std::string> texts;
  for (int i = 0; i < 600; ++i) texts.push_back("text number " + std::to_string(i / 2) + " of so many");
  const test::PointSet<float> set = test::clustered_rows(600, 8, 3);
  std::vector<glossa::Progress> told;
  glossa::NearDuplicateOptions options;
  options.keep = Keep::medoid;
  options.run.progress = [&](const glossa::Progress& progress) { told.push_back(progress); };
  const auto check_told = [&] {
    REQUIRE(told.size() > 3);
    for (std::size_t i = 1; i < told.size(); ++i) {
      CHECK(told[i].done >= told[i - 1].done);
      CHECK(told[i].total == told[0].total);
    }
    CHECK(told.front().done < told.back().total / 6);
    CHECK(told.back().done == told.back().total);
  };
  for (const auto search : {glossa::NeighborSearch::exact, glossa::NeighborSearch::graph}) {
    options.search = search;
    told.clear();
    (void)glossa::near_duplicate_groups(views(texts), set.points(), options);
    check_told();
  }
  told.clear();
  (void)glossa::near_duplicate_pairs(views(texts), Points<float>(), options);
  check_told();
  told.clear();
  (void)glossa::near_duplicate_groups(views(texts), Points<float>(), options);
  check_told();
  for (std::size_t end = 0; end < told.size(); end += 1 + told.size() / 20) {
    std::size_t calls = 0;
    options.run.progress = [&](const glossa::Progress&) {
      if (calls++ == end) throw std::runtime_error("enough");
    };
    CHECK_THROWS_WITH(glossa::near_duplicate_groups(views(texts), Points<float>(), options), "enough");
  }
}
