// Elements read as float or double equal those that a plain decoder gets from the tensor's bytes.
#include "catch.hpp"
#include "error_of.hpp"
#include "small_files.hpp"

#include <glossa/model/safetensors.hpp>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

using glossa::DType;
using glossa::SafetensorsFile;

namespace {

/// Half precision by its definition (IEEE 754-2008): 1 sign bit, 5 of exponent, 10 of fraction.
double half(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const double fraction = (bits & 1023) / 1024.0;
  const double sign = (bits & 0x8000) != 0 ? -1 : 1;
  if (exponent == 31) return fraction != 0 ? std::numeric_limits<double>::quiet_NaN() : sign * HUGE_VAL;
  return exponent == 0 ? sign * std::ldexp(fraction, -14) : sign * std::ldexp(1 + fraction, exponent - 15);
}

double bfloat16(std::uint16_t bits) {
  return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16));
}

template <class T>
bool same(T a, T b) {
  return std::isnan(a) ? std::isnan(b) : std::memcmp(&a, &b, sizeof a) == 0;  // tells -0 from 0
}

/// Writes a file with an odd number of bytes before the tensor "x", so that its elements are not aligned.
class OneTensor {
 public:
  OneTensor(const char* dtype, std::size_t count, const std::string& data) {
    const std::string end = std::to_string(1 + data.size());
    const std::string header = R"({"one":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"x":{"dtype":")" +
                               std::string(dtype) + R"(","shape":[)" + std::to_string(count) +
                               R"(],"data_offsets":[1,)" + end + "]}}";
    test::write_file(folder_.path() / "m.safetensors", test::safetensors_file(header, "?" + data));
  }
  [[nodiscard]] SafetensorsFile open() const { return SafetensorsFile(folder_.path() / "m.safetensors"); }

 private:
  test::TemporaryFolder folder_;
};

template <class T>
std::vector<T> read(const SafetensorsFile& file, std::size_t first, std::size_t count) {
  std::vector<T> values(count);
  file.read(*file.find("x"), first, count, values.data());
  return values;
}

}  // namespace

TEST_CASE("all 65536 numbers of 16 bits are read as float and as double") {
  std::string data;
  for (std::uint32_t i = 0; i < 65536; ++i) test::put(data, static_cast<std::uint16_t>(i));
  for (const char* type : {"F16", "BF16"}) {
    INFO(type);
    const OneTensor tensor(type, 65536, data);
    const SafetensorsFile file = tensor.open();
    const auto floats = read<float>(file, 0, 65536);
    const auto doubles = read<double>(file, 0, 65536);
    std::size_t right = 0;
    for (std::uint32_t i = 0; i < 65536; ++i) {
      const auto bits = static_cast<std::uint16_t>(i);
      const double expected = std::string(type) == "F16" ? half(bits) : bfloat16(bits);
      if (same(doubles[i], expected) && same(floats[i], static_cast<float>(expected))) ++right;
    }
    CHECK(right == 65536);
  }
}

TEST_CASE("F32 and F64 are read as both, and only F64 to float rounds") {
  std::vector<double> numbers{0.0, -0.0, 1.0 / 3, -1e-310, 1e300, 5e-324, HUGE_VAL, -HUGE_VAL, 16777217.0};
  for (int i = 0; i < 5000; ++i) numbers.push_back(std::ldexp(std::sin(i), i % 200 - 100));  // more than a buffer holds
  std::string f64;
  std::string f32;
  for (const double x : numbers) {
    test::put(f64, x);
    test::put(f32, static_cast<float>(x));
  }
  const OneTensor wide("F64", numbers.size(), f64);
  const OneTensor narrow("F32", numbers.size(), f32);
  const auto a = read<double>(wide.open(), 0, numbers.size());
  const auto b = read<float>(wide.open(), 0, numbers.size());
  const auto c = read<double>(narrow.open(), 0, numbers.size());
  const auto d = read<float>(narrow.open(), 0, numbers.size());
  std::size_t right = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto rounded = static_cast<float>(numbers[i]);
    right += same(a[i], numbers[i]) && same(b[i], rounded) && same(c[i], static_cast<double>(rounded)) &&
             same(d[i], rounded);
  }
  CHECK(right == numbers.size());
}

TEST_CASE("any stretch of a tensor can be read, and equals what its view holds") {
  std::string data;
  for (std::uint16_t i = 0; i < 20000; ++i) test::put(data, i);
  const OneTensor tensor("BF16", 20000, data);
  const SafetensorsFile file = tensor.open();
  const glossa::TensorView view = file.view("x");
  REQUIRE(view.bytes.size() == 40000);
  std::size_t right = 0;
  std::size_t checked = 0;
  for (const std::size_t first : {0u, 1u, 8191u, 8192u, 8193u, 19999u, 20000u})
    for (const std::size_t count : {0u, 1u, 2u, 8191u, 8192u, 8193u, 20000u}) {
      if (first + count > 20000) continue;
      const auto values = read<double>(file, first, count);
      for (std::size_t i = 0; i < count; ++i) {
        std::uint16_t bits = 0;
        std::memcpy(&bits, view.bytes.data() + 2 * (first + i), 2);
        right += same(values[i], bfloat16(bits));
        ++checked;
      }
    }
  CHECK(checked > 100000);
  CHECK(right == checked);
}

TEST_CASE("reading past a tensor's end or a tensor of integers is an error, not the neighbour's bytes") {
  const OneTensor tensor("F32", 4, std::string(16, 'x'));
  const SafetensorsFile file = tensor.open();
  std::vector<float> out(8);
  const glossa::TensorInfo& x = *file.find("x");
  for (const auto& [first, count] :
       {std::pair<std::size_t, std::size_t>{0, 5}, {4, 1}, {5, 0}, {SIZE_MAX, 2}, {1, SIZE_MAX}})
    CHECK_THROWS_AS(file.read(x, first, count, out.data()), glossa::Error);
  const glossa::Error error = test::error_of([&] { file.read(*file.find("one"), 0, 1, out.data()); });
  CHECK(error.file() == file.name());
  CHECK(error.facts().found == "U8");
  CHECK(out == std::vector<float>(8, 0.0F));
}
