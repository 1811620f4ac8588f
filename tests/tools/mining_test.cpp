// glossa mine, and what it shares with glossa dedup: what goes in comes back as pairs.
#include "mining_lines.hpp"
#include "random_values.hpp"
#include "tool.hpp"

#include <glossa/search/metric.hpp>

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace {

using test::check_complaint;
using test::check_quiet;
using test::contains;
using test::kLines;
using test::lines_of;
using test::npy_of;
using test::objects;
using test::Run;
using test::with_model;
using test::Workshop;

/// Vectors of texts in two languages, the first `shared` of each the same but for noise; and their lines.
struct Bilingual {
  std::vector<std::vector<float>> rows;
  std::string lines;
};

Bilingual bilingual(std::size_t texts, std::size_t shared, bool tells_languages) {
  Bilingual out;
  const auto values = test::random_values<float>(2 * texts * 64, 5);
  const auto place = test::random_values<float>(64, 6);
  for (std::size_t i = 0; i < 2 * texts; ++i) {
    std::vector<float> row(values.begin() + static_cast<std::ptrdiff_t>(i * 64),
                           values.begin() + static_cast<std::ptrdiff_t>(i * 64 + 64));
    for (std::size_t d = 0; d < 64; ++d) {
      if (i >= texts && i - texts < shared) row[d] = 0.3F * row[d] + values[(i - texts) * 64 + d];
      if (i >= texts) row[d] += place[d];
    }
    out.rows.push_back(row);
    out.lines += "{\"id\":" + std::to_string(i);
    if (tells_languages) out.lines += i < texts ? ",\"lang\":\"de\"" : ",\"lang\":\"en\"";
    out.lines += "}\n";
  }
  return out;
}

}  // namespace

TEST_CASE("mine finds pairs of lines by their ids, as the library does") {
  const Workshop shop;
  shop.write("in.jsonl", kLines);
  const Run letters = shop.run("mine --input in.jsonl");
  check_quiet(letters);
  const auto pairs = objects(letters.out);
  REQUIRE(pairs.size() == 3);  // c is a's copy, and only a is compared with d
  CHECK(pairs[0].at("a") == "a");
  CHECK(pairs[0].at("b") == "c");
  CHECK(pairs[0].at("score") == 1.0);
  CHECK(!pairs[0].contains("cosine"));
  const Run vectors = shop.run("mine " + with_model() + " --input in.jsonl --most 1 --output out.jsonl");
  check_quiet(vectors);
  const auto best = objects(shop.read("out.jsonl"));
  REQUIRE(best.size() == 1);
  const auto embedded = test::embedder().embed(
      std::vector<std::string_view>{"The cat sleeps on the old mat all day.", "the CAT sleeps on the old mat all day"});
  CHECK(best[0].at("cosine").get<float>() == Approx(glossa::cosine(embedded[0], embedded[1])).margin(1e-4));
}

TEST_CASE("mine --mode translation pairs lines of two languages, told or found out, from a file of vectors") {
  const Workshop shop;
  for (const bool tells : {true, false})
    for (const std::string type : {"<f4", "<f8"}) {
      const Bilingual data = bilingual(300, 200, tells);
      shop.write("v.npy", npy_of(data.rows, type));
      shop.write("in.jsonl", data.lines);
      const Run run = shop.run("mine --mode translation --vectors v.npy --input in.jsonl");
      check_quiet(run);
      std::size_t right = 0;
      const auto pairs = objects(run.out);
      for (const test::Json& pair : pairs) {
        CHECK(pair.size() == 4);
        right += pair.at("a").get<int>() + 300 == pair.at("b").get<int>();
      }
      CHECK(right >= 190);
      CHECK(right + 10 >= pairs.size());

      const Run groups = shop.run("dedup --mode translation --vectors v.npy --input in.jsonl");
      check_quiet(groups);
      const auto lines = objects(groups.out);
      REQUIRE(lines.size() == 600);
      std::size_t together = 0;
      for (std::size_t i = 0; i < 200; ++i)
        together += lines[i].at("group") == lines[300 + i].at("group") && lines[i].at("keep") == true &&
                    lines[300 + i].at("keep") == false;
      CHECK(together >= 190);
    }
}

TEST_CASE("mine without ids names lines by their numbers; without texts vectors alone decide") {
  const Workshop shop;
  auto rows = std::vector<std::vector<float>>();
  const auto values = test::random_values<float>(100 * 32, 7);
  std::string lines;
  for (std::size_t i = 0; i < 100; ++i) {
    rows.emplace_back(values.begin() + static_cast<std::ptrdiff_t>(i * 32),
                      values.begin() + static_cast<std::ptrdiff_t>(i * 32 + 32));
    lines += "{}\n";
  }
  rows[99] = rows[7];
  rows[99][0] += 0.01F;
  shop.write("v.npy", npy_of(rows));
  shop.write("in.jsonl", "\n" + lines);
  const Run run = shop.run("mine --vectors v.npy --input in.jsonl");
  check_quiet(run);
  const auto pairs = objects(run.out);
  REQUIRE(pairs.size() == 1);
  CHECK(pairs[0].at("a") == 9);
  CHECK(pairs[0].at("b") == 101);
}

TEST_CASE("texts count where all lines have one; where some have none, nothing is guessed") {
  const Workshop shop;
  shop.write("v.npy", npy_of({{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}));
  for (const std::string command : {"dedup", "mine"}) {
    check_complaint(shop.run(command + " --vectors v.npy", "{\"text\":\"hello\"}\n\n{\"id\":2}\n{\"id\":3}\n"), 2,
                    {"standard input, line 3: text", "line 1 has one", "or none"});
    check_complaint(shop.run(command + " --vectors v.npy", "{}\n{\"text\":\"\"}\n{\"text\":\"\"}\n"), 2,
                    {"standard input, line 1: text", "line 2 has one"});
    const Run none = shop.run(command + " --vectors v.npy", "{}\n{}\n{}\n");
    check_quiet(none);
    CHECK(!contains(none.out, "\"keep\":false"));
    CHECK(!contains(none.out, "score"));
  }
}

TEST_CASE("languages count where all lines tell theirs, and there are two") {
  const Workshop shop;
  shop.write("v.npy", npy_of({{1, 0}, {0, 1}, {1, 0.1F}}));
  const auto line = [](const std::string& language) { return "{\"lang\":\"" + language + "\"}\n"; };
  for (const std::string name : {"dedup", "mine"}) {
    const std::string command = name + " --mode translation --vectors v.npy";
    check_complaint(shop.run(command, line("de") + "{}\n" + line("en")), 2,
                    {"standard input, line 2: lang", "line 1 has one", "or none"});
    check_complaint(shop.run(command, line("") + line("de") + line("en")), 2, {"line 1: lang", "line 2 has one"});
    check_complaint(shop.run(command, line("de") + line("de") + line("de")), 2,
                    {"lang", "all lines have the same", "found de", "--mode near"});
    check_quiet(shop.run(command, line("de") + line("en") + line("en")));
    check_quiet(shop.run(name + " --vectors v.npy", line("de") + "{}\n" + line("de")));
  }
  shop.write("v.npy", npy_of({{1, 0}}));
  check_quiet(shop.run("mine --mode translation --vectors v.npy", line("de")));
}

TEST_CASE("--search graph finds what looking at all vectors finds") {
  const Workshop shop;
  const Bilingual data = bilingual(150, 100, true);
  shop.write("v.npy", npy_of(data.rows));
  shop.write("in.jsonl", data.lines);
  for (const std::string command : {"dedup", "mine"}) {
    const std::string arguments = command + " --mode translation --vectors v.npy --input in.jsonl --search ";
    const Run exact = shop.run(arguments + "exact");
    const Run graph = shop.run(arguments + "graph");
    check_quiet(exact);
    check_quiet(graph);
    const auto expected = lines_of(exact.out);
    const auto found = lines_of(graph.out);
    CHECK(expected.size() >= 90);
    std::size_t same = 0;
    for (const std::string& line : expected) same += std::count(found.begin(), found.end(), line) > 0;
    CHECK(same + expected.size() / 20 >= expected.size());
  }
}

TEST_CASE("dedup and mine embed as glossa embed does, and lines with the same text alike") {
  const Workshop shop;
  shop.write("in.jsonl", R"({"id":1,"text":"the cat"}
{"id":2,"text":"a protein"}
{"id":3,"text":"the cat"}
{"id":4,"text":"The cat!"}
{"id":5,"text":"a protein"}
)");
  const std::string embedding = with_model() + " --dims 16 --role query --precision f32";
  check_quiet(shop.run("embed " + embedding + " --input in.jsonl --output v.npy"));
  for (const std::string command : {"dedup", "mine"}) {
    const Run model = shop.run(command + " " + embedding + " --input in.jsonl");
    const Run file = shop.run(command + " --vectors v.npy --input in.jsonl");
    check_quiet(model);
    check_quiet(file);
    CHECK(model.out == file.out);
    CHECK(lines_of(model.out).size() >= 3);
  }
}

TEST_CASE("a row that is not finite is named as the file has it, with its line") {
  const Workshop shop;
  shop.write("in.jsonl", "{\"text\":\"a\"}\n\n{\"text\":\"A\"}\n{\"text\":\"b\"}\n{\"text\":\"c\"}\n");
  for (const float bad : {std::nanf(""), HUGE_VALF})
    for (const std::string command : {"dedup", "mine", "mine --mode translation"}) {
      shop.write("v.npy", npy_of({{1, 0}, {1, 0}, {0, 1}, {1, bad}}));
      check_complaint(shop.run(command + " --vectors v.npy --input in.jsonl"), 2,
                      {"v.npy: row 3, of line 5 of in.jsonl", std::isnan(bad) ? "found NaN" : "found infinity"});
    }
}

TEST_CASE("no lines have no pairs and no groups") {
  const Workshop shop;
  for (const std::string command : {"dedup", "mine", "dedup --stream"}) {
    const Run run = shop.run(command, "\n \n");
    check_quiet(run);
    CHECK(run.out.empty());
  }
  for (const std::string command : {"dedup", "mine"}) {
    const Run run = shop.run(command + " --mode translation " + with_model(), "");
    check_quiet(run);
    CHECK(run.out.empty());
  }
}

TEST_CASE("dedup and mine say what is wrong") {
  const Workshop shop;
  shop.write("in.jsonl", kLines);
  shop.write("v.npy", npy_of({{1, 0}, {0, 1}}));
  shop.write("cut.npy", npy_of({{1, 0}, {0, 1}, {1, 1}, {1, 1}, {1, 1}}).substr(0, 150));
  shop.write("int.npy", npy_of({{1, 0}}, "<i4"));
  shop.write("nan.npy", npy_of(std::vector<std::vector<float>>(5, {0.0F / 1, std::nanf("")})));
  std::filesystem::create_symlink("v.npy", shop.file("link.npy"));
  check_complaint(shop.run("mine --mode translation --input in.jsonl"), 2, {"--mode translation", "--model"});
  check_complaint(shop.run("mine --vectors v.npy --input in.jsonl"), 2,
                  {"v.npy", "5 lines of in.jsonl", "2 rows", "anew"});
  check_complaint(shop.run("mine --vectors cut.npy --input in.jsonl"), 1,
                  {"cut.npy", "it was cut", "5 x 2 numbers of 4 bytes", "found 22 bytes"});
  check_complaint(shop.run("mine --vectors int.npy --input in.jsonl"), 1,
                  {"int.npy", "float32 or float64", "found <i4", "numpy.save()"});
  check_complaint(shop.run("mine --vectors in.jsonl --input in.jsonl"), 1, {"in.jsonl", "no NumPy file"});
  check_complaint(shop.run("mine --vectors nan.npy --input in.jsonl"), 2,
                  {"nan.npy: row 0, of line 1 of in.jsonl", "found NaN", "leave it and its row out"});
  check_complaint(shop.run("mine --vectors v.npy --model m --input in.jsonl"), 2, {"--model"});
  check_complaint(shop.run("dedup --stream --mode translation"), 2, {"--stream"});
  for (const std::string more : {"--vectors v.npy", "--search graph"})
    check_complaint(shop.run("dedup --stream " + more), 2, {"--stream", more.substr(0, more.find(' '))});
  for (const std::string command : {"dedup", "mine"}) {
    for (const std::string option : {"--role query", "--precision f32", "--dims 1"})
      for (const std::string from : {" ", " --vectors v.npy "})
        check_complaint(shop.run(command + from + option), 2, {option.substr(0, option.find(' ')), "--model"});
    check_complaint(shop.run(command + " --search graph --input in.jsonl"), 2, {"--search", "--vectors"});
    for (const std::string threshold : {"nan", "77", "-1.5", "x"})
      check_complaint(shop.run(command + " --threshold " + threshold), 2, {"--threshold", threshold, "[-1 - 1]"});
    check_complaint(shop.run(command + " --input in.jsonl --output ./in.jsonl"), 2,
                    {"--output", "--input", "./in.jsonl", "different names"});
    check_complaint(shop.run(command + " --vectors v.npy --input in.jsonl --output link.npy"), 2,
                    {"--output", "--vectors", "different names"});
  }
  CHECK(shop.read("in.jsonl") == kLines);
  check_complaint(shop.run("dedup --keep longest --vectors v.npy", "{}\n{}\n"), 2, {"--keep longest", "no texts"});
  check_complaint(shop.run("dedup --most-kept 5"), 2, {"--stream"});
  check_complaint(shop.run("mine", R"({"id":1,"text":"a"}
{"id":1,"text":"b"})"),
                  2, {"standard input, line 2: id", "line 1 has the same"});
  check_complaint(shop.run("mine", R"({"id":1})"), 1, {"line 1: text", "missing"});
  check_complaint(shop.run("dedup", R"({"text":"a","lang":3})"), 1, {"line 1: lang", "a string"});
  check_complaint(shop.run("dedup", "[]"), 1, {"line 1", "not a JSON object"});
  check_complaint(shop.run("dedup --input in.jsonl --output none/out.jsonl"), 1, {"none"});
  CHECK(shop.partial_files() == 0);
}
