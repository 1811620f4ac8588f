// A model learns another one's vectors: its gradients are right, it comes closer, it goes on bit by bit, and teachers
// that are of no use are refused.
#include "catch.hpp"
#include "error_of.hpp"
#include "random_values.hpp"
#include "session_rows.hpp"
#include "small_model.hpp"
#include "trainer_rows.hpp"

#include <glossa/embedder.hpp>
#include <glossa/search/similarity.hpp>
#include <glossa/train/trainer.hpp>
#include <glossa/train/training_session.hpp>

#include <cstddef>
#include <functional>
#include <limits>
#include <span>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace {

using glossa::Embeddings;
using glossa::Role;
using glossa::Trainer;
using glossa::TrainerOptions;
using glossa::TrainingRun;
using Texts = std::span<const std::string_view>;

/// Another model of the same size.
const test::SmallModel& teacher_folder() {
  static const test::SmallModel folder("multilingual-e5-small", 7);
  return folder;
}
const glossa::Embedder& teacher() {
  static const glossa::Embedder embedder(teacher_folder().path(), {.threads = 1});
  return embedder;
}

TrainerOptions options() {
  TrainerOptions out = test::trainer_options();
  out.loss = glossa::DistillationOptions{};
  out.teacher = glossa::training_teacher(teacher());
  return out;
}

/// The mean of 1 - cosine between what a trainer gives texts and what the teacher gives their rows' anchors.
double distance(const Trainer& trainer, bool of_positives, Role role = Role::none) {
  std::vector<std::string> texts;
  std::vector<std::string> anchors;
  for (const auto& row : test::trainer_rows()) {
    texts.push_back(of_positives ? row.positive : row.anchor);
    anchors.push_back(row.anchor);
  }
  const Embeddings own = trainer.embed(texts, of_positives ? Role::none : role);
  const Embeddings wanted = teacher().embed(anchors, role);
  double sum = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) sum += 1 - static_cast<double>(glossa::dot(own[i], wanted[i]));
  return sum / static_cast<double>(texts.size());
}

/// The slope of a session's loss along a direction of all its dense weights, by its gradients and by its losses.
void check_gradients(const std::function<void(TrainerOptions&)>& change) {
  using Session = glossa::detail::TrainingSession<double>;
  static const test::SmallModel model;
  TrainerOptions own = options();
  own.adamw = {.beta1 = 0, .weight_decay = 0, .max_norm = 0};  // the first moments are the gradients
  own.dropout = 0;
  own.cpu_level = glossa::CpuLevel::portable;
  change(own);
  const std::vector<glossa::detail::RowTexts> batches{test::session_rows(1), test::session_rows(2)};
  Session session(model.path(), own);
  const auto& layout = session.model().encoder().layout();
  const auto direction = test::random_values<double>(layout.size(), 4);
  const auto for_each = [&](auto&& take) {
    for (const glossa::detail::Parameter& one : layout.parameters())
      for (std::size_t r = 0; r < one.rows; ++r)
        for (std::size_t c = 0; c < one.columns; ++c) take(one.offset + r * one.stride + c);
  };
  (void)session.step(batches, 0);
  REQUIRE(session.steps() == 1);
  double expected = 0;
  for_each([&](std::size_t i) { expected += direction[i] * session.model().dense().first()[i]; });
  const auto moved = [&](double by) {
    Session other(model.path(), own);
    for_each([&](std::size_t i) { other.model().dense().values()[i] += by * direction[i]; });
    other.model().restore_steps(0);  // tells it that its weights are others
    return other.step(batches, 0).loss;
  };
  const double step = 1e-6;
  CHECK(std::abs(expected) > 1e-3);
  CHECK((moved(step) - moved(-step)) / (2 * step) == Approx(expected).epsilon(2e-6).margin(1e-7));
}

}  // namespace

TEST_CASE("a session's gradients of distillation are the slopes of finite differences") {
  check_gradients([](TrainerOptions&) {});
  check_gradients([](TrainerOptions& own) {
    own.matryoshka = {5, 16, 32};
    own.matryoshka_weights = {2, 0.5, 1};
  });
  check_gradients([](TrainerOptions& own) {
    own.dropout = own.attention_dropout = 0.2;
    own.chunk_tokens = 12;
    own.matryoshka = {8};
  });
}

TEST_CASE("the weights of Matryoshka's losses count in a step") {
  const test::SmallModel model;
  const std::vector<glossa::detail::RowTexts> batches{test::session_rows(1)};
  const auto loss = [&](std::vector<std::size_t> dims, std::vector<double> weights) {
    TrainerOptions own = options();
    own.dropout = 0;
    own.matryoshka = std::move(dims);
    own.matryoshka_weights = std::move(weights);
    return glossa::detail::TrainingSession<float>(model.path(), own).step(batches, 1e-3).loss;
  };
  CHECK(loss({8, 32}, {2, 0.25}) == Approx(2 * loss({8}, {}) + 0.25 * loss({32}, {})));
  CHECK(loss({8, 32}, {}) == Approx(loss({8}, {}) + loss({32}, {})));
}

TEST_CASE("anchors and positives come to lie where the teacher sees the anchors, with all that training can do") {
  const test::SmallModel model;
  const auto check = [&](const std::string& name, const std::function<void(TrainerOptions&)>& change) {
    INFO(name);
    TrainerOptions own = options();
    change(own);
    Trainer trainer(model.path(), own);
    const double anchors = distance(trainer, false, own.anchor_role);
    const double positives = distance(trainer, true, own.anchor_role);
    (void)trainer.train(test::trainer_rows(), {.max_steps = 60, .batches = {.batch_rows = 8}});
    CHECK(distance(trainer, false, own.anchor_role) < 0.6 * anchors);
    CHECK(distance(trainer, true, own.anchor_role) < 0.6 * positives);
  };
  check("plain", [](TrainerOptions&) {});
  check("accumulation, Matryoshka and parts", [](TrainerOptions& own) {
    own.accumulation = 2;
    own.matryoshka = {16, 32};
    own.chunk_tokens = 64;
  });
  check("a prompt, which the teacher has as well", [](TrainerOptions& own) { own.anchor_role = Role::query; });
}

TEST_CASE("a batch may be one row, and a teacher is asked once a batch, for its anchors alone, by their role") {
  const test::SmallModel model;
  TrainerOptions own = options();
  own.accumulation = 3;
  own.anchor_role = Role::passage;
  std::vector<std::size_t> asked;
  own.teacher.embed = [&](Texts texts, Role role) {
    asked.push_back(texts.size());
    CHECK(role == Role::passage);
    CHECK(texts[0] != "");
    return teacher().embed(texts, role);
  };
  Trainer trainer(model.path(), own);
  (void)trainer.train(test::trainer_rows(), {.max_steps = 2, .batches = {.batch_rows = 1}});
  CHECK(asked == std::vector<std::size_t>(6, 1));
}

TEST_CASE("a run with a teacher goes on bit by bit, and with no other teacher") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  const auto rows = test::trainer_rows();
  const auto run_of = [&](const std::string& name) {
    TrainingRun run{.max_steps = 6, .batches = {.batch_rows = 5}};
    run.checkpoints = folder.path() / name;
    run.resume = true;
    return run;
  };
  Trainer whole(model.path(), options());
  (void)whole.train(rows, run_of("whole"));
  {
    std::stop_source source;
    TrainingRun run = run_of("stopped");
    run.stop = source.get_token();
    run.progress = [&](const glossa::TrainingStep& step) {
      if (step.step == 3) source.request_stop();
    };
    Trainer first(model.path(), options());
    (void)first.train(rows, run);
  }
  TrainerOptions other = options();
  const test::SmallModel third("multilingual-e5-small", 8);
  other.teacher = glossa::training_teacher(glossa::Embedder(third.path()));
  Trainer stranger(model.path(), other);
  const auto error = test::error_of([&] { (void)stranger.train(rows, run_of("stopped")); });
  CHECK(error.field() == "TrainerOptions::teacher");
  CHECK(error.kind() == glossa::ErrorKind::invalid_argument);
  TrainerOptions weighted = options();
  weighted.matryoshka = {8};
  Trainer unweighted(model.path(), weighted);
  (void)unweighted.train(rows, run_of("short"));
  weighted.matryoshka_weights = {2};
  Trainer heavier(model.path(), weighted);
  CHECK(test::error_of([&] { (void)heavier.train(rows, run_of("short")); }).field() == "TrainerOptions::matryoshka");
  Trainer last(model.path(), options());
  CHECK(last.train(rows, run_of("stopped")).resumed == 3);
  CHECK(test::vectors_of(last) == test::vectors_of(whole));
}

TEST_CASE("a teacher is known by what it computes, and not by its folder's name") {
  const test::TemporaryFolder folder;
  test::write_family(folder.path() / "other name", test::family("multilingual-e5-small"), 7);
  CHECK(glossa::training_teacher(glossa::Embedder(folder.path() / "other name")).identity ==
        glossa::training_teacher(teacher()).identity);
}

TEST_CASE("a loss without its teacher, a teacher without its loss, and negatives are refused") {
  const test::SmallModel model;
  const auto refused = [&](auto&& change) {
    TrainerOptions own = options();
    change(own);
    return test::error_of([&] { (void)Trainer(model.path(), own); });
  };
  CHECK(refused([](auto& own) { own.teacher = {}; }).field() == "TrainerOptions::teacher");
  CHECK(test::says(refused([](auto& own) { own.teacher = {}; }), "training_teacher(Embedder)"));
  const auto other = refused([](auto& own) { own.loss = glossa::CosentOptions{}; });
  CHECK(other.field() == "TrainerOptions::teacher");
  CHECK(other.kind() == glossa::ErrorKind::invalid_argument);
  CHECK(test::says(other, "cosent"));
  CHECK(refused([](auto& own) { own.teacher.identity = ""; }).field() == "TrainerOptions::teacher.identity");
  CHECK(refused([](auto& own) { own.matryoshka_weights = {1}; }).field() == "TrainerOptions::matryoshka_weights");
  CHECK(refused([](auto& own) {
          own.matryoshka = {8};
          own.matryoshka_weights = {0};
        }).field() == "TrainerOptions::matryoshka_weights");
  Trainer trainer(model.path(), options());
  CHECK(test::error_of([&] {
          (void)trainer.train(test::trainer_rows(), {.batches = {.batch_rows = 4, .negatives_each = 1}});
        }).field() == "batches.negatives_each");
}

TEST_CASE("a teacher of other shapes or without numbers is refused by what it gave, and changes nothing") {
  const test::SmallModel model;
  const auto rows = test::trainer_rows();
  const TrainingRun run{.max_steps = 2, .batches = {.batch_rows = 4}};
  const auto refused = [&](auto&& embed) {
    TrainerOptions own = options();
    own.teacher = {embed, "mine"};
    Trainer trainer(model.path(), own);
    const auto before = test::vectors_of(trainer);
    const auto error = test::error_of([&] { (void)trainer.train(rows, run); });
    CHECK(error.field() == "TrainerOptions::teacher");
    CHECK(test::vectors_of(trainer) == before);
    CHECK(trainer.steps() == 0);
    return error;
  };
  const auto dims = refused([](Texts texts, Role) { return Embeddings(texts.size(), 24); });
  CHECK(dims.facts().expected == "32 dimensions");
  CHECK(dims.facts().found == "24");
  const auto count = refused([](Texts, Role) { return Embeddings(3, 32); });
  CHECK(test::says(count, "4 vectors"));
  CHECK(count.facts().found == "3");
  const auto numbers = refused([&](Texts texts, Role role) {
    Embeddings out = teacher().embed(texts, role);
    out[2][5] = std::numeric_limits<float>::quiet_NaN();
    return out;
  });
  CHECK(numbers.kind() == glossa::ErrorKind::numeric);
}

TEST_CASE("what a teacher throws ends the run, and the batches before it count in no later step") {
  const test::SmallModel model;
  const auto rows = test::trainer_rows();
  const TrainingRun run{.max_steps = 1, .batches = {.batch_rows = 4}};
  std::size_t asked = 0;
  std::size_t faulty = 1;
  TrainerOptions own = options();
  own.accumulation = 2;
  own.teacher = {[&](Texts texts, Role role) {
                   if (asked++ == faulty) throw std::runtime_error("gone");
                   return teacher().embed(texts, role);
                 },
                 "mine"};
  Trainer trainer(model.path(), own);
  CHECK_THROWS_AS(trainer.train(rows, run), std::runtime_error);
  (void)trainer.train(rows, run);
  faulty = 100;
  Trainer other(model.path(), own);
  (void)other.train(rows, run);
  CHECK(test::vectors_of(trainer) == test::vectors_of(other));
}
