// Token ids come in; the sum of word, position and token type vectors, normalised, goes out.
#pragma once

#include <glossa/core/crew.hpp>
#include <glossa/core/error.hpp>
#include <glossa/encoder/layer_norm.hpp>
#include <glossa/encoder/ragged_batch.hpp>
#include <glossa/encoder/word_table.hpp>
#include <glossa/kernels/kernels.hpp>
#include <glossa/kernels/row_kernels.hpp>
#include <glossa/model/encoder_config.hpp>
#include <glossa/model/weights.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

template <class T>
class TokenEmbeddings {
 public:
  TokenEmbeddings(const Weights& weights, const EncoderConfig& config)
      : words_(weights, config),
        positions_(
            weights.read<T>("embeddings.position_embeddings.weight", {config.max_positions, config.hidden_size})),
        type_(weights.read<T>("embeddings.token_type_embeddings.weight", {config.token_types, config.hidden_size})),
        norm_(weights, "embeddings.LayerNorm", config.hidden_size, config.layer_norm_epsilon),
        config_(config) {
    type_.resize(config.hidden_size);  // only row 0 is used
  }

  /// hidden: [batch.tokens(), hidden_size] with `stride` elements from row to row.
  void apply(const Kernels<T>& kernels, Crew& crew, const RaggedBatch& batch, T* hidden, std::size_t stride) const {
    const std::size_t size = config_.hidden_size;
    for (std::size_t text = 0; text < batch.texts(); ++text) {
      std::size_t position = config_.positions_follow_padding ? config_.padding_id + 1 : 0;
      for (std::size_t i = batch.starts[text]; i < batch.starts[text + 1]; ++i) {
        const TokenId id = batch.ids[i];
        if (id >= config_.vocab_size)
          throw Error(ErrorKind::corrupt_file, {.file = words_.file_name(),
                                                .field = "embeddings.word_embeddings.weight",
                                                .problem = "the tokenizer gives ids that the model has no vectors for",
                                                .expected = "ids below " + std::to_string(config_.vocab_size),
                                                .found = std::to_string(id),
                                                .remedy = "do the tokenizer and the weights belong together?"});
        T* row = hidden + i * stride;
        words_.read(id, row);
        const bool is_padding = config_.positions_follow_padding && id == config_.padding_id;
        const std::size_t place = is_padding ? config_.padding_id : position++;
        add_row<T>(row, type_.data(), size);
        add_row<T>(row, positions_.data() + place * size, size);
      }
    }
    norm_.apply(kernels, crew, hidden, stride, batch.tokens());
  }

 private:
  WordTable<T> words_;
  std::vector<T> positions_;
  std::vector<T> type_;
  LayerNorm<T> norm_;
  EncoderConfig config_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
