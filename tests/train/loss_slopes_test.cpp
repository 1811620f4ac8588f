// Losses that no other program's numbers are there for: their slopes are those of finite differences, and what is said
// of their negatives holds.
#include "catch.hpp"
#include "error_of.hpp"
#include "random_values.hpp"

#include <glossa/train/losses/distillation.hpp>
#include <glossa/train/losses/training_loss.hpp>

#include <cmath>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace {

using glossa::InfoNceOptions;
using glossa::LossResult;
using Batch = glossa::VectorBatch<double>;
using Loss = std::function<LossResult<double>(const Batch&)>;

constexpr std::size_t kRows = 5;
constexpr std::size_t kDims = 6;

Batch some_batch() {
  Batch batch{.dims = kDims};
  batch.anchors = test::random_values<double>(kRows * kDims, 1);
  batch.positives = test::random_values<double>(kRows * kDims, 2);
  batch.negatives = test::random_values<double>(2 * kRows * kDims, 3);
  batch.labels = {0.1, 0.9, 0.4, 0.3, 0.7};
  batch.teacher = test::random_values<double>(kRows * kDims, 6);
  return batch;
}

void check_slopes(const Batch& batch, const Loss& loss) {
  const LossResult<double> result = loss(batch);
  CHECK(std::isfinite(result.loss));
  const double step = 1e-6;
  double most = 0;
  const auto check = [&](std::vector<double> Batch::*part, const std::vector<double>& slopes) {
    REQUIRE(slopes.size() == (batch.*part).size());
    for (std::size_t i = 0; i < slopes.size(); ++i) {
      const auto moved = [&](double by) {
        Batch other = batch;
        (other.*part)[i] += by;
        return loss(other).loss;
      };
      CHECK(slopes[i] == Approx((moved(step) - moved(-step)) / (2 * step)).epsilon(1e-6).margin(1e-8));
      most = std::max(most, std::abs(slopes[i]));
    }
  };
  check(&Batch::anchors, result.anchors);
  check(&Batch::positives, result.positives);
  check(&Batch::negatives, result.negatives);
  CHECK(most > 1e-3);
}

}  // namespace

TEST_CASE("slopes of InfoNCE with groups, false negatives, both directions and several negatives are right") {
  Batch batch = some_batch();
  for (const bool symmetric : {false, true}) {
    INFO(symmetric);
    const InfoNceOptions plain{.temperature = 0.3, .symmetric = symmetric};
    check_slopes(batch, [&](const Batch& own) { return glossa::info_nce_loss(own, plain); });
    InfoNceOptions masked = plain;
    masked.false_negative_margin = -0.05;
    check_slopes(batch, [&](const Batch& own) { return glossa::info_nce_loss(own, masked); });
    batch.groups = {1, 2, 1, 3, 2};
    check_slopes(batch, [&](const Batch& own) { return glossa::info_nce_loss(own, plain); });
    batch.groups.clear();
  }
}

TEST_CASE("what InfoNCE leaves out costs nothing: rows of one group, and what is more alike than the positive") {
  Batch batch = some_batch();
  batch.negatives.clear();
  const InfoNceOptions options{.temperature = 0.3};
  batch.groups.assign(kRows, 7);
  CHECK(glossa::info_nce_loss(batch, options).loss == Approx(0).margin(1e-12));
  for (std::size_t i = 0; i < kRows; ++i) batch.groups[i] = i;
  const double apart = glossa::info_nce_loss(batch, options).loss;
  batch.groups.clear();
  CHECK(glossa::info_nce_loss(batch, options).loss == apart);

  // By hand: of the cosines of each anchor, those that the limit leaves in.
  InfoNceOptions masked = options;
  masked.false_negative_margin = 0.1;
  const glossa::detail::UnitVectors<double> anchors(batch.anchors, kDims);
  const glossa::detail::UnitVectors<double> positives(batch.positives, kDims);
  double expected = 0;
  std::size_t left_out = 0;
  for (std::size_t i = 0; i < kRows; ++i) {
    const auto cosine = [&](std::size_t j) {
      double sum = 0;
      for (std::size_t k = 0; k < kDims; ++k) sum += anchors[i][k] * positives[j][k];
      return sum;
    };
    double sum = 0;
    for (std::size_t j = 0; j < kRows; ++j) {
      const bool is_in = j == i || cosine(j) <= cosine(i) + 0.1;
      left_out += is_in ? 0 : 1;
      if (is_in) sum += std::exp(cosine(j) / 0.3);
    }
    expected += (std::log(sum) - cosine(i) / 0.3) / static_cast<double>(kRows);
  }
  CHECK(left_out > 0);
  CHECK(glossa::info_nce_loss(batch, masked).loss == Approx(expected).epsilon(1e-12));
}

TEST_CASE("slopes of every loss over several numbers of first dimensions are right, and weights count") {
  const Batch batch = some_batch();
  const std::vector<glossa::TrainingLoss> losses{InfoNceOptions{.temperature = 0.3, .symmetric = true},
                                                 glossa::TripletOptions{.margin = 0.9},
                                                 glossa::TripletOptions{.cosine = true, .margin = 0.9},
                                                 glossa::MarginMseOptions{},
                                                 glossa::ContrastiveOptions{.margin = 0.7},
                                                 glossa::CosentOptions{.scale = 3},
                                                 glossa::DistillationOptions{}};
  for (const glossa::TrainingLoss& loss : losses) {
    INFO(name_of(loss));
    check_slopes(batch, [&](const Batch& own) { return glossa::training_loss(own, loss); });
    check_slopes(batch, [&](const Batch& own) { return glossa::matryoshka_loss(own, loss, {2, 4, 6}, {1, 0.5, 2}); });
    const auto at = [&](std::size_t dims) { return glossa::matryoshka_loss(batch, loss, {dims}).loss; };
    CHECK(glossa::matryoshka_loss(batch, loss, {2, 4}, {1, 0.5}).loss == Approx(at(2) + 0.5 * at(4)));
  }
  CHECK(test::error_of([&] { (void)glossa::matryoshka_loss(batch, losses[0], {7}); }).field() == "Matryoshka dims");
  CHECK(test::error_of([&] {
          (void)glossa::matryoshka_loss(batch, losses[0], {2}, {1, 2});
        }).field() == "Matryoshka weights");
}

TEST_CASE("distillation is twice one less the mean cosine, with the slopes of finite differences") {
  const auto vectors = test::random_values<double>(kRows * kDims, 4);
  const auto teacher = test::random_values<double>(kRows * kDims, 5);
  const auto [loss, slopes] = glossa::distillation_loss<double>(vectors, teacher, kDims);
  const glossa::detail::UnitVectors<double> own(vectors, kDims);
  const glossa::detail::UnitVectors<double> wanted(teacher, kDims);
  double expected = 0;
  for (std::size_t i = 0; i < kRows; ++i)
    for (std::size_t k = 0; k < kDims; ++k)
      expected += (1 / static_cast<double>(kDims) - own[i][k] * wanted[i][k]) * 2 / static_cast<double>(kRows);
  CHECK(loss == Approx(expected).epsilon(1e-12));
  const double step = 1e-6;
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    const auto moved = [&](double by) {
      auto other = vectors;
      other[i] += by;
      return glossa::distillation_loss<double>(other, teacher, kDims).first;
    };
    CHECK(slopes[i] == Approx((moved(step) - moved(-step)) / (2 * step)).epsilon(1e-6).margin(1e-8));
  }
  CHECK(glossa::distillation_loss<double>(vectors, vectors, kDims).first == Approx(0).margin(1e-20));
  CHECK(test::error_of([&] { (void)glossa::distillation_loss<double>(vectors, {1, 2}, kDims); }).field() == "teacher");
}

TEST_CASE("of a batch, anchors and positives are held to the teacher's vectors of the anchors, and negatives to none") {
  Batch batch = some_batch();
  const LossResult<double> result = glossa::distillation_loss(batch);
  const double anchors = glossa::distillation_loss<double>(batch.anchors, batch.teacher, kDims).first;
  const double positives = glossa::distillation_loss<double>(batch.positives, batch.teacher, kDims).first;
  CHECK(result.loss == Approx((anchors + positives) / 2).epsilon(1e-12));
  CHECK(result.negatives == std::vector<double>(batch.negatives.size()));
  batch.anchors = batch.positives = batch.teacher;
  CHECK(glossa::distillation_loss(batch).loss == Approx(0).margin(1e-20));
  batch.teacher.pop_back();
  CHECK(test::error_of([&] { (void)glossa::distillation_loss(batch); }).field() == "distillation: teacher");
  batch.teacher.clear();
  CHECK(test::error_of([&] { (void)glossa::distillation_loss(batch); }).field() == "teacher");
}
