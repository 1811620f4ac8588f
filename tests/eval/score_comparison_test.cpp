// Two runs are compared by the same items; what is significant, and what became of each language.
#include "error_of.hpp"

#include <glossa/cluster/random_draws.hpp>
#include <glossa/eval/comparison_page.hpp>
#include <glossa/eval/comparison_table.hpp>
#include <glossa/eval/drift_report.hpp>
#include <glossa/eval/score_comparison.hpp>

#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace {

using glossa::compare_scores;
using glossa::ComparedData;
using glossa::ComparedUnit;
using glossa::ScoreComparison;
using glossa::TableFormat;
using glossa::TaskCategory;
using glossa::TaskScores;

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

/// A subset whose items make up its score.
TaskScores::Subset subset(const std::string& name, std::vector<std::string> languages, std::vector<double> items) {
  TaskScores::Subset out{.name = name, .languages = std::move(languages), .main_score = mean_of(items)};
  out.items = std::move(items);
  return out;
}

TaskScores task(const std::string& name, TaskCategory category, std::vector<TaskScores::Subset> subsets) {
  TaskScores scores{.task = name, .category = category};
  scores.subsets = std::move(subsets);
  return scores;
}

/// n scores around `mean`, always the same.
std::vector<double> around(double mean, std::size_t n) {
  std::vector<double> out;
  for (std::size_t i = 0; i < n; ++i) out.push_back(mean + 0.001 * static_cast<double>(i * 37 % 11) - 0.005);
  return out;
}

std::vector<TaskScores> before() {
  return {task("Pairs", TaskCategory::bitext,
               {subset("deu-eng", {"deu-Latn", "eng-Latn"}, around(0.9, 40)),
                subset("swh-eng", {"swh-Latn", "eng-Latn"}, around(0.7, 40))}),
          task("Fact", TaskCategory::retrieval, {subset("default", {"eng-Latn"}, around(0.6, 40))}),
          task("Old", TaskCategory::sts, {subset("default", {"eng-Latn"}, around(0.5, 40))})};
}

std::vector<TaskScores> after() {
  std::vector<double> mixed = around(0.6, 40);
  for (std::size_t i = 0; i < mixed.size(); ++i) mixed[i] += i % 2 == 0 ? 0.1 : -0.1;
  return {task("Pairs", TaskCategory::bitext,
               {subset("deu-eng", {"deu-Latn", "eng-Latn"}, around(0.92, 40)),
                subset("swh-eng", {"swh-Latn", "eng-Latn"}, around(0.6, 40)), subset("fra-eng", {}, {0.5})}),
          task("Fact", TaskCategory::retrieval, {subset("default", {"eng-Latn"}, std::move(mixed))})};
}

/// With one space where there are several.
std::string squeezed(const std::string& text) {
  std::string out;
  for (const char c : text)
    if (c != ' ' || out.empty() || out.back() != ' ') out += c;
  return out;
}

}  // namespace

TEST_CASE("differences come with an interval and with p by what both runs tell of each item") {
  const ScoreComparison comparison = compare_scores(before(), after());
  REQUIRE(comparison.tasks.size() == 2);
  const auto& pairs = comparison.tasks[0];
  CHECK(pairs.name == "Pairs");
  CHECK(pairs.type == "BitextMining");
  CHECK(pairs.difference == Approx(-0.04));
  REQUIRE(pairs.subsets.size() == 2);
  const auto& german = pairs.subsets[0];
  CHECK(german.unit == ComparedUnit::items);
  CHECK(german.units == 40);
  CHECK(german.difference == Approx(0.02));
  CHECK(german.interval.low == Approx(0.02));
  CHECK(german.p < 0.001);
  CHECK(german.significant);
  const auto& fact = comparison.tasks[1].subsets[0];
  CHECK(std::abs(fact.difference) < 1e-9);
  CHECK(fact.interval.low < -0.02);
  CHECK(fact.interval.high > 0.02);
  CHECK(fact.p > 0.5);
  CHECK_FALSE(fact.significant);
  CHECK(comparison.in_a == std::vector<std::string>{"Old"});
  CHECK(comparison.in_b == std::vector<std::string>{"Pairs (fra-eng)"});
}

TEST_CASE("a comparison is the same however many threads test its subsets") {
  const ScoreComparison one = compare_scores(before(), after(), {.threads = 1});
  for (const std::size_t threads : {std::size_t{2}, std::size_t{5}}) {
    const ScoreComparison many = compare_scores(before(), after(), {.threads = threads});
    REQUIRE(many.tasks.size() == one.tasks.size());
    for (std::size_t i = 0; i < one.tasks.size(); ++i)
      for (std::size_t j = 0; j < one.tasks[i].subsets.size(); ++j) {
        const auto& a = one.tasks[i].subsets[j];
        const auto& b = many.tasks[i].subsets.at(j);
        CHECK(b.p == a.p);
        CHECK(b.interval.low == a.interval.low);
        CHECK(b.interval.high == a.interval.high);
        CHECK(b.units == 40);
      }
  }
}

TEST_CASE("means are over what both runs have") {
  const ScoreComparison comparison = compare_scores(before(), after());
  REQUIRE(comparison.types.size() == 2);
  CHECK(comparison.types[0].a == Approx(0.8).margin(0.001));
  CHECK(comparison.types[0].b == Approx(0.76).margin(0.001));
  CHECK(comparison.mean_of_tasks.tasks == 2);
  CHECK(comparison.mean_of_tasks.a == Approx((comparison.types[0].a + comparison.types[1].a) / 2));
  CHECK(comparison.mean_of_types.b == Approx((comparison.types[0].b + comparison.types[1].b) / 2));
}

TEST_CASE("p is adjusted for the number of tests") {
  const ScoreComparison comparison = compare_scores(before(), after());
  const auto& subsets = comparison.tasks[0].subsets;
  // Both of the smallest p that 10,000 random flips give: the first counts three times, the second no less.
  CHECK(subsets[0].p == Approx(1.0 / 10001));
  CHECK(subsets[0].adjusted_p == Approx(3.0 / 10001));
  CHECK(subsets[1].adjusted_p == Approx(3.0 / 10001));
  CHECK(comparison.tasks[1].subsets[0].adjusted_p >= comparison.tasks[1].subsets[0].p);
}

TEST_CASE("items that do not make up the score are not taken for it; experiments are, where they do") {
  const auto compare = [](TaskScores::Subset a, TaskScores::Subset b) {
    const std::vector<TaskScores> one{task("T", TaskCategory::classification, {std::move(a)})};
    const std::vector<TaskScores> other{task("T", TaskCategory::classification, {std::move(b)})};
    return compare_scores(one, other).tasks[0].subsets[0];
  };
  TaskScores::Subset a = subset("default", {}, {0.1, 0.2, 0.3});
  TaskScores::Subset b = subset("default", {}, {0.2, 0.3, 0.4});
  CHECK(compare(a, b).unit == ComparedUnit::items);
  CHECK(compare(a, b).p == Approx(0.25));  // 2 of 8 flips

  b.items.push_back(0.3);
  CHECK(compare(a, b).unit == ComparedUnit::none);
  CHECK(std::isnan(compare(a, b).p));
  CHECK_FALSE(compare(a, b).significant);
  a.main_score = 0.9;
  b.items.pop_back();
  CHECK(compare(a, b).unit == ComparedUnit::none);

  a.runs = {{"accuracy", {0.8, 1.0}}, {"f1", {0.2, 0.2}}};
  b.runs = {{"accuracy", {0.25, 0.35}}, {"f1", {0.2, 0.2}}};
  CHECK(compare(a, b).unit == ComparedUnit::runs);
  CHECK(compare(a, b).units == 2);

  a = subset("default", {}, {0.1, 0.2, 0.3});
  a.items.insert(a.items.begin(), std::nan(""));
  b.items.insert(b.items.begin(), std::nan(""));
  CHECK(compare(a, b).units == 3);
  CHECK(compare(a, a).p == 1);
}

TEST_CASE("runs without a common task, and a level that is none, are refused") {
  const std::vector<TaskScores> other{task("Other", TaskCategory::sts, {subset("default", {}, {1})})};
  CHECK(test::error_of([&] { (void)compare_scores(before(), other); }).kind() == glossa::ErrorKind::invalid_argument);
  const auto error = test::error_of([&] { (void)compare_scores(before(), after(), {.level = 1}); });
  CHECK(error.field() == "level");
}

TEST_CASE("a drift report has the greatest loss first, and who lost significantly") {
  const glossa::DriftReport report = glossa::drift_report(compare_scores(before(), after()));
  REQUIRE(report.languages.size() == 3);
  CHECK(report.languages[0].tag == "swh-Latn");
  CHECK(report.languages[0].difference == Approx(-0.1));
  CHECK(report.languages[0].worse == 1);
  CHECK(report.languages[1].tag == "eng-Latn");
  CHECK(report.languages[1].tasks == 2);
  CHECK(report.languages[1].difference == Approx((-0.04 + 0) / 2).margin(1e-9));
  CHECK(report.languages[1].worse == 1);
  CHECK(report.languages[1].better == 1);
  CHECK(report.languages[2].tag == "deu-Latn");
  REQUIRE(report.worse.size() == 1);
  CHECK(report.worse[0].subset == "swh-eng");
  REQUIRE(report.better.size() == 1);
  const std::string table = glossa::drift_table(report);
  INFO(table);
  CHECK(squeezed(table).find("swh-Latn 1 69.99 59.99 -10.00 -10.00 to -10.00 * 0.0001 1 0") != std::string::npos);
  CHECK(table.find("Significantly worse") != std::string::npos);
}

TEST_CASE("tables and pages of a comparison have all of it, and names stay in their places") {
  std::vector<TaskScores> a = before();
  std::vector<TaskScores> b = after();
  const std::string evil = "<script>alert(1)</script>|\n*";
  a[1].task = b[1].task = evil;
  const ScoreComparison comparison = compare_scores(a, b);
  const std::string text = glossa::comparison_table(comparison, {.a = "old\nrun", .b = "new"});
  CHECK(text.starts_with("A: old\\nrun\nB: new\n"));
  CHECK(text.find("+2.00") != std::string::npos);
  CHECK(text.find("95 % interval") != std::string::npos);
  CHECK(text.find("*: significant at 5 %") != std::string::npos);
  const std::string strict =
      glossa::comparison_table(compare_scores(a, b, {.bootstrap = {.confidence = 0.995}, .level = 0.001}));
  CHECK(strict.find("99.5 % interval") != std::string::npos);
  CHECK(strict.find("* 0.") != std::string::npos);
  CHECK(text.find("Only in A: Old.") != std::string::npos);
  CHECK(text.find("Mean over categories") != std::string::npos);
  const std::string markdown = glossa::comparison_table(comparison, {.a = evil, .b = "new"}, TableFormat::markdown);
  CHECK(markdown.find("<script>") == std::string::npos);
  const std::string page =
      glossa::comparison_html({.comparison = comparison, .names = {.a = evil}, .drift = drift_report(comparison)});
  CHECK(page.find("<script>") == std::string::npos);
  CHECK(page.find("swh-Latn") != std::string::npos);
  CHECK(page.ends_with("</html>\n"));
}

namespace {

/// Two tasks in which half of the subsets' items got better by chance, and all of "clear"'s.
std::vector<TaskScores> of_two_tasks(double shift) {
  std::vector<double> mixed = around(0.5, 60);
  for (std::size_t i = 0; i < mixed.size(); ++i) mixed[i] += shift * (i % 3 == 0 ? -1.0 : 1.0);
  std::vector<double> clear = around(0.7, 20);
  for (double& one : clear) one += shift / 2;
  return {task("Pairs", TaskCategory::bitext,
               {subset("deu-eng", {"deu-Latn"}, mixed), subset("swh-eng", {"swh-Latn"}, clear)}),
          task("Fact", TaskCategory::retrieval, {subset("default", {"deu-Latn"}, clear)})};
}

}  // namespace

TEST_CASE("means of tasks, categories, languages and of all have intervals and p of their own") {
  const ScoreComparison comparison = compare_scores(of_two_tasks(0), of_two_tasks(0.1));
  const auto& pairs = comparison.tasks[0];
  CHECK(pairs.difference == Approx((pairs.subsets[0].difference + pairs.subsets[1].difference) / 2));
  // Of two independent means of 60 items of +-.1 and 20 that are all .05 higher: half the first one's deviation.
  const double deviation = 0.1 * std::sqrt(1 - 1.0 / 9) / std::sqrt(60.0) / 2;
  CHECK(pairs.interval.low == Approx(pairs.difference - 1.96 * deviation).margin(0.15 * deviation));
  CHECK(pairs.interval.high == Approx(pairs.difference + 1.96 * deviation).margin(0.15 * deviation));
  CHECK(pairs.p < 0.01);
  CHECK(pairs.significant);
  REQUIRE(comparison.types.size() == 2);
  CHECK(comparison.types[0].interval.low == Approx(pairs.interval.low));
  CHECK(comparison.types[1].p == comparison.tasks[1].subsets[0].p);
  const auto& all = comparison.mean_of_tasks;
  CHECK(all.difference == Approx((pairs.difference + comparison.tasks[1].difference) / 2));
  CHECK(all.interval.high - all.interval.low == Approx((pairs.interval.high - pairs.interval.low) / 2));
  CHECK(all.significant);
  REQUIRE(comparison.languages.size() == 2);
  const auto& german = comparison.languages[0];
  CHECK(german.tasks == 2);
  CHECK(german.difference == Approx((pairs.subsets[0].difference + 0.05) / 2));
  CHECK(german.interval.low < german.difference);
  CHECK(german.adjusted_p >= german.p);
  CHECK(german.significant);
}

TEST_CASE("p of a mean is small as often as chance has it where nothing changed") {
  std::size_t significant = 0;
  for (std::size_t trial = 0; trial < 200; ++trial) {
    glossa::detail::RandomDraws draws(1000 + trial);
    std::vector<std::vector<double>> items(6);
    for (std::size_t i = 0; i < items.size(); ++i)
      for (std::size_t j = 0; j < 12 + 10 * (i / 2); ++j) items[i].push_back(draws.unit());
    const auto run = [&](std::size_t first) {
      return std::vector<TaskScores>{
          task("A", TaskCategory::sts,
               {subset("1", {"deu-Latn"}, items[first]), subset("2", {"deu-Latn"}, items[first + 2])}),
          task("B", TaskCategory::bitext, {subset("3", {"deu-Latn"}, items[first + 4])})};
    };
    const ScoreComparison comparison = compare_scores(run(0), run(1), {.bootstrap = {.resamples = 999}});
    if (comparison.mean_of_tasks.p <= 0.1) ++significant;
  }
  // 20 expected; six standard deviations of a binomial are 25.
  CHECK(significant >= 6);
  CHECK(significant <= 40);
}

TEST_CASE("a mean over what cannot be tested is not tested; that nothing got worse is not said of it") {
  std::vector<TaskScores> a = of_two_tasks(0);
  std::vector<TaskScores> b = of_two_tasks(0.1);
  b[0].subsets[1].items.clear();
  const ScoreComparison comparison = compare_scores(a, b);
  CHECK_FALSE(std::isnan(comparison.tasks[0].subsets[0].p));
  CHECK(std::isnan(comparison.tasks[0].p));
  CHECK(std::isnan(comparison.types[0].p));
  CHECK(std::isnan(comparison.mean_of_tasks.p));
  CHECK_FALSE(std::isnan(comparison.types[1].p));
  CHECK(std::isnan(comparison.languages[1].p));
  CHECK(comparison.mean_of_tasks.difference > 0);
  CHECK(glossa::drift_table(drift_report(comparison)).find("Nothing of the 2 of 3 subsets that could be tested") !=
        std::string::npos);
  for (auto& one : b)
    for (auto& each : one.subsets) each.items.clear();
  const std::string table = glossa::drift_table(drift_report(compare_scores(a, b)));
  CHECK(table.find("Nothing") == std::string::npos);
  CHECK(table.find("is not known") != std::string::npos);
}

TEST_CASE("a run that does not tell its data, as mteb's, is not taken for one on other data") {
  std::vector<TaskScores> a = before();
  std::vector<TaskScores> b = after();
  a[0].subsets[0].source = {.data = "0123"};
  b[0].revision = "9ab3";
  const ScoreComparison comparison = compare_scores(a, b);
  CHECK(comparison.tasks[0].subsets[0].data == ComparedData::unknown);
  CHECK(std::isnan(comparison.tasks[0].subsets[0].p));
  const std::string table = glossa::comparison_table(comparison, {});
  CHECK(table.find("does not tell what data") != std::string::npos);
}

TEST_CASE("draws of a subset do not depend on what else is compared") {
  const std::vector<TaskScores> a = of_two_tasks(0);
  const std::vector<TaskScores> b = of_two_tasks(0.1);
  const ScoreComparison all = compare_scores(a, b);
  const ScoreComparison one = compare_scores(std::vector<TaskScores>{a[1]}, std::vector<TaskScores>{b[1]});
  CHECK(one.tasks[0].p == all.tasks[1].p);
  CHECK(one.tasks[0].interval.low == all.tasks[1].interval.low);
}

TEST_CASE("scores of other data, settings or revisions are not tested against each other, and a note says so") {
  std::vector<TaskScores> a = before();
  std::vector<TaskScores> b = after();
  a[0].subsets[0].source = {.data = "0123", .prompts = "1"};
  b[0].subsets[0].source = {.data = "0123", .prompts = "2"};  // another prompt is what one may want to compare
  a[0].subsets[1].source = {.data = "0123"};
  b[0].subsets[1].source = {.data = "4567"};
  b[1].revision = "another";
  const ScoreComparison comparison = compare_scores(a, b);
  const auto& pairs = comparison.tasks[0].subsets;
  CHECK(pairs[0].unit == ComparedUnit::items);
  CHECK(pairs[0].data == ComparedData::same);
  CHECK(pairs[1].unit == ComparedUnit::none);
  CHECK(pairs[1].data == ComparedData::other);
  CHECK(std::isnan(pairs[1].p));
  CHECK(pairs[1].difference == Approx(-0.1));
  CHECK(comparison.tasks[1].subsets[0].data == ComparedData::other);
  const std::string table = glossa::comparison_table(comparison, {.a = "a", .b = "b"});
  CHECK(table.find("on other data, or with other settings") != std::string::npos);
  CHECK(table.find("do not tell what each query") == std::string::npos);
  CHECK(glossa::comparison_table(compare_scores(before(), after()), {.a = "a", .b = "b"}).find("other settings") ==
        std::string::npos);
}

TEST_CASE("splits of a task count as one task in means, as in a summary, and in languages") {
  std::vector<TaskScores> a = before();
  std::vector<TaskScores> b = after();
  for (auto* run : {&a, &b}) {
    run->push_back(task("Pairs", TaskCategory::bitext, {subset("deu-eng", {"deu-Latn", "eng-Latn"}, around(0.2, 40))}));
    run->back().split = "dev";
  }
  const ScoreComparison comparison = compare_scores(a, b);
  REQUIRE(comparison.tasks.size() == 3);
  CHECK(comparison.tasks[0].split == "dev");
  CHECK(comparison.types[0].tasks == 1);
  CHECK(comparison.types[0].a == Approx((0.9 + 0.7 + 0.2) / 3).margin(0.001));
  CHECK(comparison.mean_of_tasks.tasks == 2);
  const glossa::DriftReport report = glossa::drift_report(comparison);
  CHECK(report.languages.back().tag == "deu-Latn");
  CHECK(report.languages.back().tasks == 1);
  CHECK(report.languages.back().a == Approx((0.9 + 0.2) / 2).margin(0.001));
}
