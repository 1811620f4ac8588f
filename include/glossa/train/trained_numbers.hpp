// A model in training comes in; the numbers that stand for what it has learnt by now go out, tensor by tensor.
#pragma once

#include <glossa/kernels/isa.hpp>
#include <glossa/model/safetensors_plan.hpp>
#include <glossa/model/weights.hpp>
#include <glossa/text/token_id.hpp>
#include <glossa/train/training_model.hpp>
#include <glossa/train/unmet_words.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// A trained number, and what it began as, of which `share` is taken (WiSE-FT of Wortsman et al. 2022).
template <class T>
[[nodiscard]] float mixed_number(T trained, T before, double share) noexcept {
  return static_cast<float>(share == 0 ? trained
                                       : static_cast<T>(1 - share) * trained + static_cast<T>(share) * before);
}

/// The word vectors as they are now, whatever training does later: a copy of those that it has met; of all others, the
/// way to make them from the initial file. Threads may share one.
template <class T>
class TrainedWords {
 public:
  TrainedWords(UnmetWords<T> unmet, double share) : unmet_(std::move(unmet)), share_(share) {}

  void add(TokenId id, const float* row) {
    places_.emplace(id, rows_.size());
    rows_.insert(rows_.end(), row, row + unmet_.hidden());
  }
  [[nodiscard]] std::size_t hidden() const noexcept { return unmet_.hidden(); }

  /// Writes a word's vector, [hidden], to `row`. Errors: `io`.
  void read(TokenId id, float* row) const {
    const std::size_t hidden = unmet_.hidden();
    if (const auto found = places_.find(id); found != places_.end()) {
      std::copy_n(rows_.data() + found->second, hidden, row);
      return;
    }
    std::vector<T> values(hidden);
    std::vector<T> before(share_ == 0 ? 0 : hidden);
    unmet_.read(id, values.data());
    if (share_ != 0) unmet_.read_initial(id, before.data());
    for (std::size_t k = 0; k < hidden; ++k) row[k] = mixed_number(values[k], share_ == 0 ? T() : before[k], share_);
  }

 private:
  UnmetWords<T> unmet_;
  double share_;
  std::unordered_map<TokenId, std::size_t> places_;
  std::vector<float> rows_;
};

/// What is saved of a model, and what an Embedder of it computes with: averages of weights where the model keeps them.
/// The one place that reads the trained numbers:
/// share of the initial weights in each of them. Errors of all functions: `io`.
template <class T>
class TrainedNumbers {
 public:
  TrainedNumbers(const Weights& initial, TrainingModel<T>& model, double share)
      : initial_(initial), model_(model), share_(share) {
    for (const Parameter& one : model.encoder().layout().parameters())
      dense_[initial.prefix() + stored_name(initial, one)] = &one;
  }

  /// Tensors in the order of their names. Those that are trained are f32; what training does not know of, such as a
  /// pooler, stays as it was.
  [[nodiscard]] std::vector<TensorPlan> plan() const {
    std::vector<TensorPlan> plan;
    for (const auto& [name, source] : initial_.tensors())
      plan.push_back(
          {name, is_word_table(name) || is_dense(name) ? DType::f32 : source.info->type, source.info->shape});
    return plan;
  }

  [[nodiscard]] const Weights& initial() const noexcept { return initial_; }
  [[nodiscard]] bool is_word_table(const std::string& name) const {
    return name == initial_.prefix() + "embeddings.word_embeddings.weight";
  }
  [[nodiscard]] bool is_dense(const std::string& name) const { return dense_.find(name) != dense_.end(); }

  /// The tensor of this name, for which is_dense() is true.
  [[nodiscard]] std::vector<float> dense(const std::string& name) const {
    const Parameter& one = *dense_.find(name)->second;
    const T* trained = model_.given() + one.offset;
    std::vector<T> before;
    if (share_ != 0) before = initial_.template read<T>(stored_name(initial_, one), one.shape);
    std::vector<float> values;
    values.reserve(one.rows * one.columns);
    for (std::size_t r = 0; r < one.rows; ++r)
      for (std::size_t c = 0; c < one.columns; ++c)
        values.push_back(
            mixed_number(trained[r * one.stride + c], share_ == 0 ? T() : before[r * one.columns + c], share_));
    return values;
  }

  /// Calls take(vector) with each word's in order.
  template <class Take>
  void for_each_word(Take&& take) {
    std::vector<float> values(model_.words().size());
    model_.for_each_given_word([&](std::size_t id, const T* row) {
      mix(static_cast<TokenId>(id), row, values);
      take(values);
    });
  }

  /// All words' as they are now.
  [[nodiscard]] TrainedWords<T> kept_words() {
    TrainedWords<T> kept(model_.words().unmet(), share_);
    std::vector<float> values(model_.words().size());
    model_.words().for_each_met([&](TokenId id, const T* row) {
      mix(id, row, values);
      kept.add(id, values.data());
    });
    return kept;
  }

 private:
  void mix(TokenId id, const T* row, std::vector<float>& out) {
    before_.resize(out.size());
    if (share_ != 0) model_.words().read_initial(id, before_.data());
    for (std::size_t k = 0; k < out.size(); ++k) out[k] = mixed_number(row[k], before_[k], share_);
  }

  const Weights& initial_;
  TrainingModel<T>& model_;
  double share_;
  std::map<std::string, const Parameter*> dense_;
  std::vector<T> before_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
