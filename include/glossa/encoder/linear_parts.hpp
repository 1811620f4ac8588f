// The name of a linear layer comes in; the weights of its parts go out, one after another.
#pragma once

#include <glossa/encoder/layer_names.hpp>
#include <glossa/model/weights.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace glossa::detail {

/// Calls take(first column, weights [name.outputs, name.inputs]) for each part of `name`, with one part in memory at a
/// time. Errors: those of Weights::read().
template <class T, class Take>
void for_each_part(const Weights& weights, const LinearName& name, Take&& take) {
  std::size_t first = 0;
  for (const std::string& part : name.parts) {
    const std::vector<T> values = weights.read<T>(part + ".weight", {name.outputs, name.inputs});
    take(first, values.data());
    first += name.outputs;
  }
}

/// The weights of `name`, one part after another: [columns, inputs].
[[nodiscard]] inline std::vector<float> joined_weights(const Weights& weights, const LinearName& name) {
  std::vector<float> joined;
  joined.reserve(name.columns() * name.inputs);
  for_each_part<float>(weights, name, [&](std::size_t, const float* rows) {
    joined.insert(joined.end(), rows, rows + name.outputs * name.inputs);
  });
  return joined;
}

}  // namespace glossa::detail
