// Data files of all kinds are read as they are, and what is malformed is told with its line and field.
#include "data_file.hpp"
#include "error_of.hpp"

#include <glossa/eval/read_task_data.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace {

using glossa::Error;
using glossa::ErrorKind;
using test::DataFile;
using Texts = std::vector<std::string>;
using Numbers = std::vector<std::int32_t>;

Error sts_error(const DataFile& file) {
  return test::error_of([&] { (void)glossa::read_sts(file.path()); });
}

}  // namespace

TEST_CASE("similar sentences are read from JSON lines, with whatever fields beside them") {
  const DataFile file(
      "a.jsonl",
      "\xEF\xBB\xBF{\"sentence1\": \"a \\u00fc\\n\", \"sentence2\": \" b\", \"score\": 2.5, \"x\": [1]}\r\n"
      "\n{\"score\":0,\"sentence2\":\"\",\"sentence1\":\"\xEF\xBB\xBF"
      "c\"}");
  const glossa::StsData data = glossa::read_sts(file.path());
  CHECK(data.sentence1 == Texts{"a \u00fc\n", "\uFEFFc"});
  CHECK(data.sentence2 == Texts{" b", ""});
  CHECK(data.score == std::vector<double>{2.5, 0});
}

TEST_CASE("tables are read by the names of their columns") {
  const DataFile tabs("a.tsv", "id\tsentence2\tscore\tsentence1\n1\tsay \"b\"\t 4.25 \t\"a\n2\td\t-1e-2\tc\n\n");
  glossa::StsData data = glossa::read_sts(tabs.path());
  CHECK(data.sentence1 == Texts{"\"a", "c"});
  CHECK(data.sentence2 == Texts{"say \"b\"", "d"});
  CHECK(data.score == std::vector<double>{4.25, -0.01});

  const DataFile commas("a.csv", "sentence1,sentence2,score\r\n\"a, \"\"b\"\"\r\nc\",\"\",5\r\n,\"d\",0.5\r\n");
  data = glossa::read_sts(commas.path());
  CHECK(data.sentence1 == Texts{"a, \"b\"\nc", ""});
  CHECK(data.sentence2 == Texts{"", "d"});
  CHECK(data.score == std::vector<double>{5, 0.5});
}

TEST_CASE("fields may have other names") {
  const DataFile file("a.jsonl", R"({"premise": "a", "hypothesis": "b", "gold": 1})");
  const glossa::PairData data = glossa::read_pairs(
      file.path(), {.fields = {{"sentence1", "premise"}, {"sentence2", "hypothesis"}, {"label", "gold"}}});
  CHECK(data.sentence1 == Texts{"a"});
  CHECK(data.sentence2 == Texts{"b"});
  CHECK(data.label == std::vector<std::uint8_t>{1});
}

TEST_CASE("a folder stands for the file of its split") {
  const DataFile file("dev.csv", "sentence1,sentence2\na,b\n");
  const auto folder = file.path().parent_path();
  CHECK(glossa::read_bitext(folder, {.split = "dev"}).sentence2 == Texts{"b"});
  const Error error = test::error_of([&] { (void)glossa::read_bitext(folder); });
  CHECK(error.kind() == ErrorKind::not_found);
  CHECK(error.file() == (folder / "test.jsonl").string());
}

TEST_CASE("labels are numbered as NumPy's unique() orders them") {
  const DataFile numbers("t/train.jsonl",
                         "{\"text\": \"a\", \"label\": 10}\n{\"text\": \"b\", \"label\": 2}\n{\"text\": \"c\", "
                         "\"label\": -3}\n{\"text\": \"d\", \"label\": 10}\n");
  const auto folder = numbers.path().parent_path();
  test::write_file(folder / "test.tsv", "text\tlabel\ne\t2\nf\t7\n");
  const glossa::ClassificationData data = glossa::read_classification(folder);
  CHECK(data.label_names == Texts{"-3", "2", "7", "10"});
  CHECK(data.train.texts == Texts{"a", "b", "c", "d"});
  CHECK(data.train.labels == Numbers{3, 1, 0, 3});
  CHECK(data.test.labels == Numbers{1, 2});

  const DataFile names("t.jsonl",
                       "{\"text\": \"a\", \"label\": \"b\"}\n{\"text\": \"b\", \"label\": \"9\"}\n{\"text\": "
                       "\"c\", \"label\": \"B\"}\n{\"text\": \"c\", \"label\": \"true\"}");
  const glossa::ClusteringData sets = glossa::read_clustering(names.path());
  CHECK(sets.label_names == Texts{"9", "B", "b", "true"});
  REQUIRE(sets.sets.size() == 1);
  CHECK(sets.sets[0].labels == Numbers{2, 0, 1, 3});
}

TEST_CASE("classification needs a folder, and two labels") {
  const DataFile file("train.jsonl", "{\"text\": \"a\", \"label\": 1}\n{\"text\": \"b\", \"label\": 1}\n");
  Error error = test::error_of([&] { (void)glossa::read_classification(file.path()); });
  CHECK(error.kind() == ErrorKind::not_found);
  CHECK(test::says(error, "train.jsonl and test.jsonl"));
  error = test::error_of([&] { (void)glossa::read_classification(file.path().parent_path()); });
  CHECK(error.kind() == ErrorKind::corrupt_file);
  CHECK(error.file() == file.path().string());
  CHECK(error.field() == "label");
  error = test::error_of([&] { (void)glossa::read_classification(file.path().parent_path() / "no"); });
  CHECK(error.kind() == ErrorKind::not_found);
}

TEST_CASE("lines may be sets to cluster, and lists of pairs") {
  const DataFile sets("a.jsonl",
                      "{\"sentences\": [\"a\", \"b\"], \"labels\": [\"x\", \"y\"]}\n{\"sentences\": "
                      "[\"c\"], \"labels\": [\"y\"]}\n");
  const glossa::ClusteringData clustering = glossa::read_clustering(sets.path());
  REQUIRE(clustering.sets.size() == 2);
  CHECK(clustering.sets[0].texts == Texts{"a", "b"});
  CHECK(clustering.sets[1].labels == Numbers{1});
  CHECK(clustering.label_names == Texts{"x", "y"});

  const DataFile pairs("b.jsonl", R"({"sentence1": ["a", "b"], "sentence2": ["c", "d"], "label": [0, 1]})");
  const glossa::PairData data = glossa::read_pairs(pairs.path());
  CHECK(data.sentence2 == Texts{"c", "d"});
  CHECK(data.label == std::vector<std::uint8_t>{0, 1});

  const DataFile mixed("c.jsonl", "{\"text\": \"a\", \"label\": 1}\n{\"sentences\": [\"c\"], \"labels\": [\"y\"]}\n");
  const Error error = test::error_of([&] { (void)glossa::read_clustering(mixed.path()); });
  CHECK(error.file() == mixed.line(2));
  CHECK(error.field() == "sentences");
}

TEST_CASE("candidates and summaries are read with their lists") {
  const DataFile ranked("a.jsonl", R"({"query": "q", "positive": ["a"], "negative": []})");
  const glossa::RerankingData reranking = glossa::read_reranking(ranked.path());
  REQUIRE(reranking.queries.size() == 1);
  CHECK(reranking.queries[0].text == "q");
  CHECK(reranking.queries[0].positive == Texts{"a"});
  CHECK(reranking.queries[0].negative.empty());

  const DataFile summaries("b.jsonl",
                           R"({"human_summaries": ["h"], "machine_summaries": ["m", "n"], "relevance": [1, 2.5]})");
  const glossa::SummarizationData data = glossa::read_summarization(summaries.path());
  REQUIRE(data.texts.size() == 1);
  CHECK(data.texts[0].text.empty());
  CHECK(data.texts[0].machine_summaries == Texts{"m", "n"});
  CHECK(data.texts[0].relevance == std::vector<double>{1, 2.5});

  const DataFile short_list("c.jsonl",
                            R"({"human_summaries": ["h"], "machine_summaries": ["m", "n"], "relevance": [1]})");
  const Error error = test::error_of([&] { (void)glossa::read_summarization(short_list.path()); });
  CHECK(error.field() == "relevance");
  CHECK(test::says(error, "expected 2, found 1"));
  const DataFile table("d.csv", "query,positive,negative\nq,a,b\n");
  CHECK(test::says(test::error_of([&] { (void)glossa::read_reranking(table.path()); }), ".jsonl"));
}

TEST_CASE("a malformed line is told with file, line and field, and what would have been right") {
  const std::string good = "{\"sentence1\": \"a\", \"sentence2\": \"b\", \"score\": 1}\n";
  const std::vector<std::tuple<std::string, std::string, std::string>> cases{
      {"{\"sentence1\": \"a\", \"sentence2\": \"b\"}", "score", "the field is missing"},
      {"{\"sentence1\": \"a\", \"sentence2\": \"b\", \"score\": null}", "score", "no value"},
      {"{\"sentence1\": \"a\", \"sentence2\": \"b\", \"score\": \"3\"}", "score", "expected a number, found \"3\""},
      {"{\"sentence1\": 7, \"sentence2\": \"b\", \"score\": 1}", "sentence1", "expected a string, found 7"},
      {"{\"sentence1\": \"a\", \"sentence2\": \"b\", \"score\": NaN}", "", "not valid JSON"},
      {"{\"sentence1\": \"a\", \"sentence2\": \"b\", \"score\": 1e999}", "", "not valid JSON"},
      {"{\"sentence1\": \"a\xFF\", \"sentence2\": \"b\", \"score\": 1}", "", "not valid JSON"},
      {"{\"sentence1\": \"a", "", "not valid JSON"},
      {std::string("{\"sentence1\": \"a\0\"}", 19), "", "NUL"},
      {"[1, 2]", "", "no JSON object"},
      {std::string(100, '[') + std::string(100, ']'), "", "too deeply"},
  };
  for (const auto& [line, field, part] : cases) {
    CAPTURE(line);
    const DataFile file("a.jsonl", good + line + "\n" + good);
    const Error error = sts_error(file);
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.file() == file.line(2));
    CHECK(error.field() == field);
    CHECK(test::says(error, part));
    CHECK_FALSE(error.facts().remedy.empty());
  }
  const DataFile list("a.json", "[" + good + "]");
  CHECK(test::says(sts_error(list), "one object a line"));
}

TEST_CASE("malformed tables are told with their lines") {
  const std::string head = "sentence1\tsentence2\tscore\n";
  const DataFile cells("a.tsv", head + "a\tb\t1\nc\td\n");
  CHECK(sts_error(cells).file() == cells.line(3));
  CHECK(test::says(sts_error(cells), "expected 3 cells, found 2"));
  const DataFile number("a.tsv", head + "a\tb\t1,5\n");
  CHECK(sts_error(number).field() == "score");
  CHECK(sts_error(number).file() == number.line(2));
  const DataFile twice("a.csv", "score,sentence1,score\n1,a,2\n");
  CHECK(sts_error(twice).field() == "score");
  const DataFile open("a.csv", "sentence1,sentence2,score\na,b,1\n\"c,d,1\ne,f,2\n");
  CHECK(sts_error(open).file() == open.line(3));
  CHECK(test::says(sts_error(open), "never closed"));
  const DataFile after("a.csv", "sentence1,sentence2,score\n\"a\"b,c,1\n");
  CHECK(sts_error(after).file() == after.line(2));
  const DataFile bytes("a.tsv", head + "a\xE9\tb\t1\n");
  CHECK(test::says(sts_error(bytes), "UTF-8"));
  const DataFile column("a.csv", "sentence1,score\na,1\n");
  CHECK(sts_error(column).field() == "sentence2");
  CHECK(test::says(sts_error(column), "found score, sentence1"));
}

TEST_CASE("files that hold no data, or none that is read, are told as such") {
  for (const char* text : {"", "\n\n", "\xEF\xBB\xBF"}) {
    const DataFile file("a.jsonl", text);
    CHECK(sts_error(file).kind() == ErrorKind::corrupt_file);
    CHECK(test::says(sts_error(file), "no lines of data"));
  }
  CHECK(test::says(sts_error(DataFile("a.tsv", "sentence1\tsentence2\tscore\n")), "no lines of data"));
  CHECK(test::says(sts_error(DataFile("a.jsonl", "\x1F\x8B\x08")), "gunzip"));
  CHECK(test::says(sts_error(DataFile("a.jsonl", "PAR1...")), "Parquet"));
  CHECK(test::says(sts_error(DataFile("a.jsonl", "\xFF\xFE{")), "UTF-16"));
  CHECK(sts_error(DataFile("a.txt", "a")).kind() == ErrorKind::unsupported);
  CHECK(sts_error(DataFile("a", "a")).kind() == ErrorKind::unsupported);
  const DataFile file("a.jsonl", "");
  const auto missing = file.path().parent_path() / "b.jsonl";
  CHECK(test::error_of([&] { (void)glossa::read_sts(missing); }).kind() == ErrorKind::not_found);
}

TEST_CASE("labels of pairs are 0 or 1") {
  const DataFile file("a.jsonl", R"({"sentence1": "a", "sentence2": "b", "label": 2})");
  CHECK(test::says(test::error_of([&] { (void)glossa::read_pairs(file.path()); }), "label: expected 1"));
}

TEST_CASE("long lines and many of them are read through a small buffer") {
  std::string text;
  std::vector<std::string> expected;
  for (std::size_t i = 0; i < 300; ++i) {
    expected.push_back(std::string(i * 17 % 5000, static_cast<char>('a' + i % 26)));
    text += "{\"sentence1\": \"" + expected.back() + "\", \"sentence2\": \"\"}\n";
  }
  expected.push_back(std::string(1'000'000, 'z'));
  text += "{\"sentence1\": \"" + expected.back() + "\", \"sentence2\": \"\"}";
  const DataFile file("a.jsonl", text);
  CHECK(glossa::read_bitext(file.path()).sentence1 == expected);
}

TEST_CASE("an error quotes the start of a long cell alone") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "test.tsv", "sentence1\tsentence2\n" + std::string(100000, 'x') + "\xFF\ty\n");
  const glossa::Error error = test::error_of([&] { (void)glossa::read_bitext(folder.path()); });
  CHECK(error.kind() == glossa::ErrorKind::corrupt_file);
  CHECK(error.facts().found.size() == 60);
}
