// Pairs of texts come in; how long training on them takes goes out as JSON.
//
//   bench_training --model DIR --data pairs.jsonl [--pairs 32] [--steps 6] [--threads 2] [--temperature 0.01]
//                  [--rate 0.00002] [--chunk-tokens 4096] [--checkpoints 0] [--frozen 0]
//                  [--compute f32|bf16|both]
//
// Each step takes the next pairs of {"sentence1", "sentence2"} behind the prompt "query: ", InfoNCE with the other
// pairs as negatives, and AdamW for all weights, without dropout: what compare_training.py has PyTorch do. With
// "both", two models take turns, step by step, and each gets a line.
#include "arguments.hpp"
#include "process_stats.hpp"

#include <glossa/core/json.hpp>
#include <glossa/core/thread_pool.hpp>
#include <glossa/model/encoder_config_reader.hpp>
#include <glossa/model/sentence_config.hpp>
#include <glossa/text/tokenizer.hpp>
#include <glossa/train/losses/info_nce.hpp>
#include <glossa/train/training_model.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace {

using glossa::detail::TrainingText;

std::vector<TrainingText> read_texts(const std::string& path, const glossa::Tokenizer& tokenizer, const char* field) {
  std::vector<TrainingText> texts;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);)
    texts.push_back(
        tokenizer.encode("query: " + nlohmann::json::parse(line).at(field).get<std::string>(), {.max_tokens = 512})
            .ids);
  return texts;
}

/// One model in training.
struct Course {
  glossa::TrainingPrecision compute;
  std::unique_ptr<glossa::detail::TrainingModel<float>> model;
  std::vector<double> seconds{};
  nlohmann::json out{};
};

std::vector<glossa::TrainingPrecision> precisions(const std::string& compute) {
  if (compute == "both") return {glossa::TrainingPrecision::f32, glossa::TrainingPrecision::bf16};
  return {compute == "bf16" ? glossa::TrainingPrecision::bf16 : glossa::TrainingPrecision::f32};
}

/// Anchors, then their positives.
void take_step(Course& course, const std::vector<TrainingText>& texts, std::size_t step, double temperature,
               double rate) {
  glossa::detail::TrainingModel<float>& model = *course.model;
  const auto start = std::chrono::steady_clock::now();
  double loss = 0;
  model.learn(texts, step, [&](const std::vector<float>& vectors) {
    const std::size_t half = vectors.size() / 2;
    glossa::VectorBatch<float> batch{.dims = model.encoder().dims()};
    batch.anchors.assign(vectors.begin(), vectors.begin() + static_cast<std::ptrdiff_t>(half));
    batch.positives.assign(vectors.begin() + static_cast<std::ptrdiff_t>(half), vectors.end());
    glossa::LossResult<float> result = glossa::info_nce_loss(batch, {.temperature = temperature});
    loss = result.loss;
    result.anchors.insert(result.anchors.end(), result.positives.begin(), result.positives.end());
    return result.anchors;
  });
  const double norm = model.gradient_norm();
  model.step({}, rate, norm);
  course.seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  course.out["losses"].push_back(loss);
  course.out["norms"].push_back(norm);
}

int run(const bench::Arguments& arguments) {
  const std::filesystem::path folder = arguments.text("model", "");
  const glossa::SentenceConfig sentence = glossa::read_sentence_config(
      folder, [](const std::filesystem::path& place) { return glossa::read_encoder_config(place).hidden_size; });
  const glossa::Tokenizer tokenizer(sentence.encoder_folder, {});
  const auto first = read_texts(arguments.text("data", ""), tokenizer, "sentence1");
  const auto second = read_texts(arguments.text("data", ""), tokenizer, "sentence2");
  const double temperature = std::stod(arguments.text("temperature", "0.01"));
  const double rate = std::stod(arguments.text("rate", "0.00002"));
  const std::size_t pairs = arguments.number("pairs", 32);
  const auto weights = std::make_shared<const glossa::Weights>(sentence.encoder_folder);
  const auto threads = std::make_shared<glossa::ThreadPool>(arguments.number("threads", 2));
  std::vector<Course> courses;
  for (const glossa::TrainingPrecision compute : precisions(arguments.text("compute", "f32")))
    courses.push_back(
        {compute, std::make_unique<glossa::detail::TrainingModel<float>>(
                      weights, glossa::read_encoder_config(sentence.encoder_folder), sentence.poolings,
                      sentence.normalize, glossa::default_level(),
                      glossa::detail::TrainingModelOptions{.checkpoints = arguments.number("checkpoints", 0) != 0,
                                                           .frozen_depth = arguments.number("frozen", 0),
                                                           .chunk_tokens = arguments.number("chunk-tokens", 4096),
                                                           .compute = compute},
                      threads)});
  std::size_t tokens = 0;
  const std::size_t steps = arguments.number("steps", 6);
  for (std::size_t step = 0; step < steps; ++step) {
    std::vector<TrainingText> texts;
    for (const auto* side : {&first, &second})
      for (std::size_t i = 0; i < pairs; ++i) texts.push_back((*side)[(step * pairs + i) % side->size()]);
    for (const TrainingText& text : texts) tokens += text.size();
    for (Course& course : courses) take_step(course, texts, step, temperature, rate);
  }
  for (Course& course : courses) {
    std::vector<double>& seconds = course.seconds;
    if (seconds.size() > 1) seconds.erase(seconds.begin());
    std::sort(seconds.begin(), seconds.end());
    nlohmann::json& out = course.out;
    out["compute"] = to_string(course.compute);
    out["tokens_each_step"] = static_cast<double>(tokens) / static_cast<double>(steps);
    out["median_s"] = seconds[seconds.size() / 2];
    out["least_s"] = seconds.front();
    out["pairs_s"] = static_cast<double>(pairs) / seconds[seconds.size() / 2];
    out["peak_mb"] = bench::peak_megabytes();
    std::printf("%s\n", out.dump().c_str());
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(bench::Arguments(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
