// A model learns from rows step by step; it goes on bit by bit from a checkpoint, and its folder is a model's.
#include "catch.hpp"
#include "error_of.hpp"
#include "session_rows.hpp"
#include "small_model.hpp"

#include <glossa/embedder.hpp>
#include <glossa/search/similarity.hpp>
#include <glossa/train/training_session.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace {

using glossa::TrainerOptions;
using glossa::detail::RowTexts;
using Session = glossa::detail::TrainingSession<float>;

void run(Session& session, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to; ++i) {
    const std::vector<RowTexts> batches{test::labelled_session_rows(2 * i), test::labelled_session_rows(2 * i + 1)};
    const auto result = session.step(batches, session.options().rate.at(i, 8));
    REQUIRE(std::isfinite(result.norm));
  }
}

TrainerOptions options() {
  TrainerOptions out;
  out.rate = {.rate = 1e-3, .shape = glossa::RateShape::cosine, .warm_up = 0.2};
  out.adamw.initial_decay = 0.1;
  out.accumulation = 2;
  out.dropout = 0.1;
  out.attention_dropout = 0.1;
  out.anchor_role = glossa::Role::query;
  out.positive_role = glossa::Role::passage;
  out.preserve.replay = test::mixed_texts(40);
  out.preserve.replay_each = 5;
  out.threads = 2;
  return out;
}

}  // namespace

TEST_CASE("a run that goes on from a checkpoint has every bit of one that was never interrupted") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  Session whole(model.path(), options());
  run(whole, 0, 8);
  for (const std::size_t cut : {1UL, 5UL}) {
    const auto path = folder.path() / "checkpoint.safetensors";
    {
      Session first(model.path(), options());
      run(first, 0, cut);
      first.write_checkpoint(path, "how far");
      first.write_checkpoint(path, "how far it is");  // in the place of the one before
    }
    TrainerOptions other_threads = options();
    other_threads.threads = 3;
    Session second(model.path(), other_threads);
    CHECK(second.read_checkpoint(path) == "how far it is");
    CHECK(second.steps() == cut);
    run(second, cut, 8);
    CHECK(test::weights_of(second) == test::weights_of(whole));
  }
}

TEST_CASE("a run of adapters alone goes on bit by bit, too, and is saved with them merged") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  TrainerOptions own = options();
  own.lora = {.rank = 2, .targets = {"query", "dense"}};
  Session whole(model.path(), own);
  run(whole, 0, 6);
  {
    Session first(model.path(), own);
    run(first, 0, 3);
    first.write_checkpoint(folder.path() / "c", "");
  }
  Session second(model.path(), own);
  (void)second.read_checkpoint(folder.path() / "c");
  run(second, 3, 6);
  CHECK(test::weights_of(second) == test::weights_of(whole));
  CHECK(second.model().lora()->adapters()[0].b == whole.model().lora()->adapters()[0].b);
  whole.save(folder.path() / "merged");
  const std::vector<std::string> texts = test::mixed_texts(20);
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const auto saved = glossa::Embedder(folder.path() / "merged").embed(texts);
  const std::vector<float> mine = whole.embed(views, glossa::Role::none);
  for (std::size_t i = 0; i < texts.size(); ++i)
    CHECK(glossa::dot(saved[i], std::span(mine).subspan(i * saved.dims(), saved.dims())) > 0.99999F);
}

TEST_CASE("what is saved is a model folder, whose vectors are those of the model in training") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  Session session(model.path(), options());
  run(session, 0, 4);
  session.save(folder.path() / "trained");
  const glossa::Embedder trained(folder.path() / "trained");
  const glossa::Embedder before(model.path());
  const std::vector<std::string> texts = test::mixed_texts(60);
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const std::vector<float> own = session.embed(views, glossa::Role::query);
  const auto saved = trained.embed_queries(texts);
  const auto initial = before.embed_queries(texts);
  float least = 1;
  float change = 1;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    least = std::min(least, glossa::dot(saved[i], std::span(own).subspan(i * trained.dims(), trained.dims())));
    change = std::min(change, glossa::dot(saved[i], initial[i]));
  }
  CHECK(least > 0.99999F);
  CHECK(change < 0.999F);
  CHECK(trained.info().prompts.query == before.info().prompts.query);
  CHECK(test::error_of([&] { session.save(folder.path() / "trained"); }).kind() == glossa::ErrorKind::invalid_argument);
}

TEST_CASE("interpolated with the initial weights, all of them give the initial model") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  TrainerOptions all = options();
  all.preserve.interpolation = 1;
  Session session(model.path(), all);
  run(session, 0, 2);
  session.save(folder.path() / "same");
  const auto texts = test::mixed_texts(30);
  const auto same = glossa::Embedder(folder.path() / "same").embed(texts);
  const auto initial = glossa::Embedder(model.path()).embed(texts);
  for (std::size_t i = 0; i < texts.size(); ++i) CHECK(glossa::dot(same[i], initial[i]) > 0.999999F);
}

TEST_CASE("replayed texts stay closer to the vectors that the model gave them before") {
  const test::SmallModel model;
  const auto moved = [&](double weight) {
    TrainerOptions own = options();
    own.preserve.replay_weight = weight;
    own.dropout = own.attention_dropout = 0;
    Session session(model.path(), own);
    run(session, 0, 8);
    const auto texts = own.preserve.replay;
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    const auto now = session.embed(views, glossa::Role::none);
    const auto before = glossa::Embedder(model.path()).embed(texts);
    double sum = 0;
    for (std::size_t i = 0; i < texts.size(); ++i)
      sum += 1 - static_cast<double>(glossa::dot(before[i], std::span(now).subspan(i * before.dims(), before.dims())));
    return sum;
  };
  CHECK(moved(20) < 0.7 * moved(0));
}

TEST_CASE("a loss that is no number changes nothing") {
  const test::SmallModel model;
  TrainerOptions own = options();
  own.loss = glossa::MarginMseOptions{};
  Session session(model.path(), own);
  run(session, 0, 2);
  const auto before = test::weights_of(session);
  RowTexts rows = test::labelled_session_rows(1);
  rows.labels[3] = std::numeric_limits<double>::infinity();
  const auto result = session.step(std::vector<RowTexts>{rows}, 1e-3);
  CHECK_FALSE(std::isfinite(result.loss));
  CHECK(session.steps() == 2);
  CHECK(test::weights_of(session) == before);
  run(session, 2, 3);
  CHECK(test::weights_of(session) != before);
}

TEST_CASE("checkpoints of other models, and files that are none, are refused before anything changes") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  Session session(model.path(), options());
  run(session, 0, 1);
  const auto path = folder.path() / "checkpoint.safetensors";
  session.write_checkpoint(path, "");
  const test::SmallModel other("e5-base-v2");
  TrainerOptions without_roles = options();
  without_roles.anchor_role = without_roles.positive_role = glossa::Role::none;
  Session stranger(other.path(), without_roles);
  const auto before = test::weights_of(stranger);
  CHECK(test::error_of([&] { (void)stranger.read_checkpoint(path); }).kind() == glossa::ErrorKind::corrupt_file);
  CHECK(test::error_of([&] { (void)stranger.read_checkpoint(model.path() / "model.safetensors"); }).kind() ==
        glossa::ErrorKind::corrupt_file);
  CHECK(test::error_of([&] { (void)stranger.read_checkpoint(folder.path() / "none"); }).kind() ==
        glossa::ErrorKind::not_found);
  const std::string bytes = test::read_file(path);
  for (const std::size_t kept : {std::size_t{5}, bytes.size() / 2, bytes.size() - 1}) {
    test::write_file(folder.path() / "cut", std::string_view(bytes).substr(0, kept));
    CHECK(test::error_of([&] { (void)session.read_checkpoint(folder.path() / "cut"); }).kind() ==
          glossa::ErrorKind::corrupt_file);
  }
  CHECK(test::weights_of(stranger) == before);
}
