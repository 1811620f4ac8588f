// The number of an epoch comes in; all its batches go out.
#pragma once

#include <glossa/cluster/random_draws.hpp>
#include <glossa/core/error.hpp>
#include <glossa/train/batch_places.hpp>
#include <glossa/train/batch_sampler_options.hpp>
#include <glossa/train/epoch_counts.hpp>
#include <glossa/train/row_parts.hpp>
#include <glossa/train/sampled_rows.hpp>
#include <glossa/train/training_row.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace glossa::detail {

/// An epoch's draws and how they lie in batches.
struct EpochPlan {
  std::uint64_t epoch = 0;
  std::vector<std::uint32_t> rows{};                  ///< of each draw
  std::vector<std::uint32_t> negatives{};             ///< [draws, negatives_each]: which of the row's own
  std::vector<std::vector<std::uint32_t>> batches{};  ///< draws
  std::vector<std::uint64_t> carried_in{};
  std::vector<std::uint64_t> carried_out{};  ///< rows
  EpochCounts counts{};
};

/// Plans epochs; each is a function of its number and of the rows that are carried into it.
class EpochPlanner {
 public:
  EpochPlanner(std::span<const TrainingRow> rows, const BatchSamplerOptions& options)
      : options_(options), rows_((check(rows, options), rows)), fingerprint_(hash_of_all(rows, options)) {
    std::vector<std::size_t> counts;
    for (auto& [name, part] : parts_of(rows, options.balance)) {
      shares_.push_back({std::string(name), part.size(), part.size()});
      counts.push_back(part.size());
      parts_.push_back(std::move(part));
    }
    if (options.balance != RowTrait::none) {
      const std::vector<std::size_t> shares = shares_of(counts, rows.size(), options.temperature);
      for (std::size_t i = 0; i < shares.size(); ++i) shares_[i].each_epoch = shares[i];
    }
    kinds_.resize(rows.size());
    for (const auto& [name, part] : parts_of(rows, options.homogeneous)) {
      for (const std::uint32_t row : part) kinds_[row] = kind_count_;
      ++kind_count_;
    }
  }

  [[nodiscard]] const std::vector<SampledShare>& shares() const noexcept { return shares_; }
  [[nodiscard]] std::uint64_t fingerprint() const noexcept { return fingerprint_; }
  [[nodiscard]] std::size_t rows() const noexcept { return rows_.size(); }
  [[nodiscard]] std::uint64_t group(std::size_t row) const noexcept { return rows_.group(row); }
  [[nodiscard]] std::size_t negatives_each() const noexcept { return options_.negatives_each; }

  [[nodiscard]] EpochPlan plan(std::uint64_t epoch, std::vector<std::uint64_t> carried) const {
    RandomDraws random(seed_of(options_.seed, kEpoch, 0, epoch));
    EpochPlan plan;
    plan.epoch = epoch;
    for (const std::uint64_t row : carried) plan.rows.push_back(static_cast<std::uint32_t>(row));
    add_draws(epoch, random, plan.rows);
    plan.counts.carried_in = carried.size();
    plan.counts.drawn = plan.rows.size() - carried.size();
    plan.carried_in = std::move(carried);
    const DrawKeys keys = choose_negatives(random, plan);
    std::vector<std::uint32_t> left;
    std::vector<std::uint32_t> counts(rows_.texts() + 2 * rows_.size());
    std::vector<std::vector<std::uint32_t>> kinds(kind_count_);
    std::vector<std::size_t> urgent(kind_count_);
    for (std::uint32_t draw = 0; draw < plan.rows.size(); ++draw) {
      const std::uint32_t kind = kinds_[plan.rows[draw]];
      kinds[kind].push_back(draw);
      if (draw < plan.counts.carried_in) ++urgent[kind];
    }
    for (std::size_t kind = 0; kind < kinds.size(); ++kind)
      place(std::move(kinds[kind]), urgent[kind], keys, counts, random, plan.batches, left);
    if (kind_count_ > 1)
      for (std::size_t i = plan.batches.size(); i > 1; --i)
        std::swap(plan.batches[i - 1], plan.batches[random.below(i)]);
    carry(left, plan);
    return plan;
  }

 private:
  enum Purpose : std::uint64_t { kEpoch = 1, kPass = 2 };

  static void check(std::span<const TrainingRow> rows, const BatchSamplerOptions& options) {
    const auto refuse = [](const std::string& field, const std::string& problem, const std::string& expected,
                           const std::string& found, const std::string& remedy = {}, const std::string& file = {}) {
      throw Error(
          ErrorKind::invalid_argument,
          {.file = file, .field = field, .problem = problem, .expected = expected, .found = found, .remedy = remedy});
    };
    if (rows.empty() || rows.size() > std::numeric_limits<std::uint32_t>::max() / 4)
      refuse("rows", "", "1 to 2^30 rows", std::to_string(rows.size()));
    if (options.batch_rows == 0) refuse("BatchSamplerOptions::batch_rows", "", "1 or more", "0");
    if (!(options.temperature >= 1))
      refuse("BatchSamplerOptions::temperature", "", "1 or more", std::to_string(options.temperature));
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (rows[i].negatives.size() < options.negatives_each)
        refuse("rows[" + std::to_string(i) + "].negatives", "the row has fewer negatives than negatives_each",
               std::to_string(options.negatives_each) + " or more", std::to_string(rows[i].negatives.size()),
               "leave the row out (TrainingDataOptions::needs_negatives), or mine negatives for it", rows[i].place());
    if (options.last_rows != LastRows::next_epoch) return;
    for (const auto& [name, part] : parts_of(rows, options.homogeneous))
      if (part.size() < options.batch_rows)
        refuse("BatchSamplerOptions::batch_rows",
               options.homogeneous == RowTrait::none ? "the rows never fill a batch"
                                                     : "the rows of \"" + std::string(name) + "\" never fill a batch",
               "at most " + std::to_string(part.size()) + " with LastRows::next_epoch",
               std::to_string(options.batch_rows), "choose smaller batches, or LastRows::smaller_batches");
  }

  /// A part's rows come in random order, again and again; an epoch goes on where the one before ended.
  void add_draws(std::uint64_t epoch, RandomDraws& random, std::vector<std::uint32_t>& draws) const {
    const std::size_t first = draws.size();
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const std::vector<std::uint32_t>& part = parts_[i];
      std::uint64_t at = epoch * shares_[i].each_epoch;
      for (const std::uint64_t end = at + shares_[i].each_epoch; at < end;) {
        const std::uint64_t pass = at / part.size();
        RandomDraws order(seed_of(options_.seed, kPass, i, pass));
        const std::vector<std::uint32_t> shuffled = order.sample(part.size(), part.size());
        for (; at < end && at / part.size() == pass; ++at)
          draws.push_back(part[shuffled[static_cast<std::size_t>(at % part.size())]]);
      }
    }
    if (parts_.size() > 1)
      for (std::size_t i = draws.size() - first; i > 1; --i)
        std::swap(draws[first + i - 1], draws[first + random.below(i)]);
  }

  /// Draws negatives where rows have more than are asked for, and tells what no two rows of a batch may share: the row
  /// itself and, by the options, texts and groups.
  [[nodiscard]] DrawKeys choose_negatives(RandomDraws& random, EpochPlan& plan) const {
    const auto texts = static_cast<std::uint32_t>(rows_.texts());
    const auto count = static_cast<std::uint32_t>(rows_.size());
    DrawKeys out;
    std::vector<std::uint32_t> own;
    for (const std::uint32_t row : plan.rows) {
      const std::span<const std::uint32_t> negatives = rows_.negatives(row);
      std::vector<std::uint32_t> chosen;
      if (negatives.size() > options_.negatives_each) {
        chosen = random.sample(negatives.size(), options_.negatives_each);
        std::sort(chosen.begin(), chosen.end());
      } else {
        chosen.resize(negatives.size());
        std::iota(chosen.begin(), chosen.end(), std::uint32_t{0});
      }
      own.assign({texts + row});
      if (options_.unique_texts) {
        own.insert(own.end(), {rows_.anchor(row), rows_.positive(row)});
        for (const std::uint32_t one : chosen) own.push_back(negatives[one]);
      }
      if (options_.groups_apart) own.push_back(texts + count + static_cast<std::uint32_t>(rows_.group(row)));
      std::sort(own.begin(), own.end());
      own.erase(std::unique(own.begin(), own.end()), own.end());
      out.keys.insert(out.keys.end(), own.begin(), own.end());
      out.begins.push_back(out.keys.size());
      plan.negatives.insert(plan.negatives.end(), chosen.begin(), chosen.end());
    }
    return out;
  }

  /// Adds the batches of some draws. Where smaller ones may be, all draws are in one; else `left` gets what is in none.
  void place(std::vector<std::uint32_t> draws, std::size_t urgent, const DrawKeys& keys,
             std::vector<std::uint32_t>& counts, RandomDraws& random, std::vector<std::vector<std::uint32_t>>& batches,
             std::vector<std::uint32_t>& left) const {
    const bool carries = options_.last_rows == LastRows::next_epoch;
    const std::size_t rows = options_.batch_rows;
    while (!draws.empty()) {
      const std::size_t count = carries ? draws.size() / rows : (draws.size() - 1) / rows + 1;
      BatchPlaces places = place_draws(draws, urgent, keys, count, rows, counts, random);
      draws = std::move(places.left);
      urgent = 0;
      for (std::vector<std::uint32_t>& batch : places.batches) {
        if (!carries || batch.size() == rows) {
          if (!batch.empty()) batches.push_back(std::move(batch));
        } else {
          draws.insert(draws.end(), batch.begin(), batch.end());
        }
      }
      if (carries) {
        left.insert(left.end(), draws.begin(), draws.end());
        return;
      }
    }
  }

  void carry(std::vector<std::uint32_t>& left, EpochPlan& plan) const {
    std::sort(left.begin(), left.end());
    std::vector<bool> waits(rows_.size());
    for (const std::uint32_t draw : left) {
      const std::uint32_t row = plan.rows[draw];
      if (waits[row]) {
        ++plan.counts.left_out;
      } else {
        plan.carried_out.push_back(row);
      }
      waits[row] = true;
    }
    plan.counts.carried_out = plan.carried_out.size();
    plan.counts.batches = plan.batches.size();
    for (const std::vector<std::uint32_t>& batch : plan.batches) {
      plan.counts.given += batch.size();
      plan.counts.smaller_batches += batch.size() < options_.batch_rows ? 1 : 0;
    }
  }

  BatchSamplerOptions options_;
  SampledRows rows_;
  std::uint64_t fingerprint_;
  std::vector<SampledShare> shares_;
  std::vector<std::vector<std::uint32_t>> parts_;
  std::vector<std::uint32_t> kinds_;  // of each row, what batches are homogeneous by
  std::uint32_t kind_count_ = 0;
};

}  // namespace glossa::detail
