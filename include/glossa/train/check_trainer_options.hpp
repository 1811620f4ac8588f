// A trainer's options come in; those that are out of range, or that others keep from being heeded, are refused.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/train/trainer_options.hpp>

#include <cmath>
#include <cstddef>
#include <string>

namespace glossa::detail {

/// A teacher is there where the loss needs one, and there alone. Errors: `invalid_argument`.
inline void check_teacher(const TrainerOptions& options) {
  const auto refuse = [](const char* field, const std::string& problem, const char* expected, const char* found,
                         const char* remedy) {
    throw Error(ErrorKind::invalid_argument, {.field = std::string("TrainerOptions::teacher") + field,
                                              .problem = problem,
                                              .expected = expected,
                                              .found = found,
                                              .remedy = remedy});
  };
  const bool has_teacher = options.teacher.embed != nullptr;
  const std::string loss = std::string("the loss ") + name_of(options.loss);
  if (needs_teacher(options.loss) && !has_teacher)
    refuse("", loss + " learns a teacher's vectors", "a teacher", "none",
           "give one, such as training_teacher(Embedder)");
  if (!needs_teacher(options.loss) && has_teacher)
    refuse("", loss + " has no use for a teacher", "none", "one", "leave it out, or take the loss distillation");
  if (has_teacher && options.teacher.identity.empty())
    refuse(".identity", "checkpoints tell teachers apart by it", "a name", "none",
           "give the teacher's name and version");
}

/// Errors: `invalid_argument`.
inline void check(const TrainerOptions& options) {
  check_teacher(options);
  const auto require = [](bool holds, const char* field, const char* expected, double found) {
    if (!holds)
      throw Error(
          ErrorKind::invalid_argument,
          {.field = std::string("TrainerOptions::") + field, .expected = expected, .found = std::to_string(found)});
  };
  const std::size_t weights = options.matryoshka_weights.size();
  require(weights == 0 || weights == options.matryoshka.size(), "matryoshka_weights",
          "as many as TrainerOptions::matryoshka has numbers, or none", static_cast<double>(weights));
  for (const double weight : options.matryoshka_weights)
    require(weight > 0 && std::isfinite(weight), "matryoshka_weights", "above 0", weight);
  require(options.rate.rate > 0 && std::isfinite(options.rate.rate), "rate.rate", "above 0", options.rate.rate);
  require(options.rate.warm_up >= 0 && options.rate.warm_up <= 1, "rate.warm_up", "from 0 to 1", options.rate.warm_up);
  for (const double share : {options.dropout, options.attention_dropout})
    require(share >= 0 && share < 1, "dropout", "from 0 to below 1", share);
  const double mix = options.preserve.interpolation;
  require(mix >= 0 && mix <= 1, "preserve.interpolation", "from 0 to 1", mix);
  const double average = options.preserve.average;
  require(average >= 0 && average < 1, "preserve.average", "from 0 to below 1", average);
  require(options.preserve.replay_weight >= 0, "preserve.replay_weight", "0 or more", options.preserve.replay_weight);
  require(options.lora.rank == 0 || !options.biases_only, "biases_only", "false, where adapters are trained", 1);
  require(options.accumulation > 0, "accumulation", "1 or more", 0);
  require(options.chunk_tokens > 0, "chunk_tokens", "1 or more", 0);
  for (const double beta : {options.adamw.beta1, options.adamw.beta2})
    require(beta >= 0 && beta < 1, "adamw.beta", "from 0 to below 1", beta);
  require(options.adamw.epsilon > 0, "adamw.epsilon", "above 0", options.adamw.epsilon);
  require(options.adamw.weight_decay >= 0, "adamw.weight_decay", "0 or more", options.adamw.weight_decay);
  require(options.adamw.max_norm >= 0, "adamw.max_norm", "0 or more", options.adamw.max_norm);
  const double layer_rate = options.adamw.layer_rate;
  require(layer_rate >= 0 && std::isfinite(layer_rate), "adamw.layer_rate", "0 or more", layer_rate);
  const bool has_adapters = options.lora.rank > 0;
  require(!has_adapters || std::isfinite(options.lora.alpha), "lora.alpha", "a number", options.lora.alpha);
  require(!has_adapters || layer_rate == 1, "adamw.layer_rate", "1, where adapters are trained", layer_rate);
  require(!has_adapters || options.adamw.initial_decay == 0, "adamw.initial_decay",
          "0, where adapters are trained: the weights beside them stay", options.adamw.initial_decay);
  require(options.adamw.initial_decay >= 0, "adamw.initial_decay", "0 or more", options.adamw.initial_decay);
}

}  // namespace glossa::detail
