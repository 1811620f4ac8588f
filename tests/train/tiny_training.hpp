// The small random BERT and what PyTorch computes on it in training, in double precision: see golden/README.md.
#pragma once

#include "catch.hpp"

#include <glossa/core/json.hpp>
#include <glossa/model/encoder_config_reader.hpp>
#include <glossa/model/weights.hpp>
#include <glossa/train/dense_parameters.hpp>
#include <glossa/train/training_encoder.hpp>
#include <glossa/train/vector_batch.hpp>
#include <glossa/train/word_rows.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <vector>

namespace test {

using glossa::detail::Json;

struct TinyData {
  explicit TinyData(const std::filesystem::path& folder) : json(glossa::detail::read_json(folder / "training.json")) {
    anchors = json.at("anchors").get<Texts>();
    positives = json.at("positives").get<Texts>();
    negatives = json.at("negatives").get<Texts>();
  }
  using Texts = std::vector<std::vector<glossa::TokenId>>;
  Json json;
  Texts anchors;
  Texts positives;
  Texts negatives;
};

/// A model with all that a step needs, on one thread.
template <class T>
struct TinyModel {
  explicit TinyModel(const std::filesystem::path& folder, glossa::CpuLevel level = glossa::default_level(),
                     glossa::TrainingPrecision compute = glossa::TrainingPrecision::f32)
      : weights(std::make_shared<const glossa::Weights>(folder)),
        encoder(glossa::read_encoder_config(folder), {glossa::Pooling::mean}, true, level, compute),
        dense(*weights, encoder.layout(), encoder.kernels()),
        words(weights, encoder.config(), encoder.kernels()) {}

  std::vector<T> forward(const glossa::detail::TrainingBatch& batch, const glossa::detail::PassOptions& options = {}) {
    encoder.pack(dense.values(), crew);
    std::vector<T> vectors(batch.texts.texts() * encoder.dims());
    encoder.forward(
        dense.values(), [&](glossa::TokenId id) { return words.row(id); }, batch, options, crew, tape, vectors.data());
    return vectors;
  }

  void backward(const glossa::detail::TrainingBatch& batch, const std::vector<T>& slopes,
                const glossa::detail::PassOptions& options = {}) {
    encoder.backward(dense.values(), batch, options, crew, tape, slopes.data(), dense.gradients(),
                     [&](glossa::TokenId id, const T* slope) { words.add(id, slope); });
  }

  glossa::Crew crew;
  std::shared_ptr<const glossa::Weights> weights;
  glossa::detail::TrainingEncoder<T> encoder;
  glossa::detail::DenseParameters<T> dense;
  glossa::detail::WordRows<T> words;
  glossa::detail::EncoderTape<T> tape;
};

inline glossa::detail::TrainingBatch batch_of(const TinyData& data) {
  glossa::detail::TrainingBatch batch;
  for (const auto* texts : {&data.anchors, &data.positives, &data.negatives})
    for (const auto& ids : *texts) batch.texts.add(ids);
  return batch;
}

/// The vectors of batch_of(), taken apart.
template <class T>
glossa::VectorBatch<T> split(const std::vector<T>& vectors, std::size_t rows, std::size_t dims) {
  glossa::VectorBatch<T> out{.dims = dims};
  const auto part = [&](std::size_t i) {
    const auto begin = vectors.begin() + static_cast<std::ptrdiff_t>(i * rows * dims);
    return std::vector<T>(begin, begin + static_cast<std::ptrdiff_t>(rows * dims));
  };
  out.anchors = part(0);
  out.positives = part(1);
  out.negatives = part(2);
  return out;
}

template <class T>
std::vector<T> joined(const glossa::LossResult<T>& result) {
  std::vector<T> all = result.anchors;
  all.insert(all.end(), result.positives.begin(), result.positives.end());
  all.insert(all.end(), result.negatives.begin(), result.negatives.end());
  return all;
}

}  // namespace test
