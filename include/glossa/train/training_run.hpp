// How long training goes on, and what happens meanwhile, comes in; what became of it goes out.
#pragma once

#include <glossa/train/batch_sampler_options.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>

namespace glossa {

/// A step that was done.
struct TrainingStep {
  std::size_t step = 0;   ///< from 1 on
  std::size_t steps = 0;  ///< of the whole run
  std::uint64_t epoch = 0;
  double loss = 0;
  double replay_loss = 0;  ///< of PreserveOptions::replay
  double norm = 0;         ///< of the gradients, before they are scaled down
  double rate = 0;
  std::size_t rows = 0;
  std::size_t tokens = 0;
  double seconds = 0;             ///< that it took
  std::optional<double> score{};  ///< of TrainingRun::evaluate, after this step
};

/// How long training goes on, and what happens meanwhile.
struct TrainingRun {
  std::size_t epochs = 1;
  std::size_t max_steps = 0;  ///< 0: as many as the epochs take
  BatchSamplerOptions batches{};
  /// Called after every step, by the thread that trains.
  std::function<void(const TrainingStep&)> progress{};
  /// How good the model is by now, more being better; called after every `evaluate_every` steps and after the
  /// last one, when Trainer::embed() is of the weights, or averages (PreserveOptions::average), as they are then. The
  /// best are those that the trainer has in the end.
  std::function<double()> evaluate{};
  std::size_t evaluate_every = 0;  ///< 0: after the last step alone
  std::size_t patience = 0;        ///< evaluations in a row without a better score that end the run; 0: none do
  /// The folder of `last.safetensors`, from which a run goes on bit by bit, and of `best.safetensors`. Each is replaced
  /// as a whole, so that there is always one. "": none are written, and without, no best weights are kept.
  std::filesystem::path checkpoints{};
  std::size_t checkpoint_every = 0;  ///< steps; 0: after evaluations and the last step alone
  bool resume = false;               ///< go on from `last.safetensors`, where it is there
  std::stop_token stop{};            ///< a request ends the run after a step, with a checkpoint
};

struct TrainingReport {
  std::size_t steps = 0;    ///< that are done, those before a resumed run's beginning among them
  std::size_t resumed = 0;  ///< of these, before
  double last_loss = 0;
  std::optional<double> best_score{};
  std::size_t best_step = 0;
  bool ended_early = false;  ///< by patience
  bool was_stopped = false;  ///< by TrainingRun::stop
};

}  // namespace glossa
