// The options of glossa embed change what they say, and nothing else.
#include "tool.hpp"

#include <glossa/glossa.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace {

using test::check_quiet;
using test::contains;
using test::embedder;
using test::Json;
using test::lines_of;
using test::with_model;
using test::Workshop;

/// Words that are a token each.
std::string long_text(std::size_t words) {
  std::string text;
  for (std::size_t i = 0; i < words; ++i) text += i % 3 == 0 ? "the " : i % 3 == 1 ? "cat " : "female ";
  return text;
}

/// Texts of many lengths.
std::string mixed_lines(std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += std::to_string(i) + " " + long_text(i * 7 % 60) + "\n";
  return out;
}

}  // namespace

TEST_CASE("--dims keeps the first dimensions at unit length") {
  const Workshop shop;
  check_quiet(shop.run("embed " + with_model() + " --output vectors.npy --dims 8", "a cat\nthe protein\n"));
  const test::Npy array = test::parse_npy(shop.read("vectors.npy"));
  CHECK(array.rows == 2);
  REQUIRE(array.dims == 8);
  const glossa::Embeddings expected = embedder().embed({"a cat", "the protein"}, {.dims = 8});
  CHECK(std::ranges::equal(array.values, expected.values()));
  const glossa::Embedding whole = embedder().embed("a cat");
  CHECK(array[0][0] / array[0][7] == Approx(whole[0] / whole[7]));
  CHECK(glossa::dot(array[0], array[0]) == Approx(1));

  check_quiet(shop.run("embed " + with_model() + " --output vectors.npy --dims 8", ""));
  CHECK(test::parse_npy(shop.read("vectors.npy")).dims == 8);
}

TEST_CASE("texts that were cut are counted on standard error") {
  const Workshop shop;
  const std::string text = long_text(600);
  const std::string input = "a cat\n" + text + "\n" + text + " more\n";
  const test::Run run = shop.run("embed " + with_model() + " --output vectors.npy", input);
  CHECK(run.status == 0);
  CHECK(run.err ==
        "glossa: 2 of 3 texts were longer than 512 tokens and were cut; --policy windows reads them to the end\n");
  const test::Npy array = test::parse_npy(shop.read("vectors.npy"));
  REQUIRE(array.rows == 3);
  CHECK(std::ranges::equal(array[1], array[2]));
  CHECK(std::ranges::equal(array[1], embedder().embed(text)));
}

TEST_CASE("--policy windows reads long texts to the end") {
  const Workshop shop;
  const std::string text = long_text(1200);
  check_quiet(shop.run("embed " + with_model() +
                           " --output vectors.jsonl --policy windows --overlap 100 --keep-windows "
                           "--receipts",
                       "a cat\n" + text + "\n"));
  const auto lines = lines_of(shop.read("vectors.jsonl"));
  REQUIRE(lines.size() == 2);
  const glossa::EmbedOptions options{
      .long_text = glossa::LongText::windows, .window_overlap = 100, .keep_windows = true};
  const glossa::Embeddings expected = embedder().embed({"a cat", text}, options);
  std::size_t next = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Json object = test::parse_json(lines[i]);
    CHECK(std::ranges::equal(object.at("embedding").get<std::vector<float>>(), expected[i]));
    CHECK(object.at("receipt").at("windows") == expected.receipts()[i].windows);
    CHECK(object.at("receipt").at("truncated") == false);
    CHECK(object.at("windows").size() == expected.receipts()[i].windows);
    for (const Json& window : object.at("windows")) {
      const glossa::TextWindow& place = expected.windows().at(next);
      CHECK(place.text == i);
      CHECK(window.at("bytes") == Json{place.bytes.begin, place.bytes.end});
      CHECK(window.at("tokens") == place.tokens);
      CHECK(std::ranges::equal(window.at("embedding").get<std::vector<float>>(), expected.window_vector(next)));
      ++next;
    }
  }
  CHECK(next == expected.windows().size());
  CHECK(expected.receipts()[1].windows > 2);
}

TEST_CASE("--receipts tells what became of each text") {
  const Workshop shop;
  const std::string text = long_text(600);
  const test::Run run = shop.run("embed " + with_model() + " --output vectors.jsonl --receipts --role query",
                                 "the 猫 cat\n" + text + "\n");
  CHECK(run.status == 0);
  const auto lines = lines_of(shop.read("vectors.jsonl"));
  REQUIRE(lines.size() == 2);
  const glossa::Embeddings expected = embedder().embed_queries({"the 猫 cat", text});
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const glossa::Receipt& receipt = expected.receipts()[i];
    CHECK(test::parse_json(lines[i]).at("receipt") == Json{{"tokens", receipt.tokens},
                                                           {"used_tokens", receipt.used_tokens},
                                                           {"used_bytes", receipt.used_bytes},
                                                           {"unknown_tokens", receipt.unknown_tokens},
                                                           {"windows", receipt.windows},
                                                           {"truncated", i == 1}});
  }
  CHECK(expected.receipts()[0].unknown_tokens > 0);
  CHECK(expected.receipts()[1].used_tokens == 512);
}

TEST_CASE("--specials text keeps the text from turning into special tokens") {
  const Workshop shop;
  const std::string text = "the </s> cat";
  check_quiet(shop.run("embed " + with_model() + " --output special.npy", text));
  check_quiet(shop.run("embed " + with_model() + " --output text.npy --specials text", text));
  const glossa::Embedder plain(test::model_folder(), {.specials = glossa::Specials::text});
  CHECK(std::ranges::equal(test::parse_npy(shop.read("special.npy")).values, embedder().embed(text)));
  CHECK(std::ranges::equal(test::parse_npy(shop.read("text.npy")).values, plain.embed(text)));
  CHECK(shop.read("special.npy") != shop.read("text.npy"));
}

TEST_CASE("--precision chooses the arithmetic") {
  const Workshop shop;
  for (const auto precision :
       {glossa::Precision::f32, glossa::Precision::f64, glossa::Precision::bf16, glossa::Precision::int8}) {
    const std::string name = to_string(precision);
    check_quiet(shop.run("embed " + with_model() + " --output vectors.npy --precision " + name, "the cat"));
    const glossa::Embedder own(test::model_folder(), {.precision = precision});
    CHECK(std::ranges::equal(test::parse_npy(shop.read("vectors.npy")).values, own.embed("the cat")));
  }
}

TEST_CASE("one thread and several write the same bytes") {
  const Workshop shop;
  shop.write("texts.txt", mixed_lines(700));
  const std::string command = "embed " + with_model() + " --input texts.txt --threads ";
  for (const std::string name : {"vectors.npy", "vectors.jsonl"}) {
    check_quiet(shop.run(command + "1 --output one-" + name));
    check_quiet(shop.run(command + "2 --output two-" + name));
    check_quiet(shop.run(command + "5 --output five-" + name));
    CHECK(shop.read("one-" + name).size() > 700 * 32 * 4);
    CHECK(shop.read("one-" + name) == shop.read("two-" + name));
    CHECK(shop.read("one-" + name) == shop.read("five-" + name));
  }
}

TEST_CASE("--help lists every option of embed, and succeeds") {
  const Workshop shop;
  const test::Run run = shop.run("embed --help");
  check_quiet(run);
  for (const std::string option :
       {"--model", "--role", "--input", "--format", "--output", "--output-format", "--precision", "--threads", "--dims",
        "--policy", "--overlap", "--keep-windows", "--receipts", "--specials"})
    CHECK(contains(run.out, option));
}
