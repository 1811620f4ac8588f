// Scores tell what they are of: data, settings and prompts, by hashes.
#include "category_tasks.hpp"

#include <glossa/eval/check_data.hpp>
#include <glossa/eval/evaluate.hpp>
#include <glossa/eval/task_texts.hpp>

#include <cmath>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using Texts = std::span<const std::string_view>;
using Category = test::Category;
using test::kCategories;
using test::kRoles;
using test::task_of;

}  // namespace

TEST_CASE("scores tell the data that they are of, also where it is changed while it is scored") {
  const test::TemporaryFolder folder;
  const glossa::TaskSpec task = task_of(Category::sts, folder.path());
  const glossa::ScoreSource before = score_source(task, task.subsets.at(0), kRoles);
  const glossa::TextEncoder encoder = [&](Texts texts, std::string_view prompt) {
    test::write_file(task.subsets.at(0).data, R"({"sentence1": "one", "sentence2": "two", "score": 1})");
    return test::hashed_words(texts, prompt);
  };
  CHECK(evaluate(task, encoder, kRoles).subsets.at(0).source == before);
  CHECK(score_source(task, task.subsets.at(0), kRoles) != before);
}

TEST_CASE("scores tell their data, settings and prompts by a hash") {
  const test::TemporaryFolder folder;
  for (const Category category : kCategories) {
    INFO(to_string(category));
    glossa::TaskSpec task = task_of(category, folder.path());
    const auto source = [&](const glossa::EvaluateOptions& options = kRoles) {
      return score_source(task, task.subsets.at(0), options);
    };
    const glossa::ScoreSource first = source();
    CHECK(evaluate(task, test::hashed_words, kRoles).subsets.at(0).source == first);
    CHECK(first.data.size() == 16);
    CHECK(first.data != first.prompts);

    task.prompts.query = "another: ";
    CHECK(source().data == first.data);
    CHECK(source().prompts != first.prompts);
    task.prompts.query.reset();
    task.main_metric = "another";
    CHECK(source().data != first.data);
    task.main_metric.clear();
    task.fields["text"] = "another";
    CHECK(source().data != first.data);
    task.fields.clear();
    CHECK(source() == first);

    const std::filesystem::path data = task.subsets[0].data;
    const std::filesystem::path file = category == Category::classification ? data / "train.jsonl"
                                       : category == Category::retrieval    ? data / "qrels" / "test.tsv"
                                                                            : data;
    const std::string bytes = test::read_file(file);
    test::write_file(file, bytes + "\n");
    CHECK(source().data != first.data);
    CHECK(source().prompts == first.prompts);
    test::write_file(file, bytes);
    CHECK(source() == first);
  }
  glossa::TaskSpec task = task_of(Category::classification, folder.path());
  const glossa::ScoreSource eight = score_source(task, task.subsets.at(0));
  task.samples_per_label = 4;
  CHECK(score_source(task, task.subsets.at(0)).data != eight.data);
}

TEST_CASE("a folder of reranking with candidates is a task's data, and tells its source") {
  const test::TemporaryFolder folder;
  glossa::TaskSpec task = task_of(Category::retrieval, folder.path());
  const std::filesystem::path data = task.subsets.at(0).data;
  test::write_file(data / "top_ranked" / "test.jsonl", R"({"query-id": "q", "corpus-ids": ["d1", "d2"]})");
  task = glossa::attach_data({.name = "mine", .category = Category::reranking}, data);
  CHECK(std::isfinite(evaluate(task, test::hashed_words, kRoles).main_score()));
  const glossa::ScoreSource source = score_source(task, task.subsets.at(0), kRoles);
  test::write_file(data / "top_ranked" / "test.jsonl", R"({"query-id": "q", "corpus-ids": ["d1"]})");
  CHECK(score_source(task, task.subsets.at(0), kRoles).data != source.data);
}

TEST_CASE("scores tell the data that was read, and not what was there before or is there now") {
  const test::TemporaryFolder folder;
  const glossa::TaskSpec task = task_of(Category::classification, folder.path());
  const glossa::TaskSubset& subset = task.subsets.at(0);
  const glossa::ScoreSource before = score_source(task, subset, kRoles);
  glossa::EvaluateOptions options = kRoles;
  bool is_changed = false;
  options.watch = [&] {  // while train is read: test is another file by the time that its turn comes
    if (std::exchange(is_changed, true)) return;
    test::write_file(subset.data / "test.jsonl", "{\"text\": \"one\", \"label\": 1}\n");
  };
  const glossa::TaskScores scores = evaluate(task, test::hashed_words, options);
  CHECK(is_changed);
  CHECK(scores.main_score() == 0);  // of the text that is there since
  CHECK(scores.subsets.at(0).source != before);
  CHECK(scores.subsets.at(0).source == score_source(task, subset, kRoles));
}

TEST_CASE("what the watch throws ends reading and hashing") {
  const test::TemporaryFolder folder;
  const glossa::TaskSpec task = task_of(Category::sts, folder.path());
  glossa::EvaluateOptions options = kRoles;
  options.watch = [] { throw std::runtime_error("enough"); };
  CHECK_THROWS_AS(evaluate(task, test::hashed_words, options), std::runtime_error);
  CHECK_THROWS_AS(score_source(task, task.subsets.at(0), options), std::runtime_error);
  CHECK_THROWS_AS(check_data(task, options.watch), std::runtime_error);
  CHECK_THROWS_AS(sample_texts(task, 1, options.watch), std::runtime_error);
}
