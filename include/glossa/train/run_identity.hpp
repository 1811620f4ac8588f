// What a run learns with comes in; it goes out as names and values, by which a checkpoint is told from another run's.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/hash64.hpp>
#include <glossa/core/json.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/train/sampled_rows.hpp>
#include <glossa/train/trainer_options.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace glossa::detail {

/// A loss with its options.
[[nodiscard]] inline Json json_of(const TrainingLoss& loss) {
  Json out = Json::array({name_of(loss)});
  if (const auto* own = std::get_if<InfoNceOptions>(&loss)) {
    out.push_back(own->temperature);
    out.push_back(own->symmetric);
    out.push_back(own->false_negative_margin ? Json(*own->false_negative_margin) : Json());
  } else if (const auto* triplet = std::get_if<TripletOptions>(&loss)) {
    out.push_back(triplet->cosine);
    out.push_back(triplet->margin);
  } else if (const auto* contrastive = std::get_if<ContrastiveOptions>(&loss)) {
    out.push_back(contrastive->margin);
  } else if (const auto* cosent = std::get_if<CosentOptions>(&loss)) {
    out.push_back(cosent->scale);
  }
  return out;
}

/// The options that decide on what a step makes of the weights. Those that decide on time and memory alone, or on what
/// is saved in the end, may be others when a run goes on; so may `compute`. model: its hash.
[[nodiscard]] inline Json run_identity(const TrainerOptions& options, std::uint64_t model) {
  const AdamwOptions& adamw = options.adamw;
  const PreserveOptions& preserve = options.preserve;
  SequenceHash replay;
  for (const std::string& text : preserve.replay) replay.add(std::string_view(text));
  Json out = Json::object();
  out["model"] = hex_text(model);
  out["TrainerOptions::loss"] = json_of(options.loss);
  if (options.teacher.embed) out["TrainerOptions::teacher"] = options.teacher.identity;
  out["TrainerOptions::matryoshka"] = options.matryoshka_weights.empty()
                                          ? Json(options.matryoshka)
                                          : Json::array({options.matryoshka, options.matryoshka_weights});
  out["TrainerOptions::rate"] = Json::array({options.rate.rate, to_string(options.rate.shape), options.rate.warm_up});
  out["TrainerOptions::adamw"] = Json::array({adamw.beta1, adamw.beta2, adamw.epsilon, adamw.weight_decay,
                                              adamw.initial_decay, adamw.max_norm, adamw.layer_rate});
  const bool replays = !preserve.replay.empty() && preserve.replay_weight > 0 && preserve.replay_each > 0;
  out["PreserveOptions::replay"] =
      replays ? Json::array({hex_text(replay.value()), preserve.replay_each, preserve.replay_weight}) : Json();
  out["PreserveOptions::average"] = preserve.average;
  out["TrainerOptions::accumulation"] = options.accumulation;
  out["TrainerOptions::dropout"] = Json::array({options.dropout, options.attention_dropout});
  out["TrainerOptions::seed"] = options.seed;
  out["TrainerOptions::frozen_layers"] =
      Json::array({options.frozen_layers, options.freeze_embeddings || options.frozen_layers > 0});
  out["TrainerOptions::biases_only"] = options.biases_only;
  out["TrainerOptions::lora"] =
      options.lora.rank == 0 ? Json() : Json::array({options.lora.rank, options.lora.alpha, options.lora.targets});
  return out;
}

/// Errors: `invalid_argument` naming the first thing in which a checkpoint's identity is another. file: its name.
inline void require_same_run(const Json& saved, const Json& own, const std::string& file) {
  for (const auto& [name, value] : own.items()) {
    const auto found = saved.find(name);
    if (found != saved.end() && *found == value) continue;
    throw Error(ErrorKind::invalid_argument,
                {.file = file,
                 .field = name,
                 .problem = name == "model" ? "the run was begun with another model, tokenizer or prompt"
                                            : "the run was begun with another value",
                 .expected = found == saved.end() ? "none" : json_text(*found),
                 .found = json_text(value),
                 .remedy = "go on with what the run was begun with, or begin the training anew"});
  }
}

}  // namespace glossa::detail
