// What stands before the texts of a task: its own prompts, its category's, or the model's.
#include "category_tasks.hpp"
#include "error_of.hpp"

#include <glossa/eval/evaluate.hpp>

#include <cmath>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Texts = std::span<const std::string_view>;
using Category = test::Category;
using test::kRoles;
using test::task_of;

}  // namespace

TEST_CASE("a task's own prompts come before the model's") {
  const test::TemporaryFolder folder;
  std::set<std::string> prompts;
  const glossa::TextEncoder encoder = [&](Texts texts, std::string_view prompt) {
    prompts.emplace(prompt);
    return test::hashed_words(texts, prompt);
  };
  glossa::TaskSpec task = task_of(Category::reranking, folder.path());
  task.prompts.query = "Represent this: ";
  (void)evaluate(task, encoder, kRoles);
  CHECK(prompts == std::set<std::string>{"Represent this: ", "passage: "});
  prompts.clear();
  task = task_of(Category::sts, folder.path());
  task.prompts.query = "all: ";
  (void)evaluate(task, encoder, kRoles);
  CHECK(prompts == std::set<std::string>{"all: "});
}

TEST_CASE("a category's prompts come before the model's and after the task's, in categories without roles too") {
  const test::TemporaryFolder folder;
  glossa::EvaluateOptions options = kRoles;
  options.category_prompts = {{Category::reranking, {.query = "ask: "}}, {Category::sts, {.query = "sts: "}}};
  const auto prompts_of = [&](const glossa::TaskSpec& task) {
    std::set<std::string> prompts;
    const glossa::TextEncoder encoder = [&](Texts texts, std::string_view prompt) {
      prompts.emplace(prompt);
      return test::hashed_words(texts, prompt);
    };
    (void)evaluate(task, encoder, options);
    return prompts;
  };
  using Prompts = std::set<std::string>;
  CHECK(prompts_of(task_of(Category::reranking, folder.path())) == Prompts{"ask: ", "passage: "});
  CHECK(prompts_of(task_of(Category::retrieval, folder.path())) == Prompts{"query: ", "passage: "});
  CHECK(prompts_of(task_of(Category::sts, folder.path())) == Prompts{"sts: "});
  CHECK(prompts_of(task_of(Category::bitext, folder.path())) == Prompts{""});
  glossa::TaskSpec task = task_of(Category::sts, folder.path());
  const glossa::ScoreSource source = score_source(task, task.subsets.at(0), options);
  CHECK(source.data == score_source(task, task.subsets.at(0), kRoles).data);
  CHECK(source.prompts != score_source(task, task.subsets.at(0), kRoles).prompts);
  task.prompts.query = "mine: ";
  CHECK(prompts_of(task) == Prompts{"mine: "});
}

TEST_CASE("a category may tell the prompts that the model does not") {
  const test::TemporaryFolder folder;
  const glossa::TaskSpec task = task_of(Category::retrieval, folder.path());
  glossa::EvaluateOptions options{.threads = 1};
  options.category_prompts[Category::retrieval].query = "";
  CHECK(test::error_of([&] { (void)evaluate(task, test::hashed_words, options); }).field() == "prompts.passage");
  options.category_prompts[Category::retrieval].passage = "";
  CHECK(std::isfinite(evaluate(task, test::hashed_words, options).main_score()));
}

TEST_CASE("roles without a known prompt are refused, and \"\" is a prompt") {
  const test::TemporaryFolder folder;
  const glossa::TaskSpec task = task_of(Category::retrieval, folder.path());
  const glossa::Error error = test::error_of([&] { (void)evaluate(task, test::hashed_words); });
  CHECK(error.kind() == glossa::ErrorKind::invalid_argument);
  CHECK(error.field() == "prompts.query");
  CHECK(std::isfinite(evaluate(task, test::hashed_words, {.prompts = {.query = "", .passage = ""}}).main_score()));
}
