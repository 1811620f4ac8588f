// glossa eval's own commands: compare, advise and tasks.
#include "eval_names.hpp"

#include <glossa/eval/task.hpp>

#include <string>
#include <vector>

TEST_CASE("two runs are compared, with what became of each language") {
  const Workshop shop;
  write_data(shop);
  const std::string command = "eval " + with_model() + " " + kStsb + "--task Tatoeba --results results ";
  const std::string a = "'" + results_of(shop.run(command)) + "'";
  const std::string b = "'" + results_of(shop.run(command + "--precision int4")) + "'";
  const Run run = shop.run("eval compare " + a + " " + b + " --drift --report page.html");
  check_quiet(run);
  CHECK(run.out.starts_with("A: results/"));
  for (const char* part : {"95 % interval", "Mean over categories", "Before", "deu-Latn", "significantly worse"}) {
    INFO(part);
    CHECK(contains(run.out, part));
  }
  CHECK(contains(shop.read("page.html"), "deu-Latn"));
  const auto json = parse_json(shop.run("eval compare " + a + " " + a + " --json --drift").out);
  CHECK(json.at("tasks").size() == 2);
  CHECK(json.at("tasks").at(0).at("subsets").at(0).at("p") == 1);
  CHECK(json.at("languages").size() == 2);
  CHECK(shop.run("eval compare " + a + " " + b + " --markdown").out.find("| Task") != std::string::npos);
  check_complaint(shop.run("eval compare " + a + " nowhere"), 1, {"nowhere", "no results"});
}

TEST_CASE("advice comes with what every precision scores, and how fast it is") {
  const Workshop shop;
  write_data(shop);
  const Run run = shop.run("eval advise " + with_model() + " " + kStsb + "--loss 100 --json");
  check_quiet(run);
  const auto json = parse_json(run.out);
  REQUIRE(json.at("precisions").size() == 4);
  for (const auto& one : json.at("precisions")) {
    CHECK(one.at("texts_per_second").get<double>() > 0);
    CHECK(one.at("memory_mb").get<double>() > 1);
    CHECK(one.at("tasks").size() == 1);
  }
  const Run table = shop.run("eval advise " + with_model() + " " + kStsb + "--precisions f32,int8");
  check_quiet(table);
  CHECK(contains(table.out, ", advised"));
  CHECK(contains(table.out, "at most 1.00 points"));
  check_complaint(shop.run("eval advise " + with_model() + " --category sts --data nowhere"), 1, {"nowhere"});
}

TEST_CASE("known tasks are listed") {
  const Workshop shop;
  const Run run = shop.run("eval tasks --category bitext");
  check_quiet(run);
  CHECK(contains(run.out, "Tatoeba"));
  CHECK_FALSE(contains(run.out, "SciFact"));
  const std::vector<std::string> lines = lines_of(shop.run("eval tasks --json").out);
  CHECK(lines.size() == glossa::known_tasks().size());
  for (const std::string& line : lines) CHECK(parse_json(line).contains("split"));

  const std::string all = shop.run("eval tasks").out;
  for (const std::string& line : lines_of(all)) CHECK(line.size() <= 100);
  for (const glossa::TaskSpec& task : glossa::known_tasks()) CHECK(contains(all, "\n" + task.name + " "));
  CHECK(contains(shop.run("eval tasks --markdown").out, "## retrieval\n\n| Task"));

  const std::string clustering = shop.run("eval tasks --category clustering_fast").out;
  CHECK(contains(clustering, "arxiv-hierarchical-s2s *\n"));
  CHECK(contains(clustering, "\n* mteb draws"));
  CHECK_FALSE(contains(clustering, "sib200 *"));
  CHECK_FALSE(contains(run.out, "* mteb draws"));
}

TEST_CASE("a folder in which a task's results lie twice is not compared") {
  const Workshop shop;
  write_data(shop);
  const std::string folder = results_of(shop.run("eval " + with_model() + " " + kStsb + "--results results"));
  const std::string name = folder + "/STSBenchmarkMultilingualSTS";
  shop.write(name + " copy.json", shop.read(name + ".json"));
  check_complaint(shop.run("eval compare '" + folder + "' '" + folder + "'"), 1,
                  {"STSBenchmarkMultilingualSTS.json", "STSBenchmarkMultilingualSTS copy.json", "twice"});
}
