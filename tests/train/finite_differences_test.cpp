// Gradients in double are the slopes that finite differences see: with dropout, checkpoints, parts, and every pooling.
#include "paths.hpp"
#include "shared_goldens.hpp"
#include "tiny_training.hpp"

#include "random_values.hpp"

#include <glossa/core/thread_pool.hpp>
#include <glossa/train/training_model.hpp>

#include <cmath>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace {

using glossa::Pooling;
using glossa::detail::TrainingModelOptions;
using Model = glossa::detail::TrainingModel<double>;

struct Shape {
  std::vector<Pooling> poolings{Pooling::mean};
  bool normalize = true;
  TrainingModelOptions options{};
  std::string name = "bert";
  std::size_t threads = 1;
};

Model model_of(const Shape& shape) {
  const auto folder = test::shared() / "golden" / "tiny" / shape.name;
  return Model(std::make_shared<const glossa::Weights>(folder), glossa::read_encoder_config(folder), shape.poolings,
               shape.normalize, glossa::CpuLevel::portable, shape.options,
               std::make_shared<glossa::ThreadPool>(shape.threads));
}

std::vector<glossa::detail::TrainingText> texts() {
  std::vector<glossa::detail::TrainingText> out;
  for (std::size_t i = 0; i < 5; ++i) {
    out.emplace_back();
    for (std::size_t k = 0; k < 1 + 4 * i; ++k)
      out.back().push_back(static_cast<glossa::TokenId>(5 + (7 * i + 3 * k) % 110));
  }
  return out;
}

/// Σ slopes · vectors, and its gradients where they are wanted: what a loss with these slopes is near the vectors.
double value_of(Model& model, const std::vector<double>& slopes) {
  double sum = 0;
  model.learn(texts(), 77, [&](const std::vector<double>& vectors) {
    for (std::size_t i = 0; i < vectors.size(); ++i) sum += slopes[i] * vectors[i];
    return slopes;
  });
  return sum;
}

/// Changes all weights along a direction, and tells the slope there by both ways.
void check(const Shape& shape) {
  Model model = model_of(shape);
  const auto slopes = test::random_values<double>(texts().size() * model.encoder().dims(), 3);
  (void)value_of(model, slopes);
  const auto& layout = model.encoder().layout();
  double expected = 0;
  std::vector<double> direction(layout.size());
  const auto random = test::random_values<double>(layout.size(), 4);
  for (const glossa::detail::Parameter& one : layout.parameters())
    for (std::size_t r = 0; r < one.rows; ++r)
      for (std::size_t c = 0; c < one.columns; ++c) {
        const std::size_t at = one.offset + r * one.stride + c;
        direction[at] = random[at];
        expected += random[at] * model.dense().gradients()[at];
      }
  const double step = 1e-6;
  const auto moved = [&](double by) {
    Model other = model_of(shape);
    for (std::size_t i = 0; i < direction.size(); ++i) other.dense().values()[i] += by * direction[i];
    return value_of(other, slopes);
  };
  const double found = (moved(step) - moved(-step)) / (2 * step);
  CHECK(found == Approx(expected).epsilon(2e-6).margin(1e-7));
}

}  // namespace

TEST_CASE("gradients of every pooling, with unit length and without, are the slopes of finite differences") {
  if (!test::has_shared_goldens()) return;
  for (const Pooling pooling : {Pooling::cls, Pooling::max, Pooling::mean, Pooling::mean_sqrt_length,
                                Pooling::weighted_mean, Pooling::last_token})
    for (const bool normalize : {false, true}) {
      INFO(to_string(pooling) << ", " << normalize);
      check({.poolings = {pooling}, .normalize = normalize});
    }
  check({.poolings = {Pooling::cls, Pooling::mean}});
  check({.name = "xlm-roberta"});
}

TEST_CASE("with dropout the gradients are those of the same masks, on any number of threads and in parts") {
  if (!test::has_shared_goldens()) return;
  for (const double share : {0.1, 0.5})
    for (const bool checkpoints : {false, true}) {
      check({.options = {.dropout = share, .checkpoints = checkpoints}});
      check({.options = {.attention_dropout = share, .checkpoints = checkpoints}});
      check({.options = {.dropout = share, .attention_dropout = share, .chunk_tokens = 12}, .threads = 3});
    }
}

TEST_CASE("gradients do not depend on threads, parts or checkpoints") {
  if (!test::has_shared_goldens()) return;
  const auto gradients = [](const Shape& shape) {
    Model model = model_of(shape);
    const auto slopes = test::random_values<double>(texts().size() * model.encoder().dims(), 3);
    (void)value_of(model, slopes);
    std::vector<double> out(model.dense().gradients(), model.dense().gradients() + model.encoder().layout().size());
    for (std::size_t i = 0; i < model.words().active().size(); ++i)
      out.insert(out.end(), model.words().gradient(i), model.words().gradient(i) + model.words().size());
    return out;
  };
  for (const double dropout : {0.0, 0.2}) {
    const TrainingModelOptions options{.dropout = dropout, .attention_dropout = dropout};
    const auto expected = gradients({.options = options});
    for (const std::size_t threads : {2UL, 5UL}) CHECK(gradients({.options = options, .threads = threads}) == expected);
    TrainingModelOptions checkpoints = options;
    checkpoints.checkpoints = true;
    CHECK(gradients({.options = checkpoints}) == expected);
    TrainingModelOptions parts = options;
    parts.chunk_tokens = 10;
    const auto of_parts = gradients({.options = parts});
    REQUIRE(of_parts.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
      CHECK(of_parts[i] == Approx(expected[i]).margin(1e-12).epsilon(1e-9));
  }
}

TEST_CASE("frozen embeddings and layers get no gradients, and the others the same as without") {
  if (!test::has_shared_goldens()) return;
  const auto slopes_of = [](std::size_t frozen) {
    Model model = model_of({.options = {.frozen_depth = frozen}});
    (void)value_of(model, test::random_values<double>(texts().size() * model.encoder().dims(), 3));
    return std::pair(
        std::vector<double>(model.dense().gradients(), model.dense().gradients() + model.encoder().layout().size()),
        model.words().active().size());
  };
  const auto [all, words] = slopes_of(0);
  CHECK(words > 0);
  for (const std::size_t frozen : {1UL, 2UL}) {
    const auto [some, none] = slopes_of(frozen);
    CHECK(none == 0);
    Model model = model_of({});
    for (const auto& one : model.encoder().layout().parameters())
      for (std::size_t i = 0; i < one.rows * one.stride; ++i)
        CHECK(some[one.offset + i] == (one.depth < frozen ? 0.0 : all[one.offset + i]));
  }
}
