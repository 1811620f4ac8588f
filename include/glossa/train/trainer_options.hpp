// How a model is trained.
#pragma once

#include <glossa/core/executor.hpp>
#include <glossa/embedder/model_info.hpp>
#include <glossa/kernels/cpu_level.hpp>
#include <glossa/train/adamw.hpp>
#include <glossa/train/lora_options.hpp>
#include <glossa/train/losses/training_loss.hpp>
#include <glossa/train/rate_schedule.hpp>
#include <glossa/train/training_precision.hpp>
#include <glossa/train/training_teacher.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace glossa {

/// What keeps a model as it was where the data says nothing: languages and tasks that it does not have.
struct PreserveOptions {
  /// Texts of what should stay, of any languages; each step some of them are held to the vectors that the model itself
  /// gave them before, whatever the loss is and whoever is TrainerOptions::teacher (see distillation_loss()).
  std::vector<std::string> replay{};
  std::size_t replay_each = 32;  ///< texts a step
  double replay_weight = 1;      ///< of that loss
  /// Above 0 and below 1, such as 0.999: embed(), and so evaluations and the choice of the best weights, and save()
  /// take a moving average of the weights, which is less noisy than the last ones (Polyak & Juditsky 1992), while
  /// training goes on with the weights themselves. After step t: average = d · average + (1 - d) · weights, where d is
  /// this, but at most (1 + t) / (10 + t), so that a short run's average is not mostly of the initial weights. Of
  /// adapters A and B are averaged, each for itself. Costs the memory of the weights once more. 0: there is none.
  double average = 0;
  /// The share of the initial weights in those that are saved (WiSE-FT of Wortsman et al. 2022); the other part is the
  /// average, where there is one.
  double interpolation = 0;
};

/// What is trained, how, and with what.
struct TrainerOptions {
  TrainingLoss loss{};
  /// Of DistillationOptions, and of no other loss: whose vectors of anchors are learnt.
  TrainingTeacher teacher{};
  std::vector<std::size_t> matryoshka{};  ///< numbers of first dimensions that the loss is taken of; empty: all alone
  std::vector<double> matryoshka_weights{};  ///< of the loss of each of these, above 0; empty: all 1
  RateSchedule rate{};
  AdamwOptions adamw{};
  PreserveOptions preserve{};
  std::size_t accumulation = 1;  ///< batches whose gradients are added up before a step
  double dropout = 0;            ///< of states, in [0, 1)
  double attention_dropout = 0;  ///< of attention's weights
  std::uint64_t seed = 42;       ///< of dropout and of what is drawn
  bool freeze_embeddings = false;
  std::size_t frozen_layers = 0;  ///< the first so many, and the embeddings with them
  LoraOptions lora{};             ///< with a rank, adapters alone are trained, and all else stays as it is
  bool biases_only = false;       ///< train no matrices (BitFit of Zaken et al. 2022)
  Role anchor_role = Role::none;  ///< what the texts are to the model; decides on the prompts before them
  Role positive_role = Role::none;
  std::size_t max_tokens = 0;  ///< of a text, behind which it is cut; 0: as many as the model reads
  /// Tokens that go through the model together, which bounds the memory: some 250 KB a token of multilingual-e5-small.
  /// Larger batches cost time, not memory (GradCache of Gao et al. 2021).
  std::size_t chunk_tokens = 2048;
  /// Of the layers' matrix products. The weights that are kept, saved and written to checkpoints are floats in any
  /// case, so that a run may go on in the other precision; what Trainer::embed() gives meanwhile is of these products.
  /// Fast where the processor has AMX or AVX-512 with bfloat16.
  TrainingPrecision compute = TrainingPrecision::f32;
  bool checkpoint_activations = false;   ///< a third more time, a fraction of that memory (Chen et al. 2016)
  std::size_t threads = 0;               ///< 0: available_threads()
  std::shared_ptr<Executor> executor{};  ///< in place of threads of its own
  std::optional<CpuLevel> cpu_level{};   ///< default_level() unless another is wanted
};

}  // namespace glossa
