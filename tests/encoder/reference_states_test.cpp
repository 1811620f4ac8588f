// The encoder's hidden states equal those that torch computed in float64 on the shared tiny models.
#include "catch.hpp"
#include "paths.hpp"
#include "random_model.hpp"
#include "shared_goldens.hpp"

#include <glossa/encoder/encoder.hpp>
#include <glossa/encoder/pooling.hpp>
#include <glossa/model/encoder_config_reader.hpp>
#include <glossa/model/weights.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace {

using test::Json;

/// The largest difference of hidden states and of pooled vectors, all cases in one ragged batch.
template <class T>
double largest_difference(const std::filesystem::path& folder, glossa::CpuLevel level) {
  const glossa::Weights weights(folder);
  const glossa::EncoderConfig config = glossa::read_encoder_config(folder);
  const glossa::detail::Encoder<T> encoder(weights, config, level);
  const Json cases = test::parse_json(test::read_file(folder / "expected.json"));
  glossa::RaggedBatch batch;
  for (const Json& entry : cases) batch.add(entry.at("input_ids").get<std::vector<glossa::TokenId>>());
  glossa::detail::EncoderScratch<T> scratch;
  const T* hidden = encoder.apply(batch, scratch);
  double largest = 0;
  const auto compare = [&](T value, const Json& golden) {
    largest = std::max(largest, std::abs(static_cast<double>(value) - golden.get<double>()));
  };
  for (std::size_t text = 0; text < batch.texts(); ++text) {
    const Json& golden = cases[text];
    const T* states = hidden + batch.starts[text] * encoder.stride();
    REQUIRE(golden.at("last_hidden_state").size() == batch.length(text));
    for (std::size_t i = 0; i < batch.length(text); ++i)
      for (std::size_t k = 0; k < config.hidden_size; ++k)
        compare(states[i * encoder.stride() + k], golden.at("last_hidden_state")[i][k]);
    std::vector<T> pooled(config.hidden_size);
    for (const auto& [pooling, name] : {std::pair{glossa::Pooling::mean, "mean"},
                                        {glossa::Pooling::cls, "cls"},
                                        {glossa::Pooling::last_token, "last"}}) {
      glossa::detail::pool_tokens<T>(pooling, states, batch.length(text), config.hidden_size, encoder.stride(),
                                     pooled.data());
      for (std::size_t k = 0; k < config.hidden_size; ++k) compare(pooled[k], golden.at(name)[k]);
    }
  }
  return largest;
}

}  // namespace

TEST_CASE("hidden states of tiny models equal torch's") {
  if (!test::has_shared_goldens("families_test.cpp covers the same encoders with the project's own")) return;
  for (const std::string name : {"bert", "bert-f16", "bert-bf16", "bert-sharded", "xlm-roberta"}) {
    DYNAMIC_SECTION(name) {
      const auto folder = test::shared() / "golden" / "tiny" / name;
      CHECK(largest_difference<double>(folder, glossa::CpuLevel::portable) < 1e-6);
      for (const glossa::CpuLevel level : glossa::supported_levels()) {
        INFO("level " << to_string(level));
        CHECK(largest_difference<float>(folder, level) < 1e-4);
      }
    }
  }
}
