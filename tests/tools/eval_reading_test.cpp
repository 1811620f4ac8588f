// glossa eval ends at Ctrl-C while it reads data, before there is a model.
#include "eval_names.hpp"

#include <chrono>
#include <csignal>
#include <string>
#include <thread>

TEST_CASE("Ctrl-C ends the reading of much data, and nothing is left half-written") {
  const Workshop shop;
  write_data(shop);
  std::string many;
  for (int i = 0; i < 1000000; ++i) many += "{\"sentence1\":\"the cat\",\"sentence2\":\"protein\"}\n";
  shop.write("data/bitext/tatoeba-deu-eng.jsonl", many + "a fault that is not read");
  const std::string command =
      "eval --model nowhere --task Tatoeba --data data --results results --cache cache --report page.html";
  test::Process process(shop, test::glossa_command(command), "data/sts/stsb-en.jsonl");
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (shop.partial_files() == 0 && std::chrono::steady_clock::now() < end)  // the report's, before data is read
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  process.signal(SIGINT);
  const Run run = process.wait(std::chrono::minutes(1));
  check_complaint(run, 1, {"interrupted"});
  CHECK(shop.files_in("results") == 0);
  CHECK(shop.files_in("cache") == 0);
  CHECK(shop.partial_files() == 0);
  CHECK_FALSE(shop.has("page.html"));
}
