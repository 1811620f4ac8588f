// The real models give the vectors that the Python stack computed in float64.
#include "catch.hpp"
#include "paths.hpp"

#include <glossa/embedder/calibration_texts.hpp>
#include <glossa/encoder/int4_rounding.hpp>
#include <glossa/encoder/int8_writer.hpp>
#include <glossa/glossa.hpp>
#include <glossa/model/encoder_config_reader.hpp>
#include <glossa/model/weights.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

/// A float32 array in NumPy's format.
std::vector<float> read_npy(const std::filesystem::path& path) {
  const std::string bytes = test::read_file(path);
  const std::size_t header =
      10 + static_cast<unsigned char>(bytes[8]) + 256 * static_cast<std::size_t>(static_cast<unsigned char>(bytes[9]));
  std::vector<float> values((bytes.size() - header) / sizeof(float));
  std::memcpy(values.data(), bytes.data() + header, values.size() * sizeof(float));
  return values;
}

/// The least that the cosines to the reference's vectors may be.
struct Fidelity {
  double mean;
  double smallest;
  double tipping = smallest;  ///< of kTippingText
};

/// Five tokens for which multilingual-e5-small stands on the edge between two answers: in its fifth layer the last
/// token becomes one that all others attend to, or does not, by less than what 8 bits change. With the kernels of
/// AVX-512 it keeps .9997 of its cosine; at another level, or after the least change of the rounding, it may fall to
/// the other side, and keeps .9973. All but this one of 1,519 texts keep well above what is asked for.
constexpr const char* kTippingText = "\xC2\xA0nbsp\xC2\xA0x";

/// In int8 and int4 the weights are quantized at load, or in a file before: word vectors as well.
enum class Where { at_load, in_file };

/// A copy of the folder with weights of 8-bit integers, or in 4-bit blocks.
void quantize(const std::filesystem::path& from, const std::filesystem::path& to, glossa::Precision precision) {
  std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
  const auto config = glossa::read_encoder_config(from);
  const auto texts = glossa::detail::calibration_batch(glossa::Tokenizer(from), config.max_tokens());
  const auto write =
      precision == glossa::Precision::int4 ? &glossa::detail::write_int4_weights : &glossa::detail::write_int8_weights;
  write(glossa::Weights(from), config, texts, to / "model.safetensors", [] {});
}

void check_vectors(const std::string& model, const std::string& golden, const std::string& tokens_field,
                   glossa::Precision precision, const Fidelity& least, Where where = Where::at_load) {
  auto folder = test::real_model(model);
  if (!std::filesystem::exists(folder / "config.json") || test::shared().empty()) {
    const std::string message = "models/" + model + " or the shared goldens are missing";
    if (std::getenv("CI") != nullptr) FAIL(message);
    WARN(message);
    return;
  }
  std::vector<std::string> texts;
  std::vector<std::size_t> tokens;
  std::istringstream lines(test::read_file(test::shared() / "golden" / "vectors.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    const auto row = nlohmann::json::parse(line);
    texts.push_back(row.at("text"));
    tokens.push_back(row.at(tokens_field));
  }
  REQUIRE(texts.size() == 243);
  const auto expected = read_npy(test::shared() / "golden" / golden);
  const test::TemporaryFolder quantized;
  if (where == Where::in_file) {
    quantize(folder, quantized.path() / "model", precision);
    folder = quantized.path() / "model";
  }
  const glossa::Embedder embedder(folder, {.precision = precision});
  const auto vectors = embedder.embed(texts);
  REQUIRE(expected.size() == vectors.values().size());
  double smallest = 1;
  double tipping = 1;
  double total = 0;
  std::size_t shortest = 1000;
  std::size_t longest = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    CHECK(vectors.receipts()[i].used_tokens == tokens[i]);
    shortest = std::min(shortest, tokens[i]);
    longest = std::max(longest, tokens[i]);
    double dot = 0;
    double own = 0;
    double other = 0;
    for (std::size_t k = 0; k < vectors.dims(); ++k) {
      const auto a = static_cast<double>(vectors[i][k]);
      const auto b = static_cast<double>(expected[i * vectors.dims() + k]);
      dot += a * b;
      own += a * a;
      other += b * b;
    }
    const double cosine = dot / std::sqrt(own * other);
    total += cosine;
    double& least_of = texts[i] == kTippingText ? tipping : smallest;
    least_of = std::min(least_of, cosine);
  }
  const double mean = total / static_cast<double>(texts.size());
  std::printf(
      "%s, %s%s: %zu texts of %zu to %zu tokens, cosine 1 - %.1e on average, 1 - %.1e at worst, "
      "1 - %.1e for the text on the edge\n",
      model.c_str(), to_string(precision), where == Where::in_file ? " from a quantized folder" : "", texts.size(),
      shortest, longest, 1 - mean, 1 - smallest, 1 - tipping);
  CHECK(mean >= least.mean);
  CHECK(smallest >= least.smallest);
  CHECK(tipping >= least.tipping);
}

}  // namespace

TEST_CASE("multilingual-e5-small gives the reference's vectors", "[real]") {
  check_vectors("multilingual-e5-small", "vectors-e5-small-q4.npy", "tokens_e5", glossa::Precision::f32,
                {0.999999, 0.999999});
}

TEST_CASE("all-MiniLM-L6-v2 gives the reference's vectors", "[real]") {
  check_vectors("all-MiniLM-L6-v2", "vectors-all-minilm-l6-v2.npy", "tokens_minilm", glossa::Precision::f32,
                {0.999999, 0.999999});
}

TEST_CASE("both models in bf16 stay close to the reference", "[real]") {
  check_vectors("multilingual-e5-small", "vectors-e5-small-q4.npy", "tokens_e5", glossa::Precision::bf16,
                {0.9999, 0.9999});
  check_vectors("all-MiniLM-L6-v2", "vectors-all-minilm-l6-v2.npy", "tokens_minilm", glossa::Precision::bf16,
                {0.9999, 0.9999});
}

TEST_CASE("multilingual-e5-small in int8 stays close to the reference", "[real]") {
  for (const Where where : {Where::at_load, Where::in_file})
    check_vectors("multilingual-e5-small", "vectors-e5-small-q4.npy", "tokens_e5", glossa::Precision::int8,
                  {0.9998, 0.9996, 0.997}, where);
}

TEST_CASE("all-MiniLM-L6-v2 in int8 stays close to the reference", "[real]") {
  for (const Where where : {Where::at_load, Where::in_file})
    check_vectors("all-MiniLM-L6-v2", "vectors-all-minilm-l6-v2.npy", "tokens_minilm", glossa::Precision::int8,
                  {0.9995, 0.998}, where);
}

// The matrices and word vectors of this folder came out of 4-bit blocks, and go back to the same.
TEST_CASE("multilingual-e5-small in int4 gives the reference's vectors, which are of the same 4-bit numbers",
          "[real]") {
  for (const Where where : {Where::at_load, Where::in_file})
    check_vectors("multilingual-e5-small", "vectors-e5-small-q4.npy", "tokens_e5", glossa::Precision::int4,
                  {0.9999, 0.9999}, where);
}

// Most of the texts are in languages that this model cannot read, and which the rounding cares for little.
TEST_CASE("all-MiniLM-L6-v2 in int4 stays near the reference", "[real]") {
  check_vectors("all-MiniLM-L6-v2", "vectors-all-minilm-l6-v2.npy", "tokens_minilm", glossa::Precision::int4,
                {0.95, 0.8}, Where::in_file);
}
