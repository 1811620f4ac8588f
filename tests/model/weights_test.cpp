// The weights of a folder: where they lie, what prefix their names have, and what is refused about them.
#include "catch.hpp"
#include "error_of.hpp"
#include "random_model.hpp"

#include <glossa/embedder.hpp>
#include <glossa/model/safetensors_writer.hpp>
#include <glossa/model/weights.hpp>

#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <vector>

using glossa::DType;
using glossa::Error;
using glossa::ErrorKind;
using glossa::Weights;

namespace {

const std::string kWords = "embeddings.word_embeddings.weight";

/// Writes a file of float tensors with these values.
void write_values(const std::filesystem::path& path,
                  const std::vector<std::pair<std::string, std::vector<float>>>& tensors) {
  std::vector<glossa::TensorPlan> plan;
  for (const auto& [name, values] : tensors) plan.push_back({name, DType::f32, {values.size()}});
  glossa::SafetensorsWriter writer(path, plan);
  for (const auto& [name, values] : tensors) writer.write(std::as_bytes(std::span(values)));
  writer.finish();
}

Error refused(const std::filesystem::path& folder) {
  return test::error_of([&] { const Weights weights(folder); });
}

}  // namespace

TEST_CASE("tensors are found behind whatever prefix their names have") {
  for (const std::string prefix : {"", "bert.", "roberta.", "0.auto_model.", "a.b.c."}) {
    INFO(prefix);
    const test::TemporaryFolder folder;
    test::write_random_weights(folder.path() / "model.safetensors", {{kWords, {3, 2}}, {"encoder.x", {4}}}, prefix,
                               DType::f32);
    const Weights weights(folder.path());
    CHECK(weights.prefix() == prefix);
    CHECK(weights.tensors().size() == 2);
    REQUIRE(weights.find("encoder.x") != nullptr);
    CHECK(weights.find("encoder.y") == nullptr);
    CHECK(weights.find(prefix + "encoder.x") == (prefix.empty() ? weights.find("encoder.x") : nullptr));
    CHECK(weights.read<float>(kWords, {3, 2}) == test::random_weights(kWords, {3, 2}));
  }
}

TEST_CASE("a word table is recognised by whole parts of its name") {
  const test::TemporaryFolder folder;
  test::write_random_weights(folder.path() / "model.safetensors", {{"my" + kWords, {3, 2}}}, "", DType::f32);
  const Error error = refused(folder.path());
  CHECK(error.kind() == ErrorKind::unsupported);
  CHECK(error.file() == folder.path().string());
  CHECK(error.field() == kWords);
}

TEST_CASE("two encoders in one file are refused, not guessed between") {
  const test::TemporaryFolder folder;
  test::write_random_weights(folder.path() / "model.safetensors",
                             {{"query." + kWords, {3, 2}}, {"passage." + kWords, {3, 2}}}, "", DType::f32);
  const Error error = refused(folder.path());
  CHECK(error.kind() == ErrorKind::unsupported);
  CHECK(error.facts().problem == "the weights hold more than one encoder");
  CHECK(error.file() == folder.path().string());
}

TEST_CASE("a folder without safetensors is refused, and one with pytorch_model.bin is told what to do") {
  const test::TemporaryFolder folder;
  const Error empty = refused(folder.path());
  CHECK(empty.kind() == ErrorKind::not_found);
  CHECK(empty.file() == folder.path().string());
  CHECK(test::says(empty, "model.safetensors"));
  test::write_file(folder.path() / "pytorch_model.bin", "PK");
  const Error pickled = refused(folder.path());
  CHECK(pickled.kind() == ErrorKind::not_found);
  CHECK(pickled.facts().found == "pytorch_model.bin");
  CHECK(pickled.facts().remedy.find("save_pretrained") != std::string::npos);
}

TEST_CASE("a tensor of another name, shape or type is refused by its full name") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "model.safetensors";
  const std::string header = R"({"bert.)" + kWords +
                             R"(":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},)"
                             R"("bert.counts":{"dtype":"I64","shape":[1],"data_offsets":[8,16]}})";
  std::string bytes;
  for (std::size_t i = 0; i < 8; ++i) bytes.push_back(static_cast<char>(header.size() >> (8 * i) & 0xFF));
  test::write_file(path, bytes + header + std::string(16, '\0'));
  const Weights weights(folder.path());
  const Error missing = test::error_of([&] { (void)weights.read<float>("encoder.x", {2}); });
  CHECK(missing.kind() == ErrorKind::not_found);
  CHECK(missing.field() == "bert.encoder.x");
  CHECK(missing.file() == folder.path().string());
  const Error shape = test::error_of([&] { (void)weights.read<float>(kWords, {2, 1}); });
  CHECK(shape.kind() == ErrorKind::corrupt_file);
  CHECK(shape.file() == path.string());
  CHECK(shape.field() == "bert." + kWords);
  CHECK(shape.facts().expected == "floating-point values of shape [2, 1]");
  CHECK(shape.facts().found == "F32 [1, 2]");
  const Error type = test::error_of([&] { (void)weights.at("counts", {1}); });
  CHECK(type.field() == "bert.counts");
  CHECK(type.facts().found == "I64 [1]");
}

TEST_CASE("weights that are no finite numbers are refused by tensor and element") {
  const float bad[] = {std::numeric_limits<float>::quiet_NaN(), HUGE_VALF, -HUGE_VALF};
  for (const float value : bad) {
    const test::TemporaryFolder folder;
    std::vector<float> values(1000, 1.0F);
    values[777] = value;
    write_values(folder.path() / "model.safetensors", {{"bert." + kWords, {1, 2}}, {"bert.x", values}});
    const Weights weights(folder.path());
    const Error error = test::error_of([&] { (void)weights.read<double>("x", {1000}); });
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.file() == (folder.path() / "model.safetensors").string());
    CHECK(error.field() == "bert.x");
    CHECK(test::says(error, "element 777"));
    CHECK(weights.read<float>(kWords, {2}).size() == 2);  // the others are fine
  }
}

TEST_CASE("a double beyond float is refused when it is read as float") {
  const test::TemporaryFolder folder;
  glossa::SafetensorsWriter writer(folder.path() / "model.safetensors", {{kWords, DType::f64, {2}}});
  const double values[] = {1.0, 1e300};
  writer.write(std::as_bytes(std::span(values)));
  writer.finish();
  const Weights weights(folder.path());
  CHECK(weights.read<double>(kWords, {2})[1] == 1e300);
  CHECK(test::error_of([&] { (void)weights.read<float>(kWords, {2}); }).field() == kWords);
}

TEST_CASE("LayerNorm's weights may be called gamma and beta") {
  const test::TemporaryFolder plain;
  const test::TemporaryFolder renamed;
  const test::Json& family = test::family("e5-base-v2");
  test::write_family(plain.path(), family);
  test::write_family(renamed.path(), family);
  // The same weights under TensorFlow's names: random_weights() goes by the name, so the values are copied.
  const glossa::SafetensorsFile file(plain.path() / "model.safetensors");
  std::vector<glossa::TensorPlan> plan;
  std::vector<glossa::TensorView> views;
  for (const auto& [name, info] : file.tensors()) {
    std::string other = name;
    for (const auto& [from, to] : {std::pair<std::string, std::string>{"LayerNorm.weight", "LayerNorm.gamma"},
                                   {"LayerNorm.bias", "LayerNorm.beta"}})
      if (other.ends_with(from)) other.replace(other.size() - from.size(), from.size(), to);
    plan.push_back({other, info.type, info.shape});
    views.push_back(file.view(name));
  }
  std::filesystem::remove(renamed.path() / "model.safetensors");
  glossa::SafetensorsWriter writer(renamed.path() / "model.safetensors", plan);
  for (const glossa::TensorView& view : views) writer.write(view.bytes);
  writer.finish();
  CHECK(glossa::SafetensorsFile(renamed.path() / "model.safetensors").find("bert.embeddings.LayerNorm.gamma") !=
        nullptr);
  CHECK(glossa::SafetensorsFile(renamed.path() / "model.safetensors").find("bert.embeddings.LayerNorm.weight") ==
        nullptr);
  const auto a = glossa::Embedder(plain.path(), {.threads = 1}).embed("the cat");
  const auto b = glossa::Embedder(renamed.path(), {.threads = 1}).embed("the cat");
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i] == b[i]);
}

TEST_CASE("tensors of types that are not implemented are an error once they are used") {
  const test::TemporaryFolder folder;
  const auto write = [&](DType type) {
    glossa::SafetensorsWriter writer(folder.path() / "model.safetensors",
                                     {{kWords, DType::f32, {2}}, {"x", type, {4}}, {"y", DType::f4, {2}}});
    const std::string data(8 + 4 * glossa::size_of(type) + 1, '\0');
    writer.write(std::as_bytes(std::span(data)));
    writer.finish();
    return glossa::Weights(folder.path());
  };
  for (const DType type : {DType::f8_e4m3, DType::f8_e5m2, DType::f8_e8m0}) {
    const glossa::Weights weights = write(type);
    CHECK(weights.read<float>(kWords, {2}).size() == 2);
    const Error error = test::error_of([&] { (void)weights.read<float>("x", {4}); });
    CHECK(error.kind() == ErrorKind::unsupported);
    CHECK(error.field() == "x");
    CHECK(error.facts().found == to_string(type));
    CHECK(test::says(error, "convert"));
  }
  for (const DType type : {DType::u16, DType::u32, DType::u64, DType::c64}) {
    const glossa::Weights weights = write(type);
    CHECK(test::error_of([&] { (void)weights.read<float>("x", {4}); }).kind() == ErrorKind::corrupt_file);
    const auto& source = *weights.find("x");
    CHECK(source.file->view("x").bytes.size() == 4 * glossa::size_of(type));
    CHECK(test::error_of([&] { (void)source.file->view("y"); }).kind() == ErrorKind::unsupported);
  }
}
