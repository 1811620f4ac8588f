// How tests of averages train.
#pragma once

#include <glossa/train/trainer_options.hpp>

namespace test {

/// Of a small model, with `average` of PreserveOptions.
inline glossa::TrainerOptions average_options(double average) {
  glossa::TrainerOptions out;
  out.rate = {.rate = 1e-3};
  out.adamw.initial_decay = 0.1;
  out.dropout = 0.1;
  out.preserve.average = average;
  out.threads = 2;
  return out;
}

}  // namespace test
