// A sample of a task's texts is spread over all of them.
#include "error_of.hpp"
#include "paths.hpp"

#include <glossa/eval/task.hpp>
#include <glossa/eval/task_texts.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace {

using Texts = std::vector<std::string>;

Texts sample(const glossa::TaskSpec& task, const std::filesystem::path& data, std::size_t most) {
  return glossa::sample_texts(glossa::attach_data(task, data), most);
}

}  // namespace

TEST_CASE("a sample of texts is spread over both sides of pairs and over subsets") {
  const test::TemporaryFolder folder;
  const std::string pairs = "sentence1\tsentence2\na\tb\nc\td\n";
  test::write_file(folder.path() / "de.tsv", pairs);
  test::write_file(folder.path() / "fr.tsv", pairs);
  const glossa::TaskSpec task{.name = "mine", .category = glossa::TaskCategory::bitext};
  CHECK(sample(task, folder.path() / "de.tsv", 100) == Texts{"a", "c", "b", "d"});
  CHECK(sample(task, folder.path() / "de.tsv", 2) == Texts{"a", "b"});
  CHECK(sample(task, folder.path(), 4) == Texts{"a", "b", "a", "b"});
}

TEST_CASE("a sample has documents as they are embedded, and candidates") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "corpus.jsonl", R"({"_id": "1", "title": "T", "text": "one"})");
  test::write_file(folder.path() / "queries.jsonl", R"({"_id": "q", "text": "two"})");
  test::write_file(folder.path() / "qrels" / "test.tsv", "query-id\tcorpus-id\tscore\nq\t1\t1\n");
  CHECK(sample({.name = "mine", .category = glossa::TaskCategory::retrieval}, folder.path(), 10) ==
        Texts{"two", "T one"});
  test::write_file(folder.path() / "r.jsonl", R"({"query": "q", "positive": ["p"], "negative": ["n", "m"]})");
  CHECK(sample({.name = "mine", .category = glossa::TaskCategory::reranking}, folder.path() / "r.jsonl", 10) ==
        Texts{"q", "p", "n", "m"});
}

TEST_CASE("a task without data has no texts to sample") {
  CHECK(test::error_of([] { (void)glossa::sample_texts({.name = "mine"}, 1); }).kind() ==
        glossa::ErrorKind::invalid_argument);
}
