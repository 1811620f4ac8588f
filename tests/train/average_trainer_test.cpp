// A trainer evaluates and saves averages of weights, where it is asked for them.
#include "average_options.hpp"
#include "catch.hpp"
#include "error_of.hpp"
#include "paths.hpp"
#include "small_model.hpp"
#include "trainer_rows.hpp"

#include <glossa/embedder.hpp>
#include <glossa/search/similarity.hpp>
#include <glossa/train/trainer.hpp>

#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

using glossa::TrainerOptions;

std::vector<glossa::TrainingRow> some_rows() {
  const std::vector<std::string> all = test::mixed_texts(60);
  std::vector<glossa::TrainingRow> rows;
  for (std::size_t i = 1; i + 1 < all.size(); i += 2)
    if (!all[i].empty() && !all[i + 1].empty()) rows.push_back({.anchor = all[i], .positive = all[i + 1]});
  return rows;
}

}  // namespace

TEST_CASE("evaluations see averages, of which the best are kept and saved; the losses are those of a run without") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  const std::vector<double> scores{0.3, 0.5, 0.4};
  std::vector<std::vector<float>> seen[2];
  std::vector<double> losses[2];
  std::vector<float> last[2];
  for (const std::size_t i : {0UL, 1UL}) {
    glossa::Trainer trainer(model.path(), test::average_options(i == 0 ? 0 : 0.9));
    glossa::TrainingRun run{.max_steps = 9, .batches = {.batch_rows = 5}};
    run.evaluate = [&] {
      seen[i].push_back(test::vectors_of(trainer));
      if (i == 1) trainer.save(folder.path() / ("saved" + std::to_string(seen[i].size())));
      return scores.at(seen[i].size() - 1);
    };
    run.evaluate_every = 3;
    run.checkpoints = folder.path() / std::to_string(i);
    run.progress = [&](const glossa::TrainingStep& step) { losses[i].push_back(step.loss); };
    CHECK(trainer.train(some_rows(), run).best_step == 6);
    last[i] = test::vectors_of(trainer);
    if (i == 1) trainer.save(folder.path() / "best");
  }
  CHECK(losses[0] == losses[1]);
  CHECK(last[1] == seen[1][1]);
  for (std::size_t i = 0; i < 3; ++i) CHECK(seen[0][i] != seen[1][i]);
  const auto texts = test::mixed_texts(40);
  for (const auto& [name, number] : {std::pair{"saved1", 0}, std::pair{"saved3", 2}, std::pair{"best", 1}}) {
    const auto vectors = glossa::Embedder(folder.path() / name).embed(texts);
    const std::span own(seen[1][static_cast<std::size_t>(number)]);
    for (std::size_t k = 0; k < texts.size(); ++k)
      CHECK(glossa::dot(vectors[k], own.subspan(k * vectors.dims(), vectors.dims())) > 0.999999F);
  }
}

TEST_CASE("adapters are saved as their averages, which begin anew with adapters that are loaded") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  TrainerOptions own = test::average_options(0.9);
  own.adamw.initial_decay = 0;  // which adapters have not
  own.lora = {.rank = 2};
  glossa::Trainer trainer(model.path(), own);
  const glossa::TrainingRun run{.max_steps = 5, .batches = {.batch_rows = 5}};
  (void)trainer.train(some_rows(), run);
  trainer.save_adapters(folder.path() / "adapters");
  const auto expected = test::vectors_of(trainer);
  TrainerOptions plain = own;
  plain.preserve.average = 0;
  glossa::Trainer other(model.path(), plain);
  other.load_adapters(folder.path() / "adapters");
  CHECK(test::vectors_of(other) == expected);
  (void)trainer.train(some_rows(), run);
  CHECK(test::vectors_of(trainer) != expected);
  trainer.load_adapters(folder.path() / "adapters");
  CHECK(test::vectors_of(trainer) == expected);
}

TEST_CASE("averages that would never follow the weights, and what is no share, are refused") {
  const test::SmallModel model;
  for (const double average : {1.0, -0.1, 2.0, std::numeric_limits<double>::quiet_NaN()})
    CHECK(test::error_of([&] { (void)glossa::Trainer(model.path(), test::average_options(average)); }).field() ==
          "TrainerOptions::preserve.average");
}
