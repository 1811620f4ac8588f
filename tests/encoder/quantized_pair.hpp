// A small model with quantized weights beside it, and ways to damage these.
#pragma once

#include "catch.hpp"
#include "error_of.hpp"
#include "paths.hpp"
#include "random_model.hpp"

#include <glossa/core/crew.hpp>
#include <glossa/encoder/encoder.hpp>
#include <glossa/encoder/int4_rounding.hpp>
#include <glossa/encoder/int4_writer.hpp>
#include <glossa/encoder/int8_writer.hpp>
#include <glossa/model/encoder_config_reader.hpp>
#include <glossa/model/weights.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace test {

inline constexpr glossa::CpuLevel kPortable = glossa::CpuLevel::portable;

inline glossa::RaggedBatch some_texts() {
  glossa::RaggedBatch batch;
  batch.add(std::vector<glossa::TokenId>{0, 5, 6, 7, 2});
  batch.add(std::vector<glossa::TokenId>{0, 2});
  return batch;
}

/// A model's folder, and beside it one with its weights in `form`, made for `texts` where there are such.
template <glossa::detail::WeightForm Form>
struct QuantizedPair {
  explicit QuantizedPair(const char* name = "multilingual-e5-small", const glossa::RaggedBatch& texts = {})
      : QuantizedPair(test::family(name), texts) {}
  explicit QuantizedPair(const Json& family, const glossa::RaggedBatch& texts = {}) {
    write_family(plain.path(), family);
    config = glossa::read_encoder_config(plain.path());
    const auto write = Form == glossa::detail::WeightForm::int4 ? &glossa::detail::write_int4_weights
                                                                : &glossa::detail::write_int8_weights;
    write(glossa::Weights(plain.path()), config, texts, file(), [] {});
  }
  [[nodiscard]] std::filesystem::path file() const { return small.path() / "model.safetensors"; }

  /// What is wrong with the quantized weights.
  [[nodiscard]] glossa::Error refused() const {
    return error_of(
        [&] { const glossa::detail::Encoder<float> encoder(glossa::Weights(small.path()), config, kPortable, Form); });
  }

  TemporaryFolder plain;
  TemporaryFolder small;
  glossa::EncoderConfig config;
};

/// The family's folder with other sizes: its own are all multiples of every kernel's units.
inline Json reshaped(std::size_t hidden, std::size_t heads, std::size_t intermediate, const std::string& activation) {
  Json changed = family("multilingual-e5-small");
  for (auto& [name, shape] : changed.at("tensors").items())
    for (Json& size : shape) {
      if (size == 32)
        size = hidden;
      else if (size == 64)
        size = intermediate;
    }
  Json& config = changed.at("files").at("config.json");
  config["hidden_size"] = hidden;
  config["num_attention_heads"] = heads;
  config["intermediate_size"] = intermediate;
  config["hidden_act"] = activation;
  return changed;
}

/// The last hidden states of some texts, without what fills up the rows: [tokens, hidden].
template <class T>
std::vector<double> states(const glossa::detail::Encoder<T>& encoder, const glossa::RaggedBatch& batch,
                           glossa::Crew& crew) {
  glossa::detail::EncoderScratch<T> scratch;
  const T* hidden = encoder.apply(batch, scratch, crew);
  const std::size_t size = encoder.config().hidden_size;
  std::vector<double> all;
  for (std::size_t i = 0; i < batch.tokens(); ++i)
    all.insert(all.end(), hidden + i * encoder.stride(), hidden + i * encoder.stride() + size);
  return all;
}

template <class T>
std::vector<double> states(const glossa::detail::Encoder<T>& encoder, const glossa::RaggedBatch& batch = some_texts()) {
  glossa::Crew alone;
  return states(encoder, batch, alone);
}

inline double cosine(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double dot = 0;
  double own = 0;
  double other = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    dot += a[i] * b[i];
    own += a[i] * a[i];
    other += b[i] * b[i];
  }
  return dot / std::sqrt(own * other);
}

/// Replaces bytes of a tensor, its first ones unless told.
inline void damage(const std::filesystem::path& path, const std::string& tensor, const std::string& bytes,
                   std::size_t at = 0) {
  std::uint64_t begin = 0;
  {
    const glossa::SafetensorsFile file(path);
    const glossa::TensorInfo* info = file.find(tensor);
    REQUIRE(info != nullptr);
    begin = info->begin;
  }
  std::string content = read_file(path);
  content.replace(static_cast<std::size_t>(begin) + at, bytes.size(), bytes);
  write_file(path, content);
}

/// Replaces text in the header by one of the same length.
inline void edit_header(const std::filesystem::path& path, const std::string& from, const std::string& to) {
  std::string content = read_file(path);
  const std::size_t at = content.find(from);
  REQUIRE(at != std::string::npos);
  REQUIRE(from.size() == to.size());
  content.replace(at, from.size(), to);
  write_file(path, content);
}

}  // namespace test
