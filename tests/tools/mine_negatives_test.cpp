// glossa mine-negatives: rows come back with the negatives that the library finds, and nothing else of them changes.
#include "mining_lines.hpp"
#include "tool.hpp"

#include <glossa/train/mine_negatives.hpp>
#include <glossa/train/training_data.hpp>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace {

using test::check_complaint;
using test::check_quiet;
using test::contains;
using test::lines_of;
using test::objects;
using test::Process;
using test::Run;
using test::with_model;
using test::Workshop;

std::string rows_text(std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    out += R"({"query":"the cat )" + number + R"(","pos":"it sleeps on mat )" + number + R"(","id":)" + number;
    if (i % 3 == 0) out += R"(,"neg":["a dog )" + number + R"("],"score":0.5)";
    if (i % 5 == 0) out += R"(,"group":"g","lang":"en","source":"s")";
    out += "}\n";
  }
  return out;
}

/// What the library makes of the same rows.
std::string expected(const Workshop& shop, const std::string& file, const glossa::NegativeMiningOptions& options,
                     const std::vector<std::string>& corpus = {}) {
  auto rows = glossa::read_training_data({shop.file(file)}, {.file_is_source = false, .keep_other_fields = true}).rows;
  const glossa::RoleEncoder encoder = glossa::role_encoder(test::embedder());
  glossa::add_negatives(rows, corpus.empty() ? glossa::mine_negatives(rows, encoder, options)
                                             : glossa::mine_negatives(rows, corpus, encoder, options));
  std::string out;
  for (const glossa::TrainingRow& row : rows) out += glossa::training_line(row) + "\n";
  return out;
}

}  // namespace

TEST_CASE("mine-negatives writes the rows with the negatives that the library finds") {
  const Workshop shop;
  shop.write("rows.jsonl", rows_text(60));
  const std::string command = "mine-negatives " + with_model() + " --data rows.jsonl ";
  const Run plain = shop.run(command + "--output out.jsonl");
  check_quiet(plain);
  CHECK(plain.out.empty());
  CHECK(shop.read("out.jsonl") == expected(shop, "rows.jsonl", {}));
  const auto rows = objects(shop.read("out.jsonl"));
  REQUIRE(rows.size() == 60);
  CHECK(rows[0].at("negatives").size() == 6);
  CHECK(rows[0].at("negatives")[0] == "a dog 0");
  CHECK(rows[0].at("id") == 0);
  CHECK(rows[0].at("label") == 0.5);
  CHECK(rows[0].at("group") == "g");
  CHECK(rows[1].at("negatives").size() == 5);
  CHECK(!rows[1].contains("source"));

  glossa::NegativeMiningOptions options;
  options.negatives = 2;
  options.first_rank = 3;
  options.end_rank = 9;
  options.choice = glossa::NegativeChoice::random;
  options.seed = 7;
  options.anchor_role = glossa::Role::none;
  options.corpus_role = glossa::Role::query;
  const Run chosen = shop.run(command +
                              "--output - --negatives 2 --ranks 3:9 --choice random --seed 7 --anchor-role none "
                              "--corpus-role query --search exact --threads 2");
  check_quiet(chosen);
  CHECK(chosen.out == expected(shop, "rows.jsonl", options));

  const Run replaced = shop.run(command + "--output - --replace --search graph");
  check_quiet(replaced);
  CHECK(objects(replaced.out)[0].at("negatives").size() == 5);
  CHECK(!contains(replaced.out, "dog"));
}

TEST_CASE("mine-negatives searches a corpus, with limits by the model or a teacher") {
  const Workshop shop;
  shop.write("rows.jsonl", rows_text(20));
  shop.write("c.txt", "the old cat\n\nthe mat\r\na dog 0\nmats sleep\n");
  shop.write("c.jsonl", R"({"title":"the","text":"old cat"}
{"_id":"1","text":" the mat "}

{"text":"a dog 0","title":null}
{"text":"mats sleep"}
)");
  const std::vector<std::string> corpus{"the old cat", "the mat", "a dog 0", "mats sleep"};
  const std::string command = "mine-negatives " + with_model() + " --data rows.jsonl --output - ";
  for (const std::string file : {"c.txt", "c.jsonl"}) {
    const Run run = shop.run(command + "--negatives 2 --corpus " + file);
    check_quiet(run);
    CHECK(run.out == expected(shop, "rows.jsonl", {.negatives = 2}, corpus));
  }
  const Run few = shop.run(command + "--corpus c.txt");
  CHECK(few.status == 0);
  CHECK(few.err == "glossa: 20 of 20 rows got fewer than 5 negatives\n");

  const Run margin = shop.run(command + "--margin 0.01 --relative 0.99 --threshold 0.97");
  CHECK(margin.status == 0);
  CHECK(margin.out == expected(shop, "rows.jsonl", {.margin = 0.01, .relative = 0.99, .threshold = 0.97}));
  const Run teacher = shop.run(command + "--margin 0.01 --relative 0.99 --threshold 0.97 --teacher '" +
                               test::model_folder().string() + "'");
  CHECK(teacher.out == margin.out);
  const Run none = shop.run(command + "--threshold -0.999");
  CHECK(none.status == 0);
  CHECK(contains(none.err, "20 of 20 rows got fewer than 5 negatives, 20 of them none; "));
  CHECK(contains(none.err, "texts were too close"));
  CHECK(lines_of(none.out).size() == 20);
}

TEST_CASE("mine-negatives reads several files, tables and names of one's own, and can skip bad lines") {
  const Workshop shop;
  shop.write("a.tsv", "question\tanswer\nthe cat\tit sleeps\nthe dog\tit runs\n");
  shop.write("b.jsonl", "{\"question\":\"the mat\",\"answer\":\"it lies\"}\noops\n{\"question\":\"\"}\n");
  const std::string command =
      "mine-negatives " + with_model() + " --field anchor=question --field positive=answer --negatives 1 --output - ";
  const Run run = shop.run(command + "--data a.tsv b.jsonl --bad-lines skip");
  CHECK(run.status == 0);
  CHECK(lines_of(run.out).size() == 3);
  CHECK(contains(run.err, "skipped: corrupt file: b.jsonl, line 2"));
  CHECK(contains(run.err, "b.jsonl, line 3: question"));
  CHECK(contains(run.err, "2 lines were skipped, 3 rows read"));
  check_complaint(shop.run(command + "--data a.tsv --data b.jsonl"), 1, {"b.jsonl, line 2", "not valid JSON"});
}

TEST_CASE("mine-negatives says what is wrong") {
  const Workshop shop;
  const std::string good = rows_text(4);
  shop.write("rows.jsonl", good);
  shop.write("bad.jsonl", "{\"anchor\":\"a\",\"answer\":\"b\"}\n");
  shop.write("c.txt", "x\n");
  const std::string command = "mine-negatives " + with_model() + " --data rows.jsonl ";
  check_complaint(shop.run("mine-negatives --data rows.jsonl --output o"), 2, {"--model"});
  check_complaint(shop.run("mine-negatives --model m --output o"), 2, {"--data"});
  check_complaint(shop.run(command), 2, {"--output"});
  check_complaint(shop.run(command + "--output ./rows.jsonl"), 2, {"--output", "--data", "different names"});
  check_complaint(shop.run(command + "--corpus c.txt --output c.txt"), 2, {"--output", "--corpus", "different names"});
  for (const std::string ranks : {"5", "5:5", "9:3", ":5", "5:", "a:b", "1:2x", "-1:5"})
    check_complaint(shop.run(command + "--output o --ranks=" + ranks), 2, {"--ranks", "10:50", ranks});
  for (const std::string option : {"--margin nan", "--relative 1.5", "--threshold x", "--negatives 0"})
    check_complaint(shop.run(command + "--output o " + option), 2, {option.substr(0, option.find(' '))});
  check_complaint(shop.run(command + "--output o --teacher m"), 2, {"--teacher", "--margin"});
  check_complaint(shop.run(command + "--output none/o.jsonl"), 1, {"none"});
  check_complaint(shop.run(command + "--output o --field anchor"), 2, {"--field", "anchor=question"});
  check_complaint(shop.run(command + "--output o --field premise=x"), 2, {"--field", "found premise"});
  check_complaint(shop.run("mine-negatives " + with_model() + " --data bad.jsonl --output o"), 1,
                  {"bad.jsonl, line 1: positive", "by --field what the file calls \"positive\"", "anchor, answer"});
  check_complaint(shop.run("mine-negatives " + with_model() + " --data none.jsonl --output o"), 1, {"none.jsonl"});
  for (const auto& [text, part] :
       std::vector<std::pair<std::string, std::string>>{{"{\"text\":\" \"}", "line 1: text"},
                                                        {"{\"text\":3}", "a string"},
                                                        {"{}", "missing"},
                                                        {"[]", "not a JSON object"},
                                                        {"\n", "no texts to search"},
                                                        {"{\"text\":\"\xFF\"}", "not UTF-8"},
                                                        {"{\"text\":\"a\",\"title\":1}", "line 1: title"}}) {
    shop.write("c.jsonl", text);
    check_complaint(shop.run(command + "--corpus c.jsonl --output o"), 1, {"c.jsonl", part});
  }
  CHECK(shop.read("rows.jsonl") == good);
  CHECK(!shop.has("o"));
  CHECK(shop.partial_files() == 0);
}

TEST_CASE("mine-negatives names the option for a model that does not tell its prompts") {
  const Workshop shop;
  shop.write("rows.jsonl", rows_text(4));
  test::write_family(shop.file("plain"), test::family("all-MiniLM-L6-v2"));
  check_complaint(shop.run("mine-negatives --model plain --data rows.jsonl --output o"), 2,
                  {"prompt", "config_sentence_transformers.json", "--anchor-role none"});
  check_complaint(shop.run("mine-negatives --model plain --data rows.jsonl --output o --anchor-role none"), 2,
                  {"--corpus-role none"});
  check_quiet(
      shop.run("mine-negatives --model plain --data rows.jsonl --output o --anchor-role none "
               "--corpus-role none --negatives 1"));
}

TEST_CASE("Ctrl-C ends mine-negatives without a file") {
  const Workshop shop;
  shop.write("rows.jsonl", rows_text(30'000));
  Process process(shop, test::glossa_command("mine-negatives " + with_model() + " --data rows.jsonl --output o.jsonl"),
                  "rows.jsonl");
  std::this_thread::sleep_for(std::chrono::milliseconds(400));
  process.signal(SIGINT);
  check_complaint(process.wait(std::chrono::minutes(1)), 1, {"cancelled", "interrupted"});
  CHECK(!shop.has("o.jsonl"));
  CHECK(shop.partial_files() == 0);
}
