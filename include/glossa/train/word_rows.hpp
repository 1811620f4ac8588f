// The ids of words come in; their vectors go out as training has them by now. What training costs goes by the words
// that occur, of 250,000 that there are.
#pragma once

#include <glossa/encoder/word_table.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/row_kernels.hpp>
#include <glossa/kernels/training_operations.hpp>
#include <glossa/model/encoder_config.hpp>
#include <glossa/model/weights.hpp>
#include <glossa/text/token_id.hpp>
#include <glossa/train/adamw.hpp>
#include <glossa/train/unmet_words.hpp>
#include <glossa/train/word_rows_state.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// Word vectors under AdamW. A dense optimiser changes every row in every step, if only by its moments and its decay;
/// here a row's missed steps are made up for when it is next read, with the same result.
template <class T>
class WordRows {
 public:
  WordRows(std::shared_ptr<const Weights> weights, const EncoderConfig& config, const TrainingKernels<T>& kernels)
      : weights_(std::move(weights)), table_(*weights_, config), kernels_(kernels), size_(config.hidden_size) {}

  /// Keeps averages of all vectors, which begin with the vectors themselves; to be called before any is read.
  void keep_averages() { has_averages_ = true; }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t touched() const noexcept { return rows_.size(); }

  /// The current vector, [hidden]; valid until the next call of row(), step() or add().
  [[nodiscard]] const T* row(TokenId id) { return current(id).values.get(); }

  /// The average of the vectors that this word has had, after each step one; see weight_average.hpp. After
  /// keep_averages(); valid as row() is.
  [[nodiscard]] const T* average(TokenId id) { return current(id).average(size_); }

  /// The vector that the file has.
  void read_initial(TokenId id, T* to) const { table_.read(id, to); }

  /// slopes: [hidden], of one token.
  void add(TokenId id, const T* slopes) {
    Row& own = row_of(id);
    if (own.active == kNone) {
      own.active = active_.size();
      active_.push_back(id);
      gradients_.resize(gradients_.size() + size_, T(0));
    }
    add_row<T>(gradients_.data() + own.active * size_, slopes, size_);
  }

  /// The sum of the squares of all gradients.
  [[nodiscard]] double squares() const {
    double sum = 0;
    for (const T value : gradients_) sum += static_cast<double>(value) * static_cast<double>(value);
    return sum;
  }
  [[nodiscard]] const std::vector<TokenId>& active() const noexcept { return active_; }
  [[nodiscard]] const T* gradient(std::size_t active) const noexcept { return gradients_.data() + active * size_; }

  void clear_gradients() {
    for (const TokenId id : active_) rows_.find(id)->second.active = kNone;
    active_.clear();
    gradients_.clear();
  }

  /// One step for all words. factor: what gradients are multiplied by.
  void step(const AdamwOptions& options, const AdamwStep& step, double factor) {
    options_ = options;
    for (const TokenId id : active_) {
      Row& own = rows_.find(id)->second;
      catch_up(own, id);
      make_moments(own);
      kernels_.adamw(adamw_row<T>(options, step, own.values.get(), gradient(own.active), own.first(size_),
                                  own.second(size_), size_, factor));
      draw(own, id, step);
      if (has_averages_) draw_towards<T>(own.average(size_), own.values.get(), size_, step.share);
      own.steps = steps_.size() + 1;
    }
    steps_.push_back(step);
    clear_gradients();
  }

  /// For a checkpoint; see WordRowsState.
  [[nodiscard]] WordRowsState<T> state() const {
    WordRowsState<T> out;
    out.history = steps_;
    for (const auto& [id, row] : rows_) out.ids.push_back(id);
    std::sort(out.ids.begin(), out.ids.end());
    for (const TokenId id : out.ids) {
      const Row& own = rows_.find(id)->second;
      out.steps.push_back(own.steps);
      out.has_moments.push_back(own.moments == nullptr ? 0 : 1);
      out.values.insert(out.values.end(), own.values.get(), own.values.get() + size_);
      if (has_averages_) out.averages.insert(out.averages.end(), own.average(size_), own.average(size_) + size_);
      if (own.moments != nullptr)
        out.moments.insert(out.moments.end(), own.moments.get(), own.moments.get() + 2 * size_);
    }
    return out;
  }

  /// Goes on from there. The parts of the state belong together, with averages where these are kept; `options`: those
  /// of the steps before.
  void restore(const WordRowsState<T>& state, const AdamwOptions& options) {
    rows_.clear();
    active_.clear();
    gradients_.clear();
    options_ = options;
    steps_ = state.history;
    const T* moments = state.moments.data();
    for (std::size_t i = 0; i < state.ids.size(); ++i) {
      Row& own = rows_[state.ids[i]];
      own.values = std::make_unique<T[]>(room());
      std::copy_n(state.values.data() + i * size_, size_, own.values.get());
      if (has_averages_) std::copy_n(state.averages.data() + i * size_, size_, own.average(size_));
      own.steps = static_cast<std::size_t>(state.steps[i]);
      if (state.has_moments[i] == 0) continue;
      make_moments(own);
      std::copy_n(moments, 2 * size_, own.moments.get());
      moments += 2 * size_;
    }
  }

  /// Calls take(id, vector) for every word in order, as a dense optimiser would have it.
  template <class Take>
  void for_each(std::size_t words, Take&& take) {
    for_each(words, false, take);
  }
  /// The same with averages.
  template <class Take>
  void for_each_average(std::size_t words, Take&& take) {
    for_each(words, true, take);
  }

  /// Calls take(id, vector) for every word that has a row here, in no order, with its average where these are kept.
  template <class Take>
  void for_each_met(Take&& take) {
    for (auto& [id, own] : rows_) {
      catch_up(own, id);
      take(id, static_cast<const T*>(has_averages_ ? own.average(size_) : own.values.get()));
    }
  }
  /// What all other words, or their averages, are like by now.
  [[nodiscard]] UnmetWords<T> unmet() const { return {table_, decay_from(0), size_, has_averages_}; }

 private:
  static constexpr std::size_t kNone = ~std::size_t{0};
  /// After so many steps without a gradient a moment has decayed by 0.9^500, and what it adds is below any rounding.
  static constexpr std::size_t kMostMissed = 500;

  struct Row {
    std::unique_ptr<T[]> values;   // [hidden]; where averages are kept, they come behind it
    std::unique_ptr<T[]> moments;  // [2, hidden]; none before the first gradient
    std::size_t steps = 0;         // that are done
    std::size_t active = kNone;    // its place among this step's gradients

    [[nodiscard]] T* average(std::size_t size) const noexcept { return values.get() + size; }
    [[nodiscard]] T* first(std::size_t) const noexcept { return moments.get(); }
    [[nodiscard]] T* second(std::size_t size) const noexcept { return moments.get() + size; }
  };

  Row& row_of(TokenId id) {
    const auto [found, is_new] = rows_.try_emplace(id);
    if (is_new) {
      found->second.values = std::make_unique<T[]>(room());
      T* values = found->second.values.get();
      table_.read(id, values);
      if (has_averages_) std::copy_n(values, size_, values + size_);
    }
    return found->second;
  }

  /// Up to date.
  Row& current(TokenId id) {
    Row& own = row_of(id);
    catch_up(own, id);
    return own;
  }

  /// Numbers of a row.
  [[nodiscard]] std::size_t room() const noexcept { return has_averages_ ? 2 * size_ : size_; }

  template <class Take>
  void for_each(std::size_t words, bool averages, Take&& take) {
    std::vector<T> values(size_);
    const UnmetWords<T> others(table_, decay_from(0), size_, averages);
    for (std::size_t id = 0; id < words; ++id) {
      const auto word = static_cast<TokenId>(id);
      if (rows_.find(word) != rows_.end()) {
        take(id, averages ? average(word) : row(word));
        continue;
      }
      others.read(word, values.data());
      take(id, static_cast<const T*>(values.data()));
    }
  }

  void make_moments(Row& own) {
    if (own.moments == nullptr) own.moments = std::make_unique<T[]>(2 * size_);  // zeros
  }

  /// What steps from `from` on make of a row without moments.
  [[nodiscard]] WordDecay decay_from(std::size_t from) const {
    WordDecay decay;
    for (std::size_t i = from; i < steps_.size(); ++i) {
      const double rest = steps_[i].shrink * (1 - steps_[i].towards);
      decay.of_weights *= rest;
      decay.of_initial = decay.of_initial * rest + steps_[i].towards;
      decay.share += steps_[i].share * (1 - decay.share);
      decay.average_weights += steps_[i].share * (decay.of_weights - decay.average_weights);
      decay.average_initial += steps_[i].share * (decay.of_initial - decay.average_initial);
    }
    return decay;
  }

  void apply(const WordDecay& decay, TokenId id, T* values) const {
    decay_row<T>(decay, table_, id, values, has_averages_ ? values + size_ : nullptr, size_);
  }

  void draw(Row& own, TokenId id, const AdamwStep& step) {
    if (step.towards == 0) return;
    std::vector<T> initial(size_);
    table_.read(id, initial.data());
    draw_towards<T>(own.values.get(), initial.data(), size_, step.towards);
  }

  void catch_up(Row& own, TokenId id) {
    if (own.steps == steps_.size()) return;
    if (own.moments == nullptr) {
      apply(decay_from(own.steps), id, own.values.get());
      own.steps = steps_.size();
      return;
    }
    std::vector<T> initial;
    for (std::size_t done = 0; own.steps < steps_.size() && done < kMostMissed; ++own.steps, ++done) {
      const AdamwStep& step = steps_[own.steps];
      kernels_.adamw(
          adamw_row<T>(options_, step, own.values.get(), nullptr, own.first(size_), own.second(size_), size_, 1));
      if (step.towards != 0 && initial.empty()) {
        initial.resize(size_);
        table_.read(id, initial.data());
      }
      if (step.towards != 0) draw_towards<T>(own.values.get(), initial.data(), size_, step.towards);
      if (has_averages_) draw_towards<T>(own.average(size_), own.values.get(), size_, step.share);
    }
    if (own.steps == steps_.size()) return;
    const auto missed = static_cast<double>(steps_.size() - own.steps);
    std::fill_n(own.first(size_), size_, T(0));
    scale_row<T>(own.second(size_), static_cast<T>(std::pow(options_.beta2, missed)), size_);
    apply(decay_from(own.steps), id, own.values.get());
    own.steps = steps_.size();
  }

  std::shared_ptr<const Weights> weights_;
  WordTable<T> table_;
  TrainingKernels<T> kernels_;
  std::size_t size_;
  bool has_averages_ = false;
  std::unordered_map<TokenId, Row> rows_;
  std::vector<TokenId> active_;
  std::vector<T> gradients_;
  AdamwOptions options_{};
  std::vector<AdamwStep> steps_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
