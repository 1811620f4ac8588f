// What the writer writes, the reader reads; what is not finished leaves the old file as it was.
#include "catch.hpp"
#include "error_of.hpp"
#include "small_files.hpp"

#include <glossa/model/safetensors.hpp>
#include <glossa/model/safetensors_writer.hpp>

#include <filesystem>
#include <span>
#include <string>
#include <vector>

using glossa::DType;
using glossa::Error;
using glossa::SafetensorsWriter;
using glossa::TensorPlan;

namespace {

std::span<const std::byte> bytes(const std::string& text) { return std::as_bytes(std::span<const char>(text)); }

std::size_t files_in(const std::filesystem::path& folder) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) count += entry.exists();
  return count;
}

const std::vector<TensorPlan> kPlan{{"a", DType::f32, {2, 2}}, {"b", DType::u8, {3}}};

}  // namespace

TEST_CASE("a file of every dtype and odd names is read back as it was written") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "m.safetensors";
  const DType types[] = {DType::f64, DType::f32, DType::f16, DType::bf16, DType::i64,
                         DType::i32, DType::i16, DType::i8,  DType::u8,   DType::boolean};
  std::vector<TensorPlan> plan;
  for (const DType type : types) plan.push_back({"tensor." + std::string(glossa::to_string(type)), type, {3, 1}});
  plan.push_back({"", DType::f32, {}});  // a scalar without a name
  plan.push_back({"\"quotes\\\n\t\x01 über 猫", DType::i8, {5}});
  plan.push_back({"nothing", DType::f64, {4, 0, 2}});
  std::string all;
  {
    SafetensorsWriter writer(path, plan, {{"format", "pt"}, {"who", "a \"test\""}});
    for (const TensorPlan& tensor : plan) {
      std::size_t size = glossa::size_of(tensor.type);
      for (const std::size_t n : tensor.shape) size *= n;
      std::string data;
      for (std::size_t i = 0; i < size; ++i) data.push_back(static_cast<char>(all.size() + i));
      writer.write(bytes(data.substr(0, size / 3)));  // in pieces
      writer.write(bytes(data.substr(size / 3)));
      all += data;
    }
    CHECK_FALSE(std::filesystem::exists(path));
    writer.finish();
  }
  CHECK(files_in(folder.path()) == 1);
  const glossa::SafetensorsFile file(path);
  CHECK(file.metadata().at("format") == "pt");
  CHECK(file.metadata().at("who") == "a \"test\"");
  REQUIRE(file.tensors().size() == plan.size());
  std::string read;
  for (const TensorPlan& tensor : plan) {
    INFO(tensor.name);
    const glossa::TensorView view = file.view(tensor.name);
    CHECK(view.type == tensor.type);
    CHECK(view.shape == tensor.shape);
    read.append(reinterpret_cast<const char*>(view.bytes.data()), view.bytes.size());
  }
  CHECK(read == all);
  CHECK(file.find("tensor.F64")->begin % 8 == 0);  // the data starts aligned
}

TEST_CASE("no tensors and no metadata make a file too") {
  const test::TemporaryFolder folder;
  SafetensorsWriter writer(folder.path() / "m.safetensors", {}, {});
  writer.finish();
  const glossa::SafetensorsFile file(folder.path() / "m.safetensors");
  CHECK(file.tensors().empty());
  CHECK(file.metadata().empty());
}

TEST_CASE("a writer given too little or too much data says so and leaves the old file alone") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "m.safetensors";
  test::write_file(path, "old");
  {
    SafetensorsWriter writer(path, kPlan);
    writer.write(bytes(std::string(18, 'x')));
    const Error too_little = test::error_of([&] { writer.finish(); });
    CHECK(too_little.file() == path.string());
    CHECK(too_little.facts().problem == "less data than planned");
    CHECK(test::read_file(path) == "old");
    writer.write(bytes("y"));  // what was missing can still come
    const Error too_much = test::error_of([&] { writer.write(bytes("z")); });
    CHECK(too_much.file() == path.string());
    CHECK(test::says(too_much, "more data"));
  }
  CHECK(test::read_file(path) == "old");
  {
    SafetensorsWriter writer(path, kPlan);
    CHECK_THROWS_AS(writer.write(bytes(std::string(20, 'x'))), Error);
  }
  CHECK(test::read_file(path) == "old");
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("a writer that is abandoned leaves the old file and nothing else") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "m.safetensors";
  test::write_file(path, "old");
  {
    SafetensorsWriter writer(path, kPlan);
    writer.write(bytes(std::string(19, 'x')));
  }
  CHECK(test::read_file(path) == "old");
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("a finished writer takes nothing more") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "m.safetensors";
  SafetensorsWriter writer(path, {{"a", DType::u8, {1}}});
  writer.write(bytes("x"));
  writer.finish();
  CHECK_THROWS_AS(writer.finish(), Error);
  CHECK_THROWS_AS(writer.write(bytes("y")), Error);
  writer.write({});
  const glossa::SafetensorsFile file(path);
  CHECK(file.find("a") != nullptr);
}

TEST_CASE("plans that no file can have are refused by the tensor's name") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "m.safetensors";
  const std::pair<const char*, std::vector<TensorPlan>> cases[] = {
      {"__metadata__", {{"__metadata__", DType::f32, {1}}}},
      {"twice", {{"twice", DType::f32, {1}}, {"other", DType::f32, {1}}, {"twice", DType::f32, {1}}}},
      {"huge", {{"huge", DType::f32, {std::size_t{1} << 40, std::size_t{1} << 40}}}},
      {"sum", {{"first", DType::u8, {SIZE_MAX / 2}}, {"sum", DType::u8, {SIZE_MAX / 2}}}},
      {"\xFF", {{"\xFF", DType::f32, {1}}}},
  };
  for (const auto& [field, plan] : cases) {
    INFO(field);
    const Error error = test::error_of([&, &tensors = plan] { SafetensorsWriter writer(path, tensors); });
    CHECK(error.kind() == glossa::ErrorKind::invalid_argument);
    CHECK(error.file() == path.string());
    CHECK(error.field() == field);
  }
  CHECK_THROWS_AS(SafetensorsWriter(path, {}, {{"key", "\xFF"}}), Error);
  CHECK_THROWS_AS(SafetensorsWriter(path, {}, {{"\xFF", "value"}}), Error);
  CHECK(files_in(folder.path()) == 0);
}

TEST_CASE("a folder that is not there is an error with the file's name") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "none" / "m.safetensors";
  const Error error = test::error_of([&] { SafetensorsWriter writer(path, kPlan); });
  CHECK(error.kind() == glossa::ErrorKind::io);
  CHECK(error.file() == path.string());
}
