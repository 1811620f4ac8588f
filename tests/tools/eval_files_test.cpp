// glossa eval takes no file for its report that it reads, or that its results are kept in.
#include "eval_names.hpp"

#include <string>

TEST_CASE("a report takes the place of no data, no task file, no part of the model and no results") {
  const Workshop shop;
  write_data(shop);
  const std::string pairs = shop.read("data/sts/stsb-en.jsonl");
  shop.write("stsd/test.jsonl", pairs);
  shop.write("mine.json", R"({"name":"Mine","category":"sts","data":"stsd"})");
  shop.write("model/config.json", "{}");
  const auto check = [&](const std::string& command, const std::string& report, const std::string& part) {
    const std::string before = shop.has(report) ? shop.read(report) : "";
    check_complaint(shop.run("eval --model model " + command + " --report " + report), 2, {"--report", part});
    CHECK((shop.has(report) ? shop.read(report) : "") == before);
    CHECK(shop.partial_files() == 0);
  };
  check("--category sts --data stsd", "stsd/test.jsonl", "data");
  check("--category sts --data stsd/test.jsonl", "stsd/../stsd/test.jsonl", "data");
  check("--category retrieval --data data/retrieval/fact", "data/retrieval/fact/qrels/test.tsv", "data");
  check(kStsb, "data/sts/stsb-de.jsonl", "data");
  check("--task mine.json", "mine.json", "--task");
  check("--task mine.json", "model/config.json", "--model");
  check("--task mine.json --results results", "results/page", "--results");
  check("--task mine.json --cache cache/", "cache/page", "--cache");
  CHECK(shop.read("stsd/test.jsonl") == pairs);
}

TEST_CASE("a report may lie beside the data and the results, and be written again") {
  const Workshop shop;
  write_data(shop);
  shop.write("stsd/test.jsonl", shop.read("data/sts/stsb-en.jsonl"));
  const std::string command = "eval " + with_model() + " --category sts --data stsd --results results --report ";
  for (const char* report : {"stsd/page.html", "stsd/page.html", "results/page.html", "page", "resultsOfMine"}) {
    CAPTURE(report);
    CHECK(shop.run(command + report).status == 0);
    CHECK(shop.read(report).find("<html") != std::string::npos);
  }
}

TEST_CASE("a comparison's report takes the place of no results") {
  const Workshop shop;
  write_data(shop);
  const std::string folder = results_of(shop.run("eval " + with_model() + " " + kStsb + "--results results"));
  const std::string file = folder + "/STSBenchmarkMultilingualSTS.json";
  const std::string items = folder + "/items/STSBenchmarkMultilingualSTS.json";
  const std::string kept = shop.read(file);
  const auto check = [&](const std::string& a, const std::string& report) {
    check_complaint(shop.run("eval compare '" + a + "' '" + folder + "' --report '" + report + "'"), 2,
                    {"--report", "a file of"});
  };
  check(file, file);
  check(file, items);
  check(folder, folder + "/model_meta.json");
  CHECK(shop.read(file) == kept);
  CHECK(shop.run("eval compare '" + file + "' '" + file + "' --report page.html").status == 0);
  CHECK(shop.has("page.html"));
}
