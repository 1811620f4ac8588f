// The configuration files of a model folder come in, divided by NUL bytes; they are refused, or say what makes sense.
#include "config_files.hpp"
#include "fuzz.hpp"

#include <glossa/model/encoder_config_reader.hpp>
#include <glossa/model/prompts_reader.hpp>
#include <glossa/model/sentence_config.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace {

void read_all() {
  const glossa::SentenceConfig sentence = glossa::read_sentence_config(
      fuzz::folder(),
      [](const std::filesystem::path& place) { return glossa::read_encoder_config(place).hidden_size; });
  fuzz::require(!sentence.poolings.empty() && sentence.poolings.size() <= 6, "there is a pooling");
  fuzz::require(sentence.max_tokens.value_or(1) > 0, "there is room for a token");
  const glossa::EncoderConfig encoder = glossa::read_encoder_config(sentence.encoder_folder);
  fuzz::require(encoder.head_size() * encoder.heads == encoder.hidden_size, "heads share the hidden size");
  fuzz::require(encoder.max_tokens() > 0 && encoder.max_tokens() <= encoder.max_positions, "there is a position");
  const glossa::Prompts prompts = glossa::read_prompts(fuzz::folder(), sentence.encoder_folder);
  fuzz::require(prompts.query.has_value() == prompts.passage.has_value(), "prompts are known, or not");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static std::vector<fuzz::InputFile> files(std::begin(fuzz::kConfigFiles), std::end(fuzz::kConfigFiles));
  const auto parts = fuzz::sections(fuzz::text_of(data, size));
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (i < parts.size() && !parts[i].empty()) {
      files[i].write(parts[i]);
    } else {
      files[i].remove();
    }
  }
  fuzz::accepts(fuzz::folder().string(), size, read_all);
  return 0;
}
