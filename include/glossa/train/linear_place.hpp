// Where the weights of a linear layer lie, and how many there are.
#pragma once

#include <cstddef>

namespace glossa::detail {

/// In a buffer of all weights, and in one of their gradients: `weights` is where [outputs, padded(inputs)] begins, and
/// `bias` where [outputs] does. See parameter_layout.hpp.
struct LinearPlace {
  std::size_t outputs = 0;
  std::size_t inputs = 0;
  std::size_t weights = 0;
  std::size_t bias = 0;
};

}  // namespace glossa::detail
