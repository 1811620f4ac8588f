// Adapters get the gradients that finite differences see, are saved as PEFT's files are, and merged into the model.
#include "catch.hpp"
#include "error_of.hpp"
#include "paths.hpp"
#include "random_values.hpp"
#include "shared_goldens.hpp"
#include "tiny_training.hpp"

#include <glossa/core/thread_pool.hpp>
#include <glossa/train/lora_files.hpp>
#include <glossa/train/training_model.hpp>

#include <cmath>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace {

using glossa::LoraOptions;
using Model = glossa::detail::TrainingModel<double>;

Model model_of(const LoraOptions& lora) {
  const auto folder = test::shared() / "golden" / "tiny" / "bert";
  return Model(std::make_shared<const glossa::Weights>(folder), glossa::read_encoder_config(folder),
               {glossa::Pooling::mean}, true, glossa::CpuLevel::portable, {.lora = lora},
               std::make_shared<glossa::ThreadPool>(2));
}

std::vector<glossa::detail::TrainingText> texts() {
  return {{5, 9, 14, 33}, {7, 8}, {50, 51, 52, 53, 54, 55, 56}, {99}};
}

double value_of(Model& model, const std::vector<double>& slopes) {
  double sum = 0;
  model.learn(texts(), 1, [&](const std::vector<double>& vectors) {
    for (std::size_t i = 0; i < vectors.size(); ++i) sum += slopes[i] * vectors[i];
    return slopes;
  });
  return sum;
}

/// Adapters that are not at their beginning, where B is zero.
void disturb(Model& model) {
  unsigned seed = 10;
  for (auto& one : model.lora()->adapters())
    for (auto* part : {&one.a, &one.b}) {
      const auto random = test::random_values<double>(part->size(), ++seed);
      for (std::size_t i = 0; i < part->size(); ++i) (*part)[i] += 0.1 * random[i];
    }
  model.apply_lora();
}

}  // namespace

TEST_CASE("gradients of adapters are the slopes of finite differences") {
  if (!test::has_shared_goldens()) return;
  for (const LoraOptions& lora :
       {LoraOptions{.rank = 3}, LoraOptions{.rank = 2, .alpha = 5, .targets = {"dense", "key"}}}) {
    Model model = model_of(lora);
    const auto slopes = test::random_values<double>(texts().size() * model.encoder().dims(), 3);
    disturb(model);
    (void)value_of(model, slopes);
    CHECK(model.gradient_norm() > 0);
    double expected = 0;
    std::vector<std::vector<double>> directions;
    unsigned seed = 50;
    for (const auto& one : model.lora()->adapters())
      for (const auto& [part, gradient] : {std::pair{&one.a, &one.a_gradient}, std::pair{&one.b, &one.b_gradient}}) {
        directions.push_back(test::random_values<double>(part->size(), ++seed));
        for (std::size_t i = 0; i < part->size(); ++i) expected += directions.back()[i] * (*gradient)[i];
      }
    const auto moved = [&](double by) {
      Model other = model_of(lora);
      disturb(other);
      std::size_t at = 0;
      for (auto& one : other.lora()->adapters())
        for (auto* part : {&one.a, &one.b}) {
          for (std::size_t i = 0; i < part->size(); ++i) (*part)[i] += by * directions[at][i];
          ++at;
        }
      other.apply_lora();
      return value_of(other, slopes);
    };
    CHECK((moved(1e-6) - moved(-1e-6)) / 2e-6 == Approx(expected).epsilon(1e-6).margin(1e-8));
  }
}

TEST_CASE("adapters change nothing at first; a step changes them and the matrices that they are of alone") {
  if (!test::has_shared_goldens()) return;
  Model plain = model_of({});
  Model model = model_of({.rank = 2, .targets = {"value"}});
  CHECK(model.encode(texts()) == plain.encode(texts()));
  const auto slopes = test::random_values<double>(texts().size() * model.encoder().dims(), 3);
  (void)value_of(model, slopes);
  model.step({}, 1e-2, model.gradient_norm());
  CHECK(model.encode(texts()) != plain.encode(texts()));
  CHECK(model.words().touched() > 0);
  for (const auto& one : model.encoder().layout().parameters()) {
    bool is_same = true;
    for (std::size_t i = one.offset; i < one.offset + one.rows * one.stride; ++i)
      is_same = is_same && model.dense().values()[i] == plain.dense().values()[i];
    CHECK(is_same == (one.name.find(".value.weight") == std::string::npos));
  }
}

TEST_CASE("adapters come back from their folder, and those of other shapes are refused") {
  if (!test::has_shared_goldens()) return;
  const test::TemporaryFolder folder;
  const LoraOptions options{.rank = 2, .alpha = 8, .targets = {"query", "dense"}};
  Model model = model_of(options);
  disturb(model);
  write_lora(folder.path() / "adapter", *model.lora(), options, "tiny");
  const LoraOptions read = glossa::detail::read_lora_options(folder.path() / "adapter");
  CHECK(read.rank == 2);
  CHECK(read.alpha == 8);
  CHECK(read.targets == options.targets);
  Model other = model_of(read);
  read_lora(folder.path() / "adapter", *other.lora());
  other.apply_lora();
  const auto expected = model.encode(texts());
  const auto found = other.encode(texts());
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] == Approx(expected[i]).margin(1e-6));
  Model wrong = model_of({.rank = 3, .targets = {"query"}});
  CHECK(test::error_of([&] { read_lora(folder.path() / "adapter", *wrong.lora()); }).kind() ==
        glossa::ErrorKind::corrupt_file);
  CHECK(test::error_of([&] { (void)model_of({.rank = 2, .targets = {"nothing"}}); }).kind() ==
        glossa::ErrorKind::invalid_argument);
}
