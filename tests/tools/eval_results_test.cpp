// glossa eval --results: what is kept, under which names, and taken again.
#include "eval_names.hpp"

#include <string>
#include <utility>

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

TEST_CASE("what results could not be kept under is told before anything is evaluated") {
  const Workshop shop;
  write_data(shop);
  shop.write("in-the-way", "");
  const std::string command = "eval " + with_model() + " " + kStsb + "--cache cache ";
  check_complaint(shop.run(command + "--results results --overwrite --name g/a:b"), 2, {"name", "colons"});
  check_complaint(shop.run(command + "--results in-the-way"), 1, {"in-the-way", "folder"});
  CHECK(shop.files_in("cache") == 0);
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
  const std::string told = results_of(shop.run(command + "--experiments 10 --results results"));
  CHECK(told.ends_with("-f32-experiments10"));  // what it is anyway, but told
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
