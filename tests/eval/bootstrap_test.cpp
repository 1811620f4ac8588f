// Intervals and p-values, against SciPy and by what is known of them.
#include "error_of.hpp"
#include "metric_goldens.hpp"

#include <glossa/eval/bootstrap.hpp>
#include <glossa/eval/correlation.hpp>

#include <cmath>
#include <cstddef>
#include <random>
#include <span>
#include <vector>

TEST_CASE("few items are exchanged in all ways, with SciPy's p", "[golden]") {
  int cases = 0;
  for (const auto& one : test::metric_goldens("comparisons/cases")) {
    INFO("case " << cases++);
    const std::vector<double> a = test::numbers(one.at("a"));
    const std::vector<double> b = test::numbers(one.at("b"));
    const glossa::PairedComparison found = glossa::compare_paired(a, b);
    CHECK(found.permutation_p == test::near(one.at("permutation_p")));
    CHECK(found.difference == test::near(found.mean_b - found.mean_a));
    CHECK(found.interval.low <= found.difference);
    CHECK(found.interval.high >= found.difference);
  }
  CHECK(cases == 5);
}

TEST_CASE("the interval of a mean is SciPy's percentile interval but for chance", "[golden]") {
  const auto golden = test::metric_goldens("comparisons/bootstrap");
  const std::vector<double> values = test::numbers(golden.at("values"));
  const std::vector<double> zeros(values.size());
  const glossa::PairedComparison found = glossa::compare_paired(zeros, values, {.resamples = 50000});
  const double low = golden.at("low").get<double>();
  const double high = golden.at("high").get<double>();
  CHECK(std::abs(found.interval.low - low) < 0.02 * (high - low));
  CHECK(std::abs(found.interval.high - high) < 0.02 * (high - low));
  CHECK(found.bootstrap_p == Approx(2.0 / 50001));
}

TEST_CASE("random exchanges give the p of all of them but for chance") {
  std::mt19937 random(3);
  std::vector<double> differences(16);
  for (double& value : differences) value = std::uniform_real_distribution(-0.7, 1.0)(random);
  const double exact = glossa::sign_flip_p(differences, {.resamples = 65536});
  const double drawn = glossa::sign_flip_p(differences, {.resamples = 65535});
  CHECK(exact * 65536 == std::round(exact * 65536));
  CHECK(drawn != exact);
  CHECK(std::abs(drawn - exact) < 4 * std::sqrt(exact * (1 - exact) / 65535));
}

TEST_CASE("runs without a difference are told from runs with one in the share of cases that was asked for") {
  std::mt19937 random(11);
  std::normal_distribution<double> noise;
  int outside = 0;
  int rejected = 0;
  constexpr int kTrials = 300;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<double> a(80);
    std::vector<double> b(80);
    for (std::size_t i = 0; i < a.size(); ++i) {
      a[i] = noise(random);
      b[i] = a[i] + 0.3 * noise(random);
    }
    const glossa::PairedComparison found = glossa::compare_paired(a, b, {.resamples = 400, .confidence = 0.9});
    if (found.interval.low > 0 || found.interval.high < 0) ++outside;
    if (found.permutation_p < 0.1) ++rejected;
  }
  CHECK(outside > kTrials * 0.05);
  CHECK(outside < kTrials * 0.16);
  CHECK(rejected > kTrials * 0.04);
  CHECK(rejected < kTrials * 0.16);
}

TEST_CASE("the same seed gives the same result, equal runs none") {
  const std::vector<double> a{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  std::vector<double> b = a;
  const glossa::PairedComparison none = glossa::compare_paired(a, b);
  CHECK(none.difference == 0);
  CHECK(none.interval.low == 0);
  CHECK(none.interval.high == 0);
  CHECK(none.bootstrap_p == 1);
  CHECK(none.permutation_p == 1);
  b[3] += 5;
  b[7] -= 2;
  const glossa::PairedComparison first = glossa::compare_paired(a, b, {.seed = 5});
  const glossa::PairedComparison second = glossa::compare_paired(a, b, {.seed = 5});
  CHECK(first.interval.low == second.interval.low);
  CHECK(first.bootstrap_p == second.bootstrap_p);
  CHECK(first.permutation_p == second.permutation_p);
}

TEST_CASE("any statistic is resampled, without the draws that it has no value for") {
  const std::vector<double> x{1, 2, 3};
  const std::vector<double> y{1, 3, 2};
  const auto spearman = [&](std::span<const std::size_t> drawn) {
    std::vector<double> a;
    std::vector<double> b;
    for (const std::size_t item : drawn) {
      a.push_back(x[item]);
      b.push_back(y[item]);
    }
    return glossa::spearman(a, b);
  };
  const glossa::BootstrapResult found = glossa::bootstrap(3, spearman, {.resamples = 9000});
  CHECK(found.estimate == test::near(0.5));
  CHECK(static_cast<double>(found.valid) == Approx(8000).epsilon(0.02));  // one in nine draws one item thrice
  CHECK(found.interval.low >= -1);
  CHECK(found.interval.high <= 1);
  const glossa::BootstrapResult none = glossa::bootstrap(2, [](std::span<const std::size_t>) { return std::nan(""); });
  CHECK(std::isnan(none.interval.low));
  CHECK(none.valid == 0);
  CHECK(none.p == 1);
}

TEST_CASE("no items, items that are no numbers and options out of range are errors") {
  const std::vector<double> a{1, 2};
  CHECK(test::error_of([&] { (void)glossa::compare_paired(a, std::vector<double>{1}); }).field() == "items");
  CHECK(test::error_of([&] { (void)glossa::compare_paired({}, {}); }).field() == "items");
  CHECK(test::error_of([&] { (void)glossa::compare_paired(a, std::vector{1.0, std::nan("")}); }).field() == "items");
  CHECK(test::error_of([&] { (void)glossa::compare_paired(a, a, {.resamples = 0}); }).field() == "resamples");
  for (const double confidence : {0.0, 1.0, -1.0, std::nan("")})
    CHECK(test::error_of([&] { (void)glossa::compare_paired(a, a, {.confidence = confidence}); }).field() ==
          "confidence");
}
