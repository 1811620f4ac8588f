// What the command line asked of glossa train.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tool {

struct TrainArguments {
  std::string model;
  std::vector<std::string> data;
  std::vector<std::string> fields;  // NAME=OWN
  std::string output;
  std::string loss = "infonce";
  std::size_t epochs = 1;
  std::size_t steps = 0;  // 0: as many as the epochs take
  std::size_t batch_size = 32;
  std::size_t negatives = 0;  // each row's; 0: one where the loss needs them
  double learning_rate = 2e-5;
  std::string schedule = "linear";
  double warm_up = 0.1;
  double weight_decay = 0.01;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double max_norm = 1;
  double layer_rate = 1;
  double temperature = 0.05;
  std::optional<double> margin{};  // of triplet and contrastive
  double scale = 20;               // of cosent
  std::string teacher;             // a model folder
  bool cosine = false;             // distances of triplets
  bool symmetric = false;
  std::optional<double> false_negative_margin{};
  std::vector<std::size_t> matryoshka;
  std::vector<double> matryoshka_weights;
  std::size_t accumulation = 1;
  double dropout = 0.1;
  std::optional<double> attention_dropout{};  // none: as dropout
  std::uint64_t seed = 42;
  std::string anchor_role = "none";
  std::string positive_role = "none";
  std::size_t max_tokens = 0;
  std::size_t chunk_tokens = 2048;
  std::string compute = "f32";
  bool checkpoint_activations = false;
  bool freeze_embeddings = false;
  std::size_t freeze_layers = 0;
  bool biases_only = false;
  std::string replay;  // a file of texts
  double replay_weight = 10;
  std::size_t replay_each = 32;
  double keep_initial = 0;
  double average = 0;
  double interpolate = 0;
  std::string balance = "none";
  double balance_temperature = 1;
  std::string homogeneous = "none";
  bool groups_apart = false;
  std::string bad_lines = "refuse";
  std::vector<std::string> evaluate;  // CATEGORY=PATH
  std::size_t evaluate_every = 0;
  std::size_t patience = 0;
  std::size_t lora_rank = 0;
  double lora_alpha = 16;
  std::vector<std::string> lora_targets{"query", "value"};
  std::string adapters;     // a folder that they are saved to as well
  std::string checkpoints;  // a folder; "": none
  std::size_t checkpoint_every = 0;
  bool resume = false;
  std::string metrics;  // JSON lines
  std::string curve;    // SVG
  std::size_t threads = 0;
};

int train(const TrainArguments& arguments);

}  // namespace tool
