// Rows of texts come in, step by step; a model goes out that has learnt from them.
#pragma once

#include <glossa/cluster/random_draws.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/thread_pool.hpp>
#include <glossa/embedder/fingerprint.hpp>
#include <glossa/encoder/weight_form.hpp>
#include <glossa/train/checkpoint.hpp>
#include <glossa/train/damaged_weights.hpp>
#include <glossa/train/losses/distillation.hpp>
#include <glossa/train/losses/training_loss.hpp>
#include <glossa/train/teacher_vectors.hpp>
#include <glossa/train/trained_file.hpp>
#include <glossa/train/trained_folder.hpp>
#include <glossa/train/trained_numbers.hpp>
#include <glossa/train/trainer_options.hpp>
#include <glossa/train/training_model.hpp>
#include <glossa/train/training_setup.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// The texts of some rows.
struct RowTexts {
  std::vector<std::string_view> anchors;
  std::vector<std::string_view> positives;
  std::vector<std::string_view> negatives;  // as many for each row
  std::vector<double> labels;
  std::vector<std::uint64_t> groups;
};

/// What a step was like.
struct StepResult {
  double loss = 0;         // of the rows
  double replay_loss = 0;  // of what should stay
  double norm = 0;         // of the gradients, before they are scaled down
  double rate = 0;
  std::size_t tokens = 0;
};

template <class T>
class TrainingSession {
 public:
  TrainingSession(const std::filesystem::path& folder, const TrainerOptions& options)
      : options_(options),
        setup_(folder, options.max_tokens),
        weights_(full_weights(setup_.sentence().encoder_folder)),
        model_(weights_, setup_.config(), setup_.sentence().poolings, setup_.sentence().normalize,
               choose_level(options.cpu_level),
               {options.dropout, options.attention_dropout, options.checkpoint_activations, frozen_depth(options),
                options.biases_only, options.chunk_tokens, options.lora, options.seed, options.preserve.average,
                options.compute},
               options.executor ? options.executor : std::make_shared<ThreadPool>(options.threads)),
        anchor_prompt_(setup_.prompt(options.anchor_role)),
        positive_prompt_(setup_.prompt(options.positive_role)) {
    if (options.adamw.initial_decay > 0) model_.dense().keep_initial();
    learn_replay();
  }

  [[nodiscard]] const TrainerOptions& options() const noexcept { return options_; }
  [[nodiscard]] const TrainingSetup& setup() const noexcept { return setup_; }
  [[nodiscard]] TrainingModel<T>& model() noexcept { return model_; }
  [[nodiscard]] std::size_t steps() const noexcept { return model_.steps(); }
  /// Of the weights as they are. Errors: `io`.
  [[nodiscard]] std::optional<DamagedWeights> damaged_weights() { return find_damaged_weights<T>(*weights_, model_); }

  /// One step with some batches, whose gradients are added up; `rate` is the schedule's. Where a loss or a gradient is
  /// no number nothing is changed, and that is what is returned. Errors, with nothing changed: those of the loss and of
  /// the teacher.
  StepResult step(std::span<const RowTexts> batches, double rate) {
    StepResult result{.rate = rate};
    const double share = 1 / static_cast<double>(batches.size());
    try {
      for (std::size_t i = 0; i < batches.size(); ++i) learn(batches[i], i, share, result);
    } catch (...) {  // of the teacher, or of a loss: the gradients of the batches before are not for another step
      model_.clear_gradients();
      throw;
    }
    result.norm = model_.gradient_norm();
    if (std::isfinite(result.loss) && std::isfinite(result.replay_loss) && std::isfinite(result.norm)) {
      model_.step(options_.adamw, rate, result.norm);
    } else {
      model_.clear_gradients();
    }
    return result;
  }

  /// The vectors of texts as the model is by now, or as its averages are (PreserveOptions::average), [texts, dims],
  /// behind the prompt of a role.
  [[nodiscard]] std::vector<T> embed(std::span<const std::string_view> texts, Role role) {
    const std::string prompt = setup_.prompt(role);
    std::vector<TrainingText> tokens;
    for (const std::string_view text : texts) tokens.push_back(setup_.tokens(prompt, text));
    return model_.encode(tokens);
  }

  void save(const std::filesystem::path& target) { write_trained_folder<T>(setup_, numbers(), target); }
  /// What save() would write, as it is now, in memory; see TrainedFile. Errors: `io`.
  [[nodiscard]] Weights trained_weights() {
    const std::string name =
        path_text(setup_.sentence().encoder_folder) + " after " + std::to_string(steps()) + " steps of training";
    return Weights(std::make_shared<const SafetensorsFile>(std::make_shared<const TrainedFile<T>>(numbers(), name)));
  }
  void write_checkpoint(const std::filesystem::path& path, const std::string& progress) {
    Checkpoint<T>::write(path, model_, progress);
  }
  /// What write_checkpoint() was given. Errors: those of read_checkpoint().
  [[nodiscard]] static std::string progress_of(const std::filesystem::path& path) {
    return Checkpoint<T>::progress_of(SafetensorsFile(path));
  }
  /// A hash of what the vectors of texts depended on before training: weights, tokenizer, prompts, sizes. Reads all
  /// files.
  [[nodiscard]] std::uint64_t content() {
    FactHash facts;
    for (const auto& file : files_of(*weights_)) facts.add(hash_in_ranges(file->bytes(), model_.executor()));
    add_tokenizer(facts, setup_.tokenizer(), model_.executor());
    for (const std::string* prompt : {&anchor_prompt_, &positive_prompt_}) facts.add(std::string_view(*prompt));
    facts.add(static_cast<std::uint64_t>(setup_.max_tokens()));
    for (const Pooling pooling : setup_.sentence().poolings) facts.add(std::string_view(to_string(pooling)));
    facts.add(std::uint64_t{setup_.sentence().normalize});
    return facts.value();
  }
  std::string read_checkpoint(const std::filesystem::path& path) {
    return Checkpoint<T>::read(path, model_, options_.adamw);
  }

 private:
  [[nodiscard]] static std::shared_ptr<const Weights> full_weights(const std::filesystem::path& folder) {
    auto weights = std::make_shared<const Weights>(folder);
    if (stored_form(*weights) != WeightForm::full)
      throw Error(ErrorKind::unsupported, {.file = path_text(folder),
                                           .problem = "weights of 8 or 4 bits cannot be trained",
                                           .expected = "F32, F16 or BF16",
                                           .remedy = "train the model that they were made from"});
    return weights;
  }

  [[nodiscard]] static std::size_t frozen_depth(const TrainerOptions& options) noexcept {
    if (options.frozen_layers > 0) return options.frozen_layers + 1;
    return options.freeze_embeddings ? 1 : 0;
  }

  /// What the model stands for by now.
  [[nodiscard]] TrainedNumbers<T> numbers() { return {*weights_, model_, options_.preserve.interpolation}; }

  /// The vectors that the model begins with.
  void learn_replay() {
    const PreserveOptions& preserve = options_.preserve;
    for (const std::string& text : preserve.replay) replay_.push_back(setup_.tokens("", text));
    if (preserve.replay_weight > 0 && preserve.replay_each > 0) initial_replay_ = model_.encode(replay_);
  }

  /// The replay texts of a step: others each time, the same in every run.
  [[nodiscard]] std::vector<std::size_t> drawn_replay(std::size_t batch) const {
    if (initial_replay_.empty()) return {};
    RandomDraws draws(Dropout::mixed(options_.seed + 1) ^ Dropout::batch_key(model_.steps(), batch));
    const auto drawn = draws.sample(replay_.size(), options_.preserve.replay_each);
    return {drawn.begin(), drawn.end()};
  }

  void add_texts(const std::vector<std::string_view>& from, const std::string& prompt) {
    for (const std::string_view text : from) texts_.push_back(setup_.tokens(prompt, text));
  }

  void learn(const RowTexts& rows, std::size_t batch, double share, StepResult& result) {
    texts_.clear();
    add_texts(rows.anchors, anchor_prompt_);
    add_texts(rows.positives, positive_prompt_);
    add_texts(rows.negatives, positive_prompt_);
    const std::size_t own = texts_.size();
    const std::vector<T> teacher = teacher_vectors<T>(options_, rows.anchors, model_.encoder().dims());
    const std::vector<std::size_t> replay = drawn_replay(batch);
    for (const std::size_t i : replay) texts_.push_back(replay_[i]);
    for (const TrainingText& text : texts_) result.tokens += text.size();
    const std::uint64_t key = Dropout::mixed(options_.seed) ^ Dropout::batch_key(model_.steps(), batch);
    model_.learn(texts_, key, [&](const std::vector<T>& vectors) {
      std::vector<T> slopes = slopes_of_rows(rows, teacher, vectors, share, result);
      slopes.resize(vectors.size());
      if (!replay.empty()) add_replay_slopes(replay, own, vectors, share, slopes, result);
      return slopes;
    });
  }

  [[nodiscard]] std::vector<T> slopes_of_rows(const RowTexts& rows, const std::vector<T>& teacher,
                                              const std::vector<T>& vectors, double share, StepResult& result) {
    const std::size_t dims = model_.encoder().dims();
    const auto part = [&](std::size_t first, std::size_t count) {
      const auto begin = vectors.begin() + static_cast<std::ptrdiff_t>(first * dims);
      return std::vector<T>(begin, begin + static_cast<std::ptrdiff_t>(count * dims));
    };
    const std::size_t count = rows.anchors.size();
    const VectorBatch<T> batch{.dims = dims,
                               .anchors = part(0, count),
                               .positives = part(count, count),
                               .negatives = part(2 * count, rows.negatives.size()),
                               .labels = rows.labels,
                               .groups = rows.groups,
                               .teacher = teacher};
    LossResult<T> loss = options_.matryoshka.empty() ? training_loss<T>(batch, options_.loss)
                                                     : matryoshka_loss<T>(batch, options_.loss, options_.matryoshka,
                                                                          options_.matryoshka_weights);
    result.loss += share * loss.loss;
    std::vector<T> slopes = std::move(loss.anchors);
    slopes.insert(slopes.end(), loss.positives.begin(), loss.positives.end());
    slopes.insert(slopes.end(), loss.negatives.begin(), loss.negatives.end());
    if (share != 1)
      for (T& slope : slopes) slope *= static_cast<T>(share);
    return slopes;
  }

  void add_replay_slopes(const std::vector<std::size_t>& replay, std::size_t first, const std::vector<T>& vectors,
                         double share, std::vector<T>& slopes, StepResult& result) const {
    const std::size_t dims = initial_replay_.size() / replay_.size();
    std::vector<T> wanted;
    for (const std::size_t i : replay)
      wanted.insert(wanted.end(), initial_replay_.begin() + static_cast<std::ptrdiff_t>(i * dims),
                    initial_replay_.begin() + static_cast<std::ptrdiff_t>((i + 1) * dims));
    const std::vector<T> own(vectors.begin() + static_cast<std::ptrdiff_t>(first * dims), vectors.end());
    const auto [loss, own_slopes] = distillation_loss<T>(own, wanted, dims);
    result.replay_loss += share * loss;
    const T weight = static_cast<T>(share * options_.preserve.replay_weight);
    for (std::size_t i = 0; i < own_slopes.size(); ++i) slopes[first * dims + i] += weight * own_slopes[i];
  }

  TrainerOptions options_;
  TrainingSetup setup_;
  std::shared_ptr<const Weights> weights_;
  TrainingModel<T> model_;
  std::string anchor_prompt_;
  std::string positive_prompt_;
  std::vector<TrainingText> replay_;
  std::vector<T> initial_replay_;  // [replay, dims]
  std::vector<TrainingText> texts_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
