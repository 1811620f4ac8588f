// The options of glossa train: each changes what is learnt, those that a loss would not heed are refused, and files
// that cannot grow are told.
#include "mining_lines.hpp"
#include "tool.hpp"
#include "train_pairs.hpp"

#include <glossa/embedder.hpp>
#include <glossa/search/similarity.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace {

using test::check_complaint;
using test::kTrain;
using test::objects;
using test::prepare_training;
using test::Run;
using test::Workshop;

/// The losses of the steps of a run with some options.
std::vector<double> losses(const Workshop& shop, const std::string& options) {
  static std::size_t number = 0;
  const std::string output = "losses" + std::to_string(++number);
  const Run run =
      shop.run(kTrain + "--batch-size 8 --steps 4 --metrics steps.jsonl --output " + output + " " + options);
  INFO(options << ": " << run.err);
  REQUIRE(run.status == 0);
  std::vector<double> out;
  for (const auto& step : objects(shop.read("steps.jsonl"))) out.push_back(step.at("loss").get<double>());
  REQUIRE(out.size() == 4);
  return out;
}

/// Lays out a model with other weights as `name`.
void add_teacher(const Workshop& shop, const std::string& name, std::uint64_t seed) {
  test::write_family(shop.file(name), test::family("multilingual-e5-small"), seed);
}

}  // namespace

TEST_CASE("options of losses and steps change what is learnt") {
  const Workshop shop;
  prepare_training(shop);
  const std::vector<std::pair<std::string, std::string>> pairs{{"--loss cosent", "--scale 5"},
                                                               {"--matryoshka 8,16", "--matryoshka-weights 1,3"},
                                                               {"", "--attention-dropout 0.6"},
                                                               {"", "--beta1 0.2"},
                                                               {"", "--beta2 0.5"},
                                                               {"", "--epsilon 0.1"},
                                                               {"--dropout 0", "--attention-dropout 0.6"}};
  for (const auto& [options, more] : pairs) {
    INFO(options << " " << more);
    CHECK(losses(shop, options + " " + more) != losses(shop, options));
  }
  CHECK(losses(shop, "--loss cosent --scale 20") == losses(shop, "--loss cosent"));
  CHECK(losses(shop, "--matryoshka 8,16 --matryoshka-weights 1,1") == losses(shop, "--matryoshka 8,16"));
  CHECK(losses(shop, "--dropout 0.2 --attention-dropout 0.2") == losses(shop, "--dropout 0.2"));
  CHECK(losses(shop, "--beta1 0.9 --beta2 0.999 --epsilon 1e-8") == losses(shop, ""));
}

TEST_CASE("with --groups-apart no batch has two lines of a group") {
  const Workshop shop;
  prepare_training(shop);
  std::string lines;
  std::size_t number = 0;
  for (std::string line : test::lines_of(shop.read("pairs.jsonl"))) {
    line.insert(1, R"("group":")" + std::to_string(number++ % 3) + R"(",)");
    lines += line + "\n";
  }
  shop.write("pairs.jsonl", lines);
  const auto rows = [&](const std::string& options) {
    std::size_t most = 0;
    (void)losses(shop, options);
    for (const auto& step : objects(shop.read("steps.jsonl")))
      most = std::max(most, step.at("rows").get<std::size_t>());
    return most;
  };
  CHECK(rows("") == 8);
  CHECK(rows("--groups-apart") == 3);
}

TEST_CASE("fields of the data may have names of their own") {
  const Workshop shop;
  prepare_training(shop);
  const auto expected = losses(shop, "");
  std::string lines = shop.read("pairs.jsonl");
  for (std::size_t at = 0; (at = lines.find("\"anchor\"", at)) != std::string::npos;) lines.replace(at, 8, "\"frage\"");
  shop.write("pairs.jsonl", lines);
  CHECK(losses(shop, "--field anchor=frage") == expected);
  const std::string train = kTrain + "--batch-size 8 --steps 1 --output new ";
  check_complaint(shop.run(train), 1, {"pairs.jsonl, line 1", "anchor"});
  check_complaint(shop.run(train + "--field frage"), 2, {"--field", "frage"});
  check_complaint(shop.run(train + "--field nonsense=frage"), 2, {"--field", "nonsense"});
  CHECK_FALSE(shop.has("new"));
}

TEST_CASE("options that the chosen loss would not heed are refused by name") {
  const Workshop shop;
  prepare_training(shop);
  const std::string train = kTrain + "--output new --batch-size 8 --steps 1 ";
  const std::vector<std::pair<std::string, std::string>> unheeded{
      {"infonce", "--scale 3"},
      {"infonce", "--margin 1"},
      {"infonce", "--teacher m"},
      {"cosent", "--temperature 1"},
      {"cosent", "--symmetric"},
      {"cosent", "--teacher m"},
      {"cosent", "--negatives 1"},
      {"triplet", "--scale 20"},
      {"contrastive", "--cosine"},
      {"margin-mse", "--margin 1"},
      {"distillation --teacher m", "--negatives 1"},
      {"distillation --teacher m", "--false-negative-margin 0.1"}};
  for (const auto& [loss, option] : unheeded) {
    INFO(loss << " " << option);
    check_complaint(shop.run(train + "--loss " + loss + " " + option), 2,
                    {option.substr(0, option.find(' ')), "is not heeded by --loss " + loss.substr(0, loss.find(' '))});
  }
  check_complaint(shop.run(train + "--matryoshka-weights 1"), 2, {"--matryoshka"});
  check_complaint(shop.run(train + "--matryoshka 8,16 --matryoshka-weights 1"), 2, {"--matryoshka-weights", "2"});
  for (const std::string option : {"--scale nan --loss cosent", "--beta1 1", "--beta2 1", "--epsilon 0",
                                   "--attention-dropout 1", "--matryoshka 8 --matryoshka-weights 0"})
    check_complaint(shop.run(train + option), 2, {option.substr(0, option.find(' '))});
  CHECK_FALSE(shop.has("new"));
}

TEST_CASE("a run does not go on with other options of learning") {
  const Workshop shop;
  prepare_training(shop);
  const std::string train = kTrain + "--batch-size 8 --matryoshka 8,16 --checkpoints c --resume --output ";
  REQUIRE(shop.run(train + "first --steps 2").status == 0);
  check_complaint(shop.run(train + "new --steps 4 --attention-dropout 0.3"), 2, {"TrainerOptions::dropout"});
  check_complaint(shop.run(train + "new --steps 4 --beta1 0.8"), 2, {"TrainerOptions::adamw"});
  check_complaint(shop.run(train + "new --steps 4 --epsilon 1e-7"), 2, {"TrainerOptions::adamw"});
  check_complaint(shop.run(train + "new --steps 4 --matryoshka-weights 1,2"), 2, {"TrainerOptions::matryoshka"});
  check_complaint(shop.run(train + "new --steps 4 --groups-apart"), 2, {"BatchSamplerState::data"});
  CHECK(shop.run(train + "new --steps 4 --attention-dropout 0.1 --beta1 0.9").status == 0);
}

TEST_CASE("with a teacher a model learns its vectors, and goes on with the same alone") {
  const Workshop shop;
  prepare_training(shop);
  add_teacher(shop, "t", 7);
  add_teacher(shop, "copy", 7);
  add_teacher(shop, "other", 8);
  const std::string train =
      "train --model m --data pairs.jsonl --threads 2 --learning-rate 0.003 --loss distillation --dropout 0 "
      "--batch-size 8 --checkpoints c --resume ";
  const Run run = shop.run(train + "--teacher t --steps 30 --output new");
  INFO(run.err);
  REQUIRE(run.status == 0);
  const glossa::Embedder teacher(shop.file("t"));
  const auto distance = [&](const std::string& folder) {
    const glossa::Embedder model(shop.file(folder));
    double sum = 0;
    for (const auto& line : objects(shop.read("pairs.jsonl"))) {
      const auto wanted = teacher.embed(line.at("anchor").get<std::string>());
      for (const char* field : {"anchor", "positive"}) {
        const auto own = model.embed(line.at(field).get<std::string>());
        sum += 1 - static_cast<double>(glossa::dot(own.values(), wanted.values()));
      }
    }
    return sum;
  };
  CHECK(distance("new") < 0.6 * distance("m"));
  const std::string more = train + "--steps 32 --output newer ";
  check_complaint(shop.run(more + "--teacher other"), 2, {"TrainerOptions::teacher"});
  CHECK(shop.run(more + "--teacher copy").status == 0);
}

TEST_CASE("a teacher that is missing, of another length or without the prompt is refused before anything is trained") {
  const Workshop shop;
  prepare_training(shop);
  add_teacher(shop, "t", 7);
  add_teacher(shop, "long", 7);
  shop.write("long/1_Pooling/config.json",
             R"({"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true, "word_embedding_dimension": 32})");
  add_teacher(shop, "silent", 7);
  std::filesystem::remove(shop.file("silent/config_sentence_transformers.json"));
  const std::string train = kTrain + "--loss distillation --batch-size 8 --steps 2 --metrics steps.jsonl --output new ";
  check_complaint(shop.run(train), 2, {"--teacher", "add --teacher DIR"});
  check_complaint(shop.run(train + "--teacher none"), 1, {"none"});
  check_complaint(shop.run(train + "--teacher long"), 2, {"long", "--teacher", "32 dimensions", "64"});
  check_complaint(shop.run(train + "--teacher silent --anchor-role query"), 2, {"silent", "--anchor-role none"});
  CHECK_FALSE(shop.has("new"));
  CHECK_FALSE(shop.has("steps.jsonl"));
  CHECK(shop.partial_files() == 0);
}

TEST_CASE("a limit of files' sizes makes writing fail by the file's name, and leaves nothing behind") {
  const Workshop shop;
  prepare_training(shop);
  const auto limited = [&](const std::string& arguments) {
    return shop.shell("ulimit -f 100 && " + test::glossa_command(arguments));
  };
  const std::string train = kTrain + "--batch-size 8 --steps 2 --output new ";
  check_complaint(limited(train), 1, {"new", "model.safetensors"});
  CHECK_FALSE(shop.has("new"));
  CHECK(shop.partial_files() == 0);
  check_complaint(limited(train + "--checkpoints c"), 1, {"last.safetensors", "cannot write"});
  CHECK(shop.files_in("c") == 0);
  CHECK_FALSE(shop.has("new"));
  std::string texts;
  for (std::size_t i = 0; i < 1200; ++i) texts += "the cat\n";
  shop.write("texts.txt", texts);
  check_complaint(limited("embed --model m --input texts.txt --output v.npy"), 1, {"v.npy", "cannot write"});
  CHECK_FALSE(shop.has("v.npy"));
  CHECK(shop.partial_files() == 0);
}

TEST_CASE("rows of which a loss is no number are told, with what can be done about them") {
  const Workshop shop;
  prepare_training(shop);
  shop.write("pairs.jsonl",
             test::pairs(3) + R"({"anchor":"the cat","positive":"a cat","negative":"museo","label":1e300})" + "\n");
  check_complaint(shop.run(kTrain + "--loss margin-mse --steps 1 --output new"), 1,
                  {"step 1", "pairs.jsonl, line 4", "look at these rows"});
  CHECK_FALSE(shop.has("new"));
}
