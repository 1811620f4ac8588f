// Rows to train on come in; batches of their numbers go out, epoch after epoch, the same for one seed.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/train/batch_sampler_options.hpp>
#include <glossa/train/epoch_counts.hpp>
#include <glossa/train/training_row.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace glossa {

namespace detail {
class EpochPlanner;
struct EpochPlan;
}  // namespace detail

/// Rows of a training step, by their numbers.
struct RowBatch {
  std::uint64_t epoch = 0;
  std::size_t index = 0;  ///< in the epoch
  std::vector<std::size_t> rows{};
  std::vector<std::size_t> negatives{};  ///< [rows, negatives_each]: which of the row's own
  std::vector<std::uint64_t> groups{};   ///< of each row, see group_numbers()
};

/// The texts of a batch, which its rows own.
struct BatchTexts {
  std::vector<std::string_view> anchors{};
  std::vector<std::string_view> positives{};
  std::vector<std::string_view> negatives{};  ///< [rows, negatives_each]
  std::vector<double> labels{};               ///< empty where a row has none
};

/// Where a sampler is: numbers alone, see sampler_state_json.hpp.
struct BatchSamplerState {
  std::uint64_t data = 0;  ///< tells the rows and options, with which alone it has a meaning
  std::uint64_t epoch = 0;
  std::uint64_t batch = 0;               ///< that comes next
  std::vector<std::uint64_t> carried{};  ///< rows that the epoch before left over
  friend bool operator==(const BatchSamplerState&, const BatchSamplerState&) = default;
};

/// Draws batches. An epoch has as many draws as there are rows. Without balance, each row is drawn once. With it, each
/// language or source gets its share of the draws, p ∝ n^(1/T) as in multilingual BERT (Devlin 2018) and LaBSE (Feng et
/// al. 2022): its rows are gone through in random order, again and again from epoch to epoch, so that all come up
/// however small the share is. An epoch is a function of rows, options, its number and the rows carried into it.
/// Rows are copied in part: they need not outlive this. One thread at a time.
class BatchSampler {
 public:
  /// Errors: `invalid_argument` for no rows or more than 2^32 - 1, no batch_rows, a temperature below 1, a row with
  /// fewer negatives than negatives_each (which is named), and for LastRows::next_epoch a batch larger than all rows
  /// that it could have.
  explicit BatchSampler(std::span<const TrainingRow> rows, const BatchSamplerOptions& options = {});
  BatchSampler(BatchSampler&&) noexcept;
  BatchSampler& operator=(BatchSampler&&) noexcept;
  ~BatchSampler();

  /// The next batch; behind the last one of an epoch the first of the next epoch. Errors: `invalid_argument` where
  /// LastRows::next_epoch fills no batch at all, because of texts that too many rows have.
  [[nodiscard]] RowBatch next();

  /// The epoch of the batch that was given last; 0 before.
  [[nodiscard]] std::uint64_t epoch() const noexcept;
  /// Batches of that epoch which were given.
  [[nodiscard]] std::size_t batch() const noexcept;
  /// Whether they were all: next() gives the next epoch's first.
  [[nodiscard]] bool at_epoch_end() const noexcept;
  [[nodiscard]] const EpochCounts& counts() const noexcept;
  /// What epochs are made of, by name; one for all where nothing is balanced.
  [[nodiscard]] const std::vector<SampledShare>& shares() const noexcept;

  [[nodiscard]] BatchSamplerState state() const;
  /// Goes on where another sampler was, over equal rows and with equal options. Errors: `invalid_argument` for a state
  /// of others.
  void restore(const BatchSamplerState& state);

 private:
  std::unique_ptr<const detail::EpochPlanner> planner_;
  std::unique_ptr<const detail::EpochPlan> plan_;
  std::size_t batch_ = 0;
};

/// Errors: `invalid_argument` where `rows` are not those that the batch is of.
[[nodiscard]] BatchTexts batch_texts(std::span<const TrainingRow> rows, const RowBatch& batch);

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/train/batch_sampler_impl.hpp>
#endif
