// Documents, queries and judgements in BEIR's layout; and the data sets beside the project, where they are.
#include "error_of.hpp"
#include "paths.hpp"

#include <glossa/eval/judgements.hpp>
#include <glossa/eval/read_task_data.hpp>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace {

using glossa::Error;
using glossa::ErrorKind;

/// A small collection, to be changed and read.
struct Collection {
  test::TemporaryFolder folder;
  std::string corpus = "{\"_id\": \"d1\", \"title\": \"T\", \"text\": \"one\"}\n{\"_id\": 2, \"text\": \" two \"}\n";
  std::string queries =
      "{\"_id\": \"q1\", \"text\": \"?\"}\n{\"id\": \"q2\", \"text\": \"??\"}\n"
      "{\"_id\": \"q3\", \"text\": \"???\"}\n";
  std::string judgements = "query-id\tcorpus-id\tscore\nq3\td1\t2\nq1\t2\t1\nq1\td1\t-1\nq1\tgone\t1\n";

  [[nodiscard]] glossa::RetrievalData read() const {
    test::write_file(folder.path() / "corpus.jsonl", corpus);
    test::write_file(folder.path() / "queries.jsonl", queries);
    test::write_file(folder.path() / "qrels" / "test.tsv", judgements);
    return glossa::read_retrieval(folder.path());
  }
  [[nodiscard]] Error error() const {
    return test::error_of([&] { (void)read(); });
  }
};

}  // namespace

TEST_CASE("candidates of queries are no retrieval, which says so") {
  const Collection collection;
  test::write_file(collection.folder.path() / "top_ranked" / "dev.jsonl", "");
  CHECK(collection.read().queries.size() == 2);
  test::write_file(collection.folder.path() / "top_ranked" / "test.jsonl", "");
  const Error error = collection.error();
  CHECK(error.kind() == ErrorKind::corrupt_file);
  CHECK(error.file() == (collection.folder.path() / "top_ranked" / "test.jsonl").string());
}

TEST_CASE("documents, judged queries and judgements are read") {
  const glossa::RetrievalData data = Collection().read();
  REQUIRE(data.documents.size() == 2);
  CHECK(data.documents[0].id == "d1");
  CHECK(data.documents[0].title == "T");
  CHECK(data.documents[1].id == "2");
  CHECK(data.documents[1].text == " two ");
  REQUIRE(data.queries.size() == 2);
  CHECK(data.queries[0].id == "q1");
  CHECK(data.queries[1].text == "???");
  CHECK(data.queries_left_out == 1);
  CHECK(data.documents_missing == 1);
  CHECK(data.judgements.at("q1") == glossa::Judgements{{"2", 1}, {"d1", -1}, {"gone", 1}});
  CHECK(data.judgements.at("q3") == glossa::Judgements{{"d1", 2}});
}

TEST_CASE("judgements may be JSON lines, and of another split") {
  const Collection collection;
  (void)collection.read();
  test::write_file(collection.folder.path() / "qrels" / "dev.jsonl",
                   "{\"query-id\": \"q2\", \"corpus-id\": 2, \"score\": 1.0}\n");
  const glossa::RetrievalData data = glossa::read_retrieval(collection.folder.path(), {.split = "dev"});
  REQUIRE(data.queries.size() == 1);
  CHECK(data.queries[0].id == "q2");
  CHECK(data.judgements.at("q2") == glossa::Judgements{{"2", 1}});
}

TEST_CASE("ids that are there twice and judgements that do not fit are told with their lines") {
  Collection collection;
  collection.corpus += "{\"_id\": \"d1\", \"text\": \"again\"}\n";
  CHECK(collection.error().file() == (collection.folder.path() / "corpus.jsonl").string() + ", line 3");
  CHECK(test::says(collection.error(), "line 1 has the same"));
  for (const char* line : {"{\"text\": \"nameless\"}\n", "{\"_id\": \"\", \"text\": \"nameless\"}\n"}) {
    Collection nameless;
    nameless.queries += line;
    CHECK(nameless.error().field() == "_id");
  }
}

TEST_CASE("judgements of no query, of one pair twice, and without a whole number are errors") {
  for (const auto& [line, field] : std::map<std::string, std::string>{{"q9\td1\t1", "query-id"},
                                                                      {"q3\td1\t1", "score"},
                                                                      {"q1\td2\t0.5", "score"},
                                                                      {"q1\td2\tx", "score"},
                                                                      {"q1\t\t1", "corpus-id"},
                                                                      {"q1\td2\t3000000000", "score"}}) {
    Collection collection;
    collection.judgements += line + "\n";
    CAPTURE(line);
    const Error error = collection.error();
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.file() == (collection.folder.path() / "qrels" / "test.tsv").string() + ", line 6");
    CHECK(error.field() == field);
  }
  Collection same;
  same.judgements += "q3\td1\t2\n";
  CHECK(same.read().judgements.at("q3").size() == 1);
  Collection headless;
  headless.judgements = "q1\td1\t1\nq3\td1\t1\n";
  CHECK(headless.error().field() == "query-id");
}

TEST_CASE("a folder without judgements of the split is an error that names their file") {
  const Collection collection;
  (void)collection.read();
  const Error error = test::error_of([&] { (void)glossa::read_retrieval(collection.folder.path(), {.split = "dev"}); });
  CHECK(error.kind() == ErrorKind::not_found);
  CHECK(error.file() == (collection.folder.path() / "qrels" / "dev.jsonl").string());
}

TEST_CASE("a passage is title and text without Python's white space around them") {
  CHECK(glossa::passage_of({"", "T", "x"}) == "T x");
  CHECK(glossa::passage_of({"", "", "\u00A0\u2003 x y\u3000\n\x1F"}) == "x y");
  CHECK(glossa::passage_of({"", " ", " "}).empty());
  CHECK(glossa::passage_of({"", "T", ""}) == "T");
  CHECK(glossa::passage_of({"", "", "\uFEFFx\u200B"}) == "\uFEFFx\u200B");  // no white space for Python
  CHECK(glossa::passage_of({"", "", "a\xFF "}) == "a\uFFFD");
}

TEST_CASE("the evaluation sets beside the project are read whole") {
  const auto data = test::shared().empty() ? std::filesystem::path() : test::shared() / "data";
  if (data.empty() || !std::filesystem::exists(data)) {
    if (std::getenv("CI") != nullptr) FAIL("there are no evaluation sets beside the source tree");
    WARN("there are no evaluation sets beside the source tree; nothing was checked");
    return;
  }
  for (const char* language : {"de", "en", "es", "fr", "ru", "zh"})
    CHECK(glossa::read_sts(data / "sts" / ("stsb-" + std::string(language) + ".jsonl")).score.size() == 1379);
  CHECK(glossa::read_bitext(data / "bitext" / "tatoeba-tel-eng.jsonl").sentence1.size() == 234);
  CHECK(glossa::read_bitext(data / "bitext" / "tatoeba-jpn-eng.jsonl").sentence2.size() == 1000);
  const glossa::ClassificationData banking = glossa::read_classification(data / "classification" / "banking77");
  CHECK(banking.train.texts.size() == 10003);
  CHECK(banking.test.labels.size() == 3080);
  REQUIRE(banking.label_names.size() == 77);
  CHECK(banking.label_names[76] == "76");
  CHECK(banking.test.labels[0] == 11);
  CHECK(glossa::read_classification(data / "classification" / "amazon-counterfactual-de").label_names ==
        std::vector<std::string>{"0", "1"});
  const glossa::ClusteringData topics = glossa::read_clustering(data / "clustering" / "sib200-tha_Thai.jsonl");
  CHECK(topics.sets.at(0).texts.size() == 1004);
  CHECK(topics.label_names.size() == 7);
  CHECK(glossa::read_clustering(data / "clustering" / "masakhanews-eng.jsonl").sets.at(0).labels.size() == 948);
  CHECK(glossa::read_pairs(data / "pair_classification" / "indonli.jsonl").label.size() == 2040);
  CHECK(glossa::read_pairs(data / "pair_classification" / "farstail.jsonl").label.size() == 1029);
  const glossa::RetrievalData scifact = glossa::read_retrieval(data / "retrieval" / "scifact");
  CHECK(scifact.documents.size() == 5183);
  CHECK(scifact.queries.size() == 300);
  CHECK(scifact.judgements.size() == 300);
  CHECK(scifact.documents_missing == 0);
  const glossa::RetrievalData xquad = glossa::read_retrieval(data / "retrieval" / "xquad-ar");
  CHECK(xquad.documents.size() == 240);
  CHECK(xquad.queries.size() == 1186);
  CHECK(glossa::read_reranking(data / "reranking" / "scifact-bm25-rerank.jsonl").queries.size() == 100);
  const glossa::SummarizationData summaries = glossa::read_summarization(data / "summarization" / "summeval.jsonl");
  CHECK(summaries.texts.size() == 100);
  CHECK(summaries.texts[0].relevance.size() == 16);
}

TEST_CASE("reranking is read from documents, graded judgements and candidates, too") {
  const Collection collection;
  (void)collection.read();
  const auto& folder = collection.folder.path();
  test::write_file(
      folder / "top_ranked.jsonl",
      "{\"query-id\": \"q1\", \"corpus-ids\": [2, \"d1\"]}\n{\"query-id\": \"q3\", \"corpus-ids\": [\"d1\"]}\n");
  const glossa::RerankingData data = glossa::read_reranking(folder);
  REQUIRE(data.queries.size() == 2);
  CHECK(data.queries[0].text == "?");
  CHECK(data.queries[0].candidates == std::vector<std::string>{"T one", "two"});  // "d1" before "2"
  CHECK(data.queries[0].relevance == std::vector<int>{-1, 1});
  CHECK(data.queries[0].judged == std::vector<int>{1, -1, 1});  // of "2", "d1" and "gone"
  CHECK(data.queries[1].relevance == std::vector<int>{2});

  const auto field_with = [&](const std::string& lines) {
    test::write_file(folder / "top_ranked.jsonl", lines);
    const Error error = test::error_of([&] { (void)glossa::read_reranking(folder); });
    CHECK(error.kind() == ErrorKind::corrupt_file);
    return error.field();
  };
  const std::string q1 = "{\"query-id\": \"q1\", \"corpus-ids\": [\"d1\"]}\n";
  const std::string q3 = "{\"query-id\": \"q3\", \"corpus-ids\": [\"d1\"]}\n";
  CHECK(field_with(q1) == "query-id");
  CHECK(field_with("{\"query-id\": \"q9\", \"corpus-ids\": [\"d1\"]}\n" + q1 + q3) == "query-id");
  CHECK(field_with(q1 + q1) == "query-id");
  CHECK(field_with("{\"query-id\": \"q1\", \"corpus-ids\": [\"d9\"]}\n") == "corpus-ids");
  CHECK(field_with("{\"query-id\": \"q1\", \"corpus-ids\": [\"d1\", \"d1\"]}\n") == "corpus-ids");
  CHECK(field_with("{\"query-id\": \"q1\", \"corpus-ids\": []}\n") == "corpus-ids");
}
