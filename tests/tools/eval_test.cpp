// glossa eval: scores of a model on tasks of all kinds.
#include "eval_names.hpp"

#include <string>

TEST_CASE("data of a category is scored without a task file") {
  const Workshop shop;
  write_data(shop);
  const Run run = shop.run("eval " + with_model() + " --category sts --data data/sts/stsb-en.jsonl --json");
  check_quiet(run);
  REQUIRE(lines_of(run.out).size() == 1);
  const auto json = parse_json(run.out);
  CHECK(json.at("task") == "stsb-en");
  CHECK(json.at("category") == "sts");
  CHECK(json.at("main_score") == json.at("cosine_spearman"));
  CHECK(json.at("languages").at(0) == "eng-Latn");
  CHECK(json.at("settings") == "f32");

  const Run found = shop.run("eval " + with_model() + " --category retrieval --data data/retrieval/fact --json");
  check_quiet(found);
  CHECK(parse_json(found.out).contains("ndcg_at_10"));
  CHECK(parse_json(found.out).at("split") == "test");
}

TEST_CASE("known tasks find their data, and their tables have means and languages") {
  const Workshop shop;
  write_data(shop);
  const Run run =
      shop.run("eval " + with_model() + " " + kStsb + "--task Tatoeba --precision int8 --threads 1 --report page.html");
  check_quiet(run);
  for (const char* part : {"STSBenchmarkMultilingualSTS", "  de", "Tatoeba (deu-eng)", "Mean over tasks", "deu-Latn"}) {
    INFO(part);
    CHECK(contains(run.out, part));
  }
  CHECK(contains(shop.read("page.html"), "Tatoeba"));
  const Run markdown = shop.run("eval " + with_model() + " " + kStsb + "--markdown");
  CHECK(markdown.out.starts_with("| Task"));
  const Run json = shop.run("eval " + with_model() + " " + kStsb + "--task Tatoeba --json");
  REQUIRE(lines_of(json.out).size() == 2);
  CHECK(parse_json(lines_of(json.out)[0]).at("subsets").size() == 2);
}

TEST_CASE("a task file's own settings count") {
  const Workshop shop;
  write_data(shop);
  shop.write("mine.json", R"({"name":"Mine","category":"sts","data":"data/sts/stsb-en.jsonl","main_score":"pearson",
    "prompts":{"query":"query: "}})");
  const Run run = shop.run("eval " + with_model() + " --task mine.json --json");
  check_quiet(run);
  CHECK(parse_json(run.out).at("task") == "Mine");
  CHECK(parse_json(run.out).at("main_score") == parse_json(run.out).at("pearson"));
  const Run plain = shop.run("eval " + with_model() + " --category sts --data data/sts/stsb-en.jsonl --json");
  CHECK(parse_json(run.out).at("pearson") != parse_json(plain.out).at("pearson"));
}

TEST_CASE("data of this folder is called after the folder") {
  const Workshop shop;
  write_data(shop);
  shop.write("test.jsonl", shop.read("data/sts/stsb-en.jsonl"));
  const Run run = shop.run("eval " + with_model() + " --category sts --data . --results results --json");
  CHECK(run.status == 0);
  CHECK(parse_json(run.out).at("task") == shop.path().filename().string());
}

TEST_CASE("--data and --split stand in for those of a task file") {
  const Workshop shop;
  write_data(shop);
  shop.write("mine.json", R"({"name":"Mine","category":"sts"})");
  shop.write("data/sts/dev/dev.jsonl", shop.read("data/sts/stsb-en.jsonl"));
  const std::string command = "eval " + with_model() + " --task mine.json --json ";
  const Run run = shop.run(command + "--data data/sts/dev --split dev");
  check_quiet(run);
  CHECK(parse_json(run.out).at("split") == "dev");
  check_complaint(shop.run(command), 1, {"mine.json", "data"});
}

TEST_CASE("a split that stands in for the task's own is told") {
  const Workshop shop;
  write_data(shop);
  shop.write("fact/qrels/dev.tsv", shop.read("data/retrieval/fact/qrels/test.tsv"));
  for (const char* name : {"corpus.jsonl", "queries.jsonl"})
    shop.write("fact/" + std::string(name), shop.read("data/retrieval/fact/" + std::string(name)));
  const std::string command = "eval " + with_model() + " --category retrieval --data fact --json";
  const Run run = shop.run(command);
  CHECK(contains(run.err, "split dev"));
  CHECK(parse_json(run.out).at("split") == "dev");
  check_quiet(shop.run(command + " --split dev"));
}

TEST_CASE("--max-tokens cuts texts, which is told") {
  const Workshop shop;
  write_data(shop);
  const std::string command = "eval " + with_model() + " --category sts --data data/sts/stsb-en.jsonl --json ";
  const Run run = shop.run(command + "--max-tokens 3");
  CHECK(run.status == 0);
  CHECK(contains(run.err, "texts were longer than 3 tokens and were cut"));
  CHECK(parse_json(run.out).at("revision") != parse_json(shop.run(command).out).at("revision"));
}

TEST_CASE("why a score is not defined is told, of kept results too, and a score that is defined has no word") {
  const Workshop shop;
  const std::string line = R"({"sentence1":"the cat","sentence2":"museo","score":2})";
  shop.write("one/test.jsonl", line + "\n");
  shop.write("same/test.jsonl", line + "\n" + R"({"sentence1":"cat","sentence2":"protein","score":2})" + "\n");
  for (const char* data : {"one", "same"}) {
    const std::string command =
        "eval " + with_model() + " --category sts --results results --data " + std::string(data);
    for (int i = 0; i < 2; ++i) {
      const Run run = shop.run(command);
      CHECK(run.status == 0);
      CHECK(contains(run.err, std::string(data) + " (test: default) has no score"));
      CHECK(lines_of(run.err).back().starts_with("done: "));
    }
  }
}
