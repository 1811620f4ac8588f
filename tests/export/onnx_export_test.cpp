#include "catch.hpp"
#include "export_faults.hpp"
#include "family_vectors.hpp"
#include "onnx_graph.hpp"
#include "onnx_interpreter.hpp"
#include "other_models.hpp"
#include "paths.hpp"
#include "random_model.hpp"

#include <glossa/export/onnx.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

using P = glossa::ExportPrecision;
using test::Json;

namespace {

/// A family's folder and the graph that comes of it.
struct Exported {
  test::TemporaryFolder folder;
  onnx::ModelProto model;

  Exported(const Json& family, const glossa::OnnxExportOptions& options) {
    test::write_family(folder.path() / "model", family);
    const auto report = glossa::export_onnx(folder.path() / "model", folder.path() / "graph", options);
    model = test::read_onnx(report.graph);
  }

  [[nodiscard]] test::Value vectors(const Json& family, std::size_t most = 100) const {
    return test::vectors_of(test::OnnxInterpreter(model.graph()), family, most);
  }
};

}  // namespace

TEST_CASE("ONNX: the graphs of all families compute the reference's vectors", "[export]") {
  for (const Json& family : test::families().at("families")) {
    INFO(family.at("name"));
    Exported exported(family, {});
    CHECK(test::largest_difference(exported.vectors(family, 7), family) < 2e-5);
  }
}

TEST_CASE("ONNX: every activation, and several poolings, are the library's", "[export]") {
  for (const Json& model : test::other_models())
    for (const auto operators : {glossa::OnnxOperators::onnx, glossa::OnnxOperators::runtime_gpu}) {
      INFO(model.at("name") << ", operators " << static_cast<int>(operators));
      Exported exported(model, {.operators = operators});
      CHECK(test::largest_difference(exported.vectors(model, 7), model) < 2e-5);
    }
}

TEST_CASE("ONNX: token types as an input give the same vectors where they are 0", "[export]") {
  for (const char* name : {"multilingual-e5-small", "multilingual-e5-base"}) {
    const Json& family = test::family(name);
    Exported exported(family, {.token_type_ids = true});
    CHECK(exported.model.graph().input_size() == 3);
    CHECK(test::largest_difference(exported.vectors(family), family) < 2e-5);
  }
}

TEST_CASE("ONNX: ONNX Runtime's operators give the same vectors", "[export]") {
  using O = glossa::OnnxOperators;
  for (const char* name : {"multilingual-e5-small", "multilingual-e5-base"}) {
    const Json& family = test::family(name);
    for (const bool token_type_ids : {false, true})
      for (const O operators : {O::runtime, O::runtime_gpu}) {
        INFO(name << ", operators " << static_cast<int>(operators));
        Exported exported(family, {.operators = operators, .token_type_ids = token_type_ids});
        CHECK(test::largest_difference(exported.vectors(family, 7), family) < 2e-5);
      }
    for (const P precision : {P::int8, P::int8_static, P::int4_int8}) {
      INFO(name << ", " << to_string(precision));
      Exported plain(family, {.precision = precision});
      Exported fused(family, {.precision = precision, .operators = O::runtime});
      const auto expected = plain.vectors(family, 7).elements;
      const auto found = fused.vectors(family, 7).elements;
      double largest = 0;
      for (std::size_t i = 0; i < expected.size(); ++i)
        largest = std::max(largest, std::fabs(found.at(i) - expected[i]));
      CHECK(largest < 2e-3);  // where a sum in between is rounded elsewhere, an integer may be another
    }
  }
}

TEST_CASE("ONNX: smaller numbers keep the vectors close", "[export]") {
  const Json& family = test::family("multilingual-e5-small");
  for (const auto& [precision, least] : {std::pair(P::f16, 0.99999), std::pair(P::int8, 0.998),
                                         std::pair(P::int8_static, 0.998), std::pair(P::int4_int8, 0.99)}) {
    INFO(to_string(precision));
    Exported exported(family, {.precision = precision});
    CHECK(test::lowest_cosine(exported.vectors(family, 7), family) > least);
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

namespace {

struct Onnx {
  using Options = glossa::OnnxExportOptions;
  static constexpr const char* kGraph = "model.onnx";
  static void save(const std::filesystem::path& from, const std::filesystem::path& to, const Options& options) {
    (void)glossa::export_onnx(from, to, options);
  }
  static void write(const glossa::detail::ExportModel& model, const std::filesystem::path& path) {
    (void)glossa::detail::write_onnx(model, path, {});
  }
};

}  // namespace

TEST_CASE("ONNX: what cannot be exported leaves nothing behind", "[export]") { test::check_export_faults<Onnx>(); }
