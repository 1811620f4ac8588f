// A trainer takes rows through epochs: its loss falls, it keeps the best weights, and saves what it embeds with.
#include "catch.hpp"
#include "small_model.hpp"
#include "trainer_rows.hpp"

#include <glossa/embedder.hpp>
#include <glossa/search/similarity.hpp>
#include <glossa/train/trainer.hpp>
#include <glossa/train/training_session.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace {

using glossa::Trainer;
using glossa::TrainerOptions;
using glossa::TrainingRow;
using glossa::TrainingRun;
using glossa::TrainingStep;

}  // namespace

TEST_CASE("the loss falls over the epochs, and every step is told") {
  const test::SmallModel model;
  const auto rows = test::trainer_rows();
  REQUIRE(rows.size() > 20);
  TrainerOptions own = test::trainer_options();
  own.dropout = 0;
  Trainer trainer(model.path(), own);
  std::vector<TrainingStep> steps;
  const auto report = trainer.train(rows, {.epochs = 12,
                                           .batches = {.batch_rows = 8, .negatives_each = 1},
                                           .progress = [&](const TrainingStep& step) { steps.push_back(step); }});
  CHECK(report.steps == steps.size());
  CHECK(report.steps == 12 * ((rows.size() + 7) / 8));
  CHECK(trainer.steps() == report.steps);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    CHECK(steps[i].step == i + 1);
    CHECK(steps[i].steps == report.steps);
    CHECK(steps[i].rows > 0);
    CHECK(steps[i].tokens > 2 * steps[i].rows);
    CHECK(steps[i].rate > 0);
  }
  CHECK(steps.back().epoch >= 11);
  CHECK(steps.back().loss < 0.7 * steps.front().loss);
}

TEST_CASE("each loss trains, with accumulated batches, Matryoshka and frozen parts") {
  const test::SmallModel model;
  const auto rows = test::trainer_rows();
  const std::vector<glossa::TrainingLoss> losses{glossa::InfoNceOptions{.symmetric = true}, glossa::TripletOptions{},
                                                 glossa::MarginMseOptions{}, glossa::ContrastiveOptions{},
                                                 glossa::CosentOptions{}};
  for (const glossa::TrainingLoss& loss : losses) {
    INFO(name_of(loss));
    TrainerOptions own = test::trainer_options();
    own.dropout = 0;
    own.loss = loss;
    own.accumulation = 2;
    own.frozen_layers = 1;
    own.matryoshka = {8, 32};
    Trainer trainer(model.path(), own);
    std::vector<double> all;
    (void)trainer.train(rows, {.max_steps = 32,
                               .batches = {.batch_rows = 6, .negatives_each = 1},
                               .progress = [&](const TrainingStep& step) { all.push_back(step.loss); }});
    const auto mean_of = [&](std::size_t begin) {
      double sum = 0;
      for (std::size_t i = begin; i < begin + 8; ++i) sum += all[i] / 8;
      return sum;
    };
    CHECK(mean_of(24) < mean_of(0));
  }
}

TEST_CASE("the best weights are kept, and evaluations that are no better end the run") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  const std::vector<double> scores{0.3, 0.5, 0.4, 0.5, 0.2, 0.9};
  Trainer trainer(model.path(), test::trainer_options());
  std::vector<std::vector<float>> vectors;
  std::vector<double> told;
  TrainingRun run{.max_steps = 30, .batches = {.batch_rows = 5}};
  run.evaluate = [&] {
    vectors.push_back(test::vectors_of(trainer));
    return scores.at(vectors.size() - 1);
  };
  run.evaluate_every = 2;
  run.patience = 3;
  run.checkpoints = folder.path();
  run.progress = [&](const TrainingStep& step) {
    if (step.score) told.push_back(*step.score);
  };
  const auto report = trainer.train(test::trainer_rows(), run);
  CHECK(report.ended_early);
  CHECK(report.steps == 10);
  CHECK(report.best_step == 4);
  CHECK(report.best_score == 0.5);
  CHECK(told == std::vector<double>(scores.begin(), scores.begin() + 5));
  CHECK(test::vectors_of(trainer) == vectors[1]);
}

TEST_CASE("a saved model's vectors are those of the trainer, whatever of it is trained") {
  const test::SmallModel model;
  const auto texts = test::mixed_texts(40);
  for (const auto compute : {glossa::TrainingPrecision::f32, glossa::TrainingPrecision::bf16})
    for (const std::string part : {"all", "but embeddings", "but a layer", "biases", "adapters"}) {
      INFO(part << ", " << to_string(compute));
      const test::TemporaryFolder folder;
      TrainerOptions own = test::trainer_options();
      own.compute = compute;
      own.freeze_embeddings = part == "but embeddings";
      own.frozen_layers = part == "but a layer" ? 1 : 0;
      own.biases_only = part == "biases";
      own.lora.rank = part == "adapters" ? 2 : 0;
      Trainer trainer(model.path(), own);
      const auto before = test::vectors_of(trainer);
      (void)trainer.train(test::trainer_rows(), {.max_steps = 4, .batches = {.batch_rows = 6}});
      trainer.save(folder.path() / "trained");
      const auto saved = glossa::Embedder(folder.path() / "trained").embed(texts);
      const auto vectors = trainer.embed(texts);
      const float least = compute == glossa::TrainingPrecision::f32 ? 0.999999F : 0.999F;
      for (std::size_t i = 0; i < texts.size(); ++i) CHECK(glossa::dot(saved[i], vectors[i]) > least);
      CHECK(test::vectors_of(trainer) != before);
    }
}

TEST_CASE("an epoch's steps are as many as its batches, however small some of them are") {
  const test::SmallModel model;
  std::vector<TrainingRow> rows = test::trainer_rows();
  rows.resize(20);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].source = std::string(1, static_cast<char>('a' + i % 5));
  TrainingRun run{.epochs = 2, .batches = {.batch_rows = 3}};
  run.batches.homogeneous = glossa::RowTrait::source;
  std::size_t seen = 0;
  run.progress = [&](const TrainingStep& step) { seen += step.rows; };
  Trainer trainer(model.path(), test::trainer_options());
  CHECK(trainer.train(rows, run).steps == 20);
  CHECK(seen == 40);
}

TEST_CASE("where biases alone are trained, the gradients that are scaled down are theirs") {
  const test::SmallModel model;
  TrainerOptions own = test::trainer_options();
  own.dropout = 0;
  std::vector<double> norms;
  for (const bool biases_only : {false, true}) {
    own.biases_only = biases_only;
    glossa::detail::TrainingSession<float> session(model.path(), own);
    const auto rows = test::trainer_rows();
    glossa::detail::RowTexts texts;
    for (std::size_t i = 0; i < 6; ++i) {
      texts.anchors.push_back(rows[i].anchor);
      texts.positives.push_back(rows[i].positive);
    }
    double squares = 0;
    // The gradients are there before the step alone: a rate of 0 moves nothing, and the moments tell them.
    const auto result = session.step(std::vector{texts}, 0);
    const double factor = std::min(1.0, 1 / (result.norm + 1e-6));
    for (const auto& one : session.model().encoder().layout().parameters())
      for (std::size_t i = 0; one.is_bias && i < one.columns; ++i) {
        const double value = session.model().dense().first()[one.offset + i] / 0.1 / factor;
        squares += value * value;
      }
    norms.push_back(result.norm);
    if (biases_only) CHECK(result.norm == Approx(std::sqrt(squares)).epsilon(1e-4));
  }
  CHECK(norms[1] < 0.9 * norms[0]);
}
