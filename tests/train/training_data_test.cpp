// Rows to train on: what files may look like, what is wrong with a line, and what is written back.
#include "error_of.hpp"
#include "paths.hpp"

#include <glossa/train/training_data.hpp>
#include <glossa/train/training_row.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using glossa::BadLines;
using glossa::Error;
using glossa::ErrorKind;
using glossa::TrainingData;
using glossa::TrainingDataOptions;
using glossa::TrainingRow;

/// Files in a folder of their own.
struct Files {
  test::TemporaryFolder folder;

  [[nodiscard]] std::filesystem::path operator()(const std::string& name, std::string_view text) const {
    test::write_file(folder.path() / name, text);
    return folder.path() / name;
  }
};

std::vector<TrainingRow> rows_of(std::string_view text, const TrainingDataOptions& options = {},
                                 const std::string& name = "pairs.jsonl") {
  const Files files;
  return glossa::read_training_data({files(name, text)}, options).rows;
}

/// What one line of a file is refused with; skipped, it is told as the same.
Error refusal(
    std::string_view line, TrainingDataOptions options = {}, const std::string& name = "pairs.jsonl",
    std::string_view before = "{\"anchor\":\"q\",\"positive\":\"p\",\"negatives\":[\"n\",\"m\"],\"label\":1}\n",
    std::size_t number = 2) {
  const Files files;
  const auto path = files(name, std::string(before) + std::string(line) + "\n");
  Error error = test::error_of([&] { (void)glossa::read_training_data({path}, options); });
  CAPTURE(line, error.what());
  CHECK(error.kind() == ErrorKind::corrupt_file);
  CHECK(error.file() == path.string() + ", line " + std::to_string(number));
  CHECK(!error.facts().remedy.empty());
  options.bad_lines = BadLines::skip;
  const TrainingData data = glossa::read_training_data({path}, options);
  CHECK(data.rows.size() == 1);
  REQUIRE(data.skipped.size() == 1);
  CHECK(data.skipped[0].file == path.string());
  CHECK(data.skipped[0].line == number);
  CHECK(data.skipped[0].field == error.field());
  CHECK(data.skipped[0].message == error.what());
  return error;
}

}  // namespace

TEST_CASE("a line of JSON has anchor, positive and what else is known of them") {
  const Files files;
  const auto path =
      files("nli.jsonl",
            "{\"anchor\":\"q\",\"positive\":\"p\"}\n\n"
            "{\"anchor\":\"a\",\"positive\":\"b\",\"negatives\":[\"n\",\"m\"],\"label\":0.5,\"lang\":\"de\","
            "\"source\":\"mine\",\"group\":7,\"id\":3}");
  const TrainingData data = glossa::read_training_data({path});
  CHECK(data.skipped.empty());
  REQUIRE(data.rows.size() == 2);
  const TrainingRow& plain = data.rows[0];
  CHECK(plain.anchor == "q");
  CHECK(plain.positive == "p");
  CHECK(plain.negatives.empty());
  CHECK(!plain.label);
  CHECK(plain.language.empty());
  CHECK(plain.source == "nli");
  CHECK(plain.group.empty());
  CHECK(plain.place() == path.string() + ", line 1");
  const TrainingRow& full = data.rows[1];
  CHECK(full.negatives == std::vector<std::string>{"n", "m"});
  CHECK(full.label == 0.5);
  CHECK(full.language == "de");
  CHECK(full.source == "mine");
  CHECK(full.group == "7");
  CHECK(full.other_fields.empty());
  CHECK(full.line == 3);
  const TrainingData kept = glossa::read_training_data({path}, {.file_is_source = false, .keep_other_fields = true});
  CHECK(kept.rows[0].source.empty());
  CHECK(kept.rows[1].other_fields == "{\"id\":3}");
}

TEST_CASE("fields may have any of their names, and a list of positives makes a row of each") {
  for (const auto& [anchor, positive] : std::map<std::string, std::string>{
           {"anchor", "positive"}, {"query", "pos"}, {"sentence1", "sentence2"}, {"text1", "text2"}}) {
    const auto rows = rows_of("{\"" + anchor + "\":\"a\",\"" + positive + "\":\"b\",\"score\":1,\"language\":\"en\"}");
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].anchor == "a");
    CHECK(rows[0].positive == "b");
    CHECK(rows[0].label == 1.0);
    CHECK(rows[0].language == "en");
  }
  for (const std::string negatives :
       {"\"negative\":\"n\"", "\"negatives\":[\"n\"]", "\"neg\":[\"n\"]", "\"negative\":[\"n\"]",
        "\"negative_1\":\"n\"", "\"negative_2\":\"n\",\"negative_1\":null"}) {
    const auto rows = rows_of("{\"anchor\":\"a\",\"positive\":\"b\"," + negatives + "}");
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].negatives == std::vector<std::string>{"n"});
  }
  std::string numbered = "{\"anchor\":\"a\",\"positive\":\"b\"";
  for (int i = 12; i > 0; --i) numbered += ",\"negative_" + std::to_string(i) + "\":\"n" + std::to_string(i) + "\"";
  const auto many = rows_of(numbered + "}");
  REQUIRE(many[0].negatives.size() == 12);
  for (std::size_t i = 0; i < 12; ++i) CHECK(many[0].negatives[i] == "n" + std::to_string(i + 1));

  const auto two = rows_of("{\"query\":\"a\",\"pos\":[\"b\",\"c\"],\"neg\":[\"n\"],\"label\":true}");
  REQUIRE(two.size() == 2);
  CHECK(two[0].positive == "b");
  CHECK(two[1].positive == "c");
  CHECK(two[1].anchor == "a");
  CHECK(two[1].negatives == std::vector<std::string>{"n"});
  CHECK(two[1].label == 1.0);
  CHECK(rows_of("{\"anchor\":\"a\",\"positive\":\"b\",\"label\":false,\"negatives\":[]}")[0].label == 0.0);
}

TEST_CASE("tables are read by the names of their columns, and an empty cell is no value") {
  for (const auto& [name, text] : std::map<std::string, std::string>{
           {"t.tsv",
            "query\tpositive\tnegative_1\tnegative_2\tscore\tlang\tgroup\nq\tp\tn\tm\t.5\tde\tg\na\tb\t\t\t\t\t\n"},
           {"t.csv", "query,positive,negative_1,negative_2,score,lang,group\nq,\"p\",n,m,.5,de,g\na,b,,,,,\n"}}) {
    CAPTURE(name);
    const auto rows = rows_of(text, {}, name);
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].negatives == std::vector<std::string>{"n", "m"});
    CHECK(rows[0].label == 0.5);
    CHECK(rows[0].language == "de");
    CHECK(rows[0].group == "g");
    CHECK(rows[1].positive == "b");
    CHECK(rows[1].negatives.empty());
    CHECK(!rows[1].label);
    CHECK(rows[1].source == "t");
    CHECK(rows[1].line == 3);
  }
  const std::string header = "anchor\tpositive\tlabel\n";
  const std::string good = header + "q\tp\t1\n";
  CHECK(refusal("\tp\t1", {}, "t.tsv", good, 3).field() == "anchor");
  CHECK(refusal("q\t \t1", {}, "t.tsv", good, 3).field() == "positive");
  CHECK(refusal("q\tp\tnan", {}, "t.tsv", good, 3).field() == "label");
  CHECK(refusal("q\tp\t1e999", {}, "t.tsv", good, 3).field() == "label");
  CHECK(refusal("q\tp\t", {.needs_label = true}, "t.tsv", good, 3).field() == "label");
  CHECK(test::says(refusal("q\tp", {}, "t.tsv", good, 3), "another number of cells"));
  CHECK(test::says(refusal("q\t\xFF\t1", {}, "t.tsv", good, 3), "not UTF-8"));
  CHECK(test::says(refusal("q,\xFF", {}, "t.csv", "anchor,positive\n\"a\nb\",c\n", 4), "not UTF-8"));
}

TEST_CASE("what is wrong with a line is told with file, line and field, or collected where bad lines are skipped") {
  const auto field_of = [](std::string_view line, const TrainingDataOptions& options = {}) {
    return refusal(line, options).field();
  };
  CHECK(field_of("{") == "");
  CHECK(field_of("[]") == "");
  CHECK(field_of("\"text\"") == "");
  CHECK(field_of("{\"anchor\":\"\xFF\",\"positive\":\"p\"}") == "");
  CHECK(field_of("{\"anchor\":\"\\ud800\",\"positive\":\"p\"}") == "");
  CHECK(field_of(std::string("{\"anchor\":\"a\0\",\"positive\":\"p\"}", 30)) == "");
  CHECK(field_of("{\"anchor\":\"a\",\"positive\":\"p\",\"label\":NaN}") == "");
  CHECK(field_of("{\"anchor\":\"a\",\"positive\":\"p\",\"label\":1e999}") == "");
  CHECK(field_of("{\"anchor\":\"a\",\"anchor\":\"b\",\"positive\":\"p\"}") == "anchor");
  CHECK(field_of("{}") == "anchor");
  CHECK(field_of("{\"positive\":\"p\"}") == "anchor");
  CHECK(field_of("{\"anchor\":\"\",\"positive\":\"p\"}") == "anchor");
  CHECK(field_of("{\"query\":\" \\t\xE3\x80\x80\",\"positive\":\"p\"}") == "query");
  CHECK(field_of("{\"anchor\":7,\"positive\":\"p\"}") == "anchor");
  CHECK(field_of("{\"anchor\":[\"a\"],\"positive\":\"p\"}") == "anchor");
  CHECK(field_of("{\"anchor\":\"a\"}") == "positive");
  CHECK(field_of("{\"anchor\":\"a\",\"positive\":null}") == "positive");
  CHECK(field_of("{\"anchor\":\"a\",\"positive\":[]}") == "positive");
  CHECK(field_of("{\"anchor\":\"a\",\"positive\":[\"p\",\"\"]}") == "positive");
  CHECK(field_of("{\"anchor\":\"a\",\"positive\":[\"p\",3]}") == "positive");
  CHECK(field_of("{\"anchor\":\"a\",\"query\":\"a\",\"positive\":\"p\"}") == "query");
  CHECK(field_of("{\"anchor\":\"a\",\"positive\":\"p\",\"label\":1,\"score\":1}") == "score");
  CHECK(field_of("{\"anchor\":\"a\",\"positive\":\"p\",\"negatives\":\"\"}") == "negatives");
  CHECK(field_of("{\"anchor\":\"a\",\"positive\":\"p\",\"negatives\":{}}") == "negatives");
  CHECK(field_of("{\"anchor\":\"a\",\"positive\":\"p\",\"negatives\":[\"n\",null]}") == "negatives");
  CHECK(field_of("{\"anchor\":\"a\",\"positive\":\"p\",\"negative_1\":\"\"}") == "negative_1");
  CHECK(field_of("{\"anchor\":\"a\",\"positive\":\"p\",\"negative_1\":\"n\",\"negative\":\"n\"}") == "negative_1");
  CHECK(field_of("{\"anchor\":\"a\",\"positive\":\"p\",\"negative_1\":\"n\",\"negative_01\":\"n\"}") == "negative_1");
  CHECK(field_of("{\"anchor\":\"a\",\"positive\":\"p\",\"negatives\":[\"n\",\"p\"]}") == "negatives");
  CHECK(field_of("{\"anchor\":\"a\",\"positive\":\"p\",\"negatives\":[\"a\"]}") == "negatives");
  CHECK(field_of("{\"anchor\":\"a\",\"positive\":[\"p\",\"o\"],\"negatives\":[\"o\"]}") == "negatives");
  CHECK(field_of("{\"anchor\":\"a\",\"positive\":\"p\",\"label\":\"1\"}") == "label");
  CHECK(field_of("{\"anchor\":\"a\",\"positive\":\"p\",\"lang\":1}") == "lang");
  CHECK(field_of("{\"anchor\":\"a\",\"positive\":\"p\",\"source\":[]}") == "source");
  CHECK(field_of("{\"anchor\":\"a\",\"positive\":\"p\",\"group\":1.5}") == "group");
  CHECK(field_of("{\"anchor\":\"a\",\"positive\":\"p\",\"group\":\"\"}") == "group");
  CHECK(test::says(refusal("{\"question\":\"a\",\"pos\":\"p\"}"), "found pos, question"));
  CHECK(test::says(refusal("{\"anchor\":\"a\",\"positive\":\"p\",\"negatives\":[\"a\"]}"), "the anchor's own text"));
}

TEST_CASE("what a loss needs of a row is asked for") {
  const TrainingDataOptions negatives{.needs_negatives = 2};
  CHECK(refusal("{\"anchor\":\"a\",\"positive\":\"p\",\"negatives\":[\"n\"]}", negatives).facts().found == "1");
  CHECK(refusal("{\"anchor\":\"a\",\"positive\":\"p\"}", negatives).field() == "negatives");
  CHECK(test::says(refusal("{\"anchor\":\"a\"}", negatives), "\"negatives\": [\"...\"]") == false);
  CHECK(test::says(refusal("{", negatives), "\"negatives\": [\"...\"]"));
  const TrainingDataOptions label{.needs_label = true, .least_label = 0, .most_label = 1};
  CHECK(refusal("{\"anchor\":\"a\",\"positive\":\"p\"}", label).field() == "label");
  CHECK(refusal("{\"anchor\":\"a\",\"positive\":\"p\",\"score\":1.5}", label).facts().expected ==
        "a number from 0.0 to 1.0");
  CHECK(refusal("{\"anchor\":\"a\",\"positive\":\"p\",\"score\":-1}", label).field() == "score");
  CHECK(rows_of("{\"anchor\":\"a\",\"positive\":\"p\",\"score\":0}", label)[0].label == 0.0);
  // A label that is not needed has to make sense all the same.
  CHECK(refusal("{\"anchor\":\"a\",\"positive\":\"p\",\"label\":2}", {.most_label = 1}).field() == "label");
}

TEST_CASE("options name the files' own fields, or leave one out") {
  const std::string line =
      "{\"question\":\"a\",\"answer\":\"b\",\"label\":\"entailment\",\"anchor\":\"x\",\"negative_1\":\"n\"}";
  const TrainingDataOptions options{
      .fields = {{"anchor", "question"}, {"positive", "answer"}, {"label", ""}, {"negatives", ""}}};
  const auto rows = rows_of(line, options);
  CHECK(rows[0].anchor == "a");
  CHECK(rows[0].positive == "b");
  CHECK(!rows[0].label);
  CHECK(rows[0].negatives.empty());
  auto kept = options;
  kept.keep_other_fields = true;
  CHECK(test::error_of([&] { (void)rows_of(line, kept); }).field() == "anchor");
  kept.fields["anchor"] = "anchor";
  kept.fields["label"] = "grade";
  CHECK(test::error_of([&] { (void)rows_of(line, kept); }).field() == "label");

  const auto refuse = [](const TrainingDataOptions& bad) {
    const Error error = test::error_of([&] { (void)rows_of("{}", bad); });
    CHECK(error.kind() == ErrorKind::invalid_argument);
    return error.field();
  };
  CHECK(refuse({.fields = {{"premise", "x"}}}) == "TrainingDataOptions::fields");
  CHECK(refuse({.least_label = 1, .most_label = 0}) == "TrainingDataOptions::least_label");
  CHECK(refuse({.least_label = std::numeric_limits<double>::quiet_NaN()}) == "TrainingDataOptions::least_label");
  CHECK(test::error_of([] { (void)glossa::read_training_data({}); }).kind() == ErrorKind::invalid_argument);
}

TEST_CASE("faults of files are refused whatever happens to bad lines") {
  const Files files;
  const TrainingDataOptions skip{.bad_lines = BadLines::skip};
  const auto good = files("good.jsonl", "{\"anchor\":\"a\",\"positive\":\"b\"}\n");
  const auto refuse = [&](const std::string& name, std::string_view text) {
    const auto path = files(name, text);
    Error error = test::error_of([&] { (void)glossa::read_training_data({good, path}, skip); });
    CHECK(error.file().starts_with(path.string()));
    return error;
  };
  CHECK(test::error_of([&] {
          (void)glossa::read_training_data({good, files.folder.path() / "none.jsonl"}, skip);
        }).kind() == ErrorKind::not_found);
  CHECK(refuse("a.parquet", "PAR1").kind() == ErrorKind::unsupported);
  CHECK(refuse("a.txt", "a\tb\n").kind() == ErrorKind::unsupported);
  CHECK(test::says(refuse("a.jsonl", ""), "no lines of data"));
  CHECK(test::says(refuse("a.tsv", "anchor\tpositive\n"), "no lines of data"));
  CHECK(test::says(refuse("b.tsv", "anchor\tanchor\na\tb\n"), "two columns"));
  const Error list = refuse("list.jsonl", "[\n{\"anchor\":\"a\",\"positive\":\"b\"},\n]\n");
  CHECK(test::says(list, "none of the file's 3 lines"));
  CHECK(test::says(list, "one JSON list"));
  // A row with a quotation mark that is never closed has swallowed all that follows.
  CHECK(test::says(refuse("c.csv", "anchor,positive\na,b\n\"c,d\ne,f\n"), "never closed"));
  CHECK(test::says(refuse("d.csv", "anchor,positive\na,b\n\"c\"x,d\ne,f\n"), "closing quotation mark"));
}

TEST_CASE("several files are read one after the other, bad lines are counted, and a watch may end it") {
  const Files files;
  std::string text;
  for (int i = 0; i < 3000; ++i)
    text += i % 100 == 7 ? "oops\n" : "{\"anchor\":\"a" + std::to_string(i) + "\",\"positive\":\"b\"}\n";
  const auto one = files("one.jsonl", text);
  const auto two = files("two.tsv", "anchor\tpositive\nx\ty\nz\n");
  TrainingDataOptions options{.bad_lines = BadLines::skip};
  int calls = 0;
  options.watch = [&] { ++calls; };
  const TrainingData data = glossa::read_training_data({one, two}, options);
  CHECK(data.rows.size() == 2971);
  REQUIRE(data.skipped.size() == 31);
  CHECK(data.skipped[1].line == 108);
  CHECK(data.skipped[30].file == two.string());
  CHECK(data.skipped[30].line == 3);
  CHECK(data.rows.back().source == "two");
  CHECK(calls >= 3);
  options.watch = [&] { throw std::runtime_error("enough"); };
  CHECK_THROWS_AS(glossa::read_training_data({one}, options), std::runtime_error);
}

TEST_CASE("rows that are written are read as they were") {
  const Files files;
  std::vector<TrainingRow> rows(3);
  rows[0].anchor = "q \"quoted\"\n\t\\ é \xF0\x9F\x98\x80";
  rows[0].positive = "p";
  rows[1] = {.anchor = "a",
             .positive = "b",
             .negatives = {"n", "m"},
             .label = 0.1,
             .language = "de",
             .source = "mine",
             .group = "7",
             .other_fields = "{\"id\":3,\"tags\":[\"x\",null]}"};
  rows[2] = {.anchor = "a", .positive = "a", .label = -1e-300};
  const auto path = files.folder.path() / "out.jsonl";
  glossa::write_training_data(path, rows);
  CHECK(test::read_file(path).starts_with("{\"anchor\":\"q \\\"quoted\\\"\\n\\t\\\\ é"));
  const auto read = glossa::read_training_data({path}, {.file_is_source = false, .keep_other_fields = true}).rows;
  REQUIRE(read.size() == rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK(read[i].anchor == rows[i].anchor);
    CHECK(read[i].positive == rows[i].positive);
    CHECK(read[i].negatives == rows[i].negatives);
    CHECK(read[i].label == rows[i].label);
    CHECK(read[i].language == rows[i].language);
    CHECK(read[i].source == rows[i].source);
    CHECK(read[i].group == rows[i].group);
    CHECK(read[i].other_fields == rows[i].other_fields);
  }
}

TEST_CASE("a row that cannot be written is named, and leaves the file as it was") {
  const Files files;
  const auto path = files("out.jsonl", "before");
  std::vector<TrainingRow> rows(2, {.anchor = "a", .positive = "b"});
  const auto refusal_of = [&] {
    const Error error = test::error_of([&] { glossa::write_training_data(path, rows); });
    CHECK(error.kind() == ErrorKind::invalid_argument);
    CHECK(test::read_file(path) == "before");
    return error.field();
  };
  rows[1].positive = "\xFF";
  CHECK(refusal_of() == "rows[1].positive");
  rows[1].positive = "b";
  rows[1].label = std::numeric_limits<double>::quiet_NaN();
  CHECK(refusal_of() == "rows[1].label");
  rows[1].label.reset();
  rows[1].negatives = {"n", "\xC3"};
  CHECK(refusal_of() == "rows[1].negatives");
  std::size_t others = 0;
  for (const auto& entry : std::filesystem::directory_iterator(files.folder.path())) others += entry.path() != path;
  CHECK(others == 0);
}

TEST_CASE("rows of one group, or without one of one anchor, have one number") {
  const std::vector<TrainingRow> rows{{.anchor = "a", .positive = "1"}, {.anchor = "b", .positive = "2", .group = "g"},
                                      {.anchor = "a", .positive = "3"}, {.anchor = "c", .positive = "4", .group = "g"},
                                      {.anchor = "g", .positive = "5"}, {.anchor = "a", .positive = "6", .group = "a"}};
  const auto numbers = glossa::group_numbers(rows);
  CHECK(numbers == std::vector<std::uint64_t>{0, 1, 0, 1, 2, 3});
}
