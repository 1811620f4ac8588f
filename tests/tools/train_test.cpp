// glossa train as a user runs it: what it writes, what it refuses, and that a run goes on after it was killed.
#include "mining_lines.hpp"
#include "tool.hpp"
#include "train_pairs.hpp"

#include <glossa/embedder.hpp>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <string>
#include <thread>

namespace {

using test::check_complaint;
using test::contains;
using test::kTrain;
using test::objects;
using test::pairs;
using test::prepare_training;
using test::Run;
using test::Workshop;

}  // namespace

TEST_CASE("train writes a model folder, a line for each step and a curve") {
  const Workshop shop;
  prepare_training(shop);
  const Run run = shop.run(kTrain + "--output new --batch-size 8 --epochs 2 --metrics steps.jsonl --curve curve.svg");
  INFO(run.err);
  REQUIRE(run.status == 0);
  CHECK(run.out.empty());
  CHECK(contains(run.err, "10 steps, 40 rows"));
  const auto steps = objects(shop.read("steps.jsonl"));
  REQUIRE(steps.size() == 10);
  CHECK(steps[9].at("step") == 10);
  CHECK(steps[0].at("rate").get<double>() == 0.001);
  CHECK(steps[9].at("rate").get<double>() < 0.001);
  CHECK(shop.read("curve.svg").starts_with("<svg "));
  const auto before = glossa::Embedder(shop.file("m")).embed("the cat");
  const auto after = glossa::Embedder(shop.file("new")).embed("the cat");
  CHECK(before.values() != after.values());
  CHECK(shop.partial_files() == 0);
}

TEST_CASE("each loss and option of train is taken") {
  const Workshop shop;
  prepare_training(shop, 24);
  shop.write("replay.txt", "the cat\nmuseo a\nprotein sleep\n");
  std::size_t number = 0;
  for (const std::string options :
       {"--loss triplet --margin 0.5", "--loss triplet --cosine", "--loss margin-mse", "--loss contrastive",
        "--loss cosent", "--symmetric --negatives 1 --temperature 0.1 --false-negative-margin 0.1",
        "--matryoshka 8,16 --accumulation 2 --schedule cosine --warm-up 0.3", "--freeze-layers 1 --biases-only",
        "--freeze-embeddings --layer-rate 0.9 --chunk-tokens 16 --checkpoint-activations --compute bf16",
        "--replay replay.txt --replay-each 2 --keep-initial 0.1 --average 0.9 --interpolate 0.3",
        "--anchor-role query --positive-role passage --max-tokens 4 --dropout 0 --balance source --balance-temperature "
        "2"}) {
    const Run run = shop.run(kTrain + "--steps 2 --batch-size 6 --output o" + std::to_string(++number) + " " + options);
    INFO(options << ": " << run.err);
    CHECK(run.status == 0);
    CHECK(shop.has("o" + std::to_string(number) + "/model.safetensors"));
  }
}

TEST_CASE("bad lines are refused by file and line, or left out and told; nothing is written for what is refused") {
  const Workshop shop;
  prepare_training(shop);
  shop.write("bad.jsonl", pairs(3) + "{\"anchor\":\"the\"}\n" + pairs(9));
  const std::string train = "train --model m --data bad.jsonl --steps 1 --batch-size 4 --output new ";
  check_complaint(shop.run(train), 1, {"bad.jsonl, line 4"});
  CHECK_FALSE(shop.has("new"));
  const Run skipped = shop.run(train + "--bad-lines skip");
  CHECK(skipped.status == 0);
  CHECK(contains(skipped.err, "bad.jsonl, line 4"));
  CHECK(contains(skipped.err, "1 lines were left out"));
  check_complaint(shop.run(train), 2, {"new"});
  check_complaint(shop.run("train --model none --data pairs.jsonl --output other"), 1, {"none"});
  check_complaint(shop.run("train --model m --data none.jsonl --output other"), 1, {"none.jsonl"});
  check_complaint(shop.run("train --model m --data pairs.jsonl --output other --loss nonsense"), 2, {"--loss"});
  CHECK_FALSE(shop.has("other"));
}

TEST_CASE("a run that is killed at any moment, in a checkpoint or not, goes on and ends with the same model") {
  const Workshop shop;
  prepare_training(shop, 60);
  const std::string options = kTrain + "--steps 300 --batch-size 6 --checkpoint-every 1 --resume ";
  REQUIRE(shop.run(options + "--checkpoints whole --output expected").status == 0);
  std::size_t killed = 0;
  for (std::size_t i = 0; i < 40 && !shop.has("killed/done"); ++i) {
    test::Process process(shop, test::glossa_command(options + "--checkpoints killed --output result"), "pairs.jsonl");
    std::this_thread::sleep_for(std::chrono::milliseconds(150 + 37 * i));
    process.signal(SIGKILL);
    const int status = process.wait(std::chrono::minutes(2)).status;
    if (status == 0) break;
    ++killed;
  }
  CHECK(killed > 0);
  if (!shop.has("result")) {
    const Run run = shop.run(options + "--checkpoints killed --output result");
    INFO(run.err);
    CHECK(run.status == 0);
  }
  CHECK(shop.read("result/model.safetensors") == shop.read("expected/model.safetensors"));
}

TEST_CASE("Ctrl-C ends a run with a checkpoint, and says how to go on") {
  const Workshop shop;
  prepare_training(shop, 60);
  test::Process process(
      shop,
      test::glossa_command(kTrain + "--steps 100000 --batch-size 6 --checkpoints c --metrics m.jsonl --output new"),
      "pairs.jsonl");
  for (std::size_t i = 0; i < 6000 && (!shop.has("m.jsonl") || shop.read("m.jsonl").empty()); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  process.signal(SIGINT);
  const Run run = process.wait(std::chrono::minutes(2));
  CHECK(run.status == 1);
  CHECK(contains(run.err, "--resume goes on"));
  CHECK(shop.has("c/last.safetensors"));
  CHECK_FALSE(shop.has("new"));
}

TEST_CASE("the steps of a run that was killed are on file, and those of one that goes on come behind them") {
  const Workshop shop;
  prepare_training(shop);
  const std::string train = kTrain + "--batch-size 8 --checkpoints c --metrics steps.jsonl --curve curve.svg ";
  {
    test::Process process(shop, test::glossa_command(train + "--steps 100000 --checkpoint-every 5 --output no"),
                          "pairs.jsonl");
    for (std::size_t i = 0; i < 3000 && !shop.has("c/last.safetensors"); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    process.signal(SIGKILL);
    (void)process.wait(std::chrono::minutes(2));
  }
  std::string lines = shop.read("steps.jsonl");
  lines.erase(lines.rfind('\n') + 1);
  CHECK(objects(lines).size() >= 5);
  const Run run = shop.run(train + "--steps 1 --output new --resume");
  INFO(run.err);
  REQUIRE(run.status == 0);  // there are more steps than that already
  const auto kept = objects(shop.read("steps.jsonl"));
  const Run more = shop.run(train + "--steps " + std::to_string(kept.size() + 3) + " --output newer --resume");
  INFO(more.err);
  REQUIRE(more.status == 0);
  const auto all = objects(shop.read("steps.jsonl"));
  REQUIRE(all.size() == kept.size() + 3);
  for (std::size_t i = 0; i < all.size(); ++i) CHECK(all[i].at("step") == i + 1);
  for (std::size_t i = 0; i < kept.size(); ++i) CHECK(all[i] == kept[i]);
  CHECK(shop.run(kTrain + "--batch-size 8 --steps 2 --metrics steps.jsonl --output third").status == 0);
  CHECK(objects(shop.read("steps.jsonl")).size() == 2);
}

TEST_CASE("what train would not heed, or could not write in the end, is refused before it begins") {
  const Workshop shop;
  prepare_training(shop);
  const std::string train = kTrain + "--batch-size 8 --metrics steps.jsonl ";
  shop.write("file", "");
  check_complaint(shop.run(train + "--output file/new"), 1, {"file/new"});
  check_complaint(shop.run(train + "--output new --lora-rank 2 --adapters ./new"), 2, {"--adapters"});
  check_complaint(shop.run(train + "--output new --evaluate-every 2"), 2, {"--evaluate"});
  check_complaint(shop.run(train + "--output new --patience 2"), 2, {"--evaluate"});
  check_complaint(shop.run(train + "--output new --resume"), 2, {"--checkpoints"});
  check_complaint(shop.run(train + "--output new --checkpoint-every 2"), 2, {"--checkpoints"});
  shop.write("replay.txt", "\n \n");
  check_complaint(shop.run(train + "--output new --replay replay.txt"), 1, {"replay.txt"});
  CHECK_FALSE(shop.has("new"));
  CHECK_FALSE(shop.has("steps.jsonl"));
  CHECK(shop.partial_files() == 0);
}

TEST_CASE("Ctrl-C in an evaluation ends a run behind it, with a checkpoint") {
  const Workshop shop;
  prepare_training(shop);
  std::string lines;
  for (std::size_t i = 0; i < 5000; ++i)
    lines += R"({"sentence1":"the cat )" + std::to_string(i) +
             R"( a sleep museo protein female a the","sentence2":"a )" + std::to_string(7 * i) + R"(","score":)" +
             std::to_string(i % 6) + "}\n";
  shop.write("sts.jsonl", lines);
  test::Process process(shop,
                        test::glossa_command(kTrain + "--steps 100000 --batch-size 8 --checkpoints c --output new "
                                                      "--evaluate sts=sts.jsonl --evaluate sts=sts.jsonl "
                                                      "--evaluate-every 1"),
                        "pairs.jsonl");
  // The first evaluation is over then, and nearly all time goes into the next ones.
  for (std::size_t i = 0; i < 6000 && !shop.has("c/last.safetensors"); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  process.signal(SIGINT);
  const Run run = process.wait(std::chrono::minutes(2));
  INFO(run.err);
  CHECK(run.status == 1);
  CHECK(contains(run.err, "--resume goes on"));
  CHECK(shop.has("c/last.safetensors"));
}
