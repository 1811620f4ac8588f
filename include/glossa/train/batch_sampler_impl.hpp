// Definitions of BatchSampler's functions; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/train/batch_sampler.hpp>
#include <glossa/train/epoch_planner.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace glossa {

GLOSSA_INLINE BatchSampler::BatchSampler(std::span<const TrainingRow> rows, const BatchSamplerOptions& options)
    : planner_(std::make_unique<detail::EpochPlanner>(rows, options)),
      plan_(std::make_unique<detail::EpochPlan>(planner_->plan(0, {}))) {}
GLOSSA_INLINE BatchSampler::BatchSampler(BatchSampler&&) noexcept = default;
GLOSSA_INLINE BatchSampler& BatchSampler::operator=(BatchSampler&&) noexcept = default;
GLOSSA_INLINE BatchSampler::~BatchSampler() = default;

GLOSSA_INLINE RowBatch BatchSampler::next() {
  if (at_epoch_end()) {
    if (plan_->batches.empty())
      throw Error(ErrorKind::invalid_argument,
                  {.field = "BatchSamplerOptions::batch_rows",
                   .problem = "the rows fill no batch: too many of them have a text, or a group, in common",
                   .remedy = "choose smaller batches, or LastRows::smaller_batches"});
    plan_ = std::make_unique<detail::EpochPlan>(planner_->plan(plan_->epoch + 1, plan_->carried_out));
    batch_ = 0;
    return next();
  }
  RowBatch out{.epoch = plan_->epoch, .index = batch_};
  const std::size_t each = planner_->negatives_each();
  for (const std::size_t draw : plan_->batches[batch_]) {
    out.rows.push_back(plan_->rows[draw]);
    out.groups.push_back(planner_->group(plan_->rows[draw]));
    for (std::size_t i = 0; i < each; ++i) out.negatives.push_back(plan_->negatives[draw * each + i]);
  }
  ++batch_;
  return out;
}

GLOSSA_INLINE std::uint64_t BatchSampler::epoch() const noexcept { return plan_->epoch; }
GLOSSA_INLINE std::size_t BatchSampler::batch() const noexcept { return batch_; }
GLOSSA_INLINE bool BatchSampler::at_epoch_end() const noexcept { return batch_ == plan_->batches.size(); }
GLOSSA_INLINE const EpochCounts& BatchSampler::counts() const noexcept { return plan_->counts; }
GLOSSA_INLINE const std::vector<SampledShare>& BatchSampler::shares() const noexcept { return planner_->shares(); }

GLOSSA_INLINE BatchSamplerState BatchSampler::state() const {
  return {planner_->fingerprint(), plan_->epoch, batch_, plan_->carried_in};
}

GLOSSA_INLINE void BatchSampler::restore(const BatchSamplerState& state) {
  const auto refuse = [](const std::string& field, const std::string& problem, const std::string& expected,
                         const std::string& found) {
    throw Error(ErrorKind::invalid_argument,
                {.field = "BatchSamplerState::" + field,
                 .problem = problem,
                 .expected = expected,
                 .found = found,
                 .remedy = "go on with the rows and options that the state is of, or begin "
                           "anew without it"});
  };
  if (state.data != planner_->fingerprint())
    refuse("data", "the state is of other rows, of another order of them or of other options",
           std::to_string(planner_->fingerprint()), std::to_string(state.data));
  if (state.epoch > std::uint64_t{1} << 32) refuse("epoch", "", "at most 2^32", std::to_string(state.epoch));
  std::vector<bool> waits(planner_->rows());
  for (const std::uint64_t row : state.carried) {
    if (row >= waits.size() || waits[static_cast<std::size_t>(row)])
      refuse("carried", "", "different rows below " + std::to_string(waits.size()), std::to_string(row));
    waits[static_cast<std::size_t>(row)] = true;
  }
  auto plan = std::make_unique<detail::EpochPlan>(planner_->plan(state.epoch, state.carried));
  if (state.batch > plan->batches.size())
    refuse("batch", "the epoch has fewer batches", "at most " + std::to_string(plan->batches.size()),
           std::to_string(state.batch));
  plan_ = std::move(plan);
  batch_ = static_cast<std::size_t>(state.batch);
}

GLOSSA_INLINE BatchTexts batch_texts(std::span<const TrainingRow> rows, const RowBatch& batch) {
  const auto refuse = [](std::size_t row) {
    throw Error(ErrorKind::invalid_argument,
                {.field = "rows",
                 .problem = "they are not those that the batch is of",
                 .found = "no row " + std::to_string(row) + ", or no such negative of it"});
  };
  const std::size_t each = batch.rows.empty() ? 0 : batch.negatives.size() / batch.rows.size();
  BatchTexts out;
  for (std::size_t i = 0; i < batch.rows.size(); ++i) {
    if (batch.rows[i] >= rows.size()) refuse(batch.rows[i]);
    const TrainingRow& row = rows[batch.rows[i]];
    out.anchors.emplace_back(row.anchor);
    out.positives.emplace_back(row.positive);
    if (row.label) out.labels.push_back(*row.label);
    for (std::size_t j = 0; j < each; ++j) {
      const std::size_t negative = batch.negatives[i * each + j];
      if (negative >= row.negatives.size()) refuse(batch.rows[i]);
      out.negatives.emplace_back(row.negatives[negative]);
    }
  }
  if (out.labels.size() < batch.rows.size()) out.labels.clear();
  return out;
}

}  // namespace glossa
