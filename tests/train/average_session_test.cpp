// Averages of weights are saved and embedded in the weights' place, and come back from checkpoints.
#include "average_options.hpp"
#include "catch.hpp"
#include "error_of.hpp"
#include "paths.hpp"
#include "session_rows.hpp"
#include "small_model.hpp"

#include <glossa/embedder.hpp>
#include <glossa/model/safetensors.hpp>
#include <glossa/search/similarity.hpp>
#include <glossa/train/training_session.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using glossa::TrainerOptions;
using glossa::detail::RowTexts;
using Session = glossa::detail::TrainingSession<float>;

void run(Session& session, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to; ++i)
    REQUIRE(std::isfinite(session.step(std::vector<RowTexts>{test::session_rows(i)}, 1e-3).norm));
}

std::vector<float> embedded(Session& session) {
  const std::vector<std::string> all = test::mixed_texts(40);
  return session.embed(std::vector<std::string_view>(all.begin(), all.end()), glossa::Role::none);
}

/// Every number of the model and of its averages.
std::vector<float> numbers_of(Session& session) {
  auto& model = session.model();
  std::vector<float> out = test::weights_of(session);
  out.insert(out.end(), model.given(), model.given() + model.encoder().layout().size());
  model.for_each_given_word(
      [&](std::size_t, const float* row) { out.insert(out.end(), row, row + model.words().size()); });
  return out;
}

}  // namespace

TEST_CASE("with averages a run goes on from a checkpoint bit by bit, that of adapters, too") {
  const test::SmallModel model;
  const test::TemporaryFolder folder;
  for (const std::size_t rank : {0UL, 2UL}) {
    TrainerOptions own = test::average_options(0.7);
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
  Session with(model.path(), test::average_options(0.7));
  Session without(model.path(), test::average_options(0));
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
  TrainerOptions mixing = test::average_options(0.8);
  mixing.preserve.interpolation = 0.25;
  Session with(model.path(), test::average_options(0.8));
  Session mixed(model.path(), mixing);
  Session without(model.path(), test::average_options(0));
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
