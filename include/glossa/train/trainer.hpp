// A model folder and rows of texts come in; the same model goes out, better at such texts.
#pragma once

#include <glossa/core/embeddings.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/embedder.hpp>
#include <glossa/embedder/options.hpp>
#include <glossa/model/prompts.hpp>
#include <glossa/train/batch_sampler_options.hpp>
#include <glossa/train/trainer_options.hpp>
#include <glossa/train/training_row.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

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

namespace detail {
class TrainerState;
}

/// Contrastive training of all weights in this process. A step costs what its tokens cost, forward and backward, and of
/// the word vectors what the words that occur cost. Not for several threads at once; it uses several itself.
class Trainer {
 public:
  /// Errors: those of Embedder; `unsupported` for folders with weights of 8 or 4 bits; `invalid_argument` for options
  /// out of range.
  explicit Trainer(const std::filesystem::path& model, const TrainerOptions& options = {});
  Trainer(Trainer&&) noexcept;
  Trainer& operator=(Trainer&&) noexcept;
  ~Trainer();

  /// Trains on rows. May be called again, and goes on with the weights as they are then. Errors: `invalid_argument` for
  /// rows that lack what the loss needs, naming them, and for such as no batch has a negative of; `numeric` for a loss
  /// or gradient that is no number, naming step and rows, with the weights as they were before it; `io`, `corrupt_file`
  /// for checkpoints, `invalid_argument` for one of other rows, of another model or of other options but for those of
  /// time, memory and `compute`, naming the first, with nothing changed; what the functions throw.
  TrainingReport train(std::span<const TrainingRow> rows, const TrainingRun& run = {});

  /// The vectors of texts with the weights as they are, or with their averages where PreserveOptions::average asks for
  /// these: bit by bit those of the saved model but for interpolation.
  [[nodiscard]] Embeddings embed(std::span<const std::string> texts, Role role = Role::none) const;

  /// Writes a folder in the layout of Hugging Face and sentence-transformers, with the tokenizer's files and the
  /// configuration of the model that training began with, but without known vectors of its weights
  /// (glossa_golden.json); see PreserveOptions::average and interpolation. It appears when all is written. Errors:
  /// `invalid_argument` where the name is taken, `io`.
  void save(const std::filesystem::path& folder) const;

  /// The model as it is now, in an Embedder of its own: training may go on, or the trainer go, and its vectors stay.
  /// They are bit by bit those of the folder that save() would write, in every precision, and so is fingerprint() but
  /// for the name: vectors and indexes go with the saved model. It takes the memory that an Embedder of the folder
  /// takes, and that of all weights but the words' as f32 (85 MB of multilingual-e5-small) and of the vectors of the
  /// words that occurred (1.5 KB a word). The folder that training began with must still be there. Errors: those of
  /// Embedder.
  [[nodiscard]] Embedder embedder(const EmbedderOptions& options = {}) const;

  /// Adapters (TrainerOptions::lora), or their averages, as Hugging Face's PEFT keeps them, and back: those of equal
  /// options, with which averages begin anew. save() writes them merged into the model. Errors: `invalid_argument`
  /// without adapters, and where the name is taken; `io`; `not_found`, `corrupt_file` for what does not belong to this
  /// model.
  void save_adapters(const std::filesystem::path& folder) const;
  void load_adapters(const std::filesystem::path& folder);

  [[nodiscard]] std::size_t steps() const noexcept;
  /// What stands before queries and passages.
  [[nodiscard]] const Prompts& prompts() const noexcept;

 private:
  std::unique_ptr<detail::TrainerState> state_;
};

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/train/trainer_impl.hpp>
#endif
