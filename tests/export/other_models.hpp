// Nothing comes in; models that differ from the families' in one thing go out, with the vectors of the library itself.
#pragma once

#include "paths.hpp"
#include "random_model.hpp"

#include <glossa/embedder.hpp>

#include <string>
#include <utility>
#include <vector>

namespace test {

/// The families all have the same activation and one pooling each, and nothing in them depends on what LayerNorm adds
/// to a variance. Of BERT and XLM-RoBERTa, in the form of families.json.
inline std::vector<Json> other_models() {
  std::vector<Json> out;
  const auto add = [&](const char* family_name, const Json& config, const Json& poolings) {
    Json model = family(family_name);
    model["name"] = std::string(family_name) + " " + config.dump() + " " + poolings.dump();
    model["files"]["config.json"].update(config);
    model["files"]["1_Pooling/config.json"] = Json{{"pooling_mode", poolings}};
    const TemporaryFolder folder;
    write_family(folder.path(), model);
    const glossa::Embedder embedder(folder.path(), {.precision = glossa::Precision::f32});
    model["vectors"] = Json::array();
    for (const Json& text : families().at("texts")) {
      const auto vector = embedder.embed(text.get<std::string>());
      model["vectors"].push_back(std::vector<float>(vector.begin(), vector.end()));
    }
    out.push_back(std::move(model));
  };
  const Json all{"cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"};
  for (const char* name : {"all-MiniLM-L6-v2", "multilingual-e5-base"}) {
    add(name, {{"hidden_act", "gelu_new"}}, "mean");
    add(name, {{"hidden_act", "relu"}}, "mean");
    add(name, {{"layer_norm_eps", 0.1}}, "mean");
    add(name, Json::object(), all);
  }
  return out;
}

}  // namespace test
