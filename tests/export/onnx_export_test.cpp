#include "catch.hpp"
#include "error_of.hpp"
#include "onnx_graph.hpp"
#include "onnx_interpreter.hpp"
#include "paths.hpp"
#include "random_model.hpp"

#include <glossa/export/onnx.hpp>

#include <cmath>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

using test::Json;

namespace {

/// The texts' vectors by a graph that gets all of them in one batch, with padding behind the shorter ones.
test::OnnxValue vectors_of(const onnx::ModelProto& model, const Json& family, std::size_t padding_id) {
  const auto ids = family.at("ids").get<std::vector<std::vector<std::size_t>>>();
  std::size_t longest = 0;
  for (const auto& one : ids) longest = std::max(longest, one.size());
  test::OnnxValue input{{ids.size(), longest}, {}};
  test::OnnxValue mask = input;
  for (const auto& one : ids)
    for (std::size_t i = 0; i < longest; ++i) {
      input.elements.push_back(static_cast<double>(i < one.size() ? one[i] : padding_id));
      mask.elements.push_back(i < one.size() ? 1 : 0);
    }
  test::OnnxInterpreter run(model.graph());
  run.set("input_ids", input);
  run.set("attention_mask", mask);
  if (model.graph().input_size() > 2)
    run.set("token_type_ids", {input.shape, std::vector<double>(input.elements.size(), 0.0)});
  run.run();
  return run.at("sentence_embedding");
}

/// The lowest cosine of any text's vector to the family's.
double lowest_cosine(const test::OnnxValue& vectors, const Json& family) {
  double lowest = 1;
  const auto expected = family.at("vectors").get<std::vector<std::vector<double>>>();
  for (std::size_t text = 0; text < expected.size(); ++text) {
    double product = 0, own = 0, other = 0;
    for (std::size_t i = 0; i < expected[text].size(); ++i) {
      const double x = vectors.elements.at(text * expected[text].size() + i);
      product += x * expected[text][i];
      own += x * x;
      other += expected[text][i] * expected[text][i];
    }
    lowest = std::min(lowest, product / std::sqrt(own * other));
  }
  return lowest;
}

double largest_difference(const test::OnnxValue& vectors, const Json& family) {
  double largest = 0;
  std::size_t i = 0;
  for (const auto& vector : family.at("vectors"))
    for (const double value : vector.get<std::vector<double>>())
      largest = std::max(largest, std::fabs(value - vectors.elements.at(i++)));
  return largest;
}

std::size_t padding_of(const Json& family) {
  return family.at("files").at("config.json").value("pad_token_id", std::size_t{0});
}

/// A family's folder and the graph that comes of it.
struct Exported {
  test::TemporaryFolder folder;
  onnx::ModelProto model;

  Exported(const Json& family, const glossa::OnnxExportOptions& options) {
    test::write_family(folder.path() / "model", family);
    const auto report = glossa::export_onnx(folder.path() / "model", folder.path() / "graph", options);
    model = test::read_onnx(report.graph);
  }
};

}  // namespace

TEST_CASE("ONNX: the graphs of all families compute the reference's vectors", "[export]") {
  for (const Json& family : test::families().at("families")) {
    INFO(family.at("name"));
    Exported exported(family, {});
    CHECK(largest_difference(vectors_of(exported.model, family, padding_of(family)), family) < 2e-5);
  }
}

TEST_CASE("ONNX: token types as an input give the same vectors where they are 0", "[export]") {
  for (const char* name : {"multilingual-e5-small", "multilingual-e5-base"}) {
    const Json& family = test::family(name);
    Exported exported(family, {.token_type_ids = true});
    CHECK(exported.model.graph().input_size() == 3);
    CHECK(largest_difference(vectors_of(exported.model, family, padding_of(family)), family) < 2e-5);
  }
}

TEST_CASE("ONNX: smaller numbers keep the vectors close", "[export]") {
  using P = glossa::ExportPrecision;
  const Json& family = test::family("multilingual-e5-small");
  for (const auto& [precision, least] : {std::pair(P::f16, 0.99999), std::pair(P::int8, 0.998),
                                         std::pair(P::int8_static, 0.998), std::pair(P::int4_int8, 0.99)}) {
    INFO(to_string(precision));
    Exported exported(family, {.precision = precision});
    CHECK(lowest_cosine(vectors_of(exported.model, family, padding_of(family)), family) > least);
  }
}

TEST_CASE("ONNX: tensors in a file beside the graph are the same", "[export]") {
  const Json& family = test::family("multilingual-e5-small");
  Exported plain(family, {});
  Exported external(family, {.external_data = true});
  REQUIRE(plain.model.graph().initializer_size() == external.model.graph().initializer_size());
  for (int i = 0; i < plain.model.graph().initializer_size(); ++i) {
    const auto& one = plain.model.graph().initializer(i);
    CHECK(one.raw_data() == external.model.graph().initializer(i).raw_data());
  }
  CHECK(std::filesystem::exists(external.folder.path() / "graph/onnx/model.onnx.data"));
}

TEST_CASE("ONNX: what protobuf cannot hold goes beside the graph by itself", "[export]") {
  test::TemporaryFolder folder;
  test::write_family(folder.path() / "model", test::family("multilingual-e5-small"));
  const glossa::detail::ExportModel model(folder.path() / "model");
  (void)glossa::detail::write_onnx(model, folder.path() / "model.onnx", {}, 1000);
  CHECK(std::filesystem::file_size(folder.path() / "model.onnx.data") > 10000);
}

TEST_CASE("ONNX: fused graphs are made of ONNX Runtime's operators", "[export]") {
  const auto operators = [](const onnx::ModelProto& model) {
    std::multiset<std::string> out;
    for (const auto& node : model.graph().node())
      if (node.domain() == "com.microsoft") out.insert(node.op_type());
    return out;
  };
  const Json& family = test::family("multilingual-e5-small");
  const auto layers = family.at("files").at("config.json").at("num_hidden_layers").get<std::size_t>();
  Exported exported(family, {.operators = glossa::OnnxOperators::runtime_gpu});
  const auto found = operators(exported.model);
  CHECK(found.count("EmbedLayerNormalization") == 1);
  CHECK(found.count("Attention") == layers);
  CHECK(found.count("SkipLayerNormalization") == 2 * layers);
  CHECK(found.count("BiasGelu") == layers);
  Exported plain(family, {});
  CHECK(operators(plain.model).empty());
  CHECK(plain.model.opset_import_size() == 1);
}

TEST_CASE("ONNX: small graphs are as they were", "[export]") {
  const std::filesystem::path goldens = std::filesystem::path(GLOSSA_TESTS) / "export" / "golden";
  const auto check = [&](const char* name, const char* family, const glossa::OnnxExportOptions& options) {
    INFO(name);
    Exported exported(test::family(family), options);
    const std::string text = test::text_of(exported.model);
    const std::string expected = test::read_file(goldens / name);
    if (text != expected) test::write_file(std::filesystem::temp_directory_path() / "glossa-export" / name, text);
    CHECK(text == expected);  // the new one lies in the system's temporary folder, glossa-export/
  };
  check("bert-f32.txt", "multilingual-e5-small", {});
  check("bert-f32-fused.txt", "multilingual-e5-small", {.operators = glossa::OnnxOperators::runtime_gpu});
  check("xlm-roberta-f16.txt", "multilingual-e5-base", {.precision = glossa::ExportPrecision::f16});
  check("bert-int8-static.txt", "multilingual-e5-small", {.precision = glossa::ExportPrecision::int8_static});
  check("bert-int4-int8-fused.txt", "multilingual-e5-small",
        {.precision = glossa::ExportPrecision::int4_int8, .operators = glossa::OnnxOperators::runtime});
}

TEST_CASE("ONNX: the folder has what loads it", "[export]") {
  Exported exported(test::family("multilingual-e5-small"), {});
  const auto folder = exported.folder.path() / "graph";
  for (const char* file : {"config.json", "modules.json", "1_Pooling/config.json", "sentencepiece.bpe.model",
                           "README.md", "onnx/model.onnx"}) {
    INFO(file);
    CHECK(std::filesystem::exists(folder / file));
  }
  CHECK(test::read_file(folder / "README.md").find("Precision: f32") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(folder / "model.safetensors"));
}

TEST_CASE("ONNX: what cannot be exported leaves nothing behind", "[export]") {
  test::TemporaryFolder folder;
  test::write_family(folder.path() / "model", test::family("multilingual-e5-small"));
  const auto entries = [&] {
    std::set<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) out.insert(entry.path().filename());
    return out;
  };
  const auto model = folder.path() / "model";
  const auto fails = [&](const std::filesystem::path& from, const std::filesystem::path& to,
                         const glossa::OnnxExportOptions& options = {}) {
    return test::error_of([&] { (void)glossa::export_onnx(from, to, options); });
  };
  SECTION("no such model") {
    CHECK(fails(folder.path() / "nothing", folder.path() / "graph").kind() == glossa::ErrorKind::not_found);
  }
  SECTION("an unknown architecture") {
    test::write_file(model / "config.json", R"({"model_type": "mamba"})");
    const auto error = fails(model, folder.path() / "graph");
    CHECK(error.kind() == glossa::ErrorKind::unsupported);
    CHECK(error.field() == "model_type");
  }
  SECTION("a folder that is not empty") {
    test::write_file(folder.path() / "graph/file", "x");
    CHECK(fails(model, folder.path() / "graph").kind() == glossa::ErrorKind::invalid_argument);
    CHECK(test::read_file(folder.path() / "graph/file") == "x");
    std::filesystem::remove_all(folder.path() / "graph");
  }
  SECTION("interrupted") {
    int calls = 0;
    glossa::OnnxExportOptions options;
    options.check = [&] {
      if (++calls > 20) throw glossa::Error(glossa::ErrorKind::cancelled, {});
    };
    CHECK(fails(model, folder.path() / "graph", options).kind() == glossa::ErrorKind::cancelled);
  }
  SECTION("a disk that is full") {
    const glossa::detail::ExportModel opened(model);
    std::filesystem::create_directory(folder.path() / "target");
    const auto error = test::error_of([&] { test::write_with_limit(opened, folder.path() / "target", 50000); });
    CHECK(error.kind() == glossa::ErrorKind::io);
    CHECK(test::says(error, "disk full"));
    CHECK(std::filesystem::is_empty(folder.path() / "target"));
    std::filesystem::remove_all(folder.path() / "target");
  }
  CHECK(entries() == std::set<std::string>{"model"});
}
