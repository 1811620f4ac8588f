// glossa export: a folder with a graph appears whole or not at all; --check says what is missing.
#include "tool.hpp"

#include <cstddef>
#include <filesystem>
#include <string>

using test::contains;
using test::with_model;
using test::Workshop;

TEST_CASE("export: the folder holds the graph and what loads it") {
  const Workshop shop;
  const test::Run run = shop.run("export onnx " + with_model() + " --precision int8-static --output graph");
  INFO("standard error: " << run.err);
  REQUIRE(run.status == 0);
  CHECK(shop.partial_files() == 0);
  CHECK(shop.has("graph/onnx/model.onnx"));
  CHECK(shop.has("graph/1_Pooling/config.json"));
  CHECK(contains(shop.read("graph/README.md"), "Precision: int8-static"));
  const test::Run again = shop.run("export onnx " + with_model() + " --output graph");
  CHECK(again.status == 2);
  CHECK(contains(again.err, "not empty"));
}

TEST_CASE("export: what is wrong with the arguments is said before anything is written") {
  const Workshop shop;
  const test::Run missing =
      shop.run("export onnx " + with_model() + " --precision int8 --calibrate no.txt --output graph");
  CHECK(missing.status == 1);
  CHECK(contains(missing.err, "no.txt"));
  shop.write("texts.txt", "the cat\n");
  const test::Run needless = shop.run("export onnx " + with_model() + " --calibrate texts.txt --output graph");
  CHECK(needless.status == 2);
  CHECK(contains(needless.err, "--precision int8-static"));
  shop.write("empty.txt", "");
  const test::Run empty =
      shop.run("export onnx " + with_model() + " --precision int8 --calibrate empty.txt --output graph");
  CHECK(empty.status == 2);
  CHECK(contains(empty.err, "no texts"));
  shop.write("blank.txt", "\n  \n\t\r\n");
  const test::Run blank =
      shop.run("export onnx " + with_model() + " --precision int8-static --calibrate blank.txt --output graph");
  CHECK(blank.status == 2);
  CHECK(contains(blank.err, "no texts"));
  CHECK_FALSE(shop.has("graph"));
  CHECK(shop.partial_files() == 0);
}

TEST_CASE("export: of too many texts every other one is left out until there are not") {
  const Workshop shop;
  std::string all;
  std::string taken;  // the first of every four
  for (std::size_t i = 0; i < 40000; ++i) {
    const std::string line = (i % 4 == 0 ? "the cat " : "female protein ") + std::to_string(i) + "\n";
    all += line + "\n";  // blank lines do not count
    if (i % 4 == 0) taken += line;
  }
  shop.write("all.txt", all);
  shop.write("taken.txt", taken);
  for (const char* name : {"all", "taken"})
    REQUIRE(shop.run("export onnx " + with_model() + " --precision int8-static --calibrate " + name + ".txt --output " +
                     name)
                .status == 0);
  CHECK(shop.read("all/onnx/model.onnx") == shop.read("taken/onnx/model.onnx"));
}

TEST_CASE("export: a model that is quantized already is refused") {
  const Workshop shop;
  REQUIRE(shop.run("quantize " + with_model() + " --precision int8 --output small").status == 0);
  const test::Run run = shop.run("export onnx --model small --output graph");
  CHECK(run.status == 1);
  CHECK(contains(run.err, "quantized already"));
  CHECK_FALSE(shop.has("graph"));
}

TEST_CASE("export: --check says where there is no runtime") {
  const Workshop shop;
  const test::Run run = shop.run("export onnx " + with_model() + " --output graph --check --python no-such-python");
  CHECK(run.status == 1);
  CHECK(contains(run.err, "--python"));
  CHECK(shop.has("graph/onnx/model.onnx"));
}

TEST_CASE("export: --check tells what a runtime that tells no numbers said instead") {
  const Workshop shop;
  const auto check = [&](const std::string& name, const std::string& script) {
    shop.write(name, "#!/bin/sh\n" + script + "\n");
    std::filesystem::permissions(shop.file(name), std::filesystem::perms::owner_all);
    const test::Run run =
        shop.run("export onnx " + with_model() + " --output of-" + name + " --check --python ./" + name);
    INFO("standard error: " << run.err);
    CHECK(run.status == 1);
    CHECK(contains(run.err, "the folder is written, but"));
    CHECK_FALSE(contains(run.err, "json.exception"));
    CHECK(shop.has("of-" + name + "/onnx/model.onnx"));
  };
  check("words", "echo no numbers");
  check("nothing", "exit 0");
  check("not-a-number", "echo '{\"version\":\"1\",\"texts\":2,\"largest\":NaN,\"mean\":NaN,\"lowest\":NaN}'");
  check("killed", "kill -9 $$");
}

TEST_CASE("export: the card has the model's name and a tokenizer that is there") {
  const Workshop shop;
  const std::string model = test::model_folder().string();
  REQUIRE(shop.run("export onnx --model '" + model + "/' --output graph").status == 0);
  const std::string card = shop.read("graph/README.md");
  INFO(card);
  CHECK(contains(card, "# " + std::filesystem::path(model).filename().string() + " as an ONNX graph"));
  CHECK(contains(card, "\"tokenizer.json\"") == shop.has("graph/tokenizer.json"));
}

#if defined(GLOSSA_TOOL_HAS_OPENVINO)

TEST_CASE("export openvino: the folder holds the graph and what loads it") {
  const Workshop shop;
  shop.write("texts.txt", "the cat\na dog sat\n");
  const test::Run run =
      shop.run("export openvino " + with_model() + " --precision int8-static --calibrate texts.txt --output graph");
  INFO("standard error: " << run.err);
  REQUIRE(run.status == 0);
  CHECK(shop.partial_files() == 0);
  CHECK(shop.has("graph/openvino/openvino_model.xml"));
  CHECK(shop.has("graph/openvino/openvino_model.bin"));
  CHECK(contains(shop.read("graph/README.md"), "Precision: int8-static"));
  const test::Run again = shop.run("export openvino " + with_model() + " --output graph");
  CHECK(again.status == 2);
  CHECK(contains(again.err, "not empty"));
  const test::Run needless =
      shop.run("export openvino " + with_model() + " --precision int8 --calibrate texts.txt --output other");
  CHECK(needless.status == 2);
  CHECK(contains(needless.err, "--precision int8-static"));
  CHECK_FALSE(shop.has("other"));
}

TEST_CASE("export openvino: --check says where there is no runtime") {
  const Workshop shop;
  const test::Run run = shop.run("export openvino " + with_model() + " --output graph --check --python no-such-python");
  CHECK(run.status == 1);
  CHECK(contains(run.err, "--python"));
  CHECK(shop.has("graph/openvino/openvino_model.xml"));
}

#else

TEST_CASE("export openvino: a program without pugixml says so") {
  const Workshop shop;
  const test::Run run = shop.run("export openvino " + with_model() + " --output graph");
  CHECK(run.status == 1);
  CHECK(contains(run.err, "GLOSSA_WITH_OPENVINO"));
}

#endif
