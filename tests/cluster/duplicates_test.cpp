// Near-duplicates in six languages, groups of them, which of a group is kept, and a stream.
#include "catch.hpp"
#include "error_of.hpp"
#include "mining_points.hpp"
#include "paths.hpp"

#include <glossa/cluster/duplicate_stream.hpp>
#include <glossa/cluster/lexical_candidates.hpp>
#include <glossa/cluster/near_duplicates.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <span>
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

std::vector<std::string_view> views(const std::vector<std::string>& texts) { return {texts.begin(), texts.end()}; }

/// See make_near_texts.py.
nlohmann::json near_texts() { return nlohmann::json::parse(test::read_file(test::golden() / "near_texts.json")); }

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

TEST_CASE("weak links do not make a chain") {
  // Each text is like the next one, and not like the one after that: two of twenty letters go and two come.
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < 12; ++i) {
    std::string text;
    for (std::size_t k = 0; k < 20; ++k) text += static_cast<char>('a' + (k + 2 * i) % 26);
    texts.push_back(text);
  }
  std::vector<MinedPair> links;
  for (std::size_t i = 1; i < 12; ++i) links.push_back({i - 1, i, 0.9F, 0.9F});
  const DuplicateGroups chained = glossa::group_pairs(12, links);
  CHECK(chained.members.size() == 1);
  const DuplicateGroups groups =
      glossa::group_pairs(12, links, [](std::size_t a, std::size_t b) { return a + 1 == b || b + 1 == a || a == b; });
  for (const auto& members : groups.members) CHECK(members.size() <= 3);
  for (const std::vector<std::size_t>& members : groups.members) CHECK(members.back() - members.front() <= 2);
  for (const Keep keep : {Keep::first, Keep::longest, Keep::medoid}) {
    glossa::NearDuplicateOptions options;
    options.keep = keep;
    const DuplicateGroups near = glossa::near_duplicate_groups(views(texts), Points<float>(), options);
    CHECK(near.members.size() < 12);
    for (std::size_t g = 0; g < near.members.size(); ++g)
      for (const std::size_t text : near.members[g]) {
        CHECK(glossa::text_similarity(texts[text], texts[near.kept[g]]) >= 0.77);
        CHECK(near.group[text] == static_cast<std::int32_t>(g));
      }
  }
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

TEST_CASE("who is unlike the text that is kept leaves its group") {
  glossa::DuplicateGroups groups = glossa::group_pairs(
      6, std::vector<MinedPair>{{2, 5, 0.9F, 0}, {3, 5, 0.8F, 0}, {0, 5, 0.8F, 0}, {1, 4, 0.7F, 0}});
  const auto first = [](std::span<const std::size_t> members) { return members.front(); };
  glossa::choose_kept(groups, first, [](std::size_t text, std::size_t kept) { return text - kept != 3 || kept == 2; });
  CHECK(groups.group == std::vector<std::int32_t>{0, 1, 0, 2, 3, 0});
  CHECK(groups.kept == std::vector<std::size_t>{0, 1, 3, 4});
}

TEST_CASE("groups are numbered by their first members, and union-find agrees with a search through all links") {
  std::mt19937 random(5);
  for (int round = 0; round < 20; ++round) {
    const std::size_t count = 2 + random() % 60;
    std::vector<MinedPair> links;
    std::vector<std::vector<std::size_t>> near(count);
    for (std::size_t n = random() % 60; n > 0; --n) {
      const std::size_t a = random() % count;
      const std::size_t b = random() % count;
      if (a == b) continue;
      links.push_back({std::min(a, b), std::max(a, b), static_cast<float>(random() % 100), 0});
      near[a].push_back(b);
      near[b].push_back(a);
    }
    const DuplicateGroups groups = glossa::group_pairs(count, links);
    std::vector<std::int32_t> expected(count, -1);
    std::int32_t next = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (expected[i] >= 0) continue;
      std::vector<std::size_t> open{i};
      for (expected[i] = next; !open.empty();) {
        const std::size_t at = open.back();
        open.pop_back();
        for (const std::size_t other : near[at])
          if (expected[other] < 0) {
            expected[other] = next;
            open.push_back(other);
          }
      }
      ++next;
    }
    CHECK(groups.group == expected);
    for (std::size_t g = 0; g < groups.members.size(); ++g) {
      CHECK(std::is_sorted(groups.members[g].begin(), groups.members[g].end()));
      CHECK(groups.kept[g] == groups.members[g].front());
      for (const std::size_t member : groups.members[g]) CHECK(groups.group[member] == static_cast<std::int32_t>(g));
    }
  }
}

TEST_CASE("translations make groups with one text of each language") {
  const std::vector<std::int32_t> labels{0, 1, 2, 0, 1, 2};
  const std::vector<MinedPair> links{
      {0, 1, 0.9F, 0}, {1, 2, 0.8F, 0}, {2, 3, 0.7F, 0}, {3, 4, 0.6F, 0}, {3, 5, 0.5F, 0}};
  const DuplicateGroups groups = glossa::group_one_each(6, links, labels);
  CHECK(groups.group == std::vector<std::int32_t>{0, 0, 0, 1, 1, 1});
  CHECK(test::says(test::error_of([&] { (void)glossa::group_one_each(5, {}, labels); }), "label"));
}

TEST_CASE("the first, the longest, the medoid or whichever the caller wants is kept") {
  const std::vector<std::string> texts{
      "the black cat sleeps all day long on the old mat", "the black cat sleeps all day long on the mat",
      "the black cat sleeps all day long on the mat now!!!!", "elephants do not forget anything"};
  const auto kept = [&](const glossa::NearDuplicateOptions& options) {
    const DuplicateGroups groups = glossa::near_duplicate_groups(views(texts), Points<float>(), options);
    REQUIRE(groups.members.size() == 2);
    CHECK(groups.kept[1] == 3);
    CHECK(groups.keeps(3));
    return groups.kept[0];
  };
  CHECK(kept({}) == 0);
  CHECK(kept({.keep = Keep::longest}) == 2);
  CHECK(kept({.keep = Keep::medoid}) == 1);
  CHECK(kept({.choose = [](std::span<const std::size_t> members) { return members.back(); }}) == 2);
  const glossa::Error error = test::error_of([&] { (void)kept({.choose = [](auto) { return std::size_t{99}; }}); });
  CHECK(error.kind() == glossa::ErrorKind::invalid_argument);
  CHECK(test::says(error, "99"));
}

TEST_CASE("a thousand equal texts are one group, and so are none and one") {
  const std::vector<std::string> same(1000, "All the same.");
  CHECK(glossa::exact_duplicate_groups(views(same)).members.size() == 1);
  CHECK(glossa::near_duplicate_groups(views(same), Points<float>()).members.size() == 1);
  const test::PointSet<float> zeros{1000, 4, std::vector<float>(4000)};
  CHECK(glossa::near_duplicate_groups(views(same), zeros.points()).members.size() == 1);
  CHECK(glossa::near_duplicate_groups({}, Points<float>()).members.empty());
  CHECK(glossa::near_duplicate_groups(views({"one"}), Points<float>()).members.size() == 1);
  const std::vector<std::string> blank{"", " ", "\n", "a"};
  CHECK(glossa::near_duplicate_groups(views(blank), Points<float>()).group == std::vector<std::int32_t>{0, 0, 0, 1});
  CHECK(glossa::exact_duplicate_groups(views(blank)).group == std::vector<std::int32_t>{0, 0, 0, 1});
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

TEST_CASE("texts of one pattern do not fill the memory with candidates") {
  std::vector<glossa::detail::KeyedText> texts;
  for (int i = 0; i < 10'000; ++i)
    texts.push_back(
        glossa::detail::keyed_text("connection from client " + std::to_string(i) + " was closed by the server"));
  glossa::detail::LexicalCandidates candidates(texts);
  candidates.sketch([](std::size_t count, auto&& body) {
    for (std::size_t i = 0; i < count; ++i) body(i);
  });
  for (std::size_t round = 0; round < glossa::detail::LexicalCandidates::kRounds; ++round) candidates.add(round);
  const auto pairs = candidates.take();
  CHECK(pairs.size() < 400 * texts.size());
  CHECK(std::is_sorted(pairs.begin(), pairs.end()));
}

TEST_CASE("a crowd that was forgotten leaves room for others") {
  glossa::DuplicateStream stream({.most_kept = 100});
  const auto text = [](int i) {  // all share bands, none is like another
    std::string own = "the same beginning of all of these texts, and then ";
    std::mt19937 random(static_cast<unsigned>(i));
    for (int k = 0; k < 61; ++k) own += k == 30 ? ' ' : static_cast<char>('a' + random() % 26);
    return own;
  };
  for (int i = 0; i < 2000; ++i) {
    CHECK(stream.add(text(i)).is_kept());
    CHECK(!stream.add(text(i) + " again").is_kept());
  }
}

TEST_CASE("a stream that may keep few texts forgets the oldest, and its memory stays") {
  glossa::DuplicateStream stream({.most_kept = 100});
  std::mt19937 random(6);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < 3000; ++i) {
    std::string text;
    for (std::size_t k = 0; k < 40; ++k) text += static_cast<char>('a' + random() % 26);
    texts.push_back(text);
    CHECK(stream.add(text).is_kept());
    CHECK(stream.kept() <= 100);
    CHECK(stream.memory_bytes() < 150'000);
    if (i >= 50) {
      const auto verdict = stream.add("  " + texts[i - 50] + "!");  // of the last hundred
      CHECK(verdict.score == 1);
      CHECK(!verdict.is_kept());
    }
  }
  CHECK(stream.add(texts[0]).is_kept());  // long forgotten
}

TEST_CASE("a stream's verdicts name a kept text that is alike, and equal keys alone at threshold one") {
  glossa::DuplicateStream stream;
  CHECK(stream.add("The quick brown fox jumps over the lazy dog").is_kept());
  const auto near = stream.add("The quick brown fox jumps over the lazy cat");
  CHECK(near.of == 0);
  CHECK(near.text == 1);
  CHECK(static_cast<double>(near.score) ==
        Approx(glossa::text_similarity("The quick brown fox jumps over the lazy dog",
                                       "The quick brown fox jumps over the lazy cat")));
  CHECK(stream.add("Nothing of the kind").is_kept());
  CHECK(stream.add("the QUICK brown fox jumps over the lazy dog!").of == 0);
  CHECK(stream.kept() == 2);
  glossa::DuplicateStream strict({.threshold = 1});
  CHECK(strict.add("The quick brown fox jumps over the lazy dog").is_kept());
  CHECK(strict.add("The quick brown fox jumps over the lazy cat").is_kept());
  CHECK(!strict.add("the quick brown fox jumps over the lazy dog").is_kept());
  glossa::DuplicateStream moved = std::move(strict);
  CHECK(!moved.add("the quick brown fox, jumps over the lazy cat").is_kept());
}
