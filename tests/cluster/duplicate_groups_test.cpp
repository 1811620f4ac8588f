// Groups of near-duplicates, and which of a group is kept.
#include "catch.hpp"
#include "error_of.hpp"
#include "mining_points.hpp"
#include "near_texts.hpp"

#include <glossa/cluster/near_duplicates.hpp>

#include <algorithm>
#include <cstddef>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using glossa::DuplicateGroups;
using glossa::Keep;
using glossa::MinedPair;
using glossa::Points;
using test::views;

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
