// Time of each stage on a real model: load, tokenise, encode, pool; for the encoder also the share of the machine's
// peak.
//   bench_stages [--benchmark_…]      GLOSSA_MODEL names the model folder (default: models/multilingual-e5-small)
#include "machine_peak.hpp"

#include <glossa/encoder/encoder.hpp>
#include <glossa/encoder/pooling.hpp>
#include <glossa/glossa.hpp>
#include <glossa/model/encoder_config_reader.hpp>
#include <glossa/model/weights.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace {

std::filesystem::path model_folder() {
  const char* given = std::getenv("GLOSSA_MODEL");
  return given != nullptr ? given : GLOSSA_SOURCE "/models/multilingual-e5-small";
}

/// The bundled lines in many languages.
const std::vector<std::string>& texts() {
  static const std::vector<std::string> lines = [] {
    std::vector<std::string> out;
    std::ifstream file(GLOSSA_SOURCE "/examples/corpus.txt");
    for (std::string line; std::getline(file, line);) out.push_back("passage: " + line);
    return out;
  }();
  return lines;
}

const glossa::Tokenizer& tokenizer() {
  static const glossa::Tokenizer shared(model_folder());
  return shared;
}

struct LoadedEncoder {
  glossa::EncoderConfig config = glossa::read_encoder_config(model_folder());
  glossa::detail::Encoder<float> encoder{glossa::Weights(model_folder()), config, glossa::default_level()};
};

const LoadedEncoder& loaded() {
  static const LoadedEncoder shared;
  return shared;
}

double peak_of_one_thread() {
  static const double peak = bench::one_thread_peak<float>();
  return peak;
}

/// Multiplications and additions of the encoder: four hidden² and two hidden·intermediate products a token and layer,
/// and the attention's two products with each token of the text.
double operations(const glossa::EncoderConfig& config, const glossa::RaggedBatch& batch) {
  const auto hidden = static_cast<double>(config.hidden_size);
  const auto wide = static_cast<double>(config.intermediate_size);
  double total = 0;
  for (std::size_t text = 0; text < batch.texts(); ++text) {
    const auto tokens = static_cast<double>(batch.length(text));
    total += tokens * (2 * (4 * hidden * hidden + 2 * hidden * wide) + 4 * hidden * tokens);
  }
  return total * static_cast<double>(config.layers);
}

/// `count` texts of `length` tokens each.
glossa::RaggedBatch batch_of(std::size_t count, std::size_t length) {
  glossa::RaggedBatch batch;
  for (std::size_t text = 0; text < count; ++text) {
    std::vector<glossa::TokenId> ids(length);
    for (std::size_t i = 0; i < length; ++i)
      ids[i] = static_cast<glossa::TokenId>(5 + (text * 7919 + i * 104729) % 20000);
    batch.add(ids);
  }
  return batch;
}

void load_tokenizer(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(glossa::Tokenizer(model_folder()).size());
}
BENCHMARK(load_tokenizer)->Unit(benchmark::kMillisecond);

/// The same tokenizer from its compiled vocabulary, in a folder of its own.
void load_compiled_tokenizer(benchmark::State& state) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("glossa-bench-" + std::to_string(std::random_device{}()));
  std::filesystem::create_directories(folder);
  for (const char* name : {"tokenizer.json", "sentencepiece.bpe.model", "tokenizer_config.json"})
    if (std::filesystem::exists(model_folder() / name))
      std::filesystem::copy_file(model_folder() / name, folder / name);
  if (glossa::detail::write_compiled_vocabulary(folder)) {
    for (auto _ : state) benchmark::DoNotOptimize(glossa::Tokenizer(folder).size());
  } else {
    state.SkipWithError("the model has no vocabulary that can be compiled");
  }
  std::filesystem::remove_all(folder);
}
BENCHMARK(load_compiled_tokenizer)->Unit(benchmark::kMillisecond);

void load_encoder(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(LoadedEncoder().config.layers);
}
BENCHMARK(load_encoder)->Unit(benchmark::kMillisecond);

void tokenize(benchmark::State& state) {
  std::size_t bytes = 0;
  std::size_t tokens = 0;
  for (auto _ : state)
    for (const std::string& text : texts()) {
      tokens += tokenizer().encode(text).ids.size();
      bytes += text.size();
    }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  state.counters["tokens/s"] = benchmark::Counter(static_cast<double>(tokens), benchmark::Counter::kIsRate);
}
BENCHMARK(tokenize)->Unit(benchmark::kMicrosecond);

void encode(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const auto length = static_cast<std::size_t>(state.range(1));
  const glossa::RaggedBatch batch = batch_of(count, length);
  glossa::detail::EncoderScratch<float> scratch;
  for (auto _ : state) benchmark::DoNotOptimize(loaded().encoder.apply(batch, scratch));
  const double all = static_cast<double>(state.iterations());
  state.counters["tokens/s"] =
      benchmark::Counter(all * static_cast<double>(batch.tokens()), benchmark::Counter::kIsRate);
  state.counters["of peak"] =
      benchmark::Counter(all * operations(loaded().config, batch) / peak_of_one_thread(), benchmark::Counter::kIsRate);
}
BENCHMARK(encode)
    ->ArgNames({"texts", "tokens"})
    ->Args({1, 8})
    ->Args({1, 20})
    ->Args({25, 20})
    ->Args({4, 128})
    ->Args({1, 512})
    ->Unit(benchmark::kMillisecond);

void pool(benchmark::State& state) {
  const auto length = static_cast<std::size_t>(state.range(0));
  const std::size_t size = loaded().config.hidden_size;
  const std::vector<float> tokens(length * size, 0.5F);
  std::vector<float> vector(size);
  for (auto _ : state) {
    glossa::detail::pool_tokens<float>(glossa::Pooling::mean, tokens.data(), length, size, size, vector.data());
    glossa::detail::normalize<float>(vector.data(), size);
    benchmark::DoNotOptimize(vector.data());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(tokens.size() * sizeof(float)));
}
BENCHMARK(pool)->ArgName("tokens")->Arg(20)->Arg(512)->Unit(benchmark::kMicrosecond);

}  // namespace

int main(int argc, char** argv) try {
  benchmark::AddCustomContext("model", model_folder().string());
  benchmark::AddCustomContext("instruction set", glossa::detail::isa_name());
  benchmark::AddCustomContext("peak of one thread",
                              std::to_string(peak_of_one_thread() / 1e9) + " GFLOP/s (f32, measured)");
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
} catch (const glossa::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
