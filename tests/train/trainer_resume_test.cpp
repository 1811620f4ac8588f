// A run that was stopped or killed goes on bit by bit where it was, and with what it was begun with alone.
#include "catch.hpp"
#include "error_of.hpp"
#include "small_model.hpp"
#include "trainer_rows.hpp"

#include <glossa/train/trainer.hpp>

#include <cstddef>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

namespace {

using glossa::Trainer;
using glossa::TrainerOptions;
using glossa::TrainingRun;
using glossa::TrainingStep;

}  // namespace

TEST_CASE("a run that was stopped goes on where it was, and ends with the same bits") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  const auto rows = test::trainer_rows();
  const auto run_of = [&](const std::string& name) {
    TrainingRun run{.max_steps = 9, .batches = {.batch_rows = 5, .negatives_each = 1}};
    run.checkpoints = folder.path() / name;
    run.checkpoint_every = 4;
    run.resume = true;
    return run;
  };
  Trainer whole(model.path(), test::trainer_options());
  (void)whole.train(rows, run_of("whole"));
  const TrainingRun stopped = run_of("stopped");
  for (const std::size_t part : {2UL, 3UL, 6UL}) {
    std::stop_source source;
    TrainingRun run = stopped;
    run.stop = source.get_token();
    run.progress = [&](const TrainingStep& step) {
      if (step.step == part) source.request_stop();
    };
    Trainer trainer(model.path(), test::trainer_options());
    const auto report = trainer.train(rows, run);
    CHECK(report.was_stopped);
    CHECK(report.steps == part);
  }
  Trainer last(model.path(), test::trainer_options());
  const auto report = last.train(rows, stopped);
  CHECK(report.resumed == 6);
  CHECK(report.steps == 9);
  CHECK(test::vectors_of(last) == test::vectors_of(whole));
}

TEST_CASE("a run does not go on with other options, rows or models, which are named, and changes nothing") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  const auto rows = test::trainer_rows();
  TrainingRun run{.max_steps = 4, .batches = {.batch_rows = 5, .negatives_each = 1}};
  run.checkpoints = folder.path() / "run";
  run.resume = true;
  TrainerOptions begun = test::trainer_options();
  begun.preserve.replay = {"the cat", "a museo"};
  Trainer first(model.path(), begun);
  (void)first.train(rows, run);
  run.max_steps = 6;
  const auto refused = [&](const std::filesystem::path& other, const TrainerOptions& own, const auto& data) {
    Trainer trainer(other, own);
    const auto before = test::vectors_of(trainer);
    const auto error = test::error_of([&] { (void)trainer.train(data, run); });
    CHECK(error.kind() == glossa::ErrorKind::invalid_argument);
    CHECK(test::vectors_of(trainer) == before);
    CHECK(trainer.steps() == 0);
    return error.field();
  };
  const auto with = [&](auto&& change) {
    TrainerOptions own = begun;
    change(own);
    return refused(model.path(), own, rows);
  };
  CHECK(with([](auto& o) { o.loss = glossa::InfoNceOptions{.temperature = 0.1}; }) == "TrainerOptions::loss");
  CHECK(with([](auto& o) { o.loss = glossa::TripletOptions{}; }) == "TrainerOptions::loss");
  CHECK(with([](auto& o) { o.matryoshka = {8}; }) == "TrainerOptions::matryoshka");
  CHECK(with([](auto& o) { o.rate.rate = 2e-3; }) == "TrainerOptions::rate");
  CHECK(with([](auto& o) { o.adamw.weight_decay = 0; }) == "TrainerOptions::adamw");
  CHECK(with([](auto& o) { o.accumulation = 2; }) == "TrainerOptions::accumulation");
  CHECK(with([](auto& o) { o.attention_dropout = 0.1; }) == "TrainerOptions::dropout");
  CHECK(with([](auto& o) { o.seed = 7; }) == "TrainerOptions::seed");
  CHECK(with([](auto& o) { o.frozen_layers = 1; }) == "TrainerOptions::frozen_layers");
  CHECK(with([](auto& o) { o.biases_only = true; }) == "TrainerOptions::biases_only");
  CHECK(with([](auto& o) { o.lora.rank = 2; }) == "TrainerOptions::lora");
  CHECK(with([](auto& o) { o.preserve.replay.pop_back(); }) == "PreserveOptions::replay");
  CHECK(with([](auto& o) { o.preserve.average = 0.9; }) == "PreserveOptions::average");
  CHECK(with([](auto& o) { o.positive_role = glossa::Role::passage; }) == "model");
  CHECK(with([](auto& o) { o.max_tokens = 5; }) == "model");
  auto others = rows;
  others[3].label = 0.125;
  CHECK(refused(model.path(), begun, others) == "BatchSamplerState::data");
  first.save(folder.path() / "saved");
  CHECK(refused(folder.path() / "saved", begun, rows) == "model");

  TrainerOptions same = begun;
  same.chunk_tokens = 16;
  same.threads = 1;
  same.preserve.interpolation = 0.5;
  same.compute = glossa::TrainingPrecision::bf16;
  Trainer last(model.path(), same);
  CHECK(last.train(rows, run).resumed == 4);
}

TEST_CASE("a run that had ended early is at its end when it goes on; a score that is no number is never the best") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  const auto rows = test::trainer_rows();
  std::vector<double> scores{std::nan(""), 0.5, std::nan(""), 0.4, 0.9, 0.9};
  std::size_t asked = 0;
  TrainingRun run{.max_steps = 6, .batches = {.batch_rows = 5}};
  run.evaluate = [&] { return scores.at(asked++); };
  run.evaluate_every = 1;
  run.patience = 2;
  run.checkpoints = folder.path();
  run.resume = true;
  Trainer trainer(model.path(), test::trainer_options());
  const auto report = trainer.train(rows, run);
  CHECK(report.ended_early);
  CHECK(report.steps == 4);
  CHECK(report.best_step == 2);
  CHECK(report.best_score == 0.5);
  Trainer again(model.path(), test::trainer_options());
  const auto second = again.train(rows, run);
  CHECK(second.ended_early);
  CHECK(second.steps == 4);
  CHECK(second.best_step == 2);
  CHECK(asked == 4);
  CHECK(test::vectors_of(again) == test::vectors_of(trainer));
}

TEST_CASE("a place where no checkpoint can be written is told before anything is trained") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() / "last.safetensors");
  TrainingRun run{.max_steps = 2, .batches = {.batch_rows = 4}};
  run.checkpoints = folder.path();
  Trainer trainer(model.path(), test::trainer_options());
  CHECK(test::error_of([&] { (void)trainer.train(test::trainer_rows(), run); }).kind() == glossa::ErrorKind::io);
  CHECK(trainer.steps() == 0);
}

TEST_CASE("what a run that was killed had begun to write is removed by the next one") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  for (const char* name : {"last.safetensors.partial-12", "best.safetensors.partial-3", "other.partial-4"})
    test::write_file(folder.path() / name, "begun");
  TrainingRun run{.max_steps = 1, .batches = {.batch_rows = 4}};
  run.checkpoints = folder.path();
  Trainer trainer(model.path(), test::trainer_options());
  (void)trainer.train(test::trainer_rows(), run);
  CHECK(std::filesystem::exists(folder.path() / "last.safetensors"));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "last.safetensors.partial-12"));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "best.safetensors.partial-3"));
  CHECK(std::filesystem::exists(folder.path() / "other.partial-4"));
}
