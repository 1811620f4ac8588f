// A model folder and rows of texts come in; the same model goes out, better at such texts.
#pragma once

#include <glossa/core/embeddings.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/embedder.hpp>
#include <glossa/embedder/options.hpp>
#include <glossa/model/prompts.hpp>
#include <glossa/train/trainer_options.hpp>
#include <glossa/train/training_row.hpp>
#include <glossa/train/training_run.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace glossa {

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
  /// or gradient that is no number, naming step and rows, or the tensor where weights are none already, with the
  /// weights as they were before it, and for a teacher's vector that is none; `io`, `corrupt_file` for checkpoints,
  /// `invalid_argument` for one of other rows, of another model or of other options but for those of time, memory and
  /// `compute`, naming the first, with nothing changed; what the functions throw.
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
