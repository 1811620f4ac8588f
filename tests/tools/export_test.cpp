// glossa export: a folder with a graph appears whole or not at all; --check says what is missing.
#include "tool.hpp"

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
  CHECK_FALSE(shop.has("graph"));
  CHECK(shop.partial_files() == 0);
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
