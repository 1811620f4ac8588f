// Token sequences come in; one vector a text goes out. The seam behind which encoders and kernels can be exchanged.
#pragma once

#include <glossa/core/crew.hpp>
#include <glossa/encoder/ragged_batch.hpp>

#include <cstddef>
#include <memory>

namespace glossa {

/// Memory that one thread's encoding uses, again and again.
class EncoderWorkspace {
 public:
  virtual ~EncoderWorkspace() = default;
};

/// An encoder with its pooling. Immutable; any number of threads may share it, each with a workspace of its own.
class SequenceEncoder {
 public:
  virtual ~SequenceEncoder() = default;

  /// Length of a vector.
  [[nodiscard]] virtual std::size_t dims() const noexcept = 0;

  [[nodiscard]] virtual std::unique_ptr<EncoderWorkspace> new_workspace() const = 0;

  /// Writes the vector of text i to vectors[i · dims() …], with the help of the crew that the caller leads. A text's
  /// vector is the same, bit for bit, whatever else is in the batch and however many help. Every text has at least one
  /// token and no more than the model has positions.
  virtual void encode(const RaggedBatch& batch, EncoderWorkspace& workspace, Crew& crew, float* vectors) const = 0;
};

}  // namespace glossa
