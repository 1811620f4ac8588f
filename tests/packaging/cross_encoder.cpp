// Encodes token ids with the kernels of whatever processor this was compiled for; the vectors must be the reference's.
// The encoder alone: it needs no library beside the standard one, and so none for the other processor.
#include "random_model.hpp"

#include <glossa/encoder/bert_text_encoder.hpp>
#include <glossa/model/encoder_config_reader.hpp>
#include <glossa/text/token_id.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <string>
#include <tuple>
#include <vector>

int main() try {
  const test::Json& family = test::family("multilingual-e5-small");
  const test::TemporaryFolder folder;
  test::write_family(folder.path(), family);
  const glossa::Weights weights(folder.path());
  const glossa::EncoderConfig config = glossa::read_encoder_config(folder.path());
  glossa::RaggedBatch batch;
  for (const test::Json& ids : family.at("ids")) batch.add(ids.get<std::vector<glossa::TokenId>>());
  bool all_close = true;
  for (const auto& [form, name, bound] : {std::tuple{glossa::detail::WeightForm::full, "f32", 1e-4},
                                          {glossa::detail::WeightForm::bf16, "bf16", 2e-2},
                                          {glossa::detail::WeightForm::int8, "int8", 5e-2}}) {
    const glossa::detail::BertTextEncoder<float> encoder(weights, config, glossa::CpuLevel::portable, form,
                                                         {glossa::Pooling::mean}, true);
    std::vector<float> vectors(batch.texts() * encoder.dims());
    const auto workspace = encoder.new_workspace();
    glossa::Crew alone;
    encoder.encode(batch, *workspace, alone, vectors.data());
    double largest = 0;
    for (std::size_t i = 0; i < batch.texts(); ++i)
      for (std::size_t k = 0; k < encoder.dims(); ++k) {
        const double expected = family.at("vectors").at(i).at(k).get<double>();
        largest = std::max(largest, std::abs(static_cast<double>(vectors[i * encoder.dims() + k]) - expected));
      }
    std::printf("%s, %s: %zu vectors, largest difference from the reference %.1e\n", glossa::detail::isa_name(), name,
                batch.texts(), largest);
    all_close = all_close && largest < bound;
  }
  return all_close ? 0 : 1;
} catch (const std::exception& error) {
  std::printf("%s\n", error.what());
  return 1;
}
