// Batches have the shares of languages and sources, negatives and labels that were asked for.
#include "error_of.hpp"
#include "sampled_batches.hpp"

#include <glossa/train/batch_sampler.hpp>

#include <cstddef>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace {

using glossa::BatchSampler;
using glossa::BatchSamplerOptions;
using glossa::RowBatch;
using glossa::RowTrait;
using glossa::TrainingRow;
using test::check_batch;
using test::epoch_of;
using test::own_rows;

}  // namespace

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
