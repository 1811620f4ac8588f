// A model comes in; an encoder for evaluations goes out, which embeds no text twice.
#pragma once

#include <glossa/core/embeddings.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/core/progress.hpp>
#include <glossa/embedder.hpp>
#include <glossa/eval/embedding_cache.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <stop_token>
#include <string_view>

namespace glossa {

struct EmbedderEncoderOptions {
  /// Vectors of earlier runs: a cache that was opened for Embedder::fingerprint() and dims() of this model, which tell
  /// its precision, longest text and prompts. Each batch is written when it is there: what was embedded before a stop
  /// stays.
  std::shared_ptr<EmbeddingCache> cache{};
  std::size_t batch_texts = 1024;  ///< at least 1; texts that are embedded, and kept in the cache, at a time
  ProgressCallback progress{};     ///< of each call: its different texts, and the tokens of all calls so far
  std::stop_token stop{};          ///< a request makes the call throw an Error of kind cancelled
};

/// What an encoder did so far, over all its calls.
struct EncoderCounts {
  std::size_t texts = 0;      ///< that it was asked for
  std::size_t embedded = 0;   ///< of these, that the model embedded: the others came twice, or were in the cache
  std::size_t tokens = 0;     ///< of the embedded texts, as far as the model read them
  std::size_t truncated = 0;  ///< embedded texts that were longer than the model reads
  double seconds = 0;         ///< that embedding took
};

/// A TextEncoder over an Embedder, as mteb's wrapper of sentence-transformers encodes: prompt and text are one text,
/// without white space around it, and what is too long is cut. The model's own prompts for roles are not used: an
/// evaluation says which prompt it wants. Copies share their counts. One call at a time.
class EmbedderEncoder {
 public:
  /// Errors: `invalid_argument` for no batch_texts, and for a cache of vectors of another length.
  explicit EmbedderEncoder(Embedder embedder, EmbedderEncoderOptions options = {});

  /// Errors: the Embedder's and the cache's.
  Embeddings operator()(std::span<const std::string_view> texts, std::string_view prompt);

  [[nodiscard]] const EncoderCounts& counts() const noexcept { return *counts_; }
  [[nodiscard]] const Embedder& embedder() const noexcept { return embedder_; }

 private:
  Embeddings embed(std::span<const std::string_view> texts, std::string_view prompt, const Progress& before);

  Embedder embedder_;
  EmbedderEncoderOptions options_;
  std::shared_ptr<EncoderCounts> counts_ = std::make_shared<EncoderCounts>();
};

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/embedder_encoder_impl.hpp>
#endif
