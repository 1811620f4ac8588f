// A model folder comes in; texts go in, vectors come out.
#pragma once

#include <glossa/core/embeddings.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/expected.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/embedder/model_info.hpp>
#include <glossa/embedder/options.hpp>
#include <glossa/embedder/text_range.hpp>
#include <glossa/embedder/verify_report.hpp>
#include <glossa/model/prompts.hpp>
#include <glossa/text/tokenizer.hpp>

#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa {

class Weights;

namespace detail {
class Model;
}

/// A sentence embedding model: tokenizer, encoder, pooling and prompts of one folder in the layout of Hugging Face
/// and sentence-transformers. Vectors equal those of sentence-transformers (cosine >= 0.999999 in f32).
///
/// Const functions may be called from any number of threads; copies share one model. A text's vector is the same,
/// bit for bit, whatever texts it is embedded with, in which order and on how many threads. "" is a legal text.
class Embedder {
 public:
  /// Loads the model. Errors: `not_found`, `io`, `corrupt_file`, `unsupported`, each naming file and field.
  explicit Embedder(const std::filesystem::path& folder, const EmbedderOptions& options = {});

  [[nodiscard]] static Expected<Embedder> try_load(const std::filesystem::path& folder,
                                                   const EmbedderOptions& options = {}) {
    return detail::try_call([&] { return Embedder(folder, options); });
  }

  /// The model of a folder with other weights in place of its own, which need lie in no file, with the same names and
  /// shapes. The folder is read for all else, and must be there until fingerprint() was called once.
  /// Errors: those of the constructor.
  [[nodiscard]] static Embedder with_weights(const std::filesystem::path& folder, const Weights& weights,
                                             const EmbedderOptions& options = {});

  /// Length of a vector.
  [[nodiscard]] std::size_t dims() const noexcept;
  /// The longest text in tokens, prompt and special tokens included, that is not cut.
  [[nodiscard]] std::size_t max_tokens() const noexcept;
  [[nodiscard]] const ModelInfo& info() const noexcept;
  [[nodiscard]] const Tokenizer& tokenizer() const noexcept;

  /// A short text that tells these vectors from those of other models, "multilingual-e5-small:int8:384:" and 16 digits:
  /// for whoever keeps vectors, such as IndexOptions::model. It changes with the content of the weights and of the
  /// tokenizer's files, the prompts, pooling, normalisation, length limit and precision, and with `dims` (0: dims()).
  /// The name is the folder's, for people: require_model() takes no account of it. The first call reads the files, the
  /// others do not. Errors: `io`, `not_found` where they are gone; `invalid_argument` for more than dims().
  [[nodiscard]] std::string fingerprint(std::size_t dims = 0) const;

  /// Tokens that a text has for the model, its prompt and the special tokens included.
  [[nodiscard]] std::size_t count_tokens(std::string_view text, Role role = Role::none) const;

  /// The vector of a text. The role decides on the prompt before it; without one the text is taken as it is.
  /// Errors: `invalid_argument` where the folder does not tell the role's prompt; `too_long`, `cancelled`, `numeric`.
  [[nodiscard]] Embedding embed(std::string_view text, Role role, const EmbedOptions& options = {}) const;
  [[nodiscard]] Embedding embed(std::string_view text, const EmbedOptions& options = {}) const {
    return embed(text, Role::none, options);
  }
  [[nodiscard]] Embedding embed_query(std::string_view text, const EmbedOptions& options = {}) const {
    return embed(text, Role::query, options);
  }
  [[nodiscard]] Embedding embed_passage(std::string_view text, const EmbedOptions& options = {}) const {
    return embed(text, Role::passage, options);
  }

  /// The vectors of several texts, one a row. `texts` is any range of strings, string views or C strings.
  [[nodiscard]] Embeddings embed(TextRange auto&& texts, Role role, const EmbedOptions& options = {}) const {
    return embed_views(detail::TextViews(std::forward<decltype(texts)>(texts)).span(), role, options);
  }
  [[nodiscard]] Embeddings embed(TextRange auto&& texts, const EmbedOptions& options = {}) const {
    return embed(std::forward<decltype(texts)>(texts), Role::none, options);
  }
  [[nodiscard]] Embeddings embed_queries(TextRange auto&& texts, const EmbedOptions& options = {}) const {
    return embed(std::forward<decltype(texts)>(texts), Role::query, options);
  }
  [[nodiscard]] Embeddings embed_passages(TextRange auto&& texts, const EmbedOptions& options = {}) const {
    return embed(std::forward<decltype(texts)>(texts), Role::passage, options);
  }
  [[nodiscard]] Embeddings embed(std::initializer_list<std::string_view> texts, Role role,
                                 const EmbedOptions& options = {}) const {
    return embed_views({texts.begin(), texts.size()}, role, options);
  }
  [[nodiscard]] Embeddings embed(std::initializer_list<std::string_view> texts,
                                 const EmbedOptions& options = {}) const {
    return embed_views({texts.begin(), texts.size()}, Role::none, options);
  }
  [[nodiscard]] Embeddings embed_queries(std::initializer_list<std::string_view> texts,
                                         const EmbedOptions& options = {}) const {
    return embed_views({texts.begin(), texts.size()}, Role::query, options);
  }
  [[nodiscard]] Embeddings embed_passages(std::initializer_list<std::string_view> texts,
                                          const EmbedOptions& options = {}) const {
    return embed_views({texts.begin(), texts.size()}, Role::passage, options);
  }

  // One text, not a list: {"a", "b"} would make a string view from two pointers.
  Embedding embed_query(std::initializer_list<std::string_view>, const EmbedOptions& = {}) const = delete;
  Embedding embed_passage(std::initializer_list<std::string_view>, const EmbedOptions& = {}) const = delete;
  std::size_t count_tokens(std::initializer_list<std::string_view>, Role = Role::none) const = delete;

  /// Writes the vectors to the caller's memory, [texts, dims() or options.dims], and returns the receipts. `out` is
  /// untouched where a text is too long for LongText::error; other errors may leave rows written. Windows are not kept.
  /// Errors: also `invalid_argument` for a wrong size of `out`.
  std::vector<Receipt> embed_into(TextRange auto&& texts, Role role, std::span<float> out,
                                  const EmbedOptions& options = {}) const {
    return embed_views_into(detail::TextViews(std::forward<decltype(texts)>(texts)).span(), role, out, options);
  }

  /// The same without exceptions.
  [[nodiscard]] Expected<Embedding> try_embed(std::string_view text, Role role = Role::none,
                                              const EmbedOptions& options = {}) const {
    return detail::try_call([&] { return embed(text, role, options); });
  }
  [[nodiscard]] Expected<Embeddings> try_embed(TextRange auto&& texts, Role role = Role::none,
                                               const EmbedOptions& options = {}) const {
    return detail::try_call([&] { return embed(std::forward<decltype(texts)>(texts), role, options); });
  }
  [[nodiscard]] Expected<Embeddings> try_embed(std::initializer_list<std::string_view> texts, Role role = Role::none,
                                               const EmbedOptions& options = {}) const {
    return detail::try_call([&] { return embed(texts, role, options); });
  }
  [[nodiscard]] Expected<std::vector<Receipt>> try_embed_into(TextRange auto&& texts, Role role, std::span<float> out,
                                                              const EmbedOptions& options = {}) const {
    return detail::try_call([&] { return embed_into(std::forward<decltype(texts)>(texts), role, out, options); });
  }

  /// Checks this model on this CPU: built-in token ids for the vocabularies of XLM-RoBERTa and uncased BERT, and the
  /// ids and vectors in the folder's glossa_golden.json, if it has one.
  [[nodiscard]] VerifyReport verify() const;

 private:
  explicit Embedder(std::shared_ptr<const detail::Model> model) noexcept : model_(std::move(model)) {}

  [[nodiscard]] Embeddings embed_views(std::span<const std::string_view> texts, Role role,
                                       const EmbedOptions& options) const;
  std::vector<Receipt> embed_views_into(std::span<const std::string_view> texts, Role role, std::span<float> out,
                                        const EmbedOptions& options) const;

  std::shared_ptr<const detail::Model> model_;
};

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/embedder/embedder_impl.hpp>
#endif
