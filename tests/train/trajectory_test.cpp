// Ten steps of AdamW are PyTorch's; words that a step does not see have what a dense optimiser gives them.
#include "paths.hpp"
#include "shared_goldens.hpp"
#include "tiny_training.hpp"

#include <glossa/train/losses/info_nce.hpp>

#include <cmath>
#include <string>
#include <type_traits>
#include <vector>

namespace {

template <class T>
void check_trajectory(double tolerance) {
  const auto folder = test::shared() / "golden" / "tiny" / "bert";
  const test::TinyData data(folder);
  const auto batch = test::batch_of(data);
  test::TinyModel<T> model(folder);
  const glossa::AdamwOptions options{.weight_decay = 0.01, .max_norm = 1};
  std::size_t t = 0;
  for (const auto& expected : data.json.at("trajectory")) {
    model.dense.clear_gradients();
    const auto vectors = test::split(model.forward(batch), data.anchors.size(), model.encoder.dims());
    const auto result = glossa::info_nce_loss(vectors, {.temperature = 0.05});
    model.backward(batch, test::joined(result));
    const double norm = std::sqrt(model.dense.squares(model.crew) + model.words.squares());
    INFO("step " << t);
    CHECK(std::abs(result.loss - expected.at("loss").template get<double>()) <= tolerance);
    CHECK(std::abs(norm - expected.at("grad_norm").template get<double>()) <= tolerance * std::max(norm, 1.0));
    const double rate = expected.at("lr").template get<double>();
    const double factor = std::min(1.0, options.max_norm / (norm + 1e-6));
    ++t;
    model.dense.step(options, t, rate, factor, 0, false, model.crew);
    model.words.step(options, glossa::detail::adamw_step(options, t, rate, options.weight_decay), factor);
  }
  const glossa::SafetensorsFile after(folder / "after_10_steps.safetensors");
  const auto check = [&](const std::string& name, std::size_t at, const T* values, std::size_t count) {
    std::vector<double> expected(count);
    after.read(after.tensors().at(name), at, count, expected.data());
    double most = 0;
    for (std::size_t i = 0; i < count; ++i)
      most = std::max(most, std::abs(static_cast<double>(values[i]) - expected[i]));
    INFO(name << " from " << at);
    CHECK(most <= tolerance);
  };
  for (const glossa::detail::Parameter& one : model.encoder.layout().parameters()) {
    // Of a key's bias the gradient is rounding, of which AdamW makes whole steps; no vector depends on it.
    if (std::is_same_v<T, float> && one.name.ends_with("key.bias")) continue;
    for (std::size_t r = 0; r < one.rows; ++r)
      check(one.name, r * one.columns, model.dense.values() + one.offset + r * one.stride, one.columns);
  }
  const std::size_t hidden = model.encoder.config().hidden_size;
  model.words.for_each(model.encoder.config().vocab_size, [&](std::size_t id, const T* row) {
    check("embeddings.word_embeddings.weight", id * hidden, row, hidden);
  });
}

}  // namespace

TEST_CASE("losses, norms and weights of ten steps of AdamW are PyTorch's: 1e-6 in double, 1e-4 in float") {
  if (!test::has_shared_goldens()) return;
  check_trajectory<double>(1e-6);
  check_trajectory<float>(1e-4);
}

TEST_CASE(
    "a word's missed steps are made up for: its vector is that of a dense optimiser, however long it was not seen") {
  if (!test::has_shared_goldens()) return;
  const auto folder = test::shared() / "golden" / "tiny" / "bert";
  for (const double initial_decay : {0.0, 0.2}) {
    const glossa::AdamwOptions options{.weight_decay = 0.05, .initial_decay = initial_decay};
    test::TinyModel<double> lazy(folder);
    test::TinyModel<double> dense(folder);
    const std::size_t hidden = lazy.encoder.config().hidden_size;
    const std::vector<double> nothing(hidden, 0.0);
    for (std::size_t t = 1; t <= 900; ++t) {
      std::vector<double> slopes(hidden);
      for (std::size_t k = 0; k < hidden; ++k) slopes[k] = std::sin(static_cast<double>(3 * t + k));
      // Word 7 in the first steps, and once after a long time; word 8 now and then; word 9 never.
      if (t < 4 || t == 880) lazy.words.add(7, slopes.data());
      if (t % 50 == 0) lazy.words.add(8, slopes.data());
      dense.words.add(7, t < 4 || t == 880 ? slopes.data() : nothing.data());
      dense.words.add(8, t % 50 == 0 ? slopes.data() : nothing.data());
      dense.words.add(9, nothing.data());
      const auto step = glossa::detail::adamw_step(options, t, 1e-2, options.weight_decay);
      lazy.words.step(options, step, 0.5);
      dense.words.step(options, step, 0.5);
    }
    for (const glossa::TokenId id : {7U, 8U, 9U}) {
      const std::vector<double> own(lazy.words.row(id), lazy.words.row(id) + hidden);
      const double* expected = dense.words.row(id);
      for (std::size_t k = 0; k < hidden; ++k) {
        INFO("word " << id << ", number " << k << ", decay towards the beginning " << initial_decay);
        CHECK(own[k] == Approx(expected[k]).margin(1e-12).epsilon(1e-10));
      }
    }
  }
}
