// What is wrong with a task's data is told with its place, before anything is embedded.
#include "error_of.hpp"
#include "hashed_words.hpp"
#include "paths.hpp"

#include <glossa/eval/check_data.hpp>
#include <glossa/eval/evaluate.hpp>
#include <glossa/eval/protocols/metric_names.hpp>

#include <cstddef>
#include <filesystem>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Category = glossa::TaskCategory;
using Texts = std::span<const std::string_view>;

/// A task with these files by subset.
glossa::TaskSpec task_of(Category category, const std::filesystem::path& folder,
                         const std::map<std::string, std::string>& subsets) {
  glossa::TaskSpec task{.name = "mine", .category = category};
  for (const auto& [name, text] : subsets) {
    const std::filesystem::path file = folder / (name + ".jsonl");
    test::write_file(file, text);
    task.subsets.push_back({.name = name, .data = file});
  }
  return task;
}

const std::string kPair = "{\"sentence1\": \"one\", \"sentence2\": \"two\", \"score\": 1}\n";

/// Counts the texts that it is given.
struct CountingEncoder {
  std::size_t* texts;
  glossa::Embeddings operator()(Texts given, std::string_view prompt) const {
    *texts += given.size();
    return test::hashed_words(given, prompt);
  }
};

}  // namespace

TEST_CASE("the last line of the last subset is looked at") {
  const test::TemporaryFolder folder;
  check_data(task_of(Category::sts, folder.path(), {{"de", kPair + kPair}, {"en", kPair}}));
  const glossa::Error error = test::error_of([&] {
    check_data(task_of(Category::sts, folder.path(),
                       {{"de", kPair}, {"en", kPair + "{\"sentence1\": \"one\", \"sentence2\": \"two\"}\n"}}));
  });
  CHECK(error.kind() == glossa::ErrorKind::corrupt_file);
  CHECK(error.field() == "score");
  CHECK(test::says(error, "en.jsonl, line 2"));
  CHECK_FALSE(error.facts().remedy.empty());
}

TEST_CASE("data that a protocol cannot score is told with its file, and nothing of it is embedded") {
  const test::TemporaryFolder folder;
  const auto check = [&](const glossa::TaskSpec& task, const std::string& field) {
    std::size_t texts = 0;
    const glossa::TextEncoder encoder = CountingEncoder{&texts};
    const glossa::EvaluateOptions options{.prompts = {.query = "", .passage = ""}};
    for (const glossa::Error& error :
         {test::error_of([&] { check_data(task); }), test::error_of([&] { (void)evaluate(task, encoder, options); })}) {
      INFO(error.what());
      CHECK(error.kind() == glossa::ErrorKind::corrupt_file);
      CHECK(error.file() == task.subsets.back().data.string());
      CHECK(error.field() == field);
      CHECK_FALSE(error.facts().remedy.empty());
    }
    CHECK(texts == 0);
  };
  check(task_of(Category::reranking, folder.path(), {{"de", R"({"query": "q", "positive": ["p"], "negative": []})"}}),
        "queries");
  check(task_of(Category::pair_classification, folder.path(),
                {{"de", R"({"sentence1": [], "sentence2": [], "label": []})"}}),
        "label");
  check(task_of(Category::summarization, folder.path(),
                {{"de", R"({"human_summaries": ["a"], "machine_summaries": [], "relevance": []})"}}),
        "machine_summaries");
  glossa::TaskSpec drawn =
      task_of(Category::clustering_fast, folder.path(), {{"de", "{\"text\": \"one\", \"label\": \"a\"}\n"}});
  drawn.text_share = 0.5;
  check(drawn, "text_share");
  drawn.most_texts = 1;
  check(drawn, "text_share");
}

TEST_CASE("the file that is scored is told, not its folder, and a precision of three labels has none") {
  const test::TemporaryFolder folder;
  const std::string two = "{\"text\": \"a\", \"label\": 0}\n{\"text\": \"b\", \"label\": 1}\n";
  test::write_file(folder.path() / "train.jsonl", two);
  test::write_file(folder.path() / "test.jsonl", two + "{\"text\": \"c\", \"label\": 2}\n");
  const glossa::TaskSpec task{.name = "mine",
                              .category = Category::classification,
                              .main_metric = "ap",
                              .subsets = {{.name = "default", .data = folder.path()}}};
  const glossa::Error error = test::error_of([&] { check_data(task); });
  CHECK(error.file() == (folder.path() / "test.jsonl").string());
  CHECK(error.field() == "test");
  test::write_file(folder.path() / "test.jsonl", two);
  check_data(task);
}

TEST_CASE("a score that the protocol does not have is refused before anything is embedded") {
  const test::TemporaryFolder folder;
  glossa::TaskSpec task = task_of(Category::sts, folder.path(), {{"de", kPair}});
  task.main_metric = "ndcg_at_10";
  std::size_t texts = 0;
  const glossa::TextEncoder encoder = CountingEncoder{&texts};
  CHECK(test::error_of([&] { check_data(task); }).field() == "main_metric");
  CHECK(test::error_of([&] { (void)evaluate(task, encoder); }).field() == "main_metric");
  CHECK(texts == 0);
  CHECK(test::error_of([] { glossa::check_data({.name = "mine"}); }).field() == "task.subsets");

  task = task_of(Category::reranking, folder.path(),
                 {{"en", "{\"query\": \"a\", \"positive\": [\"b\"], \"negative\": [\"c\"]}\n"}});
  task.main_metric = "max_over_subqueries_map_at_1000";
  check_data(task);
  task.main_metric = "max_over_subqueries_map_at_7";
  CHECK(test::error_of([&] { check_data(task); }).field() == "main_metric");
}

TEST_CASE("the names that a protocol is said to have are those of its scores") {
  const glossa::ProtocolOptions options{.threads = 1};
  const auto check = [](Category category, const glossa::TaskScores::Subset& subset) {
    INFO(to_string(category));
    const std::vector<std::string> names = glossa::detail::metric_names(category);
    std::set<std::string> given;
    for (const auto& [name, score] : subset.scores) given.insert(name);
    CHECK(std::set<std::string>(names.begin(), names.end()) == given);
    CHECK(names.size() == given.size());
  };
  const glossa::TextEncoder encoder = test::hashed_words;
  check(Category::sts, score_sts({{"one", "two"}, {"one two", "three"}, {1, 2}}, encoder, options));
  check(Category::bitext, score_bitext({{"one", "two"}, {"one two", "three"}}, encoder, options));
  check(Category::pair_classification, score_pairs({{"one", "two"}, {"one two", "three"}, {1, 0}}, encoder, options));
  const glossa::LabelledTexts labelled{{"one", "two"}, {0, 1}};
  check(Category::classification, score_classifier({labelled, labelled, {"0", "1"}}, encoder, options));
  check(Category::clustering, score_clusters({{labelled}, {"0", "1"}}, encoder, options));
  check(Category::clustering_fast, score_clusters_fast({{labelled}, {"0", "1"}}, encoder, options));
  glossa::RerankingData reranking;
  reranking.queries = {{"one", {"one two"}, {"three"}}};
  check(Category::reranking, score_reranking(reranking, encoder, options));
  glossa::RetrievalData retrieval;
  retrieval.documents = {{"d", "", "one"}, {"e", "", "two"}};
  retrieval.queries = {{"q", "", "one two"}};
  retrieval.judgements["q"] = {{"d", 1}};
  check(Category::retrieval, score_retrieval(retrieval, encoder, options));
  check(Category::summarization, score_summaries({{{"", {"one"}, {"one two", "three"}, {1, 2}}}}, encoder, options));
}

TEST_CASE("judgements of which none can be found are refused, and what others lack is told") {
  const test::TemporaryFolder folder;
  const auto& path = folder.path();
  test::write_file(path / "corpus.jsonl", "{\"_id\": \"d\", \"text\": \"one\"}\n{\"_id\": \"e\", \"text\": \"two\"}");
  test::write_file(path / "queries.jsonl", "{\"_id\": \"q\", \"text\": \"one\"}\n{\"_id\": \"r\", \"text\": \"two\"}");
  for (const Category category : {Category::retrieval, Category::reranking}) {
    INFO(to_string(category));
    if (category == Category::reranking)
      test::write_file(path / "top_ranked.jsonl", R"({"query-id": "q", "corpus-ids": ["d", "e"]})");
    const glossa::TaskSpec task{.name = "mine", .category = category, .subsets = {{.name = "de", .data = path}}};
    const std::string head = "query-id\tcorpus-id\tscore\n";
    for (const char* lines : {"q\t99\t1\n", "q\td\t0\nq\te\t-1\n"}) {
      test::write_file(path / "qrels" / "test.tsv", head + lines);
      const glossa::Error error = test::error_of([&] { check_data(task); });
      CHECK(error.kind() == glossa::ErrorKind::corrupt_file);
      CHECK(error.field() == "judgements");
    }
    test::write_file(path / "qrels" / "test.tsv", head + "q\td\t1\nq\t99\t1\nq\t98\t1\n");
    const std::vector<glossa::DataGaps> gaps = check_data(task);
    REQUIRE(gaps.size() == 1);
    CHECK(gaps[0].subset == "de");
    CHECK(gaps[0].documents_missing == 2);
    CHECK(gaps[0].queries_left_out == 1);
  }
  CHECK(check_data(task_of(Category::sts, path, {{"de", kPair}})).empty());
}
