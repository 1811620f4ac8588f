// Batches of rows: no text twice, shares as they were asked for, and the same again after a stop.
#include "error_of.hpp"

#include <glossa/cluster/random_draws.hpp>
#include <glossa/core/json.hpp>
#include <glossa/train/batch_sampler.hpp>
#include <glossa/train/sampler_state_json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using glossa::BatchSampler;
using glossa::BatchSamplerOptions;
using glossa::BatchSamplerState;
using glossa::LastRows;
using glossa::RowBatch;
using glossa::RowTrait;
using glossa::TrainingRow;

/// Rows whose texts are their own.
std::vector<TrainingRow> own_rows(std::size_t count) {
  std::vector<TrainingRow> rows(count);
  for (std::size_t i = 0; i < count; ++i) {
    rows[i].anchor = "q" + std::to_string(i);
    rows[i].positive = "p" + std::to_string(i);
  }
  return rows;
}

/// Rows that share anchors, positives and negatives with others, of three languages and two sources.
std::vector<TrainingRow> mixed_rows(std::size_t count, std::uint64_t seed) {
  glossa::detail::RandomDraws random(seed);
  std::vector<TrainingRow> rows = own_rows(count);
  for (TrainingRow& row : rows) {
    if (random.below(5) == 0) row.anchor = "q" + std::to_string(random.below(count));
    if (random.below(5) == 0) row.positive = "p" + std::to_string(random.below(count));
    const std::size_t negatives = 2 + random.below(4);
    for (std::size_t i = 0; i < negatives; ++i) row.negatives.push_back("p" + std::to_string(random.below(count)));
    row.language = std::vector<std::string>{"de", "en", "en", "en", "en", "sw"}[random.below(6)];
    row.source = random.below(4) == 0 ? "a" : "b";
    if (random.below(10) == 0) row.group = "g" + std::to_string(random.below(8));
    std::erase_if(row.negatives, [&](const std::string& text) { return text == row.positive; });
    while (row.negatives.size() < 2) row.negatives.push_back("n" + std::to_string(random.below(1000)));
  }
  return rows;
}

/// The naive check of what a batch may hold.
void check_batch(const std::vector<TrainingRow>& rows, const RowBatch& batch, const BatchSamplerOptions& options) {
  CHECK(batch.rows.size() <= options.batch_rows);
  REQUIRE(!batch.rows.empty());
  CHECK(batch.negatives.size() == batch.rows.size() * options.negatives_each);
  const auto groups = glossa::group_numbers(rows);
  const glossa::BatchTexts texts = glossa::batch_texts(rows, batch);
  bool clashes = false;
  std::vector<std::set<std::string_view>> own(batch.rows.size());
  for (std::size_t i = 0; i < batch.rows.size(); ++i) {
    const TrainingRow& row = rows[batch.rows[i]];
    CHECK(batch.groups[i] == groups[batch.rows[i]]);
    CHECK(texts.anchors[i] == row.anchor);
    CHECK(texts.positives[i] == row.positive);
    own[i] = {row.anchor, row.positive};
    std::set<std::size_t> different;
    for (std::size_t j = 0; j < options.negatives_each; ++j) {
      const std::size_t negative = batch.negatives[i * options.negatives_each + j];
      different.insert(negative);
      own[i].insert(row.negatives.at(negative));
      CHECK(texts.negatives[i * options.negatives_each + j] == row.negatives.at(negative));
    }
    CHECK(different.size() == options.negatives_each);
    for (std::size_t other = 0; other < i; ++other) {
      clashes = clashes || batch.rows[i] == batch.rows[other];
      if (options.unique_texts)
        for (const std::string_view text : own[i]) clashes = clashes || own[other].contains(text);
      if (options.groups_apart) clashes = clashes || batch.groups[i] == batch.groups[other];
      if (options.homogeneous == RowTrait::language)
        clashes = clashes || row.language != rows[batch.rows[other]].language;
      if (options.homogeneous == RowTrait::source) clashes = clashes || row.source != rows[batch.rows[other]].source;
    }
  }
  CHECK(!clashes);
}

/// The batches of an epoch; the sampler is at the beginning of one.
std::vector<RowBatch> epoch_of(BatchSampler& sampler) {
  std::vector<RowBatch> batches;
  do batches.push_back(sampler.next());
  while (!sampler.at_epoch_end());
  return batches;
}

bool are_same(const RowBatch& a, const RowBatch& b) {
  return a.epoch == b.epoch && a.index == b.index && a.rows == b.rows && a.negatives == b.negatives &&
         a.groups == b.groups;
}

void check_counts(const glossa::EpochCounts& counts, const std::vector<RowBatch>& batches, std::size_t batch_rows) {
  CHECK(counts.carried_in + counts.drawn == counts.given + counts.carried_out + counts.left_out);
  CHECK(counts.batches == batches.size());
  std::size_t given = 0;
  std::size_t smaller = 0;
  for (const RowBatch& batch : batches) {
    given += batch.rows.size();
    smaller += batch.rows.size() < batch_rows ? 1 : 0;
  }
  CHECK(counts.given == given);
  CHECK(counts.smaller_batches == smaller);
}

/// All kinds of options, over rows that have two negatives at least.
std::vector<BatchSamplerOptions> all_options() {
  std::vector<BatchSamplerOptions> all;
  for (const LastRows last : {LastRows::smaller_batches, LastRows::next_epoch})
    for (const RowTrait balance : {RowTrait::none, RowTrait::language, RowTrait::source})
      for (const RowTrait homogeneous : {RowTrait::none, RowTrait::language, RowTrait::source})
        for (const bool unique : {true, false})
          all.push_back({.batch_rows = 7,
                         .negatives_each = all.size() % 3,
                         .seed = all.size(),
                         .unique_texts = unique,
                         .groups_apart = all.size() % 4 < 2,
                         .balance = balance,
                         .temperature = all.size() % 2 == 0 ? 2.0 : std::numeric_limits<double>::infinity(),
                         .homogeneous = homogeneous,
                         .last_rows = last});
  return all;
}

}  // namespace

TEST_CASE("an epoch gives each row once, in batches that are full but for the last one") {
  const auto rows = own_rows(103);
  BatchSampler sampler(rows, {.batch_rows = 10});
  CHECK(sampler.epoch() == 0);
  CHECK(sampler.batch() == 0);
  CHECK(!sampler.at_epoch_end());
  std::set<std::vector<std::size_t>> orders;
  for (std::uint64_t epoch = 0; epoch < 4; ++epoch) {
    std::vector<std::size_t> seen;
    const auto batches = epoch_of(sampler);
    REQUIRE(batches.size() == 11);
    for (std::size_t i = 0; i < batches.size(); ++i) {
      CHECK(batches[i].epoch == epoch);
      CHECK(batches[i].index == i);
      CHECK(batches[i].rows.size() == (i == 10 ? 3 : 10));
      seen.insert(seen.end(), batches[i].rows.begin(), batches[i].rows.end());
    }
    check_counts(sampler.counts(), batches, 10);
    orders.insert(seen);
    std::sort(seen.begin(), seen.end());
    for (std::size_t i = 0; i < seen.size(); ++i) CHECK(seen[i] == i);
    CHECK(seen.size() == 103);
  }
  CHECK(orders.size() == 4);
  BatchSampler other(rows, {.batch_rows = 10, .seed = 43});
  CHECK(!orders.contains(epoch_of(other)[0].rows));
  BatchSampler whole(rows, {.batch_rows = 1000});
  CHECK(whole.next().rows.size() == 103);
  CHECK(whole.at_epoch_end());
}

TEST_CASE("no batch has a text twice, whatever the options, and what became of each row is told") {
  const auto rows = mixed_rows(300, 5);
  for (const BatchSamplerOptions& options : all_options()) {
    CAPTURE(options.seed);
    BatchSampler sampler(rows, options);
    std::size_t carried = 0;
    for (int epoch = 0; epoch < 4; ++epoch) {
      const auto batches = epoch_of(sampler);
      for (const RowBatch& batch : batches) check_batch(rows, batch, options);
      check_counts(sampler.counts(), batches, options.batch_rows);
      CHECK(sampler.counts().drawn == 300);
      CHECK(sampler.counts().carried_in == carried);
      carried = sampler.counts().carried_out;
      if (options.last_rows == LastRows::next_epoch) {
        CHECK(sampler.counts().smaller_batches == 0);
      } else {
        CHECK(sampler.counts().given == 300);
        CHECK(carried == 0);
      }
    }
  }
}

TEST_CASE("a restored sampler draws the same batches as one that never stopped, from every batch on") {
  const auto rows = mixed_rows(90, 6);
  for (const BatchSamplerOptions& options : all_options()) {
    CAPTURE(options.seed);
    BatchSampler sampler(rows, options);
    std::vector<BatchSamplerState> states;
    std::vector<RowBatch> batches;
    while (batches.empty() || batches.back().epoch < 3) {
      states.push_back(sampler.state());
      batches.push_back(sampler.next());
    }
    for (std::size_t at = 0; at < states.size(); ++at) {
      const std::string text = glossa::detail::json_text(glossa::detail::json_of(states[at]));
      const glossa::detail::Json json = glossa::detail::parse_json(text, "state.json");
      const BatchSamplerState state = glossa::detail::sampler_state_of({json, "state.json"});
      CHECK(state == states[at]);
      BatchSampler resumed(rows, options);
      if (at % 2 == 0) (void)resumed.next();
      resumed.restore(state);
      CHECK(resumed.state() == state);
      bool same = true;
      for (std::size_t i = at; i < std::min(at + 20, batches.size()); ++i)
        same = same && are_same(resumed.next(), batches[i]);
      CHECK(same);
    }
  }
}

TEST_CASE("rows that are left over come first in the next epoch, and none waits for ever") {
  const auto rows = own_rows(103);
  const BatchSamplerOptions options{.batch_rows = 10, .last_rows = LastRows::next_epoch};
  BatchSampler sampler(rows, options);
  std::vector<std::size_t> times(rows.size());
  std::vector<std::uint64_t> carried;
  for (std::size_t epoch = 0; epoch < 30; ++epoch) {
    std::set<std::uint64_t> given;
    for (const RowBatch& batch : epoch_of(sampler)) {
      CHECK(batch.rows.size() == 10);
      for (const std::size_t row : batch.rows) {
        ++times[row];
        given.insert(row);
      }
    }
    for (const std::uint64_t row : sampler.state().carried) CHECK(given.contains(row));
    CHECK(sampler.counts().carried_out == 3 * (epoch + 1) % 10);
  }
  const auto [least, most] = std::minmax_element(times.begin(), times.end());
  CHECK(*most <= 30);
  CHECK(*least >= 29);
}

TEST_CASE("a text that as many rows have as there are batches is in each of them once") {
  auto rows = own_rows(1000);
  for (std::size_t i = 0; i < 100; ++i) rows[7 * i].positive = "the same";
  BatchSampler sampler(rows, {.batch_rows = 10});
  for (int epoch = 0; epoch < 3; ++epoch) {
    const auto batches = epoch_of(sampler);
    CHECK(batches.size() == 100);
    for (const RowBatch& batch : batches) {
      CHECK(batch.rows.size() == 10);
      CHECK(std::count_if(batch.rows.begin(), batch.rows.end(),
                          [&](std::size_t row) { return rows[row].positive == "the same"; }) == 1);
    }
  }
}

TEST_CASE("rows whose negatives are others' positives fill their batches") {
  auto rows = own_rows(2000);
  glossa::detail::RandomDraws random(3);
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t j = 0; j < 5; ++j)
      rows[i].negatives.push_back(rows[(i + 1 + random.below(rows.size() - 1)) % rows.size()].positive);
  const BatchSamplerOptions options{.batch_rows = 16, .negatives_each = 5};
  BatchSampler sampler(rows, options);
  const auto batches = epoch_of(sampler);
  for (const RowBatch& batch : batches) check_batch(rows, batch, options);
  CHECK(sampler.counts().given == 2000);
  CHECK(sampler.counts().smaller_batches <= 6);
  BatchSamplerOptions full = options;
  full.last_rows = LastRows::next_epoch;
  BatchSampler carrying(rows, full);
  for (int epoch = 0; epoch < 4; ++epoch) {
    (void)epoch_of(carrying);
    CHECK(carrying.counts().carried_out < 100);
    CHECK(carrying.counts().left_out < 10);
  }
}

TEST_CASE("rows that all have one text make batches of one, or none at all") {
  auto rows = own_rows(20);
  for (TrainingRow& row : rows) row.positive = "the same";
  BatchSampler sampler(rows, {.batch_rows = 4});
  CHECK(epoch_of(sampler).size() == 20);
  CHECK(sampler.counts().smaller_batches == 20);
  BatchSampler none(rows, {.batch_rows = 4, .last_rows = LastRows::next_epoch});
  CHECK(none.at_epoch_end());
  const glossa::Error error = test::error_of([&] { (void)none.next(); });
  CHECK(error.kind() == glossa::ErrorKind::invalid_argument);
  CHECK(test::says(error, "fill no batch"));
  BatchSampler pairs(rows, {.batch_rows = 4, .unique_texts = false});
  CHECK(epoch_of(pairs).size() == 5);
  for (TrainingRow& row : rows) row.group = "one";
  BatchSampler apart(rows, {.batch_rows = 4, .unique_texts = false, .groups_apart = true});
  CHECK(epoch_of(apart).size() == 20);
}

TEST_CASE("the temperature decides how much there is of each language, and all rows come up in time") {
  auto rows = own_rows(1000);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].language = i < 900 ? "en" : i < 990 ? "de" : "sw";
  const auto shares = [&](double temperature) {
    const BatchSampler sampler(rows, {.balance = RowTrait::language, .temperature = temperature});
    std::map<std::string, std::size_t> out;
    for (const glossa::SampledShare& share : sampler.shares()) out[share.name] = share.each_epoch;
    return out;
  };
  using Shares = std::map<std::string, std::size_t>;
  CHECK(shares(1) == Shares{{"en", 900}, {"de", 90}, {"sw", 10}});
  CHECK(shares(2) == Shares{{"en", 703}, {"de", 223}, {"sw", 74}});  // 30, 9.49 and 3.16 of 42.65
  CHECK(shares(std::numeric_limits<double>::infinity()) == Shares{{"de", 334}, {"en", 333}, {"sw", 333}});

  const BatchSamplerOptions options{.batch_rows = 25, .balance = RowTrait::language, .temperature = 2};
  BatchSampler sampler(rows, options);
  std::vector<std::size_t> times(rows.size());
  for (int epoch = 0; epoch < 20; ++epoch) {
    std::map<std::string, std::size_t> drawn;
    for (const RowBatch& batch : epoch_of(sampler)) {
      check_batch(rows, batch, options);
      for (const std::size_t row : batch.rows) {
        ++drawn[rows[row].language];
        ++times[row];
      }
    }
    CHECK(drawn == shares(2));
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double mean = 20.0 * (i < 900 ? 703.0 / 900 : i < 990 ? 223.0 / 90 : 74.0 / 10);
    CHECK(static_cast<double>(times[i]) > mean - 1);
    CHECK(static_cast<double>(times[i]) < mean + 1);
  }
}

TEST_CASE("batches of one source are mixed over the epoch") {
  auto rows = own_rows(200);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].source = i < 100 ? "a" : "b";
  BatchSampler sampler(rows, {.batch_rows = 10, .homogeneous = RowTrait::source});
  std::size_t changes = 0;
  const auto batches = epoch_of(sampler);
  for (std::size_t i = 1; i < batches.size(); ++i)
    changes += rows[batches[i].rows[0]].source != rows[batches[i - 1].rows[0]].source ? 1 : 0;
  CHECK(batches.size() == 20);
  CHECK(changes >= 5);
}

TEST_CASE("negatives beyond those asked for are drawn anew in each epoch") {
  auto rows = own_rows(40);
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (int j = 0; j < 8; ++j) rows[i].negatives.push_back("n" + std::to_string(i) + "." + std::to_string(j));
  BatchSampler sampler(rows, {.batch_rows = 8, .negatives_each = 2});
  std::vector<std::set<std::size_t>> seen(rows.size());
  for (int epoch = 0; epoch < 30; ++epoch)
    for (const RowBatch& batch : epoch_of(sampler))
      for (std::size_t i = 0; i < batch.negatives.size(); ++i) seen[batch.rows[i / 2]].insert(batch.negatives[i]);
  for (const auto& negatives : seen) CHECK(negatives.size() == 8);
}

TEST_CASE("a seed gives the same batches with every compiler, and in later versions") {
  auto rows = own_rows(10);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].anchor = "q" + std::to_string(i % 7);
    for (const char* name : {"a", "b", "c"}) rows[i].negatives.push_back(name + std::to_string(i));
    rows[i].language = i < 7 ? "en" : "de";
  }
  BatchSampler sampler(rows, {.batch_rows = 4, .negatives_each = 1, .balance = RowTrait::language, .temperature = 2});
  using Numbers = std::vector<std::size_t>;
  const std::vector<std::pair<Numbers, Numbers>> expected{
      {{7, 8, 5, 6}, {2, 1, 2, 1}}, {{8, 3, 4, 9}, {0, 0, 1, 0}}, {{1, 0}, {1, 1}},
      {{9, 5, 8, 6}, {0, 0, 2, 2}}, {{2, 7, 4, 3}, {2, 2, 2, 1}}, {{7, 2}, {1, 1}}};
  for (const auto& [own, negatives] : expected) {
    const RowBatch batch = sampler.next();
    CHECK(batch.rows == own);
    CHECK(batch.negatives == negatives);
  }
}

TEST_CASE("labels of a batch are there where all rows have one") {
  auto rows = own_rows(4);
  for (TrainingRow& row : rows) row.label = 0.5;
  BatchSampler sampler(rows, {.batch_rows = 4});
  const RowBatch batch = sampler.next();
  CHECK(glossa::batch_texts(rows, batch).labels == std::vector<double>(4, 0.5));
  rows[2].label.reset();
  CHECK(glossa::batch_texts(rows, batch).labels.empty());
  rows.pop_back();
  CHECK(test::error_of([&] { (void)glossa::batch_texts(rows, batch); }).kind() == glossa::ErrorKind::invalid_argument);
  CHECK(test::error_of([&] { (void)glossa::batch_texts(rows, {.rows = {0}, .negatives = {0}}); }).kind() ==
        glossa::ErrorKind::invalid_argument);
}

TEST_CASE("options and states without meaning are refused") {
  auto rows = own_rows(20);
  const auto field_of = [&](const BatchSamplerOptions& options) {
    const glossa::Error error = test::error_of([&] { const BatchSampler sampler(rows, options); });
    CHECK(error.kind() == glossa::ErrorKind::invalid_argument);
    return error.field();
  };
  CHECK(field_of({.batch_rows = 0}) == "BatchSamplerOptions::batch_rows");
  CHECK(field_of({.temperature = 0.5}) == "BatchSamplerOptions::temperature");
  CHECK(field_of({.temperature = std::numeric_limits<double>::quiet_NaN()}) == "BatchSamplerOptions::temperature");
  CHECK(field_of({.batch_rows = 21, .last_rows = LastRows::next_epoch}) == "BatchSamplerOptions::batch_rows");
  rows[3].language = "de";
  CHECK(field_of({.batch_rows = 2, .homogeneous = RowTrait::language, .last_rows = LastRows::next_epoch}) ==
        "BatchSamplerOptions::batch_rows");
  CHECK(field_of({.negatives_each = 1}) == "rows[0].negatives");
  rows.clear();
  CHECK(field_of({}) == "rows");

  rows = own_rows(20);
  BatchSampler sampler(rows, {.batch_rows = 4});
  const BatchSamplerState good = sampler.state();
  const auto refused = [&](const BatchSamplerState& state) {
    const glossa::Error error = test::error_of([&] { sampler.restore(state); });
    CHECK(error.kind() == glossa::ErrorKind::invalid_argument);
    CHECK(sampler.state() == good);
    return error.field();
  };
  CHECK(refused({good.data + 1, 0, 0, {}}) == "BatchSamplerState::data");
  CHECK(refused({good.data, 0, 6, {}}) == "BatchSamplerState::batch");
  CHECK(refused({good.data, std::uint64_t{1} << 60, 0, {}}) == "BatchSamplerState::epoch");
  CHECK(refused({good.data, 0, 0, {20}}) == "BatchSamplerState::carried");
  CHECK(refused({good.data, 0, 0, {3, 3}}) == "BatchSamplerState::carried");
  for (const BatchSamplerOptions& options : {BatchSamplerOptions{.batch_rows = 5},
                                             {.batch_rows = 4, .seed = 1},
                                             {.batch_rows = 4, .unique_texts = false},
                                             {.batch_rows = 4, .temperature = 2}})
    CHECK(refused(BatchSampler(rows, options).state()) == "BatchSamplerState::data");
  for (int change = 0; change < 6; ++change) {
    auto others = rows;
    if (change == 0) std::swap(others[0], others[1]);
    if (change == 1) others[19].positive += "!";
    if (change == 2) others[5].negatives.push_back("n");
    if (change == 3) others[5].language = "de";
    if (change == 4) others[5].group = "g";
    if (change == 5) others.pop_back();
    CHECK(refused(BatchSampler(others, {.batch_rows = 4}).state()) == "BatchSamplerState::data");
  }
}

TEST_CASE("a state's JSON that is damaged is refused with file and field") {
  const auto field_of = [](const std::string& text) {
    const auto json = glossa::detail::parse_json(text, "s.json");
    const glossa::Error error = test::error_of([&] { (void)glossa::detail::sampler_state_of({json, "s.json"}); });
    CHECK(error.file() == "s.json");
    return error.field();
  };
  CHECK(field_of(R"({"epoch":0,"batch":0,"carried":[]})") == "data");
  CHECK(field_of(R"({"data":1,"epoch":-1,"batch":0,"carried":[]})") == "epoch");
  CHECK(field_of(R"({"data":1,"epoch":0,"batch":"0","carried":[]})") == "batch");
  CHECK(field_of(R"({"data":1,"epoch":0,"batch":0,"carried":{}})") == "carried");
  CHECK(field_of(R"({"data":1,"epoch":0,"batch":0,"carried":[1.5]})") == "carried");
}
