// A folder comes in; two small shards of weights go out into it, and the index that belongs to them.
#pragma once

#include "random_model.hpp"

#include <filesystem>
#include <string>

namespace fuzz {

inline const char* const kShards[] = {"1.safetensors", "2.safetensors"};

inline void write_shards(const std::filesystem::path& folder) {
  test::write_random_weights(folder / kShards[0], {{"embeddings.word_embeddings.weight", {2, 2}}, {"x", {3}}}, "bert.",
                             glossa::DType::f32);
  test::write_random_weights(folder / kShards[1], {{"y", {4}}}, "bert.", glossa::DType::f16);
}

inline std::string shards_index() {
  const test::Json map{
      {"bert.embeddings.word_embeddings.weight", kShards[0]}, {"bert.x", kShards[0]}, {"bert.y", kShards[1]}};
  return test::Json{{"metadata", {{"total_size", 36}}}, {"weight_map", map}}.dump();
}

}  // namespace fuzz
