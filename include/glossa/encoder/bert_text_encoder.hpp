// A model folder's weights come in; an encoder that turns token sequences into pooled vectors goes out.
#pragma once

#include <glossa/encoder/encoder.hpp>
#include <glossa/encoder/pooling.hpp>
#include <glossa/encoder/sequence_encoder.hpp>
#include <glossa/model/encoder_config.hpp>
#include <glossa/model/sentence_config.hpp>
#include <glossa/model/weights.hpp>

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

template <class T>
class BertTextEncoder final : public SequenceEncoder {
 public:
  BertTextEncoder(const Weights& weights, const EncoderConfig& config, CpuLevel level, WeightForm form,
                  std::vector<Pooling> poolings, bool normalize, const RaggedBatch& calibration = {})
      : encoder_(weights, config, level, form, calibration), poolings_(std::move(poolings)), normalize_(normalize) {}

  [[nodiscard]] std::size_t dims() const noexcept override { return encoder_.config().hidden_size * poolings_.size(); }

  [[nodiscard]] std::unique_ptr<EncoderWorkspace> new_workspace() const override {
    return std::make_unique<Workspace>();
  }

  void encode(const RaggedBatch& batch, EncoderWorkspace& workspace, Crew& crew, float* vectors) const override {
    auto& own = static_cast<Workspace&>(workspace);
    const T* hidden = encoder_.apply(batch, own.scratch, crew);
    const std::size_t size = encoder_.config().hidden_size;
    T* vector = own.vector.ensure(dims());
    for (std::size_t text = 0; text < batch.texts(); ++text) {
      const T* tokens = hidden + batch.starts[text] * encoder_.stride();
      for (std::size_t i = 0; i < poolings_.size(); ++i)
        pool_tokens<T>(poolings_[i], tokens, batch.length(text), size, encoder_.stride(), vector + i * size);
      if (normalize_) normalize<T>(vector, dims());
      for (std::size_t i = 0; i < dims(); ++i) vectors[text * dims() + i] = static_cast<float>(vector[i]);
    }
  }

 private:
  struct Workspace final : EncoderWorkspace {
    EncoderScratch<T> scratch;
    AlignedBuffer<T> vector;
  };

  Encoder<T> encoder_;
  std::vector<Pooling> poolings_;
  bool normalize_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
