// Averages of weights are those of a dense brute force.
#include "catch.hpp"
#include "paths.hpp"
#include "random_values.hpp"
#include "shared_goldens.hpp"
#include "tiny_training.hpp"

#include <glossa/core/thread_pool.hpp>
#include <glossa/train/training_model.hpp>
#include <glossa/train/weight_average.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace {

using glossa::AdamwOptions;
using glossa::detail::TrainingModelOptions;
using Model = glossa::detail::TrainingModel<double>;

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

}  // namespace

TEST_CASE("a word's average is that of a dense brute force, however long the word was not seen") {
  if (!test::has_shared_goldens()) return;
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
  if (!test::has_shared_goldens()) return;
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
  if (!test::has_shared_goldens()) return;
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
