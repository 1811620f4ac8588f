// glossa eval: scores of a model, kept in files, compared, and advice that rests on them.
#include "../../examples/glossa/text_progress.hpp"
#include "eval_data.hpp"

#include <glossa/eval/embedding_cache.hpp>
#include <glossa/eval/task.hpp>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using test::check_complaint;
using test::contains;
using test::kStsb;
using test::lines_of;
using test::parse_json;
using test::results_of;
using test::row_of;
using test::Run;
using test::with_model;
using test::Workshop;
using test::write_data;

}  // namespace

TEST_CASE("data of a category is scored without a task file") {
  const Workshop shop;
  write_data(shop);
  const Run run = shop.run("eval " + with_model() + " --category sts --data data/sts/stsb-en.jsonl --json");
  test::check_quiet(run);
  REQUIRE(lines_of(run.out).size() == 1);
  const auto json = parse_json(run.out);
  CHECK(json.at("task") == "stsb-en");
  CHECK(json.at("category") == "sts");
  CHECK(json.at("main_score") == json.at("cosine_spearman"));
  CHECK(json.at("languages").at(0) == "eng-Latn");
  CHECK(json.at("settings") == "f32");

  const Run found = shop.run("eval " + with_model() + " --category retrieval --data data/retrieval/fact --json");
  test::check_quiet(found);
  CHECK(parse_json(found.out).contains("ndcg_at_10"));
  CHECK(parse_json(found.out).at("split") == "test");
}

TEST_CASE("known tasks find their data, and their tables have means and languages") {
  const Workshop shop;
  write_data(shop);
  const Run run =
      shop.run("eval " + with_model() + " " + kStsb + "--task Tatoeba --precision int8 --threads 1 --report page.html");
  test::check_quiet(run);
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
  test::check_quiet(run);
  CHECK(parse_json(run.out).at("task") == "Mine");
  CHECK(parse_json(run.out).at("main_score") == parse_json(run.out).at("pearson"));
  const Run plain = shop.run("eval " + with_model() + " --category sts --data data/sts/stsb-en.jsonl --json");
  CHECK(parse_json(run.out).at("pearson") != parse_json(plain.out).at("pearson"));
}

TEST_CASE("results that are there are not computed again, unless they are to be") {
  const Workshop shop;
  write_data(shop);
  const std::string command = "eval " + with_model() + " " + kStsb + "--results results ";
  const Run first = shop.run(command);
  const std::string folder = results_of(first);
  CHECK(folder.starts_with("results/"));
  CHECK(folder.ends_with("-f32"));
  const std::string file = folder + "/STSBenchmarkMultilingualSTS.json";
  REQUIRE(shop.has(file));
  REQUIRE(shop.has(folder + "/model_meta.json"));
  const auto meta = parse_json(shop.read(folder + "/model_meta.json"));
  CHECK(meta.at("name").get<std::string>().starts_with("glossa/"));  // mteb refuses names without a slash
  const std::string kept = shop.read(file);

  const Run again = shop.run(command + "--task Tatoeba");
  CHECK(contains(again.err, "1 of 2 tasks are taken from " + folder));
  CHECK(shop.read(file) == kept);
  for (const char* row : {"STSBenchmarkMultilingualSTS", "  de", "  en"})
    CHECK(row_of(again.out, row) == row_of(first.out, row));
  const Run overwritten = shop.run(command + "--overwrite");
  CHECK_FALSE(contains(overwritten.err, "taken from"));
  const Run other = shop.run(command + "--precision int8");
  CHECK(results_of(other).ends_with("-int8"));

  shop.write(file, "{");
  check_complaint(shop.run(command), 1, {"STSBenchmarkMultilingualSTS.json", "--overwrite"});
  CHECK(results_of(shop.run(command + "--overwrite")) == folder);
}

TEST_CASE("a cache keeps the vectors of each model and precision, and they are what scores are made of") {
  const Workshop shop;
  write_data(shop);
  const std::string command = "eval " + with_model() + " " + kStsb + "--cache cache --json ";
  const Run first = shop.run(command);
  const Run second = shop.run(command);
  test::check_quiet(second);
  const auto score = [](const Run& run) { return parse_json(run.out).at("main_score"); };
  CHECK(score(first) == score(second));
  CHECK(score(first) == score(shop.run("eval " + with_model() + " " + kStsb + "--json")));
  test::check_quiet(shop.run(command + "--precision int8"));
  std::size_t folders = 0;
  for (const auto& entry : std::filesystem::directory_iterator(shop.file("cache"))) folders += entry.is_directory();
  CHECK(folders == 2);

  // Where all vectors are one, nothing is more alike than something else, and there is no correlation.
  {
    glossa::EmbeddingCache planted(shop.file("planted"), test::embedder().fingerprint(), test::embedder().dims());
    const std::vector<float> one(planted.dims(), 1.0F);
    for (const char* text :
         {"the cat", "the cat sleep", "the protein", "museo", "female cat", "cat", "how much", "protein"})
      planted.add("", text, one);
    planted.flush();
  }
  const Run undefined = shop.run("eval " + with_model() + " " + kStsb + "--cache planted --json");
  CHECK(score(undefined).is_null());
  for (const char* language : {"de", "en"})
    CHECK(contains(undefined.err, "STSBenchmarkMultilingualSTS (test: " + std::string(language) +
                                      ") has no score: a correlation needs two pairs at least"));
}

TEST_CASE("Ctrl-C leaves the tasks that are finished, and the vectors that are there") {
  const Workshop shop;
  write_data(shop);
  std::string many;
  for (int i = 0; i < 30000; ++i) {
    const std::string n = std::to_string(i);
    many += R"({"sentence1":"the cat )" + n + R"( sleep","sentence2":"protein )" + n + " female how much\"}\n";
  }
  shop.write("data/bitext/tatoeba-deu-eng.jsonl", many);
  const std::string command =
      "eval " + with_model() + " " + kStsb + "--task Tatoeba --threads 1 --results results --cache cache";
  test::Process process(shop, test::glossa_command(command), "data/sts/stsb-en.jsonl");
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (shop.files_in("cache") < 4 &&
         std::chrono::steady_clock::now() < end)  // two of the first task, two of the second
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  process.signal(SIGINT);
  const Run run = process.wait(std::chrono::minutes(1));
  check_complaint(run, 1, {"interrupted", "Tatoeba", "1 of 2 tasks are there"});
  CHECK(shop.files_in("results") == 3);  // the task, its items, the model
  CHECK(shop.files_in("cache") >= 4);
  CHECK(shop.partial_files() == 0);
}

TEST_CASE("two runs are compared, with what became of each language") {
  const Workshop shop;
  write_data(shop);
  const std::string command = "eval " + with_model() + " " + kStsb + "--task Tatoeba --results results ";
  const std::string a = "'" + results_of(shop.run(command)) + "'";
  const std::string b = "'" + results_of(shop.run(command + "--precision int4")) + "'";
  const Run run = shop.run("eval compare " + a + " " + b + " --drift --report page.html");
  test::check_quiet(run);
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
  test::check_quiet(run);
  const auto json = parse_json(run.out);
  REQUIRE(json.at("precisions").size() == 4);
  for (const auto& one : json.at("precisions")) {
    CHECK(one.at("texts_per_second").get<double>() > 0);
    CHECK(one.at("memory_mb").get<double>() > 1);
    CHECK(one.at("tasks").size() == 1);
  }
  const Run table = shop.run("eval advise " + with_model() + " " + kStsb + "--precisions f32,int8");
  test::check_quiet(table);
  CHECK(contains(table.out, ", advised"));
  CHECK(contains(table.out, "at most 1.00 points"));
  check_complaint(shop.run("eval advise " + with_model() + " --category sts --data nowhere"), 1, {"nowhere"});
}

TEST_CASE("known tasks are listed") {
  const Workshop shop;
  const Run run = shop.run("eval tasks --category bitext");
  test::check_quiet(run);
  CHECK(contains(run.out, "Tatoeba"));
  CHECK_FALSE(contains(run.out, "SciFact"));
  const std::vector<std::string> lines = lines_of(shop.run("eval tasks --json").out);
  CHECK(lines.size() == glossa::known_tasks().size());
  for (const std::string& line : lines) CHECK(parse_json(line).contains("split"));

  const std::string clustering = shop.run("eval tasks --category clustering_fast").out;
  CHECK(contains(clustering, "arxiv-hierarchical-s2s *\n"));
  CHECK(contains(clustering, "\n* mteb draws"));
  CHECK_FALSE(contains(clustering, "sib200 *"));
  CHECK_FALSE(contains(run.out, "* mteb draws"));
}

TEST_CASE("what is missing or wrong is told with what to do") {
  const Workshop shop;
  write_data(shop);
  const std::string eval = "eval " + with_model() + " ";
  check_complaint(shop.run("eval " + kStsb), 2, {"--model"});
  check_complaint(shop.run("eval advise " + kStsb), 2, {"--model"});
  check_complaint(shop.run(eval), 2, {"--task", "--category"});
  check_complaint(shop.run(eval + "--category sts"), 2, {"--data"});
  check_complaint(shop.run(eval + "--category music --data data"), 2, {"--category"});
  check_complaint(shop.run(eval + "--task Tatoeba"), 2, {"--data", "Tatoeba"});
  check_complaint(shop.run(eval + "--task Unheard --data data"), 1, {"--task", "Unheard", "glossa eval tasks"});
  check_complaint(shop.run(eval + "--task none.json"), 1, {"none.json"});
  check_complaint(shop.run(eval + kStsb + "--task STSBenchmarkMultilingualSTS"), 2, {"twice"});
  check_complaint(shop.run(eval + kStsb + "--data data --data data"), 2, {"--data"});
  check_complaint(shop.run(eval + kStsb + "--overwrite"), 2, {"--results"});
  check_complaint(shop.run(eval + "--category retrieval --data data/retrieval/fact --split dev"), 1, {"dev"});
  check_complaint(shop.run("eval --model nowhere " + kStsb), 1, {"nowhere"});
  shop.write("data/sts/stsb-en.jsonl", "{\"sentence1\":\"a\",\"sentence2\":\"b\",\"score\":\"x\"}\n");
  check_complaint(shop.run(eval + kStsb), 1, {"stsb-en.jsonl, line 1", "score"});
}

TEST_CASE("results of other data or other prompts are not taken for those of these") {
  const Workshop shop;
  write_data(shop);
  const std::string task = R"({"name":"Mine","category":"sts","data":"data/sts/stsb-en.jsonl"})";
  shop.write("mine.json", task);
  const std::string command = "eval " + with_model() + " --task mine.json --results results";
  (void)shop.run(command);
  CHECK(contains(shop.run(command).err, "1 of 1 tasks are taken from"));
  shop.write("data/sts/stsb-en.jsonl",
             shop.read("data/sts/stsb-en.jsonl") + R"({"sentence1":"museo","sentence2":"museo","score":5})" + "\n");
  CHECK_FALSE(contains(shop.run(command).err, "are taken from"));
  CHECK(contains(shop.run(command).err, "1 of 1 tasks are taken from"));
  shop.write("mine.json", task.substr(0, task.size() - 1) + R"(,"prompts":{"query":"query: "}})");
  CHECK_FALSE(contains(shop.run(command).err, "are taken from"));
}

TEST_CASE("progress goes on where the encoder's call before it ended") {
  tool::TextProgress progress;
  progress.begin_call({.done = 0, .total = 9000});
  CHECK(progress.in_call({.done = 1024, .total = 4096}).done == 1024);
  progress.begin_call({.done = 4096, .total = 9000});
  CHECK(progress.in_call({.done = 1024, .total = 4096}).done == 5120);
  CHECK(progress.in_call({.done = 1024, .total = 4096}).total == 9000);
  CHECK(progress.in_call({.done = 4910, .total = 4910}).done == 9000);
}

TEST_CASE("what results could not be kept under is told before anything is evaluated") {
  const Workshop shop;
  write_data(shop);
  shop.write("in-the-way", "");
  const std::string command = "eval " + with_model() + " " + kStsb + "--cache cache ";
  check_complaint(shop.run(command + "--results results --overwrite --name g/a:b"), 2, {"name", "colons"});
  check_complaint(shop.run(command + "--results in-the-way"), 1, {"in-the-way", "folder"});
  CHECK(shop.files_in("cache") == 0);
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
  test::check_quiet(run);
  CHECK(parse_json(run.out).at("split") == "dev");
  check_complaint(shop.run(command), 1, {"mine.json", "data"});
}

TEST_CASE("experiments and samples may be told, and are part of the results' name") {
  const Workshop shop;
  shop.write("data/kinds/train.jsonl", R"({"text":"the cat","label":"a"}
{"text":"cat sleep","label":"a"}
{"text":"the protein","label":"b"}
{"text":"how much protein","label":"b"}
)");
  shop.write("data/kinds/test.jsonl", R"({"text":"female cat","label":"a"}
{"text":"much protein","label":"b"}
)");
  const std::string command = "eval " + with_model() + " --category classification --data data/kinds --json ";
  CHECK(parse_json(shop.run(command).out).at("runs").at("accuracy").size() == 10);
  const Run run = shop.run(command + "--experiments 3 --samples-per-label 1 --results results");
  CHECK(parse_json(run.out).at("runs").at("accuracy").size() == 3);
  CHECK(results_of(run).ends_with("-f32-experiments3-samples1"));
  shop.write("data/clusters.jsonl", shop.read("data/kinds/train.jsonl"));
  const Run clusters = shop.run("eval " + with_model() + " --category clustering --data data/clusters.jsonl --json" +
                                " --experiments 2");
  CHECK(parse_json(clusters.out).at("runs").at("v_measure").size() == 2);
}

TEST_CASE("a task that is taken from kept results shows the numbers that it had") {
  const Workshop shop;
  write_data(shop);
  const std::string command =
      "eval " + with_model() + " --category sts --data data/sts/stsb-en.jsonl --results results --json";
  auto first = parse_json(shop.run(command).out);
  const Run again = shop.run(command);
  CHECK(contains(again.err, "are taken from"));
  CHECK(first == parse_json(again.out));
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
  test::check_quiet(shop.run(command + " --split dev"));
}

TEST_CASE("without prompts texts stand alone, results have a folder of their own, and cached vectors stay of use") {
  const Workshop shop;
  write_data(shop);
  const std::string sts = "eval " + with_model() + " --category sts --data data/sts/stsb-en.jsonl --cache cache ";
  const auto files = [&] { return shop.files_in("cache"); };
  test::check_quiet(shop.run(sts));
  const std::size_t cached = files();
  test::check_quiet(shop.run(sts + "--no-prompts"));
  CHECK(files() == cached);

  const std::string fact = "eval " + with_model() + " --category retrieval --data data/retrieval/fact --cache cache ";
  test::check_quiet(shop.run(fact));
  const std::size_t prompted = files();
  CHECK(results_of(shop.run(fact + "--no-prompts --results results")).ends_with("-f32-noprompts"));
  CHECK(files() > prompted);  // other texts
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

TEST_CASE("a model's name has an organization, or mteb would load none of its results") {
  const Workshop shop;
  write_data(shop);
  for (const auto& [name, remedy] : {std::pair("x", "glossa/x"), std::pair("/x", "glossa/x"),
                                     std::pair("x/", "glossa/x"), std::pair("/", "glossa/model")})
    check_complaint(shop.run("eval --model nowhere " + kStsb + "--name " + name), 2,
                    {"--name", "organization/model", remedy});
  const Run run = shop.run("eval " + with_model() + " " + kStsb + "--results results --name own/x");
  CHECK(results_of(run).starts_with("results/own__x/"));
}
