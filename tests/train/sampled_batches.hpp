// Rows to draw batches of, and what a batch may hold.
#pragma once

#include "catch.hpp"

#include <glossa/cluster/random_draws.hpp>
#include <glossa/train/batch_sampler.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace test {

using glossa::BatchSampler;
using glossa::BatchSamplerOptions;
using glossa::LastRows;
using glossa::RowBatch;
using glossa::RowTrait;
using glossa::TrainingRow;

/// Rows whose texts are their own.
inline std::vector<TrainingRow> own_rows(std::size_t count) {
  std::vector<TrainingRow> rows(count);
  for (std::size_t i = 0; i < count; ++i) {
    rows[i].anchor = "q" + std::to_string(i);
    rows[i].positive = "p" + std::to_string(i);
  }
  return rows;
}

/// Rows that share anchors, positives and negatives with others, of three languages and two sources.
inline std::vector<TrainingRow> mixed_rows(std::size_t count, std::uint64_t seed) {
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
inline void check_batch(const std::vector<TrainingRow>& rows, const RowBatch& batch,
                        const BatchSamplerOptions& options) {
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
inline std::vector<RowBatch> epoch_of(BatchSampler& sampler) {
  std::vector<RowBatch> batches;
  do batches.push_back(sampler.next());
  while (!sampler.at_epoch_end());
  return batches;
}

inline bool are_same(const RowBatch& a, const RowBatch& b) {
  return a.epoch == b.epoch && a.index == b.index && a.rows == b.rows && a.negatives == b.negatives &&
         a.groups == b.groups;
}

inline void check_counts(const glossa::EpochCounts& counts, const std::vector<RowBatch>& batches,
                         std::size_t batch_rows) {
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
inline std::vector<BatchSamplerOptions> all_options() {
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

}  // namespace test
