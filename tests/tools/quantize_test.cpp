// glossa quantize: a folder of 8-bit weights appears whole or not at all, and is loaded like any other.
#include "tool.hpp"

#include <glossa/glossa.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>

namespace {

using test::contains;
using test::embedder;
using test::with_model;
using test::Workshop;

}  // namespace

TEST_CASE("a quantized folder gives nearly the same vectors, by default and in int8") {
  const Workshop shop;
  const test::Run run = shop.run("quantize " + with_model() + " --precision int8 --output small");
  INFO("standard error: " << run.err);
  REQUIRE(run.status == 0);
  CHECK(shop.partial_files() == 0);
  CHECK(shop.has("small/1_Pooling/config.json"));
  CHECK(std::filesystem::file_size(shop.file("small/model.safetensors")) <
        std::filesystem::file_size(test::model_folder() / "model.safetensors"));

  const glossa::Embedder small(shop.file("small"));
  CHECK(small.info().precision == glossa::Precision::int8);
  CHECK(small.info().parameters > 0);
  for (const std::string text : {"the cat", "a protein sleep", ""}) {
    const auto expected = embedder().embed(text);
    const auto got = small.embed(text);
    CHECK(glossa::dot(got, expected) > 0.99F);
    const glossa::Embedder asked(shop.file("small"), {.precision = glossa::Precision::int8});
    CHECK(std::ranges::equal(asked.embed(text), got));
  }
  CHECK(contains(shop.run("info small").out, "int8"));
  const test::Run embedded = shop.run("embed --model small --output -", "the cat");
  CHECK(embedded.status == 0);
  CHECK(embedded.out == shop.run("embed --model small --output - --precision int8", "the cat").out);
}

TEST_CASE("a quantized folder has its vocabulary compiled, and says when that no longer fits") {
  const Workshop shop;
  REQUIRE(shop.run("quantize " + with_model() + " --precision int8 --output small").status == 0);
  REQUIRE(shop.has("small/vocabulary.glossa"));
  const test::Run plain = shop.run("tokenize " + with_model(), "{\"text\": \"the protein, 寝る!\"}");
  const test::Run mapped = shop.run("tokenize --model small", "{\"text\": \"the protein, 寝る!\"}");
  CHECK(plain.status == 0);
  CHECK(plain.out == mapped.out);
  shop.write("small/tokenizer.json", "{}");
  const test::Run stale = shop.run("tokenize --model small", "{\"text\": \"the cat\"}");
  INFO("standard error: " << stale.err);
  CHECK(stale.status == 1);
  CHECK(contains(stale.err, "vocabulary.glossa: "));
  CHECK(contains(stale.err, "tokenizer.json was added since the vocabulary was compiled"));
  CHECK(contains(stale.err, "remove it"));
}

TEST_CASE("more than a quantized folder has is refused, and so is quantizing it again") {
  const Workshop shop;
  REQUIRE(shop.run("quantize " + with_model() + " --precision int8 --output small").status == 0);
  for (const std::string precision : {"f32", "f64"}) {
    const test::Run run = shop.run("embed --model small --output - --precision " + precision, "the cat");
    CHECK(run.status == 1);
    CHECK(contains(run.err, "8-bit integers"));
    CHECK(contains(run.err, "int8 or automatic"));
  }
  const test::Run again = shop.run("quantize --model small --precision int8 --output smaller");
  CHECK(again.status == 1);
  CHECK(contains(again.err, "quantized already"));
  CHECK(!shop.has("smaller"));
  CHECK(shop.partial_files() == 0);
}

TEST_CASE("what cannot be quantized, or not to that place, is named, and nothing is left behind") {
  const Workshop shop;
  SECTION("no model") {
    const test::Run run = shop.run("quantize --model nowhere --precision int8 --output small");
    CHECK(run.status == 1);
    CHECK(contains(run.err, "nowhere: no such model folder"));
  }
  SECTION("a folder with something in it") {
    shop.write("small/notes", "mine");
    const test::Run run = shop.run("quantize " + with_model() + " --precision int8 --output small");
    CHECK(run.status == 2);
    CHECK(contains(run.err, "not empty"));
    CHECK(shop.read("small/notes") == "mine");
  }
  SECTION("a precision that no folder can have") {
    const test::Run run = shop.run("quantize " + with_model() + " --precision f64 --output small");
    CHECK(run.status == 2);
    CHECK(contains(run.err, "--precision"));
  }
  CHECK(shop.partial_files() == 0);
  CHECK(!shop.has("small/model.safetensors"));
}

TEST_CASE("a folder of 4-bit weights is smaller still, gives similar vectors by default and in int4, and verifies") {
  const Workshop shop;
  const test::Run run = shop.run("quantize " + with_model() + " --precision int4 --output small");
  INFO("standard error: " << run.err);
  REQUIRE(run.status == 0);
  CHECK(shop.partial_files() == 0);
  CHECK(shop.has("small/vocabulary.glossa"));
  REQUIRE(shop.run("quantize " + with_model() + " --precision int8 --output larger").status == 0);
  CHECK(std::filesystem::file_size(shop.file("small/model.safetensors")) <
        std::filesystem::file_size(shop.file("larger/model.safetensors")));

  const glossa::Embedder small(shop.file("small"));
  CHECK(small.info().precision == glossa::Precision::int4);
  CHECK(contains(small.info().weight_types, "4-bit"));
  for (const std::string text : {"the cat", "a protein sleep", ""})
    CHECK(glossa::dot(small.embed(text), embedder().embed(text)) > 0.9F);
  CHECK(contains(shop.run("info small").out, "int4"));
  const test::Run embedded = shop.run("embed --model small --output -", "the cat");
  CHECK(embedded.status == 0);
  CHECK(embedded.out == shop.run("embed --model small --output - --precision int4", "the cat").out);
  for (const std::string precision : {"f32", "bf16", "int8"}) {
    const test::Run refused = shop.run("embed --model small --output - --precision " + precision, "the cat");
    CHECK(refused.status == 1);
    CHECK(contains(refused.err, "4-bit blocks"));
    CHECK(contains(refused.err, "int4 or automatic"));
  }
  const test::Run other = shop.run("embed --model larger --output - --precision int4", "the cat");
  CHECK(other.status == 1);
  CHECK(contains(other.err, "8-bit integers"));
}

TEST_CASE("texts of the user's own decide on the rounding, and must be there") {
  const Workshop shop;
  shop.write("texts.txt", "the cat sleeps\na female protein\nthe museum\n");
  shop.write("nothing.txt", "");
  const std::string command = "quantize " + with_model() + " --precision int4 ";
  const test::Run own = shop.run(command + "--calibration texts.txt --output own");
  INFO("standard error: " << own.err);
  CHECK(own.status == 0);
  REQUIRE(shop.run(command + "--output usual").status == 0);
  CHECK(shop.read("own/model.safetensors") != shop.read("usual/model.safetensors"));
  CHECK(shop.read("own/model.safetensors").size() == shop.read("usual/model.safetensors").size());
  const test::Run none = shop.run(command + "--calibration nothing.txt --output none");
  CHECK(none.status == 2);
  CHECK(contains(none.err, "nothing.txt: there are no texts in it"));
  const test::Run missing = shop.run(command + "--calibration nowhere.txt --output none");
  CHECK(missing.status == 1);
  CHECK(contains(missing.err, "nowhere.txt"));
  CHECK(!shop.has("none"));
}

TEST_CASE("the reference vectors of a folder of 4-bit weights are its own") {
  const Workshop shop;
  std::filesystem::copy(test::model_folder(), shop.file("model"), std::filesystem::copy_options::recursive);
  test::Json texts = test::Json::array();
  for (const std::string text : {"the cat", "a protein sleep"})
    texts.push_back({{"text", text},
                     {"role", "none"},
                     {"ids", embedder().tokenizer().encode(text).ids},
                     {"vector", embedder().embed(text).values()}});
  shop.write("model/glossa_golden.json", test::Json{{"texts", texts}}.dump());
  const test::Run run = shop.run("quantize --model model --precision int4 --output small");
  REQUIRE(run.status == 0);
  CHECK(contains(run.err, "cosines to the original's reference vectors: 0.9"));
  CHECK(shop.run("verify small").status == 0);
  CHECK(shop.read("small/glossa_golden.json") != shop.read("model/glossa_golden.json"));
}
