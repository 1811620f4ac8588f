// Hard negatives: what is found by the library is what a search over everything finds.
#include "error_of.hpp"

#include <glossa/cluster/exact_cosine.hpp>
#include <glossa/cluster/random_draws.hpp>
#include <glossa/cluster/text_key.hpp>
#include <glossa/train/mine_negatives.hpp>
#include <glossa/train/training_data.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using glossa::Embeddings;
using glossa::MinedNegative;
using glossa::MinedNegatives;
using glossa::NegativeChoice;
using glossa::NegativeMiningOptions;
using glossa::Role;
using glossa::TrainingRow;

constexpr std::size_t kDims = 24;

/// A vector that a text's topic, the number before ":", decides on, and a little the rest and the role.
std::vector<float> vector_of(std::string_view text, Role role, std::uint64_t seed) {
  const std::string topic(text.substr(0, text.find(':')));
  glossa::detail::RandomDraws common(std::hash<std::string>{}(topic) + seed);
  glossa::detail::RandomDraws own(std::hash<std::string_view>{}(text) + seed);
  std::vector<float> out(kDims);
  for (float& value : out) value = static_cast<float>(common.unit() - 0.5 + 0.8 * (own.unit() - 0.5));
  if (role == Role::query) out[0] += 0.1F;
  return out;
}

glossa::RoleEncoder encoder(std::uint64_t seed = 1) {
  return [seed](std::span<const std::string_view> texts, Role role) {
    Embeddings out(texts.size(), kDims);
    for (std::size_t i = 0; i < texts.size(); ++i) std::ranges::copy(vector_of(texts[i], role, seed), out[i].begin());
    return out;
  };
}

/// Rows of 20 topics, some of which share anchors, positives, negatives and groups.
std::vector<TrainingRow> some_rows(std::size_t count) {
  glossa::detail::RandomDraws random(7);
  std::vector<TrainingRow> rows(count);
  const auto text = [&](const std::string& kind, std::size_t most) {
    const std::size_t number = random.below(most);
    return std::to_string(number % 20) + ": " + kind + " " + std::to_string(number);
  };
  for (TrainingRow& row : rows) {
    row.anchor = text("anchor", count);
    row.positive = text("positive", count);
    if (random.below(4) == 0) row.group = "g" + std::to_string(random.below(15));
    if (random.below(5) == 0) row.positive[row.positive.find('p')] = 'P';
    if (random.below(3) == 0) row.negatives.push_back(text("positive", count));
    if (random.below(30) == 0) row.positive = row.anchor;
  }
  return rows;
}

std::vector<std::string> positives_of(const std::vector<TrainingRow>& rows) {
  std::vector<std::string> out;
  for (const TrainingRow& row : rows) out.push_back(row.positive);
  return out;
}

/// The definition, with every text compared with every other.
class Oracle {
 public:
  Oracle(const std::vector<TrainingRow>& rows, const std::vector<std::string>& corpus,
         const NegativeMiningOptions& options)
      : rows_(rows), options_(options) {
    for (const std::string& text : corpus)
      if (std::find(corpus_.begin(), corpus_.end(), text) == corpus_.end()) corpus_.push_back(text);
  }

  /// The texts that may be row i's negatives, with their ranks, the lowest first.
  [[nodiscard]] std::vector<MinedNegative> eligible(std::size_t i, std::uint64_t seed, std::uint64_t judge) const {
    const TrainingRow& row = rows_[i];
    std::set<std::string> never{glossa::text_key(row.anchor)};
    for (const TrainingRow& other : rows_) {
      const bool same_anchor = glossa::text_key(other.anchor) == glossa::text_key(row.anchor);
      const bool same_group = !row.group.empty() && other.group == row.group;
      if (same_anchor || same_group) never.insert(glossa::text_key(other.positive));
      if (same_group) never.insert(glossa::text_key(other.anchor));
    }
    std::vector<std::pair<double, std::size_t>> ranked;
    for (std::size_t c = 0; c < corpus_.size(); ++c)
      if (!never.contains(glossa::text_key(corpus_[c])) &&
          std::find(row.negatives.begin(), row.negatives.end(), corpus_[c]) == row.negatives.end())
        ranked.emplace_back(-score(row.anchor, corpus_[c], seed), c);
    std::sort(ranked.begin(), ranked.end());
    const double positive = score(row.anchor, row.positive, judge);
    std::vector<MinedNegative> out;
    for (std::size_t rank = options_.first_rank; rank < std::min(options_.end_rank, ranked.size()); ++rank) {
      const std::string& text = corpus_[ranked[rank].second];
      const double judged = score(row.anchor, text, judge);
      if (options_.margin && !(judged < positive - *options_.margin)) continue;
      if (options_.relative && positive >= 0 && !(judged < positive * *options_.relative)) continue;
      if (options_.relative && positive < 0 && !(judged < positive * (2 - *options_.relative))) continue;
      if (options_.threshold && !(judged < *options_.threshold)) continue;
      out.push_back({text, rank, static_cast<float>(-ranked[rank].first), static_cast<float>(judged)});
    }
    return out;
  }

 private:
  [[nodiscard]] double score(std::string_view anchor, std::string_view text, std::uint64_t seed) const {
    return glossa::detail::exact_cosine<float>(vector_of(anchor, options_.anchor_role, seed),
                                               vector_of(text, options_.corpus_role, seed));
  }

  const std::vector<TrainingRow>& rows_;
  const NegativeMiningOptions& options_;
  std::vector<std::string> corpus_;
};

bool are_same(const MinedNegative& a, const MinedNegative& b) {
  return a.text == b.text && a.rank == b.rank && a.score == Approx(b.score).margin(1e-6) &&
         a.teacher_score == Approx(b.teacher_score).margin(1e-6);
}

bool are_same(const MinedNegatives& a, const MinedNegatives& b) {
  if (a.negatives.size() != b.negatives.size()) return false;
  for (std::size_t i = 0; i < a.negatives.size(); ++i)
    if (!std::equal(a.negatives[i].begin(), a.negatives[i].end(), b.negatives[i].begin(), b.negatives[i].end(),
                    [](const MinedNegative& x, const MinedNegative& y) { return are_same(x, y); }))
      return false;
  return a.too_close == b.too_close;
}

}  // namespace

TEST_CASE("mined negatives are those of a search over everything, whatever the options") {
  const auto rows = some_rows(150);
  std::vector<std::string> other_corpus;
  for (std::size_t i = 0; i < 400; ++i)
    other_corpus.push_back(std::to_string(i % 20) + ": " + (i % 3 == 0 ? "positive " : "text ") +
                           std::to_string(i % 350));
  std::vector<NegativeMiningOptions> all(1);
  all.push_back({.negatives = 3, .first_rank = 10, .end_rank = 50});
  all.push_back({.negatives = 1000, .end_rank = 1000});
  all.push_back({.first_rank = 139, .end_rank = 100'000});
  all.push_back({.margin = 0.05});
  all.push_back({.margin = -0.1});
  all.push_back({.relative = 0.95});
  all.push_back({.relative = 0.5, .anchor_role = Role::none, .corpus_role = Role::none});
  all.push_back({.threshold = 0.6});
  all.push_back({.margin = 0.02, .relative = 0.9, .threshold = 0.7});
  all.push_back({.first_rank = 2, .end_rank = 30, .margin = 0.05, .teacher = encoder(2)});
  all.push_back(
      {.negatives = 2, .end_rank = 12, .relative = 0.9, .teacher = encoder(2), .choice = NegativeChoice::random});
  all.push_back({.negatives = 4, .threshold = 0.4, .choice = NegativeChoice::random, .seed = 5});
  for (std::size_t variant = 0; variant < all.size(); ++variant)
    for (const bool has_corpus : {false, true}) {
      CAPTURE(variant, has_corpus);
      const NegativeMiningOptions& options = all[variant];
      const std::vector<std::string> corpus = has_corpus ? other_corpus : positives_of(rows);
      const MinedNegatives mined = has_corpus ? glossa::mine_negatives(rows, corpus, encoder(), options)
                                              : glossa::mine_negatives(rows, encoder(), options);
      REQUIRE(mined.negatives.size() == rows.size());
      const Oracle oracle(rows, corpus, options);
      std::size_t wrong = 0;
      std::size_t with_all = 0;
      std::size_t with_none = 0;
      for (std::size_t i = 0; i < rows.size(); ++i) {
        std::vector<MinedNegative> expected = oracle.eligible(i, 1, options.teacher ? 2 : 1);
        const std::vector<MinedNegative>& found = mined.negatives[i];
        with_all += found.size() == options.negatives ? 1 : 0;
        with_none += found.empty() ? 1 : 0;
        if (options.choice == NegativeChoice::random && expected.size() > options.negatives) {
          // Any of them, in order.
          wrong += found.size() == options.negatives ? 0 : 1;
          for (std::size_t j = 0; j < found.size(); ++j) {
            const auto one = std::find_if(expected.begin(), expected.end(),
                                          [&](const MinedNegative& e) { return e.rank == found[j].rank; });
            wrong += one != expected.end() && are_same(*one, found[j]) ? 0 : 1;
            wrong += j == 0 || found[j - 1].rank < found[j].rank ? 0 : 1;
          }
          continue;
        }
        expected.resize(std::min(expected.size(), options.negatives));
        const bool same = found.size() == expected.size() &&
                          std::equal(found.begin(), found.end(), expected.begin(),
                                     [](const MinedNegative& a, const MinedNegative& b) { return are_same(a, b); });
        wrong += same ? 0 : 1;
      }
      CHECK(wrong == 0);
      CHECK(mined.rows_with_all == with_all);
      CHECK(mined.rows_with_none == with_none);
      CHECK(mined.rows_with_all + mined.rows_with_fewer + mined.rows_with_none == rows.size());
    }
}

TEST_CASE("mined negatives are the same with any number of threads, and random ones by their seed alone") {
  const auto rows = some_rows(300);
  for (const NegativeChoice choice : {NegativeChoice::hardest, NegativeChoice::random})
    for (const std::size_t exact_up_to : {std::size_t{0}, std::size_t{1'000'000}}) {
      NegativeMiningOptions options{.margin = 0.02, .choice = choice, .exact_up_to = exact_up_to};
      options.run.threads = 1;
      const MinedNegatives one = glossa::mine_negatives(rows, encoder(), options);
      for (const std::size_t threads : {2u, 3u, 8u}) {
        options.run.threads = threads;
        CHECK(are_same(one, glossa::mine_negatives(rows, encoder(), options)));
      }
      options.seed = 43;
      CHECK(are_same(one, glossa::mine_negatives(rows, encoder(), options)) == (choice == NegativeChoice::hardest));
    }
}

TEST_CASE("a graph finds nearly what a search over everything does") {
  const auto rows = some_rows(600);
  std::vector<std::string> corpus;
  for (std::size_t i = 0; i < 3000; ++i) corpus.push_back(std::to_string(i % 20) + ": text " + std::to_string(i));
  const MinedNegatives exact = glossa::mine_negatives(rows, corpus, encoder(), {.end_rank = 20});
  const MinedNegatives graph = glossa::mine_negatives(rows, corpus, encoder(), {.end_rank = 20, .exact_up_to = 2999});
  std::size_t same = 0;
  std::size_t all = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK(std::is_sorted(graph.negatives[i].begin(), graph.negatives[i].end(),
                         [](const MinedNegative& a, const MinedNegative& b) { return a.score > b.score; }));
    for (const MinedNegative& one : exact.negatives[i]) {
      ++all;
      same += std::any_of(graph.negatives[i].begin(), graph.negatives[i].end(),
                          [&](const MinedNegative& other) { return other.text == one.text; })
                  ? 1
                  : 0;
    }
  }
  CHECK(all == 5 * rows.size());
  CHECK(static_cast<double>(same) > 0.97 * static_cast<double>(all));
}

TEST_CASE("groups of any size are kept out, by a filter where they are large") {
  std::vector<TrainingRow> rows(1200);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].anchor = "1: anchor " + std::to_string(i);
    rows[i].positive = "1: positive " + std::to_string(i);
    rows[i].group = i < 700 ? "large" : i < 1000 ? "other" : "g" + std::to_string(i / 20);
  }
  const auto corpus = positives_of(rows);
  for (const std::size_t exact_up_to : {std::size_t{10'000}, std::size_t{0}}) {
    const NegativeMiningOptions options{.end_rank = 10, .exact_up_to = exact_up_to};
    const MinedNegatives mined = glossa::mine_negatives(rows, encoder(), options);
    CHECK(mined.rows_with_all == rows.size());
    const Oracle oracle(rows, corpus, options);
    std::size_t same = 0;
    for (std::size_t i = 0; i < rows.size(); i += 50) {
      const auto expected = oracle.eligible(i, 1, 1);
      for (std::size_t j = 0; j < 5; ++j) same += are_same(mined.negatives[i][j], expected[j]) ? 1 : 0;
    }
    CHECK(same >= (exact_up_to == 0 ? 110 : 120));
    for (std::size_t i = 0; i < rows.size(); ++i)
      for (const MinedNegative& one : mined.negatives[i]) {
        const std::size_t other = std::stoul(one.text.substr(12));
        REQUIRE(rows[other].group != rows[i].group);
      }
  }
}

TEST_CASE("each text is embedded once, in its role") {
  std::vector<TrainingRow> rows(3);
  rows[0] = {.anchor = "a", .positive = "p"};
  rows[1] = {.anchor = "a", .positive = "q"};
  rows[2] = {.anchor = "b", .positive = "p"};
  std::map<Role, std::vector<std::string>> seen;
  const glossa::RoleEncoder counting = [&](std::span<const std::string_view> texts, Role role) {
    seen[role].insert(seen[role].end(), texts.begin(), texts.end());
    return encoder()(texts, role);
  };
  const MinedNegatives mined = glossa::mine_negatives(rows, std::vector<std::string>{"x", "p", "x"}, counting);
  CHECK(seen[Role::query] == std::vector<std::string>{"a", "b"});
  CHECK(seen[Role::passage] == std::vector<std::string>{"x", "p", "q"});
  CHECK(mined.corpus_texts == 2);
  CHECK(mined.anchors == 2);
  REQUIRE(mined.negatives[0].size() == 1);  // p is a's positive too; q is not in the corpus
  CHECK(mined.negatives[0][0].text == "x");
  CHECK(mined.rows_with_fewer == 3);
}

TEST_CASE("rows get their negatives behind those that they have, and can be read again") {
  auto rows = some_rows(100);
  const auto before = rows;
  const MinedNegatives mined = glossa::mine_negatives(rows, encoder(), {.negatives = 3});
  glossa::add_negatives(rows, mined);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    REQUIRE(rows[i].negatives.size() == before[i].negatives.size() + 3);
    for (std::size_t j = 0; j < 3; ++j)
      CHECK(rows[i].negatives[before[i].negatives.size() + j] == mined.negatives[i][j].text);
    CHECK(std::find(rows[i].negatives.begin(), rows[i].negatives.end(), rows[i].positive) == rows[i].negatives.end());
  }
  rows.pop_back();
  CHECK(test::error_of([&] { glossa::add_negatives(rows, mined); }).kind() == glossa::ErrorKind::invalid_argument);
}

TEST_CASE("what cannot be mined is refused") {
  const std::vector<TrainingRow> rows(2, {.anchor = "a", .positive = "p"});
  const std::vector<std::string> corpus{"x"};
  const auto field_of = [&](const NegativeMiningOptions& options) {
    const glossa::Error error = test::error_of([&] { (void)glossa::mine_negatives(rows, corpus, encoder(), options); });
    CHECK(error.kind() == glossa::ErrorKind::invalid_argument);
    return error.field();
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(field_of({.negatives = 0}) == "NegativeMiningOptions::negatives");
  CHECK(field_of({.first_rank = 5, .end_rank = 5}) == "NegativeMiningOptions::first_rank");
  CHECK(field_of({.margin = nan}) == "NegativeMiningOptions::margin");
  CHECK(field_of({.relative = std::numeric_limits<double>::infinity()}) == "NegativeMiningOptions::relative");
  CHECK(field_of({.threshold = nan}) == "NegativeMiningOptions::threshold");
  const auto refusal = [&](const std::vector<std::string>& texts, const glossa::RoleEncoder& with) {
    const glossa::Error error = test::error_of([&] { (void)glossa::mine_negatives(rows, texts, with); });
    CHECK(error.kind() == glossa::ErrorKind::invalid_argument);
    return error;
  };
  CHECK(refusal({}, encoder()).field() == "corpus");
  CHECK(refusal({"x", ""}, encoder()).field() == "corpus[1]");
  CHECK(test::says(refusal({" \t"}, encoder()), "white space"));
  CHECK(test::says(refusal({"\xFF"}, encoder()), "UTF-8"));
  CHECK(test::error_of([&] { (void)glossa::mine_negatives({}, corpus, encoder()); }).field() == "rows");
  CHECK(test::error_of([&] { (void)glossa::mine_negatives({}, encoder()); }).field() == "rows");

  CHECK(test::says(refusal(corpus, [](auto texts, Role) { return Embeddings(texts.size() + 1, 4); }), "for each of 1"));
  CHECK(refusal(corpus, [](auto texts, Role) { return Embeddings(texts.size(), 0); }).field() == "encoder");
  CHECK(test::says(
      refusal(corpus, [](auto texts, Role role) { return Embeddings(texts.size(), role == Role::query ? 4 : 5); }),
      "one length"));
  CHECK(test::says(refusal(corpus,
                           [](auto texts, Role) {
                             Embeddings out(texts.size(), 2);
                             out[0][1] = std::nanf("");
                             return out;
                           }),
                   "NaN"));
  NegativeMiningOptions options;
  options.teacher = [](auto texts, Role) { return Embeddings(texts.size() + 1, 4); };
  CHECK(field_of(options) == "NegativeMiningOptions::teacher");
  CHECK_THROWS_AS(
      glossa::mine_negatives(rows, corpus, [](auto, Role) -> Embeddings { throw std::runtime_error("no"); }),
      std::runtime_error);
}

TEST_CASE("progress counts anchors, and what it throws ends the mining") {
  const auto rows = some_rows(200);
  NegativeMiningOptions options;
  std::size_t calls = 0;
  options.run.progress = [&](const glossa::Progress& progress) {
    ++calls;
    CHECK(progress.done <= progress.total);
  };
  (void)glossa::mine_negatives(rows, encoder(), options);
  CHECK(calls > 0);
  options.run.progress = [](const glossa::Progress&) { throw std::runtime_error("enough"); };
  CHECK_THROWS_AS(glossa::mine_negatives(rows, encoder(), options), std::runtime_error);
}
