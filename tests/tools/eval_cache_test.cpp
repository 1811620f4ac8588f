// glossa eval --cache, and what is left where an evaluation is ended.
#include "../../examples/glossa/text_progress.hpp"
#include "eval_names.hpp"

#include <glossa/eval/embedding_cache.hpp>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

TEST_CASE("a cache keeps the vectors of each model and precision, and they are what scores are made of") {
  const Workshop shop;
  write_data(shop);
  const std::string command = "eval " + with_model() + " " + kStsb + "--cache cache --json ";
  const Run first = shop.run(command);
  const Run second = shop.run(command);
  check_quiet(second);
  const auto score = [](const Run& run) { return parse_json(run.out).at("main_score"); };
  CHECK(score(first) == score(second));
  CHECK(score(first) == score(shop.run("eval " + with_model() + " " + kStsb + "--json")));
  check_quiet(shop.run(command + "--precision int8"));
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

TEST_CASE("without prompts texts stand alone, results have a folder of their own, and cached vectors stay of use") {
  const Workshop shop;
  write_data(shop);
  const std::string sts = "eval " + with_model() + " --category sts --data data/sts/stsb-en.jsonl --cache cache ";
  const auto files = [&] { return shop.files_in("cache"); };
  check_quiet(shop.run(sts));
  const std::size_t cached = files();
  check_quiet(shop.run(sts + "--no-prompts"));
  CHECK(files() == cached);

  const std::string fact = "eval " + with_model() + " --category retrieval --data data/retrieval/fact --cache cache ";
  check_quiet(shop.run(fact));
  const std::size_t prompted = files();
  CHECK(results_of(shop.run(fact + "--no-prompts --results results")).ends_with("-f32-noprompts"));
  CHECK(files() > prompted);  // other texts
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
