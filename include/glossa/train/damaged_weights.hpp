// A model in training comes in; where it has weights that are no numbers goes out.
#pragma once

#include <glossa/kernels/isa.hpp>
#include <glossa/model/weights.hpp>
#include <glossa/text/token_id.hpp>
#include <glossa/train/parameter_layout.hpp>
#include <glossa/train/training_model.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

struct DamagedWeights {
  std::string tensor;          ///< and, of words, the row
  bool was_initially = false;  ///< whether the file has it so
};

/// The first tensor, words last, with a weight that is no finite number. Of words, those that training has met are
/// looked at: nobody has looked at these when they were read, as Weights::read() does at all others. initial: what the
/// model was read from. Errors: `io`.
template <class T>
[[nodiscard]] std::optional<DamagedWeights> find_damaged_weights(const Weights& initial, TrainingModel<T>& model) {
  const auto is_damaged = [](const T* values, std::size_t count) {
    return !std::all_of(values, values + count, [](T value) { return std::isfinite(value); });
  };
  for (const Parameter& one : model.encoder().layout().parameters())
    for (std::size_t r = 0; r < one.rows; ++r) {
      const bool is_whole = !is_damaged(model.dense().values() + one.offset + r * one.stride, one.columns);
      if (!is_whole) return DamagedWeights{initial.prefix() + stored_name(initial, one), false};
    }
  std::optional<TokenId> first;
  const std::size_t hidden = model.words().size();
  model.words().for_each_met([&](TokenId id, const T* row) {
    if (is_damaged(row, hidden) && (!first || id < *first)) first = id;
  });
  if (!first) return {};
  std::vector<T> before(hidden);
  model.words().read_initial(*first, before.data());
  return DamagedWeights{initial.prefix() + "embeddings.word_embeddings.weight, row " + std::to_string(*first),
                        is_damaged(before.data(), hidden)};
}

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
