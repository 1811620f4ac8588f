// glossa cluster: lines come back with their clusters, and maps and summaries of them.
#include "tool.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using test::check_complaint;
using test::contains;
using test::lines_of;
using test::npy_of;
using test::parse_json;
using test::Run;
using test::with_model;
using test::Workshop;

/// Two heaps of five vectors, and one far from both; lines for them.
const std::vector<std::vector<float>> kRows{{1, 0, 0},     {1, 0.1F, 0},  {1, 0, 0.1F},   {1, 0.05F, 0},
                                            {1, 0, 0.05F}, {0, 1, 0},     {0.1F, 1, 0},   {0, 1, 0.1F},
                                            {0.05F, 1, 0}, {0, 1, 0.05F}, {-1, -1, -0.5F}};
std::string lines() {
  std::string all;
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    const std::string word = i < 5 ? "river water" : i < 10 ? "engine fuel" : "nothing";
    all += "{\"n\": 1.50, \"text\":\"the " + word + " " + std::to_string(i) + "\" , \"a\":[1, {}]}\n";
  }
  return all;
}

/// Its one line of `done`, after whatever it tells besides.
void check_clustered(const Run& run, std::string_view what) {
  INFO("standard error: " << run.err);
  CHECK(run.status == 0);
  CHECK(contains(run.err, "done: "));
  CHECK(contains(run.err, what));
}

std::vector<int> clusters_of(const std::string& out) {
  std::vector<int> clusters;
  for (const std::string& line : lines_of(out)) clusters.push_back(parse_json(line).at("cluster").get<int>());
  return clusters;
}

/// Whether the two heaps are two clusters; `rest` is of the last line.
bool are_heaps(const std::vector<int>& clusters, int rest) {
  if (clusters.size() != 11 || clusters[0] == clusters[5] || clusters[0] < 0 || clusters[5] < 0) return false;
  for (std::size_t i = 0; i < 10; ++i)
    if (clusters[i] != clusters[i < 5 ? 0 : 5]) return false;
  return rest < 0 ? clusters[10] == -1 : clusters[10] >= 0;
}

const std::string kInput = "--vectors in.npy --input in.jsonl --output out.jsonl ";

}  // namespace

TEST_CASE("every algorithm finds the heaps") {
  const Workshop shop;
  shop.write("in.jsonl", lines());
  shop.write("in.npy", npy_of(kRows));
  const auto found = [&](const std::string& algorithm, std::string_view told) {
    const Run run = shop.run("cluster " + kInput + "--algorithm " + algorithm);
    check_clustered(run, told);
    CHECK(run.out.empty());
    return clusters_of(shop.read("out.jsonl"));
  };
  CHECK(are_heaps(found("kmeans --k 3", "11 texts in 3 clusters"), 0));
  CHECK(are_heaps(found("kmeans", "--k 3: of 2 to 10 the greatest silhouette"), 0));
  CHECK(are_heaps(found("kmeans --k 3 --spherical --starts 2 --seed 5", "3 clusters"), 0));
  CHECK(are_heaps(found("minibatch --k 3", "3 clusters"), 0));
  CHECK(are_heaps(found("agglomerative --k 3", "3 clusters"), 0));
  CHECK(are_heaps(found("agglomerative", "greatest silhouette"), 0));
  CHECK(are_heaps(found("agglomerative --linkage complete --threshold 0.5", "3 clusters"), 0));
  CHECK(are_heaps(found("dbscan --eps 0.1 --min-samples 3", "2 clusters, 1 of them noise"), -1));
  CHECK(are_heaps(found("dbscan", "--eps 0."), -1));
  CHECK(are_heaps(found("hdbscan --min-size 4 --min-samples 2", "2 clusters, 1 of them noise"), -1));
  CHECK(are_heaps(found("communities --threshold 0.9 --min-size 3", "2 clusters, 1 of them noise"), -1));
  // The usual threshold leaves out what is farther from the middle than usual.
  const std::vector<int> usual = found("communities --min-size 4", "--threshold 0.9");
  REQUIRE(usual.size() == 11);
  CHECK(std::count(usual.begin(), usual.begin() + 5, usual[0]) >= 4);
  CHECK(std::count(usual.begin() + 5, usual.begin() + 10, usual[5]) >= 4);
  CHECK(usual[0] != usual[5]);
}

TEST_CASE("lines come back as they were, with their cluster") {
  const Workshop shop;
  shop.write("in.jsonl", "\n{\"cluster\":\"old\",\"text\":\"a\",\"n\":1.50}\n {}\n{ \"b\" : [1, {\"cluster\":3}] }\n");
  shop.write("in.npy", npy_of({{1, 0}, {1, 0}, {1, 0.1F}}));
  check_clustered(shop.run("cluster " + kInput + "--algorithm kmeans --k 1"),
                  "done: out.jsonl, 3 texts in 1 cluster\n");
  CHECK(shop.read("out.jsonl") ==
        "{\"text\":\"a\",\"n\":1.50,\"cluster\":0}\n{\"cluster\":0}\n{ \"b\" : [1, {\"cluster\":3}] ,\"cluster\":0}\n");
  const Run run =
      shop.run("cluster --vectors in.npy --input - --output - --algorithm kmeans --k 1", shop.read("in.jsonl"));
  check_clustered(run, "done: standard output, 3 texts");
  CHECK(run.out == shop.read("out.jsonl"));
}

TEST_CASE("texts are embedded by the model as glossa embed does it") {
  const Workshop shop;
  shop.write("in.jsonl", lines());
  check_clustered(shop.run("cluster " + with_model() + " --input in.jsonl --output a.jsonl --algorithm kmeans --k 4"),
                  "4 clusters");
  test::check_quiet(shop.run("embed " + with_model() + " --input in.jsonl --output in.npy"));
  check_clustered(shop.run("cluster --vectors in.npy --input in.jsonl --output b.jsonl --algorithm kmeans --k 4"),
                  "4 clusters");
  CHECK(shop.read("a.jsonl") == shop.read("b.jsonl"));
  check_clustered(shop.run("cluster --threads 1 " + with_model() +
                           " --dims 16 --role query --input in.jsonl --output c.jsonl --algorithm kmeans --k 4"),
                  "4 clusters");
  test::check_quiet(shop.run("embed " + with_model() + " --dims 16 --role query --input in.jsonl --output in.npy"));
  check_clustered(shop.run("cluster --vectors in.npy --input in.jsonl --output d.jsonl --algorithm kmeans --k 4"),
                  "4 clusters");
  CHECK(shop.read("c.jsonl") == shop.read("d.jsonl"));
}

TEST_CASE("languages' means are subtracted where lines tell the language") {
  // Two languages, three things that are said; the language is the larger part.
  const Workshop shop;
  std::string all;
  std::vector<std::vector<float>> rows;
  for (int i = 0; i < 24; ++i) {
    all += "{\"text\":\"t\",\"lang\":\"" + std::string(i % 2 ? "de" : "sw") + "\"}\n";
    std::vector<float> row{0, 0, 0, 0.01F * static_cast<float>(i), i % 2 ? 3.0F : -3.0F};
    row[static_cast<std::size_t>(i / 2 % 3)] = 1;
    rows.push_back(row);
  }
  shop.write("in.jsonl", all);
  shop.write("in.npy", npy_of(rows));
  const auto found = [&](const std::string& more, int k) {
    check_clustered(shop.run("cluster " + kInput + "--algorithm kmeans --k " + std::to_string(k) + more), "");
    return clusters_of(shop.read("out.jsonl"));
  };
  const std::vector<int> said = found("", 3);
  CHECK(said == found(" --center lang", 3));
  for (std::size_t i = 0; i < 24; ++i) CHECK(said[i] == said[2 * (i / 2 % 3)]);
  for (const std::string center : {"none", "all"}) {
    const std::vector<int> languages = found(" --center " + center, 2);
    for (std::size_t i = 0; i < 24; ++i) CHECK(languages[i] == languages[i % 2]);
  }
}

TEST_CASE("a map holds the texts and keywords, and a summary describes each cluster") {
  const Workshop shop;
  shop.write("in.jsonl", lines());
  shop.write("in.npy", npy_of(kRows));
  for (const std::string projection : {"tsne --perplexity 3", "pca"})
    for (const std::string map : {"map.html", "map.svg"}) {
      check_clustered(shop.run("cluster " + kInput + "--algorithm kmeans --k 3 --summary sum.jsonl --map " + map +
                               " --title 'A <b> title' --projection " + projection),
                      "11 texts");
      const std::string page = shop.read(map);
      for (const std::string_view part : {"the river water 0", "the nothing 10", "engine, fuel", "A &lt;b&gt; title"})
        CHECK(contains(page, part));
      CHECK(!contains(page, "<b>"));
      CHECK(page.starts_with(map == "map.svg" ? "<svg" : "<!DOCTYPE html>"));
    }
  const auto summary = lines_of(shop.read("sum.jsonl"));
  REQUIRE(summary.size() == 3);
  const auto first = parse_json(summary[static_cast<std::size_t>(clusters_of(shop.read("out.jsonl"))[0])]);
  CHECK(first.at("size") == 5);
  CHECK(first.at("keywords") == test::Json({"river", "water"}));
  CHECK(first.at("medoid").at("text").get<std::string>().starts_with("the river"));
  CHECK(first.at("representatives").size() == 5);
  CHECK(first.at("representatives")[0] == first.at("medoid"));
}

TEST_CASE("texts of any kind, none, one and equal ones are clustered") {
  const Workshop shop;
  const auto run = [&](const std::string& text, const std::vector<std::vector<float>>& rows, std::string_view what) {
    shop.write("in.jsonl", text);
    shop.write("in.npy", npy_of(rows));
    for (const std::string algorithm : {"kmeans", "minibatch", "dbscan", "hdbscan", "agglomerative", "communities"}) {
      INFO(algorithm);
      check_clustered(shop.run("cluster " + kInput + "--map m.html --summary s --algorithm " + algorithm), what);
      CHECK(lines_of(shop.read("out.jsonl")).size() == rows.size());
      CHECK(contains(shop.read("m.html"), "</html>"));
    }
  };
  run("", {}, "0 texts in 0 clusters");
  run("{\"text\":\"\"}", {{1, 0}}, "1 text in ");
  run("{}\n{}\n{}\n", {{1, 0}, {1, 0}, {1, 0}}, "3 texts in ");
  run("{}\n{}\n{}\n", {{0, 0}, {0, 0}, {0, 0}}, "3 texts in ");
  run("{}\n{}\n", {{1}, {2}}, "2 texts in ");
}

TEST_CASE("what is wrong is told, and no file is left") {
  const Workshop shop;
  shop.write("in.jsonl", lines());
  shop.write("in.npy", npy_of(kRows));
  const std::string kmeans = "--algorithm kmeans --k 2 ";
  const auto refused = [&](const std::string& arguments, int status, std::initializer_list<std::string_view> parts) {
    check_complaint(shop.run("cluster " + arguments), status, parts);
    CHECK(!shop.has("out.jsonl"));
    CHECK(!shop.has("map.html"));
    CHECK(shop.partial_files() == 0);
  };
  refused(kInput, 2, {"--algorithm"});
  refused(kInput + "--algorithm magic", 2, {"--algorithm"});
  refused("--input in.jsonl --output out.jsonl " + kmeans, 2, {"--model"});
  refused(with_model() + " " + kInput + kmeans, 2, {"--vectors"});
  refused(kInput + kmeans + "--role query", 2, {"--role"});
  refused(kInput + kmeans + "--eps 1", 2, {"--eps", "kmeans has no use for it", "dbscan"});
  refused(kInput + "--algorithm dbscan --k 3", 2, {"--k", "kmeans or minibatch or agglomerative"});
  refused(kInput + "--algorithm agglomerative --k 3 --threshold 1", 2, {"--k", "--threshold"});
  refused(kInput + kmeans + "--map map.png", 2, {"--map", ".html or .svg"});
  refused(kInput + kmeans + "--map out.jsonl.html --summary ./out.jsonl.html", 2,
          {"--map", "--summary", "different names"});
  refused(kInput + kmeans + "--summary ./in.jsonl", 2, {"--summary", "--input", "different names"});
  refused("--vectors in.npy --input in.jsonl --output in.npy " + kmeans, 2, {"--output", "--vectors"});
  refused("--vectors in.npy --input in.jsonl --output - --summary - " + kmeans, 2, {"--summary", "--output"});
  for (const std::string option : {"--eps", "--threshold", "--perplexity"})
    refused(kInput + kmeans + option + " nan", 2, {option, "nan", "not in range"});
  refused(kInput + "--algorithm dbscan --eps 3", 2, {"--eps", "[0 - 2]"});
  refused(kInput + kmeans + "--center lang", 2, {"in.jsonl", "--center lang", "no line has", "--center all"});
  refused(kInput + "--algorithm kmeans --k 12 --map map.html", 2, {"12", "11"});
  refused(kInput + kmeans + "--map no/map.html", 1, {"no/map.html"});
  refused("--vectors no.npy --input in.jsonl --output out.jsonl " + kmeans, 1, {"no.npy", "no such file"});
  shop.write("in.jsonl", lines() + "{}\n");
  refused(kInput + kmeans, 2, {"in.npy", "12 lines", "found 11"});
  shop.write("in.jsonl", lines() + "{\"text\":3}\n");
  refused(kInput + kmeans, 1, {"in.jsonl, line 12: text", "a string"});
  shop.write("in.jsonl", lines() + "{\"text\":\"\",\"lang\":3}\n");
  refused(kInput + kmeans, 1, {"in.jsonl, line 12: lang", "a string"});
  shop.write("in.jsonl", "{\"text\":\"\",\"lang\":\"en\"}\n" + lines().substr(lines().find('\n') + 1));
  refused(kInput + kmeans, 2, {"in.jsonl, line 2: lang", "line 1 has one", "--center all or --center none"});
  shop.write("in.jsonl", lines() + "{\"lang\":\"en\"}\n");
  refused(with_model() + " --input in.jsonl --output out.jsonl " + kmeans, 1, {"line 12: text", "missing"});
  shop.write("in.jsonl", lines());
  auto rows = kRows;
  rows[3][1] = std::nanf("");
  shop.write("in.npy", npy_of(rows));
  refused(kInput + kmeans, 2, {"in.npy: row 3, of line 4 of in.jsonl", "found NaN"});
}

TEST_CASE("arrays that are not rows of floats are refused") {
  const Workshop shop;
  shop.write("in.jsonl", lines());
  const std::string good = npy_of(kRows);
  const auto refused = [&](const std::string& bytes, std::string_view part) {
    shop.write("in.npy", bytes);
    check_complaint(shop.run("cluster " + kInput + "--algorithm kmeans --k 2"), 1, {"in.npy", part});
  };
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string bytes = good;
    return bytes.replace(bytes.find(from), from.size(), to);
  };
  refused("", "no NumPy file");
  refused("\x93NUMPY", "no NumPy file");
  refused(good.substr(0, 60), "header is damaged");
  refused(good.substr(0, good.size() - 1), "cut: expected 11 x 3 numbers of 4 bytes, found 131 bytes");
  refused(changed("<f4", ">f4"), "float32 or float64 ('<f4', '<f8'), found >f4");
  refused(changed("False", "True "), "C order");
  refused(changed("(11, 3)", "(33,)  "), "two dimensions");
  refused(changed("(11, 3)", "(-1, 3)"), "two dimensions");
  refused(changed("'shape'", "'shabe'"), "header is damaged");
  refused(changed("(11, 3), }                ", "(4611686018427387904, 4), }"), "cut");
}

TEST_CASE("float64 arrays are read, too") {
  const Workshop shop;
  shop.write("in.jsonl", lines());
  shop.write("in.npy", npy_of(kRows, "<f8"));
  check_clustered(shop.run("cluster " + kInput + "--algorithm kmeans --k 3"), "3 clusters");
  CHECK(are_heaps(clusters_of(shop.read("out.jsonl")), 0));
}

TEST_CASE("Ctrl-C while clusters are found leaves no file") {
  const Workshop shop;
  std::string all;
  std::vector<std::vector<float>> rows;
  unsigned state = 1;
  for (int i = 0; i < 20000; ++i) {
    all += "{\"text\":\"t\"}\n";
    std::vector<float> row;
    for (int j = 0; j < 32; ++j) row.push_back(static_cast<float>((state = state * 1664525u + 1013904223u) >> 16));
    rows.push_back(row);
  }
  shop.write("in.jsonl", all);
  shop.write("in.npy", npy_of(rows));
  for (const std::string work : {"kmeans --k 500 --starts 1000", "kmeans --k 2 --map m.html --perplexity 300"}) {
    test::Process process(shop, test::glossa_command("cluster " + kInput + "--algorithm " + work), "in.jsonl");
    std::this_thread::sleep_for(std::chrono::seconds(2));
    process.signal(SIGINT);
    const Run run = process.wait(std::chrono::minutes(2));
    CHECK(run.status == 1);
    CHECK(contains(run.err, "interrupted"));
    CHECK(!shop.has("out.jsonl"));
    CHECK(!shop.has("m.html"));
    CHECK(shop.partial_files() == 0);
  }
}
