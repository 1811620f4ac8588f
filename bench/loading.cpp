// A model folder comes in; the time that its tokenizer and its encoder take to load goes out.
//   bench_loading [MODEL_DIR] [--benchmark_…]        by default models/multilingual-e5-small
#include "compiled_tokenizer.hpp"

#include <glossa/encoder/encoder.hpp>
#include <glossa/glossa.hpp>
#include <glossa/model/encoder_config_reader.hpp>
#include <glossa/model/weights.hpp>

#include <benchmark/benchmark.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>

namespace {

using glossa::detail::WeightForm;

void add(const std::string& name, std::function<void()> run) {
  benchmark::RegisterBenchmark(name.c_str(), [run = std::move(run)](benchmark::State& state) {
    for (auto _ : state) run();
  })->Unit(benchmark::kMillisecond);
}

}  // namespace

int main(int argc, char** argv) try {
  benchmark::Initialize(&argc, argv);
  std::filesystem::path folder = GLOSSA_SOURCE "/models/multilingual-e5-small";
  if (argc > 1 && argv[1][0] != '-') {
    folder = argv[1];
    argv[1] = argv[0];
    --argc, ++argv;
  }
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  const bench::CompiledTokenizer compiled(folder);
  add("load tokenizer", [&] { benchmark::DoNotOptimize(glossa::Tokenizer(folder).size()); });
  add("load tokenizer, compiled", [&] { benchmark::DoNotOptimize(glossa::Tokenizer(compiled.folder()).size()); });
  for (const auto& [name, form] :
       {std::pair("f32", WeightForm::full), {"bf16", WeightForm::bf16}, {"int8", WeightForm::int8}})
    add(std::string("load encoder ") + name, [&folder, form = form] {
      const glossa::EncoderConfig config = glossa::read_encoder_config(folder);
      const glossa::detail::Encoder<float> encoder(glossa::Weights(folder), config, glossa::default_level(), form);
      benchmark::DoNotOptimize(encoder.stride());
    });
  benchmark::RunSpecifiedBenchmarks();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
