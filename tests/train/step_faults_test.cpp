// What a step draws is another number for each of its batches; and where numbers are none, the error names their cause.
#include "catch.hpp"
#include "error_of.hpp"
#include "session_rows.hpp"
#include "small_model.hpp"
#include "trainer_rows.hpp"

#include <glossa/model/safetensors.hpp>
#include <glossa/train/dropout.hpp>
#include <glossa/train/trainer.hpp>
#include <glossa/train/training_session.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <limits>
#include <set>
#include <string>
#include <vector>

namespace {

using glossa::Trainer;
using glossa::TrainerOptions;
using glossa::detail::Dropout;
using glossa::detail::RowTexts;

/// Puts NaN in the place of a number of a model's file.
void damage(const std::filesystem::path& folder, const std::string& tensor, std::size_t index) {
  const auto path = folder / "model.safetensors";
  std::uint64_t begin = 0;
  {
    const glossa::SafetensorsFile file(path);
    begin = file.tensors().at(tensor).begin;
  }
  std::string bytes = test::read_file(path);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::memcpy(bytes.data() + begin + index * sizeof nan, &nan, sizeof nan);
  test::write_file(path, bytes);
}

}  // namespace

TEST_CASE("no two batches of any steps draw the same, however many a step has") {
  std::set<std::uint64_t> keys;
  for (std::uint64_t step = 0; step < 30; ++step)
    for (std::uint64_t batch = 0; batch < 300; ++batch) CHECK(keys.insert(Dropout::batch_key(step, batch)).second);

  // The loss of a step's 65th batch is not that of the next step's first one, with weights that stay.
  const test::SmallModel model;
  TrainerOptions own = test::trainer_options();
  own.dropout = 0.3;
  const std::vector<RowTexts> others(64, test::session_rows(1));
  std::vector<RowTexts> all = others;
  all.push_back(test::session_rows(2));
  const auto loss = [&](const std::vector<RowTexts>& batches) {
    return glossa::detail::TrainingSession<float>(model.path(), own).step(batches, 0).loss;
  };
  glossa::detail::TrainingSession<float> session(model.path(), own);
  const double last = 65 * session.step(all, 0).loss - 64 * loss(others);
  const double next = session.step(std::vector<RowTexts>{test::session_rows(2)}, 0).loss;
  CHECK(last > 0);
  CHECK(std::abs(last - next) > 1e-3);
}

TEST_CASE("where the model has weights that are no numbers, the error names their tensor and not the rows") {
  const test::SmallModel model;
  // The word that every text begins with, which is read when it occurs.
  damage(model.path(), "embeddings.word_embeddings.weight", 3);
  Trainer trainer(model.path(), test::trainer_options());
  const auto error = test::error_of(
      [&] { (void)trainer.train(test::trainer_rows(), {.max_steps = 3, .batches = {.batch_rows = 8}}); });
  CHECK(error.kind() == glossa::ErrorKind::numeric);
  CHECK(error.field() == "embeddings.word_embeddings.weight, row 0");
  CHECK(test::says(error, "before it was trained"));
  CHECK(error.file() == model.path().string());
  // All others are read at once.
  damage(model.path(), "encoder.layer.1.intermediate.dense.weight", 5);
  const auto at_once = test::error_of([&] { (void)Trainer(model.path(), test::trainer_options()); });
  CHECK(at_once.kind() == glossa::ErrorKind::corrupt_file);
  CHECK(at_once.field() == "encoder.layer.1.intermediate.dense.weight");
}

TEST_CASE("weights that training itself has made infinite are told from those of a damaged file") {
  const test::SmallModel model;
  TrainerOptions own = test::trainer_options();
  own.rate = {.rate = 1e300, .shape = glossa::RateShape::constant, .warm_up = 0};
  Trainer trainer(model.path(), own);
  const auto error = test::error_of(
      [&] { (void)trainer.train(test::trainer_rows(), {.max_steps = 9, .batches = {.batch_rows = 8}}); });
  CHECK(error.kind() == glossa::ErrorKind::numeric);
  CHECK(test::says(error, "since step 1"));
  CHECK(test::says(error, "lower rate"));
}
