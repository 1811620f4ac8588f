// Rows and options that a trainer cannot train with, or that would teach nothing, are refused by name.
#include "catch.hpp"
#include "error_of.hpp"
#include "small_model.hpp"
#include "trainer_rows.hpp"

#include <glossa/train/trainer.hpp>

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace {

using glossa::Trainer;
using glossa::TrainerOptions;
using glossa::TrainingRow;
using glossa::TrainingRun;

}  // namespace

TEST_CASE("rows and options that cannot be trained with are refused by name; a loss that is no number names its rows") {
  const test::SmallModel model;
  auto rows = test::trainer_rows();
  TrainerOptions own = test::trainer_options();
  own.loss = glossa::MarginMseOptions{};
  Trainer trainer(model.path(), own);
  const TrainingRun run{.max_steps = 50, .batches = {.batch_rows = 5, .negatives_each = 1}};
  CHECK(test::error_of([&] { (void)trainer.train({}, run); }).field() == "rows");
  CHECK(test::error_of([&] { (void)trainer.train(rows, {}); }).field() == "batches.negatives_each");
  rows[7].file = std::make_shared<const std::string>("rows.jsonl");
  rows[7].line = 8;
  rows[7].label = std::numeric_limits<double>::infinity();
  const auto before = test::vectors_of(trainer);
  const auto error = test::error_of([&] { (void)trainer.train(rows, run); });
  CHECK(error.kind() == glossa::ErrorKind::numeric);
  CHECK(std::string(error.what()).find("rows.jsonl, line 8") != std::string::npos);
  rows[7].label.reset();
  CHECK(test::error_of([&] { (void)trainer.train(rows, run); }).field() == "rows.jsonl, line 8");
  own = test::trainer_options();
  own.dropout = 1;
  CHECK(test::error_of([&] { (void)Trainer(model.path(), own); }).field() == "TrainerOptions::dropout");
  own = test::trainer_options();
  own.lora.rank = 2;
  own.biases_only = true;
  CHECK(test::error_of([&] { (void)Trainer(model.path(), own); }).field() == "TrainerOptions::biases_only");
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "file", "");
  TrainingRun nowhere = run;
  nowhere.checkpoints = folder.path() / "file" / "run";
  CHECK(test::error_of([&] {
          (void)Trainer(model.path(), test::trainer_options()).train(test::trainer_rows(), nowhere);
        }).kind() == glossa::ErrorKind::io);
}

TEST_CASE("options that would train nothing, or would not be heeded, are refused") {
  const test::SmallModel model;
  const auto refused = [&](auto&& change) {
    TrainerOptions own = test::trainer_options();
    change(own);
    return test::error_of([&] { (void)Trainer(model.path(), own); }).field();
  };
  CHECK(refused([](auto& o) { o.frozen_layers = 2; }) == "TrainerOptions::frozen_layers");
  CHECK(refused([](auto& o) { o.adamw.layer_rate = -1; }) == "TrainerOptions::adamw.layer_rate");
  CHECK(refused([](auto& o) { o.adamw.max_norm = -1; }) == "TrainerOptions::adamw.max_norm");
  const auto refused_with_adapters = [&](auto&& change) {
    return refused([&](auto& o) {
      o.lora.rank = 2;
      change(o);
    });
  };
  CHECK(refused_with_adapters([](auto& o) { o.lora.targets = {"query", "nonsense"}; }) == "LoraOptions::targets");
  CHECK(refused_with_adapters([](auto& o) { o.lora.targets = {}; }) == "LoraOptions::targets");
  CHECK(refused_with_adapters([](auto& o) { o.lora.alpha = std::nan(""); }) == "TrainerOptions::lora.alpha");
  CHECK(refused_with_adapters([](auto& o) { o.adamw.layer_rate = 0.9; }) == "TrainerOptions::adamw.layer_rate");
  CHECK(refused_with_adapters([](auto& o) { o.adamw.initial_decay = 1; }) == "TrainerOptions::adamw.initial_decay");
}

TEST_CASE("rows of which no batch has a negative are refused where the loss needs one") {
  const test::SmallModel model;
  Trainer trainer(model.path(), test::trainer_options());
  const auto refused = [&](const std::vector<TrainingRow>& rows) {
    return test::error_of([&] { (void)trainer.train(rows, {.batches = {.batch_rows = 4}}); }).field();
  };
  auto one_group = test::trainer_rows();
  for (TrainingRow& row : one_group) row.group = "one";
  auto one_text = test::trainer_rows();
  for (TrainingRow& row : one_text) row.positive = "the";
  CHECK(refused(one_group) == "rows");
  CHECK(refused(one_text) == "rows");
  CHECK(refused({test::trainer_rows()[0]}) == "rows");
  CHECK(trainer.steps() == 0);
  one_group[0].group = "other";
  CHECK(trainer.train(one_group, {.max_steps = 1, .batches = {.batch_rows = 4}}).steps == 1);
}
