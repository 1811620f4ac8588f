// A safetensors file: the length before its header, views of its tensors, and many threads reading at once.
#include "catch.hpp"
#include "error_of.hpp"
#include "small_files.hpp"

#include <glossa/core/byte_source.hpp>
#include <glossa/model/safetensors.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using glossa::Error;
using glossa::ErrorKind;
using glossa::SafetensorsFile;

namespace {

/// The error that opening this path gives.
Error refused(const std::filesystem::path& path) {
  const Error error = test::error_of([&] { const SafetensorsFile file(path); });
  CHECK(error.file() == path.string());
  return error;
}

/// The error that opening a file of these bytes gives.
Error error_of(const std::string& bytes) {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "m.safetensors", bytes);
  return refused(folder.path() / "m.safetensors");
}

std::string with_length(std::uint64_t length, const std::string& rest) {
  std::string out;
  test::put(out, length);
  return out + rest;
}

/// Bytes that lie in no file.
class Bytes final : public glossa::detail::ByteSource {
 public:
  explicit Bytes(std::string bytes) : bytes_(std::move(bytes)) {}
  [[nodiscard]] const std::string& name() const noexcept override { return name_; }
  [[nodiscard]] std::uint64_t size() const noexcept override { return bytes_.size(); }
  void read(std::uint64_t offset, void* out, std::size_t count) const override {
    std::memcpy(out, bytes_.data() + offset, count);
  }

 private:
  std::string bytes_;
  std::string name_ = "made up";
};

std::string bytes_of(const glossa::TensorView& view) {
  return {reinterpret_cast<const char*>(view.bytes.data()), view.bytes.size()};
}

}  // namespace

TEST_CASE("the length before the header has to fit the file") {
  for (const std::size_t size : {0u, 1u, 7u}) CHECK(error_of(std::string(size, '\0')).field() == "header");
  CHECK(error_of(with_length(0, "")).field() == "header");  // no {
  CHECK(error_of(with_length(3, "{}")).facts().problem == "the header runs past the end of the file");
  CHECK(error_of(with_length(100'000'000, "{}")).facts().problem == "the header runs past the end of the file");
  CHECK(error_of(with_length(100'000'001, "{}")).facts().problem == "the header is too long");
  CHECK(error_of(with_length(UINT64_MAX, "{}")).facts().problem == "the header is too long");
  CHECK(error_of(with_length(UINT64_MAX - 7, "{}")).facts().problem == "the header is too long");
  CHECK(error_of(with_length(1, "{}")).kind() == ErrorKind::corrupt_file);
  CHECK(error_of(with_length(2, "{}x")).facts().problem == "the tensors' data does not end where the file ends");
}

TEST_CASE("a header of more than 100 MB is refused though the file has it") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "m.safetensors";
  test::write_file(path, with_length(100'000'001, "{}"));
  std::filesystem::resize_file(path, 8 + 100'000'001);  // a hole, not data
  CHECK(refused(path).facts().problem == "the header is too long");
}

TEST_CASE("a file that is missing or a folder is refused by name") {
  const test::TemporaryFolder folder;
  CHECK(refused(folder.path() / "no.safetensors").kind() == ErrorKind::not_found);
  CHECK(refused(folder.path()).kind() == ErrorKind::invalid_argument);
  CHECK(refused(folder.path() / std::string(5000, 'x')).kind() == ErrorKind::io);
}

TEST_CASE("spaces behind the header are allowed, as writers align the data with them") {
  const test::TemporaryFolder folder;
  const std::string header = R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}})";
  for (std::size_t spaces = 0; spaces < 9; ++spaces) {
    const auto path = folder.path() / std::to_string(spaces);
    test::write_file(path, test::safetensors_file(header + std::string(spaces, ' '), "xyz"));
    const SafetensorsFile file(path);
    CHECK(bytes_of(file.view("a")) == "xyz");
  }
}

TEST_CASE("views lie in one mapping, side by side, and hold the file's bytes") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "m.safetensors";
  const std::string header =
      R"({"c":{"dtype":"I32","shape":[1],"data_offsets":[9,13]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
      R"("none":{"dtype":"F64","shape":[0,7],"data_offsets":[13,13]},"b":{"dtype":"BOOL","shape":[1],"data_offsets":[8,9]},)"
      R"("scalar":{"dtype":"F16","shape":[],"data_offsets":[13,15]}})";
  test::write_file(path, test::safetensors_file(header, "AAAAaaaaBCCCCSs"));
  const SafetensorsFile file(path);
  CHECK(bytes_of(file.view("a")) == "AAAAaaaa");
  CHECK(bytes_of(file.view("b")) == "B");
  CHECK(bytes_of(file.view("c")) == "CCCC");
  CHECK(bytes_of(file.view("none")).empty());
  CHECK(bytes_of(file.view("scalar")) == "Ss");
  CHECK(file.view("scalar").shape.empty());
  CHECK(file.view("none").shape == glossa::Shape{0, 7});
  CHECK(file.view("a").type == glossa::DType::f32);
  CHECK(file.view("a").bytes.data() == file.view("a").bytes.data());  // no copy
  CHECK(file.view("b").bytes.data() == file.view("a").bytes.data() + 8);
  CHECK(file.view("c").bytes.data() == file.view("b").bytes.data() + 1);
  CHECK(file.find("nothing") == nullptr);
  const Error missing = test::error_of([&] { (void)file.view("nothing"); });
  CHECK(missing.kind() == ErrorKind::not_found);
  CHECK(missing.file() == path.string());
  CHECK(missing.field() == "nothing");
  // What is written into the file shows in a view that was there before: it is the file, not a copy.
  const glossa::TensorView before = file.view("a");
  std::fstream out(path, std::ios::in | std::ios::out | std::ios::binary);
  out.seekp(static_cast<std::streamoff>(8 + header.size()));
  out << "Z";
  out.close();
  CHECK(bytes_of(before) == "ZAAAaaaa");
}

TEST_CASE("a file of empty tensors only has views of no bytes") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "m.safetensors";
  test::write_file(path, test::safetensors_file(R"({"e":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}})", ""));
  const SafetensorsFile file(path);
  CHECK(file.view("e").bytes.empty());
  float nothing = 7;
  file.read(*file.find("e"), 0, 0, &nothing);
  CHECK(nothing == 7);
}

TEST_CASE("bytes that lie in no file are checked, read and viewed as a file's are") {
  const std::string header = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                             R"("b":{"dtype":"I8","shape":[3],"data_offsets":[8,11]}})";
  float numbers[2] = {1.5F, -2};
  std::string data(8, '\0');
  std::memcpy(data.data(), numbers, 8);
  const std::string bytes = test::safetensors_file(header, data + "xyz");
  const SafetensorsFile file(std::make_shared<const Bytes>(bytes));
  CHECK(file.name() == "made up");
  CHECK(file.bytes().size() == bytes.size());
  float read = 0;
  file.read(*file.find("a"), 1, 1, &read);
  CHECK(read == -2);
  CHECK(bytes_of(file.view("a")) == data);
  CHECK(bytes_of(file.view("b")) == "xyz");
  CHECK(file.view("b").bytes.data() == file.view("a").bytes.data() + 8);
  for (const std::string& damaged : {bytes.substr(0, 5), bytes.substr(0, bytes.size() - 1)}) {
    const Error error = test::error_of([&] { const SafetensorsFile refused(std::make_shared<const Bytes>(damaged)); });
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.file() == "made up");
  }
}

TEST_CASE("many threads read and view one file at once") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "m.safetensors";
  constexpr std::size_t kCount = 50000;
  test::write_random_weights(path, {{"a", {kCount}}, {"b", {kCount}}}, "", glossa::DType::bf16);
  const SafetensorsFile file(path);
  std::vector<float> expected(kCount);
  file.read(*file.find("b"), 0, kCount, expected.data());
  std::atomic<std::size_t> right{0};
  std::vector<std::thread> threads;
  const SafetensorsFile unmapped(path);  // its first views are asked for at the same time
  for (std::size_t t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      const std::byte* first = unmapped.view("a").bytes.data();
      for (std::size_t round = 0; round < 20; ++round) {
        const std::size_t begin = (t * 20 + round) * 97 % kCount;
        const std::size_t count = std::min<std::size_t>(kCount - begin, 10000 + round);
        std::vector<float> values(count);
        unmapped.read(*unmapped.find("b"), begin, count, values.data());
        const bool same =
            std::equal(values.begin(), values.end(), expected.begin() + static_cast<std::ptrdiff_t>(begin));
        if (same && unmapped.view("a").bytes.data() == first) ++right;
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(right == 160);
}
