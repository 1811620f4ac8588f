// A 4-bit blob comes in; a safetensors file with its own blocks goes out, in the order in which the kernels read them.
#pragma once

#include "e5s1_blob.hpp"
#include "e5s1_tensors.hpp"

#include <glossa/encoder/int4_writer.hpp>
#include <glossa/model/encoder_config_reader.hpp>
#include <glossa/model/weights.hpp>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace convert {

/// Puts the blob's blocks in place of the floats that write_weights() wrote to the folder: the same numbers. Errors:
/// `corrupt_file` where the blob holds a matrix as floats.
inline void write_blocks(const E5s1Blob& blob, const std::filesystem::path& folder,
                         const std::function<void()>& check) {
  using glossa::detail::kInt4Block;
  std::map<std::string, std::string> names;  // in the blob, by those in the folder
  for (const auto& [from, tensor] : tensor_plan(blob)) names[tensor.name] = from;
  const auto tensor = [&](const std::string& name, std::size_t rows, std::size_t columns) -> const BlobTensor& {
    return blob.tensor(names.at(name), rows * columns);
  };
  const glossa::EncoderConfig config = glossa::read_encoder_config(folder);
  glossa::detail::Int4Source source;
  source.matrix = [&](const glossa::detail::LinearName& name) {
    glossa::detail::Int4Matrix matrix(name.inputs, name.columns());
    std::size_t column = 0;
    for (const std::string& part : name.parts) {
      const BlobTensor& weights = tensor(part + ".weight", name.outputs, name.inputs);
      const auto blocks = blob.read_blocks(weights, 0, weights.elements / kInt4Block);
      const std::size_t across = name.inputs / kInt4Block;
      for (std::size_t i = 0; i < blocks.size(); ++i)
        matrix.set_block(i % across * kInt4Block, column + i / across, blocks[i]);
      column += name.outputs;
    }
    return matrix;
  };
  const BlobTensor& words = tensor(std::string(glossa::detail::kWordTable), blob.vocab, blob.hidden);
  source.words = [&](std::size_t first, std::size_t count) {
    const std::size_t across = blob.hidden / kInt4Block;
    return blob.read_blocks(words, first * across, count * across);
  };
  const glossa::Weights weights(folder);
  glossa::detail::write_int4_file(weights, config, source, folder / "model.safetensors", check);
}

}  // namespace convert
