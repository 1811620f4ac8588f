// glossa eval --split A,B: several splits of a task, in one file of results.
#include "eval_names.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace {

/// A folder of two languages with the splits validation and test.
void write_splits(const Workshop& shop) {
  const std::vector<std::string> lines = lines_of(shop.read("data/sts/stsb-en.jsonl"));
  for (const char* language : {"de", "en"}) {
    const std::string folder = std::string("split/") + language + "/";
    shop.write(folder + "validation.jsonl", lines[0] + "\n" + lines[1] + "\n" + lines[2] + "\n");
    shop.write(folder + "test.jsonl", lines[1] + "\n" + lines[2] + "\n" + lines[3] + "\n");
  }
  shop.write("splits.json", R"({"name":"Splits","category":"sts","data":"split","main_score":"pearson"})");
}

}  // namespace

TEST_CASE("several splits are scored and shown, and the task's score is the mean over them") {
  const Workshop shop;
  write_data(shop);
  write_splits(shop);
  const std::string command = "eval " + with_model() + " --task splits.json ";
  const Run run = shop.run(command + "--split validation,test --json");
  check_quiet(run);
  REQUIRE(lines_of(run.out).size() == 1);
  const auto json = parse_json(run.out);
  REQUIRE(json.at("splits").size() == 2);
  CHECK_FALSE(json.contains("split"));
  double sum = 0;
  for (const auto& split : json.at("splits")) {
    CHECK(split.at("subsets").size() == 2);
    const Run one = shop.run(command + "--json --split " + split.at("split").get<std::string>());
    CHECK(parse_json(one.out).at("main_score") == split.at("main_score"));
    CHECK(parse_json(one.out).at("subsets") == split.at("subsets"));
    sum += split.at("main_score").get<double>();
  }
  CHECK(json.at("splits").at(0).at("main_score") != json.at("splits").at(1).at("main_score"));
  CHECK(json.at("main_score").get<double>() == Approx(sum / 2).margin(2e-6));

  const Run table = shop.run(command + "--split validation,test --report page.html");
  for (const char* part : {"validation: de", "validation: en", "test: de", "test: en"}) {
    INFO(part);
    CHECK(contains(table.out, part));
    CHECK(contains(shop.read("page.html"), part));
  }
  const auto advised = parse_json(
      shop.run("eval advise " + with_model() + " --task splits.json --split validation,test --precisions f32 --json")
          .out);
  CHECK(advised.at("precisions").at(0).at("score").get<double>() == Approx(sum / 2).margin(2e-6));
}

TEST_CASE("one file holds all splits, each of which is taken from it while its data is the same") {
  const Workshop shop;
  write_data(shop);
  write_splits(shop);
  const std::string command = "eval " + with_model() + " --task splits.json --results results --json ";
  const Run validation = shop.run(command + "--split validation");
  const std::string file = results_of(validation) + "/Splits.json";
  CHECK(parse_json(shop.read(file)).at("scores").size() == 1);
  const Run both = shop.run(command + "--split validation,test");
  CHECK(contains(both.err, "1 of 2 splits of tasks are taken from"));
  const auto kept = parse_json(shop.read(file));
  CHECK(kept.at("scores").at("validation").size() == 2);
  CHECK(kept.at("scores").at("test").size() == 2);
  const Run again = shop.run(command + "--split validation,test");
  CHECK(contains(again.err, "2 of 2 splits of tasks are taken from"));
  CHECK(parse_json(again.out) == parse_json(both.out));
  CHECK(parse_json(shop.read(file)) == kept);
  shop.write("split/en/test.jsonl", shop.read("split/en/validation.jsonl"));
  CHECK(contains(shop.run(command + "--split validation,test").err, "1 of 2 splits of tasks are taken from"));
  CHECK(parse_json(shop.read(file)).at("scores").at("validation") == kept.at("scores").at("validation"));
  CHECK(parse_json(shop.read(file)).at("scores").at("test") != kept.at("scores").at("test"));
}

TEST_CASE("splits that cannot be taken together are refused") {
  const Workshop shop;
  write_data(shop);
  write_splits(shop);
  const std::string command = "eval --model nowhere --task splits.json --split ";
  check_complaint(shop.run(command + "validation,dev"), 1, {"split", "dev"});
  check_complaint(shop.run(command + "test,validation,test"), 2, {"--split", "twice", "test"});
  check_complaint(shop.run(command + "''"), 2, {"--split", "name"});
  check_complaint(shop.run("eval --model nowhere " + kStsb + "--split validation,test"), 2,
                  {"--split", "stsb-de.jsonl", "a folder"});
  std::filesystem::remove(shop.file("split/de/validation.jsonl"));
  check_complaint(shop.run(command + "validation,test"), 1, {"de", "no split validation", "test.jsonl"});
  check_complaint(shop.run(command + "validation"), 1, {"de", "no split validation", "test.jsonl"});
}

TEST_CASE("what of a folder is not scored is told, and splits with other subsets are refused") {
  const Workshop shop;
  write_data(shop);
  const std::string pairs = shop.read("data/sts/stsb-en.jsonl");
  for (const char* name : {"some/de.jsonl", "some/notes.jsonl", "parts/a/test.jsonl", "parts/a/dev.jsonl",
                           "parts/b/test.jsonl", "parts/b/train.jsonl"})
    shop.write(name, pairs);
  const Run some = shop.run("eval " + with_model() + " --category sts --data some");
  CHECK(some.status == 0);
  CHECK(contains(some.err, "some is scored without some/notes.jsonl"));
  const Run run = shop.run("eval " + with_model() + " --category sts --data parts --split dev");
  CHECK(run.status == 0);
  CHECK(contains(run.err, "parts is scored without parts/b"));
  check_complaint(shop.run("eval --model nowhere --category sts --data parts --split test,dev"), 2,
                  {"--split", "other subsets", "a, b"});
}

TEST_CASE("a split that a folder has not is refused, and no other is scored in its place") {
  const Workshop shop;
  write_data(shop);
  const std::string pairs = shop.read("data/sts/stsb-en.jsonl");
  for (const char* split : {"train", "validation"}) shop.write(std::string("own/") + split + ".jsonl", pairs);
  const std::string command = "eval --model nowhere --category sts --data own ";
  check_complaint(shop.run(command), 1, {"no split test", "train.jsonl, validation.jsonl"});
  check_complaint(shop.run(command + "--split devv"), 1, {"no split devv", "train.jsonl, validation.jsonl"});
  check_complaint(shop.run("eval --model nowhere --category classification --data own --split dev"), 1,
                  {"no split dev", "train.jsonl, validation.jsonl"});
}

TEST_CASE("a file has no splits of which one could be asked for") {
  const Workshop shop;
  write_data(shop);
  const std::string command = "eval --model nowhere --category sts --data data/sts/stsb-en.jsonl --split ";
  check_complaint(shop.run(command + "dev"), 2, {"--split", "stsb-en.jsonl", "dev.jsonl"});
  check_complaint(shop.run(command + "test"), 1, {"nowhere"});  // its own, by default
  check_complaint(shop.run("eval --model nowhere " + kStsb + "--split dev"), 2, {"--split", "stsb-de.jsonl"});
  shop.write("mine.json", R"({"name":"M","category":"sts","data":"data/sts/stsb-en.jsonl","split":"dev"})");
  check_complaint(shop.run("eval --model nowhere --task mine.json --split test"), 2, {"--split", "stsb-en.jsonl"});
  check_complaint(shop.run("eval --model nowhere --task mine.json --split dev"), 1, {"nowhere"});
}

TEST_CASE("fast clustering of a second split goes on with the draws of the first") {
  const Workshop shop;
  std::string lines;
  for (int i = 0; i < 40; ++i)
    lines += R"({"text":"the cat )" + std::to_string(i * i % 7) + R"(","label":)" + std::to_string(i % 4) + "}\n";
  shop.write("own/validation.jsonl", lines);
  shop.write("own/test.jsonl", lines);
  shop.write("own.json",
             R"({"name":"Own","category":"clustering_fast","data":"own","experiments":3,"text_share":0.5})");
  const std::string command = "eval " + with_model() + " --task own.json --json --split ";
  const auto runs = [](const nlohmann::json& json) { return json.at("runs"); };
  const auto both = parse_json(shop.run(command + "validation,test").out).at("splits");
  CHECK(runs(both.at(0)) == runs(parse_json(shop.run(command + "validation").out)));
  CHECK(runs(both.at(1)) != runs(both.at(0)));  // of the same texts
  CHECK(runs(parse_json(shop.run(command + "test").out)) == runs(both.at(0)));
}
