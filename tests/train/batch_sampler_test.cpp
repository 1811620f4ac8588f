// Batches of rows: no text twice, and every row once an epoch.
#include "error_of.hpp"
#include "sampled_batches.hpp"

#include <glossa/cluster/random_draws.hpp>
#include <glossa/train/batch_sampler.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

namespace {

using glossa::BatchSampler;
using glossa::BatchSamplerOptions;
using glossa::LastRows;
using glossa::RowBatch;
using glossa::TrainingRow;
using test::all_options;
using test::check_batch;
using test::check_counts;
using test::epoch_of;
using test::mixed_rows;
using test::own_rows;

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
