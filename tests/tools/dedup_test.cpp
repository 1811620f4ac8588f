// glossa dedup: what goes in comes back with groups.
#include "mining_lines.hpp"
#include "random_values.hpp"
#include "tool.hpp"

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

namespace {

using test::check_complaint;
using test::check_quiet;
using test::kLines;
using test::lines_of;
using test::npy_of;
using test::objects;
using test::Run;
using test::with_model;
using test::Workshop;

}  // namespace

TEST_CASE("dedup: each line comes back as it was, with its group and whether it is kept") {
  const Workshop shop;
  shop.write("in.jsonl", kLines);
  for (const std::string& from : {std::string(), with_model()}) {
    const Run run = shop.run("dedup " + from + " --input in.jsonl --output out.jsonl");
    check_quiet(run);
    CHECK(run.out.empty());
    const std::vector<std::string> lines = lines_of(shop.read("out.jsonl"));
    REQUIRE(lines.size() == 5);
    CHECK(lines[0] == R"({"id":"a","text":"The cat sleeps on the old mat all day.","n":1.50,"group":0,"keep":true})");
    CHECK(lines[1] == R"({"id":"b","text":"Nothing of that kind.","group":1,"keep":true})");
    CHECK(lines[2] == R"({"id":"c","text":"the CAT sleeps on the old mat all day","group":0,"keep":false})");
    CHECK(lines[3] ==
          R"({"id":"d","text":"The cat sleeps on the new mat all day!","lang":"en","group":0,"keep":false})");
    CHECK(lines[4] == R"({"id":"e","text":"  nothing of that kind","group":1,"keep":false})");
  }
  shop.write("v.npy", npy_of({{1, 0}, {0, 1}, {1, 0}, {1, 0.1F}, {0, 1}}));
  const Run bare = shop.run("dedup --vectors v.npy", "{}\n{}\n{ }\n{\"group\":1}\n{\"x\":1}");
  check_quiet(bare);
  CHECK(lines_of(bare.out)[0] == R"({"group":0,"keep":true})");
  CHECK(lines_of(bare.out)[2].ends_with(R"("keep":false})"));
  CHECK(lines_of(bare.out)[3].starts_with(R"({"group":)"));
  const Run strict = shop.run("dedup --threshold 1 --input in.jsonl");
  check_quiet(strict);
  CHECK(objects(strict.out)[3].at("group") == 2);
}

TEST_CASE("dedup: the longest or the medoid is kept where that is asked for") {
  const Workshop shop;
  shop.write("in.jsonl", kLines);
  const auto kept = [&](const std::string& which) {
    const Run run = shop.run("dedup --keep " + which + " --input in.jsonl");
    check_quiet(run);
    std::string ids;
    for (const test::Json& line : objects(run.out))
      if (line.at("keep") == true) ids += line.at("id").get<std::string>();
    return ids;
  };
  CHECK(kept("first") == "ab");
  CHECK(kept("longest") == "ae");
  CHECK(kept("medoid") == "ab");
  // Both others are like the first, but not like each other: the longest leaves one of them alone.
  shop.write("in.jsonl", R"({"id":"a","text":"abcdefghijklmnopqrst"}
{"id":"b","text":"0123efghijklmnopqrst"}
{"id":"c","text":"abcdefghijklmnop4567!"}
)");
  CHECK(kept("first") == "a");
  CHECK(kept("longest") == "bc");
}

TEST_CASE("dedup --stream answers each line as it comes, without a model") {
  const Workshop shop;
  test::Process process(shop, test::glossa_command("dedup --stream"), "");
  const std::vector<std::string> lines = lines_of(kLines);
  std::size_t answers = 0;
  for (const std::string& line : lines) {
    process.feed(line + "\n");
    if (line.empty()) continue;
    ++answers;
    for (int wait = 0; wait < 500 && lines_of(shop.read("stdout")).size() < answers; ++wait)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    REQUIRE(lines_of(shop.read("stdout")).size() == answers);
  }
  process.close_input();
  const Run run = process.wait(std::chrono::seconds(10));
  check_quiet(run);
  std::string groups;
  std::string keeps;
  for (const test::Json& line : objects(run.out)) {
    groups += std::to_string(line.at("group").get<int>());
    keeps += line.at("keep") == true ? '+' : '-';
  }
  CHECK(groups == "01001");
  CHECK(keeps == "++---");

  const Run modelled = shop.run("dedup --model no-such-model --stream", kLines);
  CHECK(modelled.status == 0);
  CHECK(modelled.err == "glossa: --stream decides by letters: --model is not needed, and not loaded\n");
  CHECK(objects(modelled.out).size() == answers);
  const Run forgetful = shop.run("dedup --stream --most-kept 1", kLines);
  check_quiet(forgetful);
  keeps.clear();
  for (const test::Json& line : objects(forgetful.out)) keeps += line.at("keep") == true ? '+' : '-';
  CHECK(keeps == "+++-+");
}

TEST_CASE("dedup --keep medoid goes by letters where there are texts, and else by vectors") {
  const Workshop shop;
  // The second is one word away from each of the others; by the vectors it is the odd one out.
  const std::string end = " three four five six seven eight nine ten eleven twelve\"}\n";
  shop.write("in.jsonl", "{\"text\":\"once two" + end + "{\"text\":\"one two" + end + "{\"text\":\"one too" + end);
  shop.write("v.npy", npy_of({{1, 0.1F}, {0, 1}, {1, 0.1F}}));
  for (const std::string vectors : {"", " --vectors v.npy"}) {
    const Run run = shop.run("dedup --keep medoid --input in.jsonl" + vectors);
    check_quiet(run);
    const auto lines = objects(run.out);
    REQUIRE(lines.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(lines[i].at("group") == 0);
      CHECK(lines[i].at("keep") == (i == 1));
    }
  }
  shop.write("v.npy", npy_of({{1, 0.3F}, {-1, -1}, {1, 0}, {1, -0.3F}, {-1, 1}}));
  const Run bare = shop.run("dedup --keep medoid --threshold 0.7 --vectors v.npy", "{}\n{}\n{}\n{}\n{}\n");
  check_quiet(bare);
  const auto lines = objects(bare.out);
  REQUIRE(lines.size() == 5);
  for (const std::size_t i : {0u, 2u, 3u}) {
    CHECK(lines[i].at("group") == 0);
    CHECK(lines[i].at("keep") == (i == 2));
  }
}

TEST_CASE("Ctrl-C while duplicates are looked for leaves no file") {
  const Workshop shop;
  constexpr std::size_t kTexts = 20'000;
  constexpr std::size_t kDims = 64;
  const auto values = test::random_values<float>(kTexts * kDims, 8);
  std::string texts;
  std::vector<std::vector<float>> rows;
  for (std::size_t i = 0; i < kTexts; ++i) {
    const float* row = values.data() + i * kDims;
    rows.emplace_back(row, row + kDims);
    texts += "{\"text\":\"";
    for (std::size_t word = 0; word < 12; ++word) texts += std::to_string(std::abs(row[word])).substr(2) + " ";
    texts += "\"}\n";
  }
  shop.write("v.npy", npy_of(rows));
  for (const std::string vectors : {"", " --vectors v.npy"})
    for (const std::string command : {"dedup", "mine"}) {
      test::Process process(shop, test::glossa_command(command + " --output out.jsonl" + vectors), "");
      process.feed(texts);
      process.close_input();
      std::this_thread::sleep_for(std::chrono::milliseconds(30));
      process.signal(SIGINT);
      check_complaint(process.wait(std::chrono::minutes(1)), 1, {"cancelled", "interrupted"});
      CHECK(!shop.has("out.jsonl"));
      CHECK(shop.partial_files() == 0);
    }
}
