// Data with the names of fields that mteb's own files have is read as it is.
#include "error_of.hpp"
#include "paths.hpp"

#include <glossa/eval/evaluate.hpp>
#include <glossa/eval/read_task_data.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace {

using glossa::Error;
using glossa::ErrorKind;
using Texts = std::vector<std::string>;

/// Retrieval in BEIR's layout, where one query has an instruction.
struct InstructedData {
  test::TemporaryFolder folder;

  InstructedData() {
    write("corpus", R"({"_id": "d", "text": "one", "instruction": "not for documents"})");
    write(
        "queries",
        "{\"_id\": \"q\", \"text\": \"two\", \"instruction\": \"in English\"}\n{\"_id\": \"r\", \"text\": \"three\"}\n"
        "{\"_id\": \"s\", \"text\": \"four\", \"instruction\": null}");
    test::write_file(folder.path() / "qrels" / "test.tsv", "query-id\tcorpus-id\tscore\nq\td\t1\ns\td\t0\n");
  }
  void write(const std::string& stem, std::string_view lines) const {
    test::write_file(folder.path() / (stem + ".jsonl"), lines);
  }
  [[nodiscard]] Texts queries() const {
    Texts texts;
    for (const glossa::NamedText& query : glossa::read_retrieval(folder.path()).queries) texts.push_back(query.text);
    return texts;
  }
};

}  // namespace

TEST_CASE("pairs may have \"labels\" in place of \"label\"") {
  const test::TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "a.jsonl";
  const auto labels_of = [&](std::string_view lines) {
    test::write_file(path, lines);
    return glossa::read_pairs(path).label;
  };
  CHECK(labels_of("{\"sentence1\": \"a\", \"sentence2\": \"b\", \"labels\": 1}\n"
                  "{\"sentence1\": \"c\", \"sentence2\": \"d\", \"label\": 0}") == std::vector<std::uint8_t>{1, 0});
  CHECK(labels_of(R"({"sentence1": ["a", "c"], "sentence2": ["b", "d"], "labels": [0, 1]})") ==
        std::vector<std::uint8_t>{0, 1});
  CHECK(labels_of(R"({"sentence1": "a", "sentence2": "b", "label": 1, "labels": 0})") == std::vector<std::uint8_t>{1});
  const auto error_with = [&](std::string_view lines) { return test::error_of([&] { (void)labels_of(lines); }); };
  CHECK(error_with(R"({"sentence1": "a", "sentence2": "b", "labels": 2})").field() == "labels");
  CHECK(error_with(R"({"sentence1": ["a"], "sentence2": ["b"], "labels": [0, 1]})").field() == "labels");
  CHECK(error_with(R"({"sentence1": "a", "sentence2": "b"})").field() == "label");
}

TEST_CASE("texts to cluster may be called \"sentences\", and their labels \"labels\"") {
  const test::TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "a.jsonl";
  test::write_file(path,
                   "{\"sentences\": \"a\", \"labels\": \"x\"}\n{\"sentences\": \"b\", \"labels\": [\"y\", \"z\"]}\n");
  const glossa::ClusteringData data = glossa::read_clustering(path);
  REQUIRE(data.sets.size() == 1);
  CHECK(data.sets[0].texts == Texts{"a", "b"});
  CHECK(data.label_names == Texts{"x", "y", "z"});
  CHECK(data.sets[0].finer_labels.size() == 1);
  test::write_file(folder.path() / "b.csv", "sentences,labels\na,7\nb,-1\n");
  CHECK(glossa::read_clustering(folder.path() / "b.csv").labels_are_numbers);
  const auto error_with = [&](std::string_view lines) {
    test::write_file(path, lines);
    return test::error_of([&] { (void)glossa::read_clustering(path); });
  };
  CHECK(error_with(R"({"sentences": "a"})").field() == "label");
  CHECK(error_with(R"({"labels": "a"})").field() == "text");
  CHECK(error_with("{\"sentences\": \"a\", \"labels\": 1}\n{\"sentences\": [\"a\"], \"labels\": [1]}").field() ==
        "sentences");
}

TEST_CASE("a query's instruction stands behind it") {
  const InstructedData data;
  CHECK(data.queries() == Texts{"two in English", "four"});
  CHECK(glossa::passage_of(glossa::read_retrieval(data.folder.path()).documents.at(0)) == "one");
  data.write("queries", R"({"_id": "q", "text": "two", "instruction": 3})");
  CHECK(test::error_of([&] { (void)data.queries(); }).field() == "instruction");
}

TEST_CASE("instructions in a file of their own are taken for those of the queries, and each is needed") {
  const InstructedData data;
  const glossa::TaskSpec task =
      glossa::attach_data({.name = "mine", .category = glossa::TaskCategory::retrieval}, data.folder.path());
  const glossa::EvaluateOptions no_prompts{.prompts = {.query = "", .passage = ""}};
  const glossa::ScoreSource before = score_source(task, task.subsets.at(0), no_prompts);
  data.write(
      "instruction",
      "{\"query-id\": \"s\", \"instruction\": \"in short\"}\n{\"query-id\": \"q\", \"instruction\": \"at length\"}");
  CHECK(data.queries() == Texts{"two at length", "four in short"});
  CHECK(score_source(task, task.subsets.at(0), no_prompts).data != before.data);
  data.write("instruction", R"({"query-id": "q", "instruction": "at length"})");
  Error error = test::error_of([&] { (void)data.queries(); });
  CHECK(error.kind() == ErrorKind::corrupt_file);
  CHECK(error.file() == (data.folder.path() / "instruction.jsonl").string());
  CHECK(error.facts().found == "s");
  data.write("instruction",
             "{\"query-id\": \"s\", \"instruction\": \"x\"}\n{\"query-id\": \"s\", \"instruction\": \"y\"}");
  error = test::error_of([&] { (void)data.queries(); });
  CHECK(error.field() == "query-id");
  CHECK(error.file().ends_with("line 2"));
}
