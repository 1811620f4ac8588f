// Tasks are read, embedded and scored; what is wrong ends it.
#include "category_tasks.hpp"
#include "error_of.hpp"

#include <glossa/eval/evaluate.hpp>

#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Texts = std::span<const std::string_view>;
using Category = test::Category;
using test::kCategories;
using test::kRoles;
using test::task_of;

}  // namespace

TEST_CASE("a task of each category is read and scored, with prompts where mteb has them") {
  const test::TemporaryFolder folder;
  for (const Category category : kCategories) {
    INFO(to_string(category));
    std::set<std::string> prompts;
    const glossa::TextEncoder encoder = [&](Texts texts, std::string_view prompt) {
      prompts.emplace(prompt);
      return test::hashed_words(texts, prompt);
    };
    const auto scores = evaluate(task_of(category, folder.path()), encoder, kRoles);
    REQUIRE(scores.subsets.size() == 1);
    CHECK(scores.task == "mine");
    CHECK(scores.category == category);
    CHECK(std::isfinite(scores.main_score()));
    CHECK(scores.subsets[0].scores.at(std::string(default_metric(category))) == scores.main_score());
    CHECK(prompts ==
          (uses_prompts(category) ? std::set<std::string>{"query: ", "passage: "} : std::set<std::string>{""}));
  }
}

TEST_CASE("the metric that counts is the task's, and one that is not there is refused") {
  const test::TemporaryFolder folder;
  glossa::TaskSpec task = task_of(Category::sts, folder.path());
  task.main_metric = "euclidean_pearson";
  const auto scores = evaluate(task, test::hashed_words);
  CHECK(scores.main_score() == scores.subsets[0].scores.at("euclidean_pearson"));
  task.main_metric = "ndcg_at_10";
  CHECK(test::error_of([&] { (void)evaluate(task, test::hashed_words); }).field() == "main_metric");
}

TEST_CASE("a task without data is refused") {
  const glossa::Error error = test::error_of([] { (void)evaluate({.name = "mine"}, test::hashed_words); });
  CHECK(error.kind() == glossa::ErrorKind::invalid_argument);
  CHECK(test::says(error, "attach_data"));
}

TEST_CASE("progress tells subset and texts, and ends the evaluation by what it throws") {
  const test::TemporaryFolder folder;
  for (const Category category : kCategories) {
    const glossa::TaskSpec task = task_of(category, folder.path());
    glossa::EvaluateOptions options = kRoles;
    std::size_t calls = 0;
    glossa::Progress last;
    options.progress = [&](const glossa::EvaluateProgress& progress) {
      ++calls;
      CHECK(progress.subset == task.subsets[0].name);
      CHECK(progress.subsets == 1);
      CHECK(progress.texts.done >= last.done);
      last = progress.texts;
    };
    (void)evaluate(task, test::hashed_words, options);
    CHECK(last.done == last.total);
    CHECK(last.total > 0);
    for (std::size_t stop = 1; stop <= calls; stop += calls / 3 + 1) {
      std::size_t left = stop;
      options.progress = [&](const glossa::EvaluateProgress&) {
        if (--left == 0) throw std::runtime_error("enough");
      };
      CHECK_THROWS_AS(evaluate(task, test::hashed_words, options), std::runtime_error);
    }
  }
}

TEST_CASE("a task's experiments are as many as it says, or as mteb has") {
  const test::TemporaryFolder folder;
  const auto runs = [&](Category category, const char* score, std::size_t experiments) {
    glossa::TaskSpec task = task_of(category, folder.path());
    task.experiments = experiments;
    return evaluate(task, test::hashed_words, kRoles).subsets.at(0).runs.at(score).size();
  };
  CHECK(runs(Category::classification, "accuracy", 0) == 10);
  CHECK(runs(Category::clustering_fast, "v_measure", 0) == 10);
  CHECK(runs(Category::clustering, "v_measure", 0) == 1);
  CHECK(runs(Category::classification, "accuracy", 3) == 3);
  CHECK(runs(Category::clustering_fast, "v_measure", 3) == 3);
  CHECK(runs(Category::clustering, "v_measure", 3) == 3);
}

TEST_CASE("experiments of a classifier are the same side by side, and progress is told by one thread at a time") {
  glossa::ClassificationData data;
  data.label_names = {"a", "b", "c"};
  for (std::size_t i = 0; i < 90; ++i) {
    const auto label = static_cast<std::int32_t>(i % 3);
    data.train.texts.push_back("word " + std::to_string(i % 7) + " of " + data.label_names[i % 3] + std::to_string(i));
    data.train.labels.push_back(label);
    data.test.texts.push_back("text " + std::to_string(i % 5) + " of " + data.label_names[i % 3] + std::to_string(i));
    data.test.labels.push_back(label);
  }
  const auto score = [&](std::size_t threads) {
    std::atomic<int> inside = 0;
    glossa::ProtocolOptions options{.threads = threads};
    options.progress = [&](const glossa::Progress&) {
      CHECK(++inside == 1);
      --inside;
    };
    return glossa::score_classifier(data, test::hashed_words, options);
  };
  const auto one = score(1);
  for (const std::size_t threads : {std::size_t{2}, std::size_t{5}}) {
    const auto many = score(threads);
    CHECK(many.scores == one.scores);
    CHECK(many.runs == one.runs);
    CHECK(many.items == one.items);
  }
  CHECK(one.runs.at("accuracy").size() == 10);
}
