// Training whose products are in bfloat16: its gradients are near those of floats, it has the same bits on any number
// of threads, and what it keeps are floats.
#include "error_of.hpp"
#include "paths.hpp"
#include "session_rows.hpp"
#include "shared_goldens.hpp"
#include "small_model.hpp"
#include "tiny_training.hpp"

#include <glossa/core/half.hpp>
#include <glossa/core/thread_pool.hpp>
#include <glossa/train/losses/info_nce.hpp>
#include <glossa/train/training_session.hpp>

#include <cmath>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using glossa::TrainerOptions;
using glossa::TrainingPrecision;
using glossa::detail::RowTexts;
using Session = glossa::detail::TrainingSession<float>;

/// The loss and all gradients of a step on the tiny model: of the dense weights, then of the words in the batch.
struct Gradients {
  double loss = 0;
  std::vector<double> values;
};

Gradients tiny_gradients(glossa::CpuLevel level, TrainingPrecision compute, bool checkpoints = false) {
  const auto folder = test::shared() / "golden" / "tiny" / "bert";
  const test::TinyData data(folder);
  const glossa::detail::TrainingBatch batch = test::batch_of(data);
  test::TinyModel<float> model(folder, level, compute);
  const glossa::detail::PassOptions options{.checkpoints = checkpoints};
  const auto vectors = test::split(model.forward(batch, options), data.anchors.size(), model.encoder.dims());
  const auto result = glossa::info_nce_loss(vectors, {.temperature = data.json.at("temperature").get<double>()});
  model.backward(batch, test::joined(result), options);
  Gradients out{result.loss, {}};
  for (std::size_t i = 0; i < model.encoder.layout().size(); ++i)
    out.values.push_back(static_cast<double>(model.dense.gradients()[i]));
  for (std::size_t i = 0; i < model.words.active().size(); ++i)
    for (std::size_t k = 0; k < model.encoder.config().hidden_size; ++k)
      out.values.push_back(static_cast<double>(model.words.gradient(i)[k]));
  return out;
}

double cosine(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double products = 0;
  double left = 0;
  double right = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    products += a[i] * b[i];
    left += a[i] * a[i];
    right += b[i] * b[i];
  }
  return products / std::sqrt(left * right);
}

TrainerOptions options() {
  TrainerOptions out;
  out.rate = {.rate = 1e-3};
  out.dropout = 0.1;
  out.attention_dropout = 0.1;
  out.threads = 2;
  out.compute = TrainingPrecision::bf16;
  return out;
}

std::vector<double> run(Session& session, std::size_t from, std::size_t to) {
  std::vector<double> losses;
  for (std::size_t i = from; i < to; ++i)
    losses.push_back(session.step(std::vector<RowTexts>{test::session_rows(i)}, session.options().rate.at(i, 8)).loss);
  return losses;
}

/// The weights after some steps.
std::vector<float> trained(const std::filesystem::path& model, const TrainerOptions& own, std::size_t steps = 4) {
  Session session(model, own);
  run(session, 0, steps);
  return test::weights_of(session);
}

/// 1 - cosine of the changes that two runs made to the same weights.
double difference(const std::vector<float>& before, const std::vector<float>& one, const std::vector<float>& other) {
  std::vector<double> a;
  std::vector<double> b;
  for (std::size_t i = 0; i < before.size(); ++i) {
    a.push_back(static_cast<double>(one[i] - before[i]));
    b.push_back(static_cast<double>(other[i] - before[i]));
  }
  return 1 - cosine(a, b);
}

}  // namespace

TEST_CASE("with products in bfloat16, gradients on every level have a cosine above 0.9995 with those of floats") {
  if (!test::has_shared_goldens()) return;
  const Gradients exact = tiny_gradients(glossa::CpuLevel::portable, TrainingPrecision::f32);
  const Gradients first = tiny_gradients(glossa::CpuLevel::portable, TrainingPrecision::bf16);
  for (const glossa::CpuLevel level : glossa::supported_levels()) {
    const Gradients own = tiny_gradients(level, TrainingPrecision::bf16);
    const double likeness = cosine(own.values, exact.values);
    INFO("level " << to_string(level) << ", cosine " << likeness << ", loss " << own.loss << " for " << exact.loss);
    CHECK(likeness > 0.9995);
    CHECK(likeness < 0.999999999);  // they are rounded
    CHECK(own.loss == Approx(exact.loss).epsilon(0.01));
    CHECK(cosine(own.values, first.values) > 0.9999);  // all levels round the same numbers
    CHECK(tiny_gradients(level, TrainingPrecision::bf16, true).values == own.values);
  }
}

TEST_CASE("in bfloat16, a model learns the same bits on any number of threads, and goes on with them") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  for (const glossa::CpuLevel level : glossa::supported_levels()) {
    INFO("level " << to_string(level));
    TrainerOptions own = options();
    own.cpu_level = level;
    own.threads = 1;
    const std::vector<float> alone = trained(model.path(), own);
    for (const std::size_t threads : {2UL, 3UL, 5UL}) {
      own.threads = threads;
      CHECK(trained(model.path(), own) == alone);
    }
    const auto path = folder.path() / to_string(level);
    {
      Session half(model.path(), own);
      run(half, 0, 2);
      half.write_checkpoint(path, "half");
    }
    Session other(model.path(), own);
    CHECK(other.read_checkpoint(path) == "half");
    run(other, 2, 4);
    CHECK(test::weights_of(other) == alone);
  }
}

TEST_CASE("what is kept are floats: a run goes on in the other precision from the very weights") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  Session rounded(model.path(), options());
  run(rounded, 0, 3);
  rounded.write_checkpoint(folder.path() / "c", "");
  rounded.save(folder.path() / "trained");
  TrainerOptions floats = options();
  floats.compute = TrainingPrecision::f32;
  Session exact(model.path(), floats);
  (void)exact.read_checkpoint(folder.path() / "c");
  const std::vector<float> kept = test::weights_of(exact);
  CHECK(kept == test::weights_of(rounded));
  std::size_t finer = 0;
  for (const float value : kept)
    finer += glossa::detail::bfloat16_to_float(glossa::detail::float_to_bfloat16(value)) != value ? 1 : 0;
  CHECK(finer > kept.size() / 2);
  Session saved(folder.path() / "trained", floats);
  CHECK(test::weights_of(saved) == kept);
  run(exact, 3, 4);
  run(rounded, 3, 4);
  const double apart = difference(kept, test::weights_of(exact), test::weights_of(rounded));
  CHECK(apart > 0);
  CHECK(apart < 0.05);
}

TEST_CASE("bfloat16 goes with adapters, frozen layers, parts and checkpoints of activations") {
  const test::SmallModel model;
  const std::vector<float> before = [&] {
    Session session(model.path(), options());
    return test::weights_of(session);
  }();
  std::vector<std::function<void(TrainerOptions&)>> changes{
      [](TrainerOptions&) {},
      [](TrainerOptions& own) {
        own.lora = {.rank = 2, .targets = {"query", "dense"}};
      },
      [](TrainerOptions& own) { own.frozen_layers = 1; },
      [](TrainerOptions& own) { own.biases_only = true; },
      [](TrainerOptions& own) { own.chunk_tokens = 40; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    INFO("change " << i);
    TrainerOptions own = options();
    changes[i](own);
    const std::vector<float> rounded = trained(model.path(), own, 2);
    own.checkpoint_activations = true;
    CHECK(trained(model.path(), own, 2) == rounded);
    own.compute = TrainingPrecision::f32;
    const double apart = difference(before, trained(model.path(), own, 2), rounded);
    CHECK(apart > 0);
    CHECK(apart < 0.1);  // of AdamW's first steps, which tell the gradients' signs
  }
}

TEST_CASE("a session in double refuses bfloat16 and says what to do") {
  const test::SmallModel model;
  const glossa::Error error =
      test::error_of([&] { glossa::detail::TrainingSession<double> session(model.path(), options()); });
  CHECK(error.kind() == glossa::ErrorKind::unsupported);
  CHECK(error.field() == "TrainerOptions::compute");
  CHECK(std::string(error.what()).find("train in float") != std::string::npos);
}
