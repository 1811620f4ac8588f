#include "catch.hpp"
#include "family_vectors.hpp"
#include "openvino_graph.hpp"
#include "openvino_interpreter.hpp"
#include "other_models.hpp"
#include "paths.hpp"
#include "random_model.hpp"

#include <glossa/export/openvino.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using P = glossa::ExportPrecision;
using test::Json;

namespace {

/// A family's folder, its model and the graph that comes of it.
struct Exported {
  test::TemporaryFolder folder;
  glossa::detail::ExportModel model;
  test::IrFile file;

  explicit Exported(const char* family, const glossa::OpenvinoExportOptions& options = {})
      : Exported(test::family(family), options) {}
  Exported(const Json& family, const glossa::OpenvinoExportOptions& options)
      : model((test::write_family(folder.path() / "model", family), folder.path() / "model")),
        file(glossa::export_openvino(folder.path() / "model", folder.path() / "graph", options).graph) {}

  [[nodiscard]] test::Value vectors(const Json& family, std::size_t most = 100) const {
    return test::vectors_of(test::IrInterpreter(file), family, most);
  }
};

constexpr const char* kBert = "multilingual-e5-small";
constexpr const char* kXlm = "multilingual-e5-base";
constexpr const char* kQuery = "encoder.layer.0.attention.self.query.weight";

/// The constant that lies behind a layer of the first input's chain: of the weights that a product takes.
const test::IrLayer& source_of(const test::IrFile& file, const test::IrLayer& layer) {
  return layer.type == "Const" ? layer : source_of(file, file.at(layer.inputs.at(0)));
}

/// The first product of a graph with a constant, which is that for the queries.
const test::IrLayer& first_weights(const test::IrFile& file) {
  for (const test::IrLayer& layer : file.layers())
    if (layer.type == "MatMul") return source_of(file, file.at(layer.inputs.at(1)));
  throw std::runtime_error("no product");
}

}  // namespace

TEST_CASE("OpenVINO: the graphs of all families, in all precisions, hold together and give the reference's vectors",
          "[export]") {
  const std::vector<std::pair<P, double>> precisions{
      {P::f32, 0.9999999}, {P::f16, 0.99999}, {P::int8, 0.998}, {P::int8_static, 0.99}, {P::int4_int8, 0.98}};
  for (const Json& family : test::families().at("families"))
    for (const auto& [precision, least] : precisions) {
      INFO(family.at("name") << ", " << to_string(precision));
      const Exported exported(family, {.precision = precision});  // IrFile checks
      const test::Value vectors = exported.vectors(family, 7);
      CHECK(test::lowest_cosine(vectors, family) > least);
      if (precision == P::f32) CHECK(test::largest_difference(vectors, family) < 2e-5);
      CHECK(exported.file.count("Parameter") == 2);
      CHECK(exported.file.count("Result") == 2);
      CHECK(exported.file.at("input_ids").attributes.at("shape") == "?,?");
      CHECK(exported.file.count("ScaledDotProductAttention") == exported.model.config.layers);
    }
}

TEST_CASE("OpenVINO: token types are an input on request", "[export]") {
  for (const char* name : {kBert, kXlm}) {
    const Exported exported(name, {.token_type_ids = true});
    CHECK(exported.file.count("Parameter") == 3);
    CHECK(exported.file.at("token_type_ids").precisions == std::vector<std::string>{"I64"});
    CHECK(test::largest_difference(exported.vectors(test::family(name)), test::family(name)) < 2e-5);
  }
}

TEST_CASE("OpenVINO: every activation, and several poolings, are the library's", "[export]") {
  for (const Json& model : test::other_models()) {
    INFO(model.at("name"));
    const Exported exported(model, {});
    CHECK(test::largest_difference(exported.vectors(model, 7), model) < 2e-5);
  }
}

TEST_CASE("OpenVINO: weights of queries, keys and values are parts of one constant, by rows of columns", "[export]") {
  const Exported exported(kBert);
  const auto expected = exported.model.weights.read<float>(
      kQuery, {exported.model.config.hidden_size, exported.model.config.hidden_size});
  CHECK(exported.file.numbers<float>(first_weights(exported.file).name) == expected);
  std::vector<const test::IrLayer*> products;
  for (const test::IrLayer& layer : exported.file.layers())
    if (layer.type == "MatMul") products.push_back(&layer);
  const auto offset = [&](std::size_t i) {
    return std::stoull(source_of(exported.file, exported.file.at(products[i]->inputs.at(1))).attributes.at("offset"));
  };
  CHECK(offset(1) - offset(0) == expected.size() * sizeof(float));
  CHECK(offset(2) - offset(1) == expected.size() * sizeof(float));
}

TEST_CASE("OpenVINO: half precision is marked as OpenVINO's own is", "[export]") {
  const Exported exported(kBert, {.precision = P::f16});
  for (const test::IrLayer& layer : exported.file.layers()) {
    INFO(layer.name);
    if (layer.type == "Const" && layer.attributes.at("element_type") == "f16")
      for (const test::IrLayer& other : exported.file.layers())
        for (const std::string& input : other.inputs)
          if (input == layer.name) CHECK(other.is_decompression);
    if (layer.type == "MatMul") CHECK(layer.precisions == std::vector<std::string>{"FP32"});
  }
  CHECK(first_weights(exported.file).attributes.at("element_type") == "f16");
}

TEST_CASE("OpenVINO: 8-bit weights times their scales are the weights", "[export]") {
  const Exported exported(kBert, {.precision = P::int8});
  CHECK(exported.file.count("FakeQuantize") == 0);
  const std::size_t hidden = exported.model.config.hidden_size;
  const auto expected = exported.model.weights.read<float>(kQuery, {hidden, hidden});
  const test::IrLayer& weights = first_weights(exported.file);
  REQUIRE(weights.attributes.at("element_type") == "i8");
  const auto integers = exported.file.numbers<std::int8_t>(weights.name);
  std::string scales_name;
  for (const test::IrLayer& layer : exported.file.layers())
    if (layer.type == "Multiply" && source_of(exported.file, layer).name == weights.name)
      scales_name = layer.inputs.at(1);
  const auto scales = exported.file.numbers<float>(scales_name);
  REQUIRE(scales.size() == hidden);
  for (std::size_t i = 0; i < expected.size(); ++i)
    REQUIRE(std::fabs(static_cast<float>(integers[i]) * scales[i / hidden] - expected[i]) <=
            scales[i / hidden] * 0.501F);
}

TEST_CASE("OpenVINO: ranges of activations hold 0 and end where integers do", "[export]") {
  const Exported exported(kBert, {.precision = P::int8_static, .calibration_texts = {"the cat", "a dog sat"}});
  CHECK(exported.file.count("FakeQuantize") == 4 * exported.model.config.layers);
  for (const test::IrLayer& layer : exported.file.layers()) {
    if (layer.type != "FakeQuantize") continue;
    INFO(layer.name);
    const float low = exported.file.numbers<float>(layer.inputs.at(1)).at(0);
    const float high = exported.file.numbers<float>(layer.inputs.at(2)).at(0);
    CHECK(layer.attributes.at("levels") == "256");
    CHECK(layer.inputs.at(3) == layer.inputs.at(1));
    CHECK(layer.inputs.at(4) == layer.inputs.at(2));
    REQUIRE((low <= 0 && high >= 0 && low < high));
    const float zero = -low * 255 / (high - low);
    CHECK(std::fabs(zero - std::nearbyint(zero)) < 1e-3F);
  }
}

TEST_CASE("OpenVINO: 4-bit word vectors lie in their order and restore the table", "[export]") {
  const Exported exported(kBert, {.precision = P::int4_int8});
  const auto& config = exported.model.config;
  const std::string name(glossa::detail::kWordTable);
  const auto bytes = exported.file.numbers<std::uint8_t>(name);
  const auto expected = exported.model.weights.read<float>(name, {config.vocab_size, config.hidden_size});
  const std::size_t padded = bytes.size() * 2 / config.vocab_size;
  double lost = 0;
  double all = 0;
  for (std::size_t row = 0; row < config.vocab_size; ++row)
    for (std::size_t block = 0; block < config.hidden_size; block += 32) {
      // Least squares of a block's vectors over its integers: how much of the vectors they tell.
      double product = 0, squares = 0, own = 0;
      for (std::size_t k = block; k < std::min(block + 32, config.hidden_size); ++k) {
        const std::uint8_t byte = bytes[(row * padded + k) / 2];
        const double integer = (k % 2 == 0 ? byte & 15 : byte >> 4) - 8;
        const double value = expected[row * config.hidden_size + k];
        product += integer * value;
        squares += integer * integer;
        own += value * value;
      }
      lost += squares > 0 ? own - product * product / squares : own;
      all += own;
    }
  CHECK(lost < 0.02 * all);
}

TEST_CASE("OpenVINO: small graphs are as they were", "[export]") {
  const std::filesystem::path goldens = std::filesystem::path(GLOSSA_TESTS) / "export" / "golden";
  const auto check = [&](const std::string& name, const std::string& text) {
    INFO(name);
    const bool same = std::filesystem::exists(goldens / name) && text == test::read_file(goldens / name);
    if (!same) test::write_file(std::filesystem::temp_directory_path() / "glossa-export" / name, text);
    CHECK(same);  // the new one lies in the system's temporary folder, glossa-export/
  };
  check("openvino-bert-f32.txt", text_of(Exported(kBert).file));
  check("openvino-xlm-roberta-f16.txt", text_of(Exported(kXlm, {.precision = P::f16}).file));
  check("openvino-bert-int8-static.txt", text_of(Exported(kBert, {.precision = P::int8_static}).file));
  check("openvino-bert-int4-int8.txt", text_of(Exported(kBert, {.precision = P::int4_int8}).file));
}

TEST_CASE("OpenVINO: the file is XML as OpenVINO's readers take it", "[export]") {
  const std::string text = Exported(kBert).file.text();
  const auto has = [&](const std::string& part) { return text.find(part) != std::string::npos; };
  CHECK(text.rfind("<?xml version=\"1.0\"?>\n<net name=\"sentence_encoder\" version=\"11\">\n\t<layers>\n", 0) == 0);
  CHECK(has(R"(		<layer id="1" name="attention_mask" type="Parameter" version="opset1">
			<data shape="?,?" element_type="i64" />
			<output>
				<port id="0" precision="I64" names="attention_mask">
					<dim>-1</dim>
					<dim>-1</dim>
				</port>
			</output>
		</layer>
)"));
  CHECK(has(R"(		<layer id="5" name="Gather_5" type="Gather" version="opset8">
			<data batch_dims="0" />
			<input>
				<port id="0" precision="FP32" />
				<port id="1" precision="I32" />
				<port id="2" precision="I64" />
			</input>
			<output>
				<port id="3" precision="FP32" />
			</output>
		</layer>
)"));
  CHECK(has("\t<edges>\n\t\t<edge from-layer=\"0\" from-port=\"0\" to-layer=\"2\" to-port=\"0\" />\n"));
}

TEST_CASE("OpenVINO: the folder has what loads it", "[export]") {
  const Exported exported(kBert);
  const auto folder = exported.folder.path() / "graph";
  for (const char* file : {"config.json", "modules.json", "1_Pooling/config.json", "sentencepiece.bpe.model",
                           "README.md", "openvino/openvino_model.xml", "openvino/openvino_model.bin"}) {
    INFO(file);
    CHECK(std::filesystem::exists(folder / file));
  }
  CHECK(test::read_file(folder / "README.md").find("Precision: f32") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(folder / "model.safetensors"));
}
