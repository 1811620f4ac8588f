// What glossa eval takes from results that an earlier run kept, and what it does not.
#include "eval_names.hpp"

#include <filesystem>
#include <string>

namespace {

/// A task of sentences in the folder stsd, with more of a task file behind that.
std::string task_with(const std::string& more) { return R"({"name":"T","category":"sts","data":"stsd")" + more + "}"; }

void write_splits(const Workshop& shop) {
  write_data(shop);
  for (const char* split : {"dev", "test"})
    shop.write("stsd/" + std::string(split) + ".jsonl", shop.read("data/sts/stsb-en.jsonl"));
  shop.write("t.json", task_with(""));
}

}  // namespace

TEST_CASE("two tasks of one name and two categories do not share a file, and none takes the other's place unasked") {
  const Workshop shop;
  write_splits(shop);
  const std::string eval = "eval " + with_model() + " --results results ";
  const std::string file = results_of(shop.run(eval + "--task t.json --split dev")) + "/T.json";
  const std::string kept = shop.read(file);
  shop.write("bitext.json", R"({"name":"T","category":"bitext","data":"stsd"})");
  check_complaint(shop.run(eval + "--task bitext.json"), 1, {"T.json", "another task", "sts", "bitext", "--overwrite"});
  CHECK(shop.read(file) == kept);
  const Run run = shop.run(eval + "--task bitext.json --overwrite");
  CHECK(run.status == 0);
  CHECK(contains(run.err, "no results of dev any more"));
  const auto json = parse_json(shop.read(file));
  CHECK(json.at("category") == "bitext");
  CHECK(json.at("scores").size() == 1);
}

TEST_CASE("a split of other settings does not stay beside the others, and that is told") {
  const Workshop shop;
  write_splits(shop);
  const std::string eval = "eval " + with_model() + " --results results --task t.json --split ";
  const std::string file = results_of(shop.run(eval + "dev")) + "/T.json";
  CHECK_FALSE(contains(shop.run(eval + "test").err, "any more"));
  CHECK(parse_json(shop.read(file)).at("scores").size() == 2);
  shop.write("t.json", task_with(R"(,"main_score":"cosine_pearson")"));
  const Run run = shop.run(eval + "test");
  CHECK(run.status == 0);
  CHECK(contains(run.err, "no results of dev any more"));
  CHECK(parse_json(shop.read(file)).at("scores").size() == 1);
}

TEST_CASE("kept results are in the languages that the task has now") {
  const Workshop shop;
  write_splits(shop);
  shop.write("t.json", task_with(R"(,"languages":["deu-Latn"])"));
  const std::string eval = "eval " + with_model() + " --results results --task t.json";
  const Run first = shop.run(eval);
  CHECK(contains(first.out, "deu-Latn"));
  const std::string file = results_of(first) + "/T.json";
  auto kept = parse_json(shop.read(file));
  shop.write("t.json", task_with(R"(,"languages":["gsw-Latn"])"));
  const Run run = shop.run(eval);
  CHECK(contains(run.err, "1 of 1 tasks are taken from"));
  CHECK(contains(run.out, "gsw-Latn"));
  CHECK_FALSE(contains(run.out, "deu-Latn"));
  kept["scores"]["test"][0]["languages"] = {"gsw-Latn"};
  CHECK(parse_json(shop.read(file)) == kept);
}

TEST_CASE("results of another version of the protocols are not taken for those of this one") {
  const Workshop shop;
  write_splits(shop);
  const std::string eval = "eval " + with_model() + " --results results --task t.json";
  const std::string file = results_of(shop.run(eval)) + "/T.json";
  CHECK(contains(shop.run(eval).err, "are taken from"));
  auto json = parse_json(shop.read(file));
  json["scores"]["test"][0]["source"]["version"] = "0";
  shop.write(file, json.dump());
  CHECK_FALSE(contains(shop.run(eval).err, "are taken from"));
  json["scores"]["test"][0]["source"].erase("version");
  shop.write(file, json.dump());
  CHECK_FALSE(contains(shop.run(eval).err, "are taken from"));
}

TEST_CASE("other data of the same name takes the place of what was kept, and that is told") {
  const Workshop shop;
  write_splits(shop);
  shop.write("old/stsd/test.jsonl", shop.read("stsd/test.jsonl"));
  shop.write("new/stsd/test.jsonl",
             shop.read("stsd/test.jsonl") + R"({"sentence1":"cat","sentence2":"museo","score":0})");
  const std::string eval = "eval " + with_model() + " --results results --category sts --data ";
  const Run first = shop.run(eval + "old/stsd");
  CHECK_FALSE(contains(first.err, "the place of"));
  const Run second = shop.run(eval + "new/stsd");
  CHECK(results_of(second) == results_of(first));
  CHECK(contains(second.err, "stsd.json had results of test, which these have taken the place of"));
  CHECK(contains(second.err, "of other data"));
  CHECK_FALSE(contains(shop.run(eval + "new/stsd").err, "the place of"));
  CHECK_FALSE(contains(shop.run(eval + "new/stsd --overwrite").err, "the place of"));
  CHECK(contains(shop.run(eval + "old/stsd --overwrite").err, "of other data"));
}

TEST_CASE("a kept file of the last task that is damaged is told before the first task is evaluated") {
  const Workshop shop;
  write_splits(shop);
  shop.write("other.json", R"({"name":"Other","category":"sts","data":"stsd"})");
  const std::string eval = "eval " + with_model() + " --results results --cache cache ";
  const std::string folder = results_of(shop.run("eval " + with_model() + " --results results --task t.json"));
  const std::string kept = shop.read(folder + "/T.json");
  const std::string command = eval + "--task other.json --task t.json";
  const auto check = [&](const std::string& option) {
    check_complaint(shop.run(command + option), 1, {"T.json"});
    CHECK(shop.files_in("cache") == 0);
    CHECK_FALSE(shop.has(folder + "/Other.json"));
  };
  shop.write(folder + "/T.json", kept.substr(0, kept.size() / 2));
  check("");
  shop.write(folder + "/T.json", kept);
  shop.write(folder + "/items/T.json", "{\"test\": ");
  check("");
  std::filesystem::remove(shop.file(folder + "/T.json"));
  shop.write(folder + "/T.json/in-the-way", "");
  check("");
  check(" --overwrite");
}
