// What is wrong where texts that are run through a model as examples give no numbers.
#pragma once

#include <glossa/core/error.hpp>

namespace glossa::detail {

[[nodiscard]] inline Error activations_not_finite() {
  return Error(ErrorKind::numeric, {.problem = "the activations of the calibration texts are no finite numbers",
                                    .remedy = "are the model's weights whole?"});
}

}  // namespace glossa::detail
