// Labels and fields that could be taken in two ways are told, and never taken in both.
#include "data_file.hpp"
#include "error_of.hpp"

#include <glossa/eval/read_task_data.hpp>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace {

using glossa::Error;
using glossa::ErrorKind;
using test::DataFile;

Error clustering_error(const DataFile& file) {
  return test::error_of([&] { (void)glossa::read_clustering(file.path()); });
}

/// A line with a text and this label.
std::string line(const std::string& label) { return R"({"text": "a", "label": )" + label + "}\n"; }

}  // namespace

TEST_CASE("labels of two kinds are refused, for 1 and \"1\" are not told to be one label or two") {
  for (const auto& [first, second] : std::vector<std::pair<std::string, std::string>>{{"1", "\"1\""},
                                                                                      {"\"1\"", "1"},
                                                                                      {"1", "true"},
                                                                                      {"\"a\"", "true"},
                                                                                      {"[1]", "\"1\""},
                                                                                      {"[1, 2]", "[1, \"2\"]"}}) {
    CAPTURE(first, second);
    const DataFile file("a.jsonl", line(first) + line(second));
    const Error error = clustering_error(file);
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.file() == file.line(2));
    CHECK(error.field() == "label");
    CHECK(test::says(error, "another kind"));
  }
  const DataFile set("a.jsonl", R"({"sentences": ["a", "b"], "labels": [1, "1"]})");
  CHECK(clustering_error(set).field() == "labels");
  const DataFile fraction("a.jsonl", line("1") + line("1.0"));
  CHECK(clustering_error(fraction).file() == fraction.line(2));
  CHECK(glossa::read_clustering(DataFile("a.jsonl", line("\"1\"") + line("\"01\"")).path()).label_names.size() == 2);
}

TEST_CASE("labels of two kinds are refused where learned and scored texts differ, too") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "train.jsonl", line("0") + line("1"));
  test::write_file(folder.path() / "test.jsonl", line("\"0\"") + line("\"1\""));
  const Error error = test::error_of([&] { (void)glossa::read_classification(folder.path()); });
  CHECK(error.file() == (folder.path() / "test.jsonl").string() + ", line 1");
  std::filesystem::remove(folder.path() / "test.jsonl");
  test::write_file(folder.path() / "test.tsv", "text\tlabel\na\t0\nb\t1\n");  // cells are of no kind
  CHECK(glossa::read_classification(folder.path()).label_names.size() == 2);
}

TEST_CASE("cells that are one number in other characters are refused for labels") {
  for (const char* other : {"1.0", "01", " 1", "+1", "1."}) {
    CAPTURE(other);
    const DataFile file("a.csv", "text,label\na,1\nb,2\nc," + std::string(other) + "\n");
    const Error error = clustering_error(file);
    CHECK(error.file() == file.line(4));
    CHECK(error.field() == "label");
    CHECK(test::says(error, "same number"));
  }
}

TEST_CASE("a field that is null or there twice is told as such") {
  const DataFile text("a.jsonl", line("1") + R"({"text": null, "label": 1})");
  CHECK(clustering_error(text).field() == "text");
  CHECK(test::says(clustering_error(text), "no value"));
  const DataFile label("a.jsonl", line("null"));
  CHECK(clustering_error(label).field() == "label");
  CHECK(test::says(clustering_error(label), "no value"));
  const DataFile inner("a.jsonl", R"({"sentences": ["a", null], "labels": [1, 2]})");
  CHECK(clustering_error(inner).field() == "sentences");

  const DataFile twice("a.jsonl", line("1") + R"({"text": "a", "label": 1, "text": "b"})");
  const Error error = clustering_error(twice);
  CHECK(error.kind() == ErrorKind::corrupt_file);
  CHECK(error.file() == twice.line(2));
  CHECK(error.field() == "text");
  CHECK(test::says(error, "twice"));
  const DataFile apart("a.jsonl", R"({"text": "a", "label": 1, "x": [{"text": 1}, {"text": 2}]})");
  CHECK(glossa::read_clustering(apart.path()).sets.size() == 1);
}
