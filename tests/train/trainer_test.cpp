// A trainer takes rows through epochs: its loss falls, it stops and goes on bit by bit, and keeps the best weights.
#include "catch.hpp"
#include "error_of.hpp"
#include "small_model.hpp"

#include <glossa/embedder.hpp>
#include <glossa/search/similarity.hpp>
#include <glossa/train/trainer.hpp>
#include <glossa/train/training_session.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace {

using glossa::Trainer;
using glossa::TrainerOptions;
using glossa::TrainingRow;
using glossa::TrainingRun;
using glossa::TrainingStep;

std::vector<TrainingRow> some_rows() {
  std::vector<std::string> texts = test::mixed_texts(120);
  const std::set<std::string> different(texts.begin(), texts.end());
  texts.assign(different.begin(), different.end());
  std::erase(texts, "");
  std::vector<TrainingRow> rows;
  for (std::size_t i = 0; i + 2 < texts.size(); i += 3) {
    rows.push_back({.anchor = texts[i], .positive = texts[i + 1], .negatives = {texts[i + 2]}});
    rows.back().label = static_cast<double>(i % 4) / 3;
    rows.back().line = i;
  }
  return rows;
}

TrainerOptions options() {
  TrainerOptions out;
  out.rate = {.rate = 1e-3};
  out.dropout = 0.1;
  out.threads = 2;
  return out;
}

std::vector<float> vectors_of(const Trainer& trainer) {
  const auto vectors = trainer.embed(test::mixed_texts(40));
  return {vectors.values().begin(), vectors.values().end()};
}

}  // namespace

TEST_CASE("the loss falls over the epochs, and every step is told") {
  const test::SmallModel model;
  const auto rows = some_rows();
  REQUIRE(rows.size() > 20);
  TrainerOptions own = options();
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
  const auto rows = some_rows();
  const std::vector<glossa::TrainingLoss> losses{glossa::InfoNceOptions{.symmetric = true}, glossa::TripletOptions{},
                                                 glossa::MarginMseOptions{}, glossa::ContrastiveOptions{},
                                                 glossa::CosentOptions{}};
  for (const glossa::TrainingLoss& loss : losses) {
    INFO(name_of(loss));
    TrainerOptions own = options();
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

TEST_CASE("a run that was stopped goes on where it was, and ends with the same bits") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  const auto rows = some_rows();
  const auto run_of = [&](const std::string& name) {
    TrainingRun run{.max_steps = 9, .batches = {.batch_rows = 5, .negatives_each = 1}};
    run.checkpoints = folder.path() / name;
    run.checkpoint_every = 4;
    run.resume = true;
    return run;
  };
  Trainer whole(model.path(), options());
  (void)whole.train(rows, run_of("whole"));
  const TrainingRun stopped = run_of("stopped");
  for (const std::size_t part : {2UL, 3UL, 6UL}) {
    std::stop_source source;
    TrainingRun run = stopped;
    run.stop = source.get_token();
    run.progress = [&](const TrainingStep& step) {
      if (step.step == part) source.request_stop();
    };
    Trainer trainer(model.path(), options());
    const auto report = trainer.train(rows, run);
    CHECK(report.was_stopped);
    CHECK(report.steps == part);
  }
  Trainer last(model.path(), options());
  const auto report = last.train(rows, stopped);
  CHECK(report.resumed == 6);
  CHECK(report.steps == 9);
  CHECK(vectors_of(last) == vectors_of(whole));
}

TEST_CASE("the best weights are kept, and evaluations that are no better end the run") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  const std::vector<double> scores{0.3, 0.5, 0.4, 0.5, 0.2, 0.9};
  Trainer trainer(model.path(), options());
  std::vector<std::vector<float>> vectors;
  std::vector<double> told;
  TrainingRun run{.max_steps = 30, .batches = {.batch_rows = 5}};
  run.evaluate = [&] {
    vectors.push_back(vectors_of(trainer));
    return scores.at(vectors.size() - 1);
  };
  run.evaluate_every = 2;
  run.patience = 3;
  run.checkpoints = folder.path();
  run.progress = [&](const TrainingStep& step) {
    if (step.score) told.push_back(*step.score);
  };
  const auto report = trainer.train(some_rows(), run);
  CHECK(report.ended_early);
  CHECK(report.steps == 10);
  CHECK(report.best_step == 4);
  CHECK(report.best_score == 0.5);
  CHECK(told == std::vector<double>(scores.begin(), scores.begin() + 5));
  CHECK(vectors_of(trainer) == vectors[1]);
}

TEST_CASE("a saved model's vectors are those of the trainer") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  Trainer trainer(model.path(), options());
  (void)trainer.train(some_rows(), {.max_steps = 4, .batches = {.batch_rows = 6}});
  trainer.save(folder.path() / "trained");
  const auto texts = test::mixed_texts(40);
  const auto saved = glossa::Embedder(folder.path() / "trained").embed(texts);
  const auto own = trainer.embed(texts);
  for (std::size_t i = 0; i < texts.size(); ++i) CHECK(glossa::dot(saved[i], own[i]) > 0.999999F);
}

TEST_CASE("rows and options that cannot be trained with are refused by name; a loss that is no number names its rows") {
  const test::SmallModel model;
  auto rows = some_rows();
  TrainerOptions own = options();
  own.loss = glossa::MarginMseOptions{};
  Trainer trainer(model.path(), own);
  const TrainingRun run{.max_steps = 50, .batches = {.batch_rows = 5, .negatives_each = 1}};
  CHECK(test::error_of([&] { (void)trainer.train({}, run); }).field() == "rows");
  CHECK(test::error_of([&] { (void)trainer.train(rows, {}); }).field() == "batches.negatives_each");
  rows[7].file = std::make_shared<const std::string>("rows.jsonl");
  rows[7].line = 8;
  rows[7].label = std::numeric_limits<double>::infinity();
  const auto before = vectors_of(trainer);
  const auto error = test::error_of([&] { (void)trainer.train(rows, run); });
  CHECK(error.kind() == glossa::ErrorKind::numeric);
  CHECK(std::string(error.what()).find("rows.jsonl, line 8") != std::string::npos);
  rows[7].label.reset();
  CHECK(test::error_of([&] { (void)trainer.train(rows, run); }).field() == "rows.jsonl, line 8");
  own = options();
  own.dropout = 1;
  CHECK(test::error_of([&] { (void)Trainer(model.path(), own); }).field() == "TrainerOptions::dropout");
  own = options();
  own.lora.rank = 2;
  own.biases_only = true;
  CHECK(test::error_of([&] { (void)Trainer(model.path(), own); }).field() == "TrainerOptions::biases_only");
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "file", "");
  TrainingRun nowhere = run;
  nowhere.checkpoints = folder.path() / "file" / "run";
  CHECK(test::error_of([&] { (void)Trainer(model.path(), options()).train(some_rows(), nowhere); }).kind() ==
        glossa::ErrorKind::io);
}

TEST_CASE("a run does not go on with other options, rows or models, which are named, and changes nothing") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  const auto rows = some_rows();
  TrainingRun run{.max_steps = 4, .batches = {.batch_rows = 5, .negatives_each = 1}};
  run.checkpoints = folder.path() / "run";
  run.resume = true;
  TrainerOptions begun = options();
  begun.preserve.replay = {"the cat", "a museo"};
  Trainer first(model.path(), begun);
  (void)first.train(rows, run);
  run.max_steps = 6;
  const auto refused = [&](const std::filesystem::path& other, const TrainerOptions& own, const auto& data) {
    Trainer trainer(other, own);
    const auto before = vectors_of(trainer);
    const auto error = test::error_of([&] { (void)trainer.train(data, run); });
    CHECK(error.kind() == glossa::ErrorKind::invalid_argument);
    CHECK(vectors_of(trainer) == before);
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
  const auto rows = some_rows();
  std::vector<double> scores{std::nan(""), 0.5, std::nan(""), 0.4, 0.9, 0.9};
  std::size_t asked = 0;
  TrainingRun run{.max_steps = 6, .batches = {.batch_rows = 5}};
  run.evaluate = [&] { return scores.at(asked++); };
  run.evaluate_every = 1;
  run.patience = 2;
  run.checkpoints = folder.path();
  run.resume = true;
  Trainer trainer(model.path(), options());
  const auto report = trainer.train(rows, run);
  CHECK(report.ended_early);
  CHECK(report.steps == 4);
  CHECK(report.best_step == 2);
  CHECK(report.best_score == 0.5);
  Trainer again(model.path(), options());
  const auto second = again.train(rows, run);
  CHECK(second.ended_early);
  CHECK(second.steps == 4);
  CHECK(second.best_step == 2);
  CHECK(asked == 4);
  CHECK(vectors_of(again) == vectors_of(trainer));
}

TEST_CASE("options that would train nothing, or would not be heeded, are refused") {
  const test::SmallModel model;
  const auto refused = [&](auto&& change) {
    TrainerOptions own = options();
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
  Trainer trainer(model.path(), options());
  const auto refused = [&](const std::vector<TrainingRow>& rows) {
    return test::error_of([&] { (void)trainer.train(rows, {.batches = {.batch_rows = 4}}); }).field();
  };
  auto one_group = some_rows();
  for (TrainingRow& row : one_group) row.group = "one";
  auto one_text = some_rows();
  for (TrainingRow& row : one_text) row.positive = "the";
  CHECK(refused(one_group) == "rows");
  CHECK(refused(one_text) == "rows");
  CHECK(refused({some_rows()[0]}) == "rows");
  CHECK(trainer.steps() == 0);
  one_group[0].group = "other";
  CHECK(trainer.train(one_group, {.max_steps = 1, .batches = {.batch_rows = 4}}).steps == 1);
}

TEST_CASE("an epoch's steps are as many as its batches, however small some of them are") {
  const test::SmallModel model;
  std::vector<TrainingRow> rows = some_rows();
  rows.resize(20);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].source = std::string(1, static_cast<char>('a' + i % 5));
  TrainingRun run{.epochs = 2, .batches = {.batch_rows = 3}};
  run.batches.homogeneous = glossa::RowTrait::source;
  std::size_t seen = 0;
  run.progress = [&](const TrainingStep& step) { seen += step.rows; };
  Trainer trainer(model.path(), options());
  CHECK(trainer.train(rows, run).steps == 20);
  CHECK(seen == 40);
}

TEST_CASE("where biases alone are trained, the gradients that are scaled down are theirs") {
  const test::SmallModel model;
  TrainerOptions own = options();
  own.dropout = 0;
  std::vector<double> norms;
  for (const bool biases_only : {false, true}) {
    own.biases_only = biases_only;
    glossa::detail::TrainingSession<float> session(model.path(), own);
    const auto rows = some_rows();
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

TEST_CASE("a place where no checkpoint can be written is told before anything is trained") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() / "last.safetensors");
  TrainingRun run{.max_steps = 2, .batches = {.batch_rows = 4}};
  run.checkpoints = folder.path();
  Trainer trainer(model.path(), options());
  CHECK(test::error_of([&] { (void)trainer.train(some_rows(), run); }).kind() == glossa::ErrorKind::io);
  CHECK(trainer.steps() == 0);
}

TEST_CASE("what a run that was killed had begun to write is removed by the next one") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  for (const char* name : {"last.safetensors.partial-12", "best.safetensors.partial-3", "other.partial-4"})
    test::write_file(folder.path() / name, "begun");
  TrainingRun run{.max_steps = 1, .batches = {.batch_rows = 4}};
  run.checkpoints = folder.path();
  Trainer trainer(model.path(), options());
  (void)trainer.train(some_rows(), run);
  CHECK(std::filesystem::exists(folder.path() / "last.safetensors"));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "last.safetensors.partial-12"));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "best.safetensors.partial-3"));
  CHECK(std::filesystem::exists(folder.path() / "other.partial-4"));
}
