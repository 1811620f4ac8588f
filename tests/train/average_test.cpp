// Averages of weights are those of a dense brute force, go out in the weights' place, and come back from checkpoints.
#include "catch.hpp"
#include "error_of.hpp"
#include "paths.hpp"
#include "random_values.hpp"
#include "small_model.hpp"
#include "tiny_training.hpp"

#include <glossa/core/thread_pool.hpp>
#include <glossa/embedder.hpp>
#include <glossa/model/safetensors.hpp>
#include <glossa/search/similarity.hpp>
#include <glossa/train/trainer.hpp>
#include <glossa/train/training_model.hpp>
#include <glossa/train/training_session.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using glossa::AdamwOptions;
using glossa::TrainerOptions;
using glossa::detail::RowTexts;
using glossa::detail::TrainingModelOptions;
using Model = glossa::detail::TrainingModel<double>;
using Session = glossa::detail::TrainingSession<float>;

std::filesystem::path tiny() { return test::shared() / "golden" / "tiny" / "bert"; }

/// As the options say it: after step t of an average with d.
void follow(std::vector<double>& average, const std::vector<double>& weights, double d, std::size_t t) {
  const double own = std::min(d, (1.0 + static_cast<double>(t)) / (10.0 + static_cast<double>(t)));
  for (std::size_t i = 0; i < average.size(); ++i) average[i] = own * average[i] + (1 - own) * weights[i];
}

Model model_of(const TrainingModelOptions& options) {
  return Model(std::make_shared<const glossa::Weights>(tiny()), glossa::read_encoder_config(tiny()),
               {glossa::Pooling::mean}, true, glossa::CpuLevel::portable, options,
               std::make_shared<glossa::ThreadPool>(2));
}

/// Words that come, go, and come again: 20 to 39 in steps 0 to 2, 40 to 59 in the next three, and so on.
std::vector<glossa::detail::TrainingText> texts(std::size_t step) {
  std::vector<glossa::detail::TrainingText> out(3);
  for (std::size_t i = 0; i < 12; ++i)
    out[i % 3].push_back(static_cast<glossa::TokenId>(20 + 20 * (step / 3 % 3) + (5 * i + 7 * step) % 20));
  return out;
}

void learn(Model& model, std::size_t step, const AdamwOptions& options) {
  const auto slopes = test::random_values<double>(3 * model.encoder().dims(), static_cast<unsigned>(90 + step));
  model.learn(texts(step), step, [&](const std::vector<double>&) { return slopes; });
  model.step(options, 3e-3, model.gradient_norm());
}

/// All numbers in the layout's order, then all words.
std::vector<double> numbers_of(Model& model, bool given) {
  const double* dense = given ? model.given() : model.dense().values();
  std::vector<double> out(dense, dense + model.encoder().layout().size());
  const auto take = [&](std::size_t, const double* row) { out.insert(out.end(), row, row + model.words().size()); };
  if (given) model.for_each_given_word(take);
  if (!given) model.words().for_each(model.encoder().config().vocab_size, take);
  return out;
}

std::vector<double> adapters_of(Model& model) {
  std::vector<double> out;
  for (const auto& one : model.lora()->adapters())
    for (const auto* part : {&one.a, &one.b}) out.insert(out.end(), part->begin(), part->end());
  return out;
}

double most_apart(const std::vector<double>& one, const std::vector<double>& other) {
  REQUIRE(one.size() == other.size());
  double most = 0;
  for (std::size_t i = 0; i < one.size(); ++i) most = std::max(most, std::abs(one[i] - other[i]));
  return most;
}

/// Rows of words that the small models know, others for each step.
RowTexts rows_of(std::size_t step) {
  static const std::vector<std::string> all = test::mixed_texts(200);
  RowTexts rows;
  for (std::size_t i = 0; i < 6; ++i) {
    rows.anchors.push_back(all[(11 * step + 3 * i + 1) % 200]);
    rows.positives.push_back(all[(11 * step + 3 * i + 2) % 200]);
  }
  return rows;
}

void run(Session& session, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to; ++i)
    REQUIRE(std::isfinite(session.step(std::vector<RowTexts>{rows_of(i)}, 1e-3).norm));
}

TrainerOptions options(double average) {
  TrainerOptions out;
  out.rate = {.rate = 1e-3};
  out.adamw.initial_decay = 0.1;
  out.dropout = 0.1;
  out.preserve.average = average;
  out.threads = 2;
  return out;
}

std::vector<float> embedded(Session& session) {
  const std::vector<std::string> all = test::mixed_texts(40);
  return session.embed(std::vector<std::string_view>(all.begin(), all.end()), glossa::Role::none);
}

/// Every number of the model and of its averages.
std::vector<float> numbers_of(Session& session) {
  auto& model = session.model();
  const std::size_t dense = model.encoder().layout().size();
  std::vector<float> out(model.dense().values(), model.dense().values() + dense);
  out.insert(out.end(), model.given(), model.given() + dense);
  const auto take = [&](std::size_t, const float* row) { out.insert(out.end(), row, row + model.words().size()); };
  model.words().for_each(session.setup().config().vocab_size, take);
  model.for_each_given_word(take);
  return out;
}

std::vector<float> vectors_of(const glossa::Trainer& trainer) {
  const auto vectors = trainer.embed(test::mixed_texts(40));
  return {vectors.values().begin(), vectors.values().end()};
}

std::vector<glossa::TrainingRow> some_rows() {
  const std::vector<std::string> all = test::mixed_texts(60);
  std::vector<glossa::TrainingRow> rows;
  for (std::size_t i = 1; i + 1 < all.size(); i += 2)
    if (!all[i].empty() && !all[i + 1].empty()) rows.push_back({.anchor = all[i], .positive = all[i + 1]});
  return rows;
}

}  // namespace

TEST_CASE("a word's average is that of a dense brute force, however long the word was not seen") {
  for (const double weight_decay : {0.0, 0.05})
    for (const double initial_decay : {0.0, 0.2}) {
      INFO("decay " << weight_decay << ", towards the beginning " << initial_decay);
      const AdamwOptions adamw{.weight_decay = weight_decay, .initial_decay = initial_decay};
      test::TinyModel<double> lazy(tiny());
      test::TinyModel<double> dense(tiny());
      lazy.words.keep_averages();
      const std::size_t hidden = lazy.words.size();
      const std::vector<double> nothing(hidden, 0.0);
      const auto row_of = [&](glossa::TokenId id) {
        const double* row = dense.words.row(id);
        return std::vector<double>(row, row + hidden);
      };
      std::vector<std::vector<double>> averages;
      for (const glossa::TokenId id : {7U, 8U, 9U}) averages.push_back(row_of(id));
      for (std::size_t t = 1; t <= 900; ++t) {
        std::vector<double> slopes(hidden);
        for (std::size_t k = 0; k < hidden; ++k) slopes[k] = std::sin(static_cast<double>(3 * t + k));
        // Word 7 in the first steps, and once after more than 500; word 8 now and then; word 9 never.
        const bool has_seven = t < 4 || t == 880;
        const bool has_eight = t % 50 == 0;
        if (has_seven) lazy.words.add(7, slopes.data());
        if (has_eight) lazy.words.add(8, slopes.data());
        dense.words.add(7, has_seven ? slopes.data() : nothing.data());
        dense.words.add(8, has_eight ? slopes.data() : nothing.data());
        dense.words.add(9, nothing.data());
        const auto step =
            glossa::detail::adamw_step(adamw, t, 1e-2, weight_decay, glossa::detail::average_share(0.995, t));
        lazy.words.step(adamw, step, 0.5);
        dense.words.step(adamw, step, 0.5);
        for (std::size_t i = 0; i < 3; ++i) follow(averages[i], row_of(static_cast<glossa::TokenId>(7 + i)), 0.995, t);
      }
      lazy.words.for_each_average(10, [&](std::size_t id, const double* row) {
        if (id >= 7) CHECK(most_apart({row, row + hidden}, averages[id - 7]) < 1e-12);
      });
      CHECK(lazy.words.touched() == 2);
      for (std::size_t i = 0; i < 3; ++i) {
        const double* row = lazy.words.average(static_cast<glossa::TokenId>(7 + i));
        CHECK(most_apart({row, row + hidden}, averages[i]) < 1e-12);
      }
      CHECK(most_apart(row_of(8), averages[1]) > 1e-3);
      if (weight_decay == 0) {
        std::vector<double> initial(hidden);
        lazy.words.read_initial(9, initial.data());
        const double* row = lazy.words.average(9);
        if (initial_decay == 0) CHECK(std::equal(row, row + hidden, initial.begin()));
      }
    }
}

TEST_CASE("averages of all weights are those of a dense brute force: with decays, frozen parts and biases alone") {
  struct Case {
    std::string name;
    AdamwOptions adamw;
    TrainingModelOptions model;
  };
  const std::vector<Case> cases{{"plain", {.weight_decay = 0}, {}},
                                {"weight decay", {.weight_decay = 0.3}, {}},
                                {"decay towards the beginning", {.weight_decay = 0, .initial_decay = 0.4}, {}},
                                {"both", {.weight_decay = 0.3, .initial_decay = 0.4, .layer_rate = 0.8}, {}},
                                {"frozen", {}, {.frozen_depth = 2}},
                                {"biases", {.initial_decay = 0.4}, {.biases_only = true}}};
  for (const Case& one : cases)
    for (const double d : {0.5, 0.9}) {
      INFO(one.name << ", " << d);
      Model twin = model_of(one.model);
      TrainingModelOptions with = one.model;
      with.average = d;
      Model model = model_of(with);
      twin.dense().keep_initial();
      model.dense().keep_initial();
      std::vector<double> average = numbers_of(twin, false);
      const std::vector<double> initial = average;
      for (std::size_t step = 0; step < 16; ++step) {
        learn(twin, step, one.adamw);
        learn(model, step, one.adamw);
        follow(average, numbers_of(twin, false), d, step + 1);
        if (step == 6) (void)model.encode(texts(8));  // of averages: training goes on with the weights
      }
      CHECK(most_apart(numbers_of(model, true), average) < 1e-10);
      CHECK(most_apart(numbers_of(model, false), numbers_of(twin, false)) < 1e-10);
      CHECK(most_apart(numbers_of(twin, false), average) > 1e-3);
      CHECK(most_apart(initial, average) > 1e-3);
      const std::vector<double> weights = numbers_of(twin, false);
      const std::vector<double> given = numbers_of(model, true);
      for (std::size_t i = 0; one.name == "frozen" && i < given.size(); ++i)
        if (weights[i] == initial[i] && given[i] != initial[i]) FAIL_CHECK("the frozen number " << i << " has moved");
      // The vectors are those of a model that has the averages as weights.
      Model other = model_of(one.model);
      std::copy_n(average.begin(), other.encoder().layout().size(), other.dense().values());
      glossa::detail::WordRowsState<double> words;
      for (std::size_t id = 0; id < other.encoder().config().vocab_size; ++id) {
        words.ids.push_back(static_cast<glossa::TokenId>(id));
        words.steps.push_back(0);
        words.has_moments.push_back(0);
      }
      words.values.assign(average.begin() + static_cast<std::ptrdiff_t>(other.encoder().layout().size()),
                          average.end());
      other.words().restore(words, {});
      CHECK(most_apart(model.encode(texts(2)), other.encode(texts(2))) < 1e-9);
      CHECK(most_apart(model.encode(texts(2)), twin.encode(texts(2))) > 1e-4);
    }
}

TEST_CASE("of adapters A and B are averaged, each for itself; all else stays as it is") {
  const TrainingModelOptions plain{.lora = {.rank = 2, .targets = {"value", "dense"}}};
  TrainingModelOptions with = plain;
  with.average = 0.8;
  Model twin = model_of(plain);
  Model model = model_of(with);
  std::vector<double> average = adapters_of(twin);
  std::vector<double> expected = numbers_of(twin, false);
  for (std::size_t step = 0; step < 14; ++step) {
    learn(twin, step, {});
    learn(model, step, {});
    follow(average, adapters_of(twin), 0.8, step + 1);
    if (step == 6) (void)model.encode(texts(8));
  }
  CHECK(most_apart(adapters_of(model), adapters_of(twin)) < 1e-10);
  CHECK(most_apart(numbers_of(model, false), numbers_of(twin, false)) < 1e-10);
  const double* at = average.data();
  for (const auto& one : model.lora()->adapters()) {
    const double* a = at;
    const double* b = a + one.a.size();
    at = b + one.b.size();
    for (std::size_t r = 0; r < one.parameter->rows; ++r)
      for (std::size_t c = 0; c < one.parameter->columns; ++c)
        for (std::size_t k = 0; k < 2; ++k)
          expected[one.parameter->offset + r * one.parameter->stride + c] +=
              model.lora()->scale() * b[2 * r + k] * a[k * one.parameter->columns + c];
  }
  CHECK(most_apart(numbers_of(model, true), expected) < 1e-10);
  CHECK(most_apart(numbers_of(twin, false), expected) > 1e-3);
}

TEST_CASE("with averages a run goes on from a checkpoint bit by bit, that of adapters, too") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  for (const std::size_t rank : {0UL, 2UL}) {
    TrainerOptions own = options(0.7);
    own.lora.rank = rank;
    Session whole(model.path(), own);
    run(whole, 0, 8);
    const auto expected = numbers_of(whole);
    for (const std::size_t cut : {1UL, 5UL}) {
      const auto path = folder.path() / "checkpoint.safetensors";
      {
        Session first(model.path(), own);
        run(first, 0, cut);
        first.write_checkpoint(path, "");
      }
      Session second(model.path(), own);
      run(second, 0, 2);  // something else, which the checkpoint replaces
      (void)embedded(second);
      (void)second.read_checkpoint(path);
      run(second, cut, 8);
      CHECK(numbers_of(second) == expected);
      CHECK(embedded(second) == embedded(whole));
    }
  }
}

TEST_CASE("a checkpoint without averages is refused where they are wanted, and the reverse; nothing is changed") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  Session with(model.path(), options(0.7));
  Session without(model.path(), options(0));
  run(with, 0, 2);
  run(without, 0, 2);
  with.write_checkpoint(folder.path() / "with", "");
  without.write_checkpoint(folder.path() / "without", "");
  CHECK(glossa::SafetensorsFile(folder.path() / "without").metadata().at("format") == "glossa training checkpoint 1");
  CHECK(glossa::SafetensorsFile(folder.path() / "with").metadata().at("format") == "glossa training checkpoint 2");
  const auto before = numbers_of(with);
  const auto missing = test::error_of([&] { (void)with.read_checkpoint(folder.path() / "without"); });
  const auto unwanted = test::error_of([&] { (void)without.read_checkpoint(folder.path() / "with"); });
  for (const auto& error : {missing, unwanted}) {
    CHECK(error.kind() == glossa::ErrorKind::invalid_argument);
    CHECK(error.field() == "PreserveOptions::average");
  }
  CHECK(std::string(missing.what()).find("without averages") != std::string::npos);
  CHECK(std::string(unwanted.what()).find("has averages") != std::string::npos);
  CHECK(numbers_of(with) == before);
}

TEST_CASE("what is saved and embedded are the averages; training has the bits that it has without them") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  TrainerOptions mixing = options(0.8);
  mixing.preserve.interpolation = 0.25;
  Session with(model.path(), options(0.8));
  Session mixed(model.path(), mixing);
  Session without(model.path(), options(0));
  for (std::size_t i = 0; i < 6; ++i) {
    for (Session* one : {&with, &mixed, &without}) run(*one, i, i + 1);
    if (i % 2 == 0) CHECK(embedded(with) != embedded(without));
    if (i % 2 == 0) (void)embedded(mixed);
  }
  auto& layout = with.model().encoder().layout();
  const float* plain = without.model().dense().values();
  CHECK(std::equal(plain, plain + layout.size(), with.model().dense().values()));
  std::vector<float> words;
  without.model().words().for_each(without.setup().config().vocab_size, [&](std::size_t, const float* row) {
    words.insert(words.end(), row, row + without.model().words().size());
  });
  const float* word = words.data();
  bool is_same = true;
  with.model().words().for_each(without.setup().config().vocab_size, [&](std::size_t, const float* row) {
    is_same = is_same && std::equal(row, row + with.model().words().size(), word);
    word += with.model().words().size();
  });
  CHECK(is_same);
  with.save(folder.path() / "average");
  mixed.save(folder.path() / "mixed");
  const glossa::Weights saved(folder.path() / "average");
  const glossa::Weights saved_mixed(folder.path() / "mixed");
  const glossa::Weights initial(model.path());
  for (const auto& one : layout.parameters()) {
    const std::string name = stored_name(saved, one);
    const auto own = saved.read<float>(name, one.shape);
    const auto own_mixed = saved_mixed.read<float>(name, one.shape);
    const auto before = initial.read<float>(name, one.shape);
    bool is_right = true;
    for (std::size_t r = 0; r < one.rows; ++r)
      for (std::size_t c = 0; c < one.columns; ++c) {
        const std::size_t i = r * one.columns + c;
        is_right = is_right && own[i] == with.model().given()[one.offset + r * one.stride + c] &&
                   std::abs(own_mixed[i] - (0.75F * own[i] + 0.25F * before[i])) < 1e-6F;
      }
    INFO(name);
    CHECK(is_right);
  }
  const auto texts = test::mixed_texts(40);
  const std::vector<float> own = embedded(with);
  const auto vectors = glossa::Embedder(folder.path() / "average").embed(texts);
  for (std::size_t i = 0; i < texts.size(); ++i)
    CHECK(glossa::dot(vectors[i], std::span(own).subspan(i * vectors.dims(), vectors.dims())) > 0.999999F);
}

TEST_CASE("evaluations see averages, of which the best are kept and saved; the losses are those of a run without") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  const std::vector<double> scores{0.3, 0.5, 0.4};
  std::vector<std::vector<float>> seen[2];
  std::vector<double> losses[2];
  std::vector<float> last[2];
  for (const std::size_t i : {0UL, 1UL}) {
    glossa::Trainer trainer(model.path(), options(i == 0 ? 0 : 0.9));
    glossa::TrainingRun run{.max_steps = 9, .batches = {.batch_rows = 5}};
    run.evaluate = [&] {
      seen[i].push_back(vectors_of(trainer));
      if (i == 1) trainer.save(folder.path() / ("saved" + std::to_string(seen[i].size())));
      return scores.at(seen[i].size() - 1);
    };
    run.evaluate_every = 3;
    run.checkpoints = folder.path() / std::to_string(i);
    run.progress = [&](const glossa::TrainingStep& step) { losses[i].push_back(step.loss); };
    CHECK(trainer.train(some_rows(), run).best_step == 6);
    last[i] = vectors_of(trainer);
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
  TrainerOptions own = options(0.9);
  own.adamw.initial_decay = 0;  // which adapters have not
  own.lora = {.rank = 2};
  glossa::Trainer trainer(model.path(), own);
  const glossa::TrainingRun run{.max_steps = 5, .batches = {.batch_rows = 5}};
  (void)trainer.train(some_rows(), run);
  trainer.save_adapters(folder.path() / "adapters");
  const auto expected = vectors_of(trainer);
  TrainerOptions plain = own;
  plain.preserve.average = 0;
  glossa::Trainer other(model.path(), plain);
  other.load_adapters(folder.path() / "adapters");
  CHECK(vectors_of(other) == expected);
  (void)trainer.train(some_rows(), run);
  CHECK(vectors_of(trainer) != expected);
  trainer.load_adapters(folder.path() / "adapters");
  CHECK(vectors_of(trainer) == expected);
}

TEST_CASE("averages that would never follow the weights, and what is no share, are refused") {
  const test::SmallModel model;
  for (const double average : {1.0, -0.1, 2.0, std::numeric_limits<double>::quiet_NaN()})
    CHECK(test::error_of([&] { (void)glossa::Trainer(model.path(), options(average)); }).field() ==
          "TrainerOptions::preserve.average");
}
