// A model folder comes in; the time of each stage goes out, with tokens/s and the share of the machine's peak.
//   bench_stages [MODEL_DIR] [--benchmark_…]        by default models/multilingual-e5-small
// One thread. "% of peak" is the time that the stage's multiplications and additions take at the peak of the
// instructions in use (ideal_time.hpp), measured at the start, divided by the time that it takes. Stages that move data
// rather than compute, or do not compute at all, have a small share, or none.
#include "ideal_time.hpp"
#include "layer_stages.hpp"

#include <glossa/encoder/encoder.hpp>
#include <glossa/encoder/pooling.hpp>
#include <glossa/glossa.hpp>
#include <glossa/model/encoder_config_reader.hpp>
#include <glossa/model/weights.hpp>
#include <glossa/text/compiled_vocabulary.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace {

using glossa::detail::WeightForm;

/// A model with its weights in one form.
struct Engine {
  Engine(const std::filesystem::path& folder, WeightForm weight_form, bench::Peak products, bench::Peak vectors)
      : weights(folder),
        config(glossa::read_encoder_config(folder)),
        ideal(config, products, vectors),
        form(weight_form),
        encoder(weights, config, glossa::default_level(), form),
        embeddings(weights, config),
        layer(weights, config, glossa::default_level(), form) {}

  glossa::Weights weights;
  glossa::EncoderConfig config;
  bench::IdealTime ideal;
  WeightForm form;
  glossa::detail::Encoder<float> encoder;
  glossa::detail::TokenEmbeddings<float> embeddings;
  bench::LayerStages layer;
};

/// Texts of equal length in one call.
struct Shape {
  std::size_t texts;
  std::size_t length;
  [[nodiscard]] std::size_t tokens() const noexcept { return texts * length; }
  [[nodiscard]] std::string name() const { return std::to_string(texts) + "x" + std::to_string(length); }
};

/// A single query, many short texts, passages, and the longest text.
constexpr Shape kShapes[] = {{1, 20}, {25, 20}, {4, 128}, {1, 512}};

glossa::RaggedBatch batch_of(const Shape& shape) {
  glossa::RaggedBatch batch;
  for (std::size_t text = 0; text < shape.texts; ++text) {
    std::vector<glossa::TokenId> ids(shape.length);
    for (std::size_t i = 0; i < shape.length; ++i)
      ids[i] = static_cast<glossa::TokenId>(5 + (text * 7919 + i * 104729) % 20000);
    batch.add(ids);
  }
  return batch;
}

/// The bundled lines in many languages.
std::vector<std::string> bundled_texts() {
  std::vector<std::string> lines;
  std::ifstream file(GLOSSA_SOURCE "/examples/corpus.txt");
  for (std::string line; std::getline(file, line);) lines.push_back("passage: " + line);
  return lines;
}

/// A benchmark that calls `run` for a number of tokens which would take `ideal` seconds.
void add_stage(const std::string& name, std::size_t tokens, double ideal, std::function<void()> run) {
  benchmark::RegisterBenchmark(name.c_str(), [tokens, ideal, run = std::move(run)](benchmark::State& state) {
    const std::clock_t start = std::clock();
    for (auto _ : state) run();
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    const auto times = static_cast<double>(state.iterations());
    state.counters["tokens/s"] = benchmark::Counter(times * static_cast<double>(tokens), benchmark::Counter::kIsRate);
    if (ideal > 0 && seconds > 0) state.counters["% of peak"] = 100 * times * ideal / seconds;
  })->Unit(benchmark::kMicrosecond);
}

/// A copy of a model's tokenizer with its vocabulary compiled, as `glossa quantize` leaves it.
class CompiledTokenizer {
 public:
  explicit CompiledTokenizer(const std::filesystem::path& model)
      : folder_(std::filesystem::temp_directory_path() / ("glossa-bench-" + std::to_string(std::random_device{}()))) {
    std::filesystem::create_directories(folder_);
    for (const char* name : {"tokenizer.json", "sentencepiece.bpe.model", "vocab.txt", "tokenizer_config.json"})
      if (std::filesystem::exists(model / name)) std::filesystem::copy_file(model / name, folder_ / name);
    (void)glossa::detail::write_compiled_vocabulary(folder_);
  }
  ~CompiledTokenizer() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  CompiledTokenizer(const CompiledTokenizer&) = delete;
  CompiledTokenizer& operator=(const CompiledTokenizer&) = delete;

  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }

 private:
  std::filesystem::path folder_;
};

void add_loading(const std::filesystem::path& folder) {
  const auto add = [](const std::string& name, auto run) {
    benchmark::RegisterBenchmark(name.c_str(), [run](benchmark::State& state) {
      for (auto _ : state) run();
    })->Unit(benchmark::kMillisecond);
  };
  add("load tokenizer", [folder] { benchmark::DoNotOptimize(glossa::Tokenizer(folder).size()); });
  add("load tokenizer, compiled", [compiled = std::make_shared<CompiledTokenizer>(folder)] {
    benchmark::DoNotOptimize(glossa::Tokenizer(compiled->folder()).size());
  });
  for (const auto& [name, form] : {std::pair("f32", WeightForm::full), {"int8", WeightForm::int8}})
    add(std::string("load encoder ") + name, [folder, form = form] {
      const glossa::EncoderConfig config = glossa::read_encoder_config(folder);
      const glossa::detail::Encoder<float> encoder(glossa::Weights(folder), config, glossa::default_level(), form);
      benchmark::DoNotOptimize(encoder.stride());
    });
}

void add_tokenizing(const std::filesystem::path& folder) {
  const auto tokenizer = std::make_shared<const glossa::Tokenizer>(folder);
  const std::vector<std::string> texts = bundled_texts();
  benchmark::RegisterBenchmark("tokenize", [tokenizer, texts](benchmark::State& state) {
    std::size_t tokens = 0;
    std::size_t bytes = 0;
    for (auto _ : state)
      for (const std::string& text : texts) {
        tokens += tokenizer->encode(text).ids.size();
        bytes += text.size();
      }
    state.counters["tokens/s"] = benchmark::Counter(static_cast<double>(tokens), benchmark::Counter::kIsRate);
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  })->Unit(benchmark::kMicrosecond);
}

/// What is the same for all forms of the weights: everything but the products with them.
void add_vector_stages(const std::shared_ptr<Engine>& engine, const Shape& shape) {
  const std::size_t tokens = shape.tokens();
  const auto all = static_cast<double>(tokens);
  const auto texts = static_cast<double>(shape.texts);
  const auto length = static_cast<double>(shape.length);
  const bench::IdealTime& ideal = engine->ideal;
  const std::size_t size = engine->config.hidden_size;
  const auto memory = std::make_shared<std::vector<float>>((tokens + 1) * size, 0.5F);
  const auto add = [&](const std::string& stage, double seconds, std::function<void()> run) {
    add_stage(stage + " f32 " + shape.name(), tokens, seconds, std::move(run));
  };
  add("embedding lookup", ideal.embed(all), [engine, batch = batch_of(shape), memory, size] {
    const auto kernels = glossa::detail::kernels_of<float>(glossa::default_level());
    glossa::Crew alone;
    engine->embeddings.apply(kernels, alone, batch, memory->data(), size);
  });
  add("attention", ideal.attention(texts, length),
      [engine, shape] { engine->layer.attention(shape.texts, shape.length); });
  add("layer norm", ideal.layer_norm(all), [engine, tokens] { engine->layer.layer_norm(tokens); });
  add("pooling", ideal.pool(texts, length), [shape, memory, size] {
    float* vector = memory->data() + shape.tokens() * size;
    for (std::size_t text = 0; text < shape.texts; ++text) {
      glossa::detail::pool_tokens<float>(glossa::Pooling::mean, memory->data() + text * shape.length * size,
                                         shape.length, size, size, vector);
      glossa::detail::normalize<float>(vector, size);
      benchmark::DoNotOptimize(vector);
    }
  });
}

void add_product_stages(const std::shared_ptr<Engine>& engine, const std::string& precision, const Shape& shape) {
  const std::size_t tokens = shape.tokens();
  const auto all = static_cast<double>(tokens);
  const bench::IdealTime& ideal = engine->ideal;
  const auto add = [&](const std::string& stage, double seconds, std::function<void()> run) {
    add_stage(stage + " " + precision + " " + shape.name(), tokens, seconds, std::move(run));
  };
  add("qkv product", ideal.qkv(all), [engine, tokens] { engine->layer.qkv(tokens); });
  add("attention output", ideal.attention_output(all), [engine, tokens] { engine->layer.attention_output(tokens); });
  add("FFN in + GELU", ideal.feed_forward(all), [engine, tokens] { engine->layer.feed_forward_in(tokens); });
  add("FFN out", ideal.feed_forward(all), [engine, tokens] { engine->layer.feed_forward_out(tokens); });
  const auto scratch = std::make_shared<glossa::detail::EncoderScratch<float>>();
  add("encoder, all layers", ideal.encode(static_cast<double>(shape.texts), static_cast<double>(shape.length)),
      [engine, scratch, batch = batch_of(shape)] { benchmark::DoNotOptimize(engine->encoder.apply(batch, *scratch)); });
}

void describe(const char* name, const bench::Peak& peak) {
  char text[120];
  std::snprintf(text, sizeof text, "%.1f G operations/s (%s; one thread, measured)", peak.per_second / 1e9, peak.of);
  benchmark::AddCustomContext(name, text);
}

}  // namespace

int main(int argc, char** argv) try {
  benchmark::Initialize(&argc, argv);
  const std::filesystem::path folder =
      argc > 1 && argv[1][0] != '-' ? argv[1] : GLOSSA_SOURCE "/models/multilingual-e5-small";
  if (argc > 1 && argv[1][0] != '-') {
    argv[1] = argv[0];
    --argc, ++argv;
  }
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  const glossa::CpuLevel level = glossa::default_level();
  const bench::Peak float_peak = bench::float_peak(level);
  const bench::Peak int8_peak = bench::int8_peak(level);
  benchmark::AddCustomContext("model", folder.string());
  benchmark::AddCustomContext("kernels", to_string(level));
  describe("peak of f32", float_peak);
  describe("peak of int8", int8_peak);
  add_loading(folder);
  add_tokenizing(folder);
  const auto full = std::make_shared<Engine>(folder, WeightForm::full, float_peak, float_peak);
  const auto int8 = std::make_shared<Engine>(folder, WeightForm::int8, int8_peak, float_peak);
  for (const Shape& shape : kShapes) {
    add_vector_stages(full, shape);
    add_product_stages(full, "f32", shape);
    add_product_stages(int8, "int8", shape);
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
} catch (const glossa::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
