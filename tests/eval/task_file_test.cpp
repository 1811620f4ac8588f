// Task files: what they may tell, and what is wrong in them.
#include "task_files.hpp"

#include <glossa/eval/task.hpp>

#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace {

using glossa::Error;
using glossa::ErrorKind;
using glossa::TaskCategory;
using glossa::TaskSpec;
using test::subset_names;
using test::TaskFile;
using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a task file describes a task") {
  const TaskFile file(R"({"name": "Mine", "category": "retrieval", "data": {"de": "sub/de.jsonl", "x": "a.jsonl"},
    "split": "dev", "main_score": "map_at_10", "languages": {"x": ["eng-Latn"]}, "prompts": {"query": "", "passage": "p: "},
    "ignore_identical_ids": true, "fields": {"_id": "key"}, "revision": "3", "samples_per_label": 4, "experiments": 3, "most_texts": 5, "text_share": 0.5,
    "published": [{"model": "other", "score": 0.5}, {"model": "o2", "subset": "de", "split": "x", "score": 1}]})");
  const TaskSpec task = file.read();
  CHECK(task.name == "Mine");
  CHECK(task.category == TaskCategory::retrieval);
  CHECK(task.split == "dev");
  CHECK(task.main_metric == "map_at_10");
  CHECK(subset_names(task) == Texts{"de", "x"});
  CHECK(task.subsets[0].languages == Texts{"deu-Latn"});
  CHECK(task.subsets[0].data == file.folder.path() / "sub" / "de.jsonl");
  CHECK(task.subsets[1].languages == Texts{"eng-Latn"});
  CHECK(task.prompts.query == std::optional<std::string>(""));
  CHECK(task.prompts.passage == std::optional<std::string>("p: "));
  CHECK(task.ignore_identical_ids);
  CHECK(task.fields.at("_id") == "key");
  CHECK(task.revision == "3");
  CHECK(task.samples_per_label == 4);
  CHECK(task.experiments == 3);
  CHECK(task.most_texts == 5);
  CHECK(task.text_share == 0.5);
  REQUIRE(task.published.size() == 2);
  CHECK(task.published[0].subset.empty());
  CHECK(task.published[1].score == 1);
  CHECK(task.published[0].split == "dev");
  CHECK(task.published[1].split == "x");
}

TEST_CASE("a task file may need no more than name, category and data, or a known task") {
  const TaskSpec own =
      TaskFile(R"({"name": "Mine", "category": "STS", "data": "a.jsonl", "languages": ["deu-Latn"]})").read();
  CHECK(own.main_metric == "cosine_spearman");
  CHECK(own.revision == "local");
  CHECK(subset_names(own) == Texts{"default"});
  CHECK(own.subsets[0].languages == Texts{"deu-Latn"});
  CHECK_FALSE(own.prompts.query.has_value());
  const TaskSpec folder = TaskFile(R"({"name": "Mine", "category": "sts", "data": "sub"})").read();
  CHECK(subset_names(folder) == Texts{"de"});
  const TaskSpec known = TaskFile(R"({"task": "STSBenchmarkMultilingualSTS", "data": "sub", "split": "dev"})").read();
  CHECK(known.name == "STSBenchmarkMultilingualSTS");
  CHECK(known.split == "dev");
  CHECK(known.revision.size() == 40);
  CHECK(subset_names(known) == Texts{"de"});
}

TEST_CASE("what is wrong in a task file is told by field") {
  const std::string head = R"({"name": "Mine", "category": "sts", "data": "a.jsonl")";
  const std::vector<std::tuple<std::string, std::string, std::string>> cases{
      {R"({"category": "sts", "data": "a.jsonl"})", "name", "missing"},
      {R"({"name": "Mine", "data": "a.jsonl"})", "category", "missing"},
      {R"({"name": "Mine", "category": "sts"})", "data", "missing"},
      {R"({"name": "Mine", "category": "similarity", "data": "a.jsonl"})", "category", "pair_classification"},
      {R"({"name": "a/b", "category": "sts", "data": "a.jsonl"})", "name", "slashes"},
      {R"({"name": "a:b", "category": "sts", "data": "a.jsonl"})", "name", "colons"},
      {R"({"name": "..", "category": "sts", "data": "a.jsonl"})", "name", "slashes"},
      {R"({"name": "Mine", "category": "sts", "data": 3})", "data", "an object"},
      {R"({"name": "Mine", "category": "sts", "data": {}})", "data", "names nothing"},
      {R"({"name": "Mine", "category": "sts", "data": {"de": 3}})", "data.de", "a string"},
      {R"({"name": "Mine", "category": "sts", "data": {"de": "b.jsonl"}})", "data.de", "no such file"},
      {head + R"(, "langauges": []})", "langauges", "no such field"},
      {head + R"(, "languages": "de"})", "languages", "a list"},
      {head + R"(, "languages": [1]})", "languages", "strings"},
      {head + R"(, "split": 1})", "split", "a string"},
      {head + R"(, "samples_per_label": 0})", "samples_per_label", "a whole number from 1"},
      {head + R"(, "experiments": -1})", "experiments", "a whole number"},
      {head + R"(, "text_share": 2})", "text_share", "from 0 to 1"},
      {head + R"(, "ignore_identical_ids": 1})", "ignore_identical_ids", "true or false"},
      {head + R"(, "prompts": {"querry": ""}})", "prompts.querry", "one of query, passage"},
      {head + R"(, "fields": {"scor": "x"}})", "fields.scor", "one of sentence1, sentence2, score"},
      {head + R"(, "languages": {"dee": ["deu-Latn"]}})", "languages.dee", "one of default"},
      {head + R"(, "published": [{"model": "m", "score": 1, "foo": 1}]})", "published.foo", "no such field"},
      {R"({"task": "Tatoeba", "category": "sts", "data": "a.jsonl"})", "category", "bitext, as Tatoeba is"},
      {head + R"(, "prompts": "query: "})", "prompts", "an object"},
      {head + R"(, "prompts": {"query": 1}})", "prompts.query", "a string"},
      {head + R"(, "fields": {"text": 1}})", "fields.text", "a string"},
      {head + R"(, "published": [{"model": "m"}]})", "published.score", "missing"},
      {head + R"(, "published": [{"model": "m", "score": "x"}]})", "published.score", "a number"},
      {"[]", "", "an object"},
      {"{", "", "not valid JSON"},
  };
  for (const auto& [json, field, part] : cases) {
    CAPTURE(json);
    const TaskFile file(json);
    const Error error = file.error();
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.file() == (file.folder.path() / "task.json").string());
    CHECK(error.field() == field);
    CHECK(test::says(error, part));
    CHECK(test::says(error, "correct the task file"));
  }
  CHECK(TaskFile(R"({"name": "M", "category": "sts", "data": "b"})").error().kind() == ErrorKind::not_found);
  CHECK(TaskFile(R"({"task": "STSBench", "data": "a.jsonl"})").error().kind() == ErrorKind::not_found);
}

TEST_CASE("a known task's own category may stand beside its name, and fields by the names of the category's reader") {
  const TaskSpec known =
      TaskFile(R"({"task": "STSBenchmarkMultilingualSTS", "category": "STS", "data": "sub"})").read();
  CHECK(known.category == TaskCategory::sts);
  const auto fields_of = [](const std::string& category, const std::string& field) {
    return TaskFile(R"({"name": "Mine", "data": "a.jsonl", "category": ")" + category + R"(", "fields": {")" + field +
                    R"(": "x"}})")
        .read()
        .fields.at(field);
  };
  for (const auto& [category, field] :
       std::vector<std::pair<std::string, std::string>>{{"bitext", "sentence2"},
                                                        {"classification", "label"},
                                                        {"clustering", "sentences"},
                                                        {"pair_classification", "labels"},
                                                        {"reranking", "corpus-ids"},
                                                        {"retrieval", "instruction"},
                                                        {"summarization", "relevance"}}) {
    CAPTURE(category);
    CHECK(fields_of(category, field) == "x");
  }
}

TEST_CASE("languages of subsets that other data does not have are let be") {
  const TaskFile file(R"({"name": "Mine", "category": "sts", "data": {"x": "a.jsonl", "de": "sub/de.jsonl"},
    "languages": {"x": ["eng-Latn"], "de": ["gsw-Latn"]}})");
  CHECK(file.read().subsets.size() == 2);
  const TaskSpec task = glossa::read_task_file(file.folder.path() / "task.json", {.data = file.folder.path() / "sub"});
  CHECK(subset_names(task) == Texts{"de"});
  CHECK(task.subsets[0].languages == Texts{"gsw-Latn"});
}

TEST_CASE("data and split may be told in place of those of a task file") {
  const TaskFile file(R"({"name": "Mine", "category": "sts", "split": "test", "languages": {"de": ["gsw-Latn"]}})");
  CHECK(file.error().field() == "data");
  const auto path = file.folder.path() / "task.json";
  const TaskSpec task = glossa::read_task_file(path, {.data = file.folder.path() / "sub"});
  CHECK(subset_names(task) == Texts{"de"});
  CHECK(task.subsets[0].languages == Texts{"gsw-Latn"});
  test::write_file(file.folder.path() / "all" / "dev.jsonl", "");
  const TaskSpec dev = glossa::read_task_file(path, {.data = file.folder.path() / "all", .split = "dev"});
  CHECK(dev.split == "dev");
  CHECK(dev.subsets.at(0).data == file.folder.path() / "all");
}
