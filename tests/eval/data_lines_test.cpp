// Lines of data files: however they end, and what numbers in tables look like.
#include "data_file.hpp"
#include "error_of.hpp"

#include <glossa/core/hash64.hpp>
#include <glossa/eval/read_task_data.hpp>
#include <glossa/eval/table_number.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using glossa::Error;
using glossa::ErrorKind;
using test::DataFile;

/// Two rows in each of the formats, with lines that end by "\n".
const std::map<std::string, std::string> kFiles{
    {"a.jsonl", "{\"sentence1\": \"a\", \"sentence2\": \"b\"}\n{\"sentence1\": \"c\", \"sentence2\": \"d\"}\n"},
    {"a.tsv", "sentence1\tsentence2\na\tb\nc\td\n"},
    {"a.csv", "sentence1,sentence2\na,b\n\"c\",\"d\"\n"}};

std::string with_ends(const std::string& text, const std::string& end) {
  std::string out;
  for (const char c : text) out += c == '\n' ? end : std::string(1, c);
  return out;
}

Error bitext_error(const DataFile& file) {
  return test::error_of([&] { (void)glossa::read_bitext(file.path()); });
}

}  // namespace

TEST_CASE("a byte order mark, two characters at ends of lines and none at the last one are read in all formats") {
  for (const auto& [name, text] : kFiles)
    for (const char* end : {"\n", "\r\n", "\r\r\n"})
      for (const char* mark : {"", "\xEF\xBB\xBF"})
        for (const bool has_last : {true, false}) {
          CAPTURE(name, end, mark, has_last);
          const DataFile file(name, mark + with_ends(has_last ? text : text.substr(0, text.size() - 1), end));
          const glossa::BitextData data = glossa::read_bitext(file.path());
          CHECK(data.sentence1 == std::vector<std::string>{"a", "c"});
          CHECK(data.sentence2 == std::vector<std::string>{"b", "d"});
        }
}

TEST_CASE("carriage returns alone are no ends of lines, which is told with what to do") {
  for (const auto& [name, text] : kFiles) {
    CAPTURE(name);
    const DataFile file(name, with_ends(text, "\r"));
    const Error error = bitext_error(file);
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.file() == file.line(1));
    CHECK(test::says(error, "carriage return"));
    CHECK(test::says(error, "tr '"));
  }
  const DataFile one("a.tsv", "sentence1\tsentence2\na\tb\nc\rx\td\n");
  CHECK(bitext_error(one).file() == one.line(3));
  const DataFile closed("a.csv", "sentence1,sentence2\n\"a\"\r\"b\",c\n");
  CHECK(test::says(bitext_error(closed), "carriage return"));
  const DataFile quoted("a.csv", "sentence1,sentence2\n\"a\rx\",b\n");
  CHECK(glossa::read_bitext(quoted.path()).sentence1 == std::vector<std::string>{"a\rx"});
}

TEST_CASE("numbers in tables are those that Python takes for some") {
  const std::vector<std::pair<std::string, double>> cases{
      {".5", 0.5},      {"5.", 5},    {"+2", 2},       {" 3 ", 3},     {"-.25", -0.25},
      {"007", 7},       {"1e2", 100}, {"+1E-2", 0.01}, {"00.50", 0.5}, {"-0", 0},
      {"4.25\t", 4.25}, {"1.e1", 10}, {"0", 0},        {"000", 0},     {"12345678", 12345678}};
  for (const auto& [cell, number] : cases) {
    CAPTURE(cell);
    const DataFile file("a.csv", "sentence1,sentence2,score\na,b," + cell + "\n");
    CHECK(glossa::read_sts(file.path()).score == std::vector<double>{number});
  }
  for (const char* cell : {"nan", "NaN", "inf", "-Infinity", "1e999", "0x10", "\"1,5\"", "1_000", "",     " ",   "+",
                           ".",   "e5",  "1e",  "1e+",       "+-1",   "1 2",  "5%",      "1.2.3", "null", "true"}) {
    CAPTURE(cell);
    const DataFile file("a.csv", "sentence1,sentence2,score\na,b,1\na,b," + std::string(cell) + "\n");
    const Error error = test::error_of([&] { (void)glossa::read_sts(file.path()); });
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.file() == file.line(3));
    CHECK(error.field() == "score");
  }
}

TEST_CASE("judgements in tables are whole numbers, however they are written") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "corpus.jsonl", R"({"_id": "d", "text": "one"})");
  test::write_file(folder.path() / "queries.jsonl", R"({"_id": "q", "text": "one"})");
  const auto relevance_of = [&](const std::string& cell) {
    test::write_file(folder.path() / "qrels" / "test.tsv", "query-id\tcorpus-id\tscore\nq\td\t" + cell + "\n");
    return glossa::read_retrieval(folder.path()).judgements.at("q").at("d");
  };
  for (const char* cell : {"2", "+2", " 2 ", "2.", "2.0", "02", "2e0"}) CHECK(relevance_of(cell) == 2);
  for (const char* cell : {"2.5", "nan", "0x2", "1e99"}) {
    CAPTURE(cell);
    CHECK(test::error_of([&] { (void)relevance_of(cell); }).field() == "score");
  }
}

TEST_CASE("reading asks now and then whether to go on, and tells the hash of what it read") {
  std::string lines;
  for (int i = 0; i < 5000; ++i) lines += "{\"sentence1\": \"a\", \"sentence2\": \"b\"}\n";
  const DataFile file("a.jsonl", "\xEF\xBB\xBF" + lines);
  std::size_t calls = 0;
  std::map<std::filesystem::path, std::uint64_t> hashes;
  glossa::ReadOptions options{.watch = [&] { ++calls; }, .hashes = &hashes};
  CHECK(glossa::read_bitext(file.path(), options).sentence1.size() == 5000);
  CHECK(calls == 5);
  CHECK(hashes == std::map<std::filesystem::path, std::uint64_t>{
                      {file.path(), glossa::detail::hash_of(glossa::detail::FileReader(file.path()))}});
  options.watch = [&] {
    if (--calls == 2) throw std::runtime_error("enough");
  };
  CHECK_THROWS_AS(glossa::read_bitext(file.path(), options), std::runtime_error);
}
