// A blob comes in; the names and shapes that its tensors have in a model folder go out.
#pragma once

#include "e5s1_blob.hpp"

#include <glossa/model/safetensors_writer.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace convert {

/// The tensors of the blob under their names in transformers' BertModel, with their shapes.
[[nodiscard]] inline std::vector<std::pair<std::string, glossa::TensorPlan>> tensor_plan(const E5s1Blob& blob) {
  using glossa::DType;
  const std::size_t h = blob.hidden;
  const std::size_t f = blob.intermediate;
  std::vector<std::pair<std::string, glossa::TensorPlan>> plan;
  const auto add = [&](const std::string& from, const std::string& to, glossa::Shape shape) {
    plan.emplace_back(from, glossa::TensorPlan{to, DType::f32, std::move(shape)});
  };
  add("emb.word", "embeddings.word_embeddings.weight", {blob.vocab, h});
  add("emb.pos", "embeddings.position_embeddings.weight", {blob.positions, h});
  add("emb.type", "embeddings.token_type_embeddings.weight", {blob.types, h});
  add("emb.ln.w", "embeddings.LayerNorm.weight", {h});
  add("emb.ln.b", "embeddings.LayerNorm.bias", {h});
  for (std::size_t i = 0; i < blob.layers; ++i) {
    const std::string number = std::to_string(i).append(".");
    const std::string from = std::string("l").append(number);
    const std::string to = std::string("encoder.layer.").append(number);
    const auto dense = [&](const char* short_name, const std::string& name, std::size_t out, std::size_t in) {
      add(from + short_name + ".w", to + name + ".weight", {out, in});
      add(from + short_name + ".b", to + name + ".bias", {out});
    };
    const auto norm = [&](const char* short_name, const std::string& name) {
      add(from + short_name + ".w", to + name + ".weight", {h});
      add(from + short_name + ".b", to + name + ".bias", {h});
    };
    dense("q", "attention.self.query", h, h);
    dense("k", "attention.self.key", h, h);
    dense("v", "attention.self.value", h, h);
    dense("ao", "attention.output.dense", h, h);
    norm("aln", "attention.output.LayerNorm");
    dense("fi", "intermediate.dense", f, h);
    dense("fo", "output.dense", h, f);
    norm("oln", "output.LayerNorm");
  }
  return plan;
}

}  // namespace convert
