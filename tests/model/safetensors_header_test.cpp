// The rules of the safetensors header, one by one: what breaks one is refused with the tensor's name.
#include "catch.hpp"
#include "error_of.hpp"
#include "small_files.hpp"

#include <glossa/model/safetensors_header.hpp>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

using glossa::Error;
using glossa::ErrorKind;

namespace {

glossa::detail::SafetensorsHeader parse(std::string_view json, std::uint64_t data_bytes) {
  return glossa::detail::parse_safetensors_header(json, "m.safetensors", 1000, 1000 + data_bytes);
}

struct Bad {
  const char* what;
  std::string header;
  std::uint64_t data;
  const char* field;
  ErrorKind kind = ErrorKind::corrupt_file;
};

/// A header of one tensor "a" of eight bytes, with a part exchanged.
std::string tensor_a(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"a":{"dtype":)" + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}";
}

void refuses_each(const std::vector<Bad>& cases) {
  for (const Bad& bad : cases) {
    INFO(bad.what << ": " << bad.header);
    const Error error = test::error_of([&] { (void)parse(bad.header, bad.data); });
    INFO(error.what());
    CHECK(error.kind() == bad.kind);
    CHECK(error.file() == "m.safetensors");
    CHECK(error.field() == bad.field);
    CHECK((!error.field().empty() || test::says(error, ", byte ")));  // where the JSON breaks off
  }
}

const std::string kA = R"("a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]})";

}  // namespace

TEST_CASE("a header that is no JSON object is refused") {
  refuses_each({
      {"empty", "", 0, "header"},
      {"a space first", " {}", 0, "header"},
      {"a byte order mark first", "\xEF\xBB\xBF{}", 0, "header"},
      {"an array", "[]", 0, "header"},
      {"a string", "\"{}\"", 0, "header"},
      {"cut", "{" + kA, 8, ""},
      {"a comma too many", "{" + kA + ",}", 8, ""},
      {"something behind it", "{" + kA + "}{}", 8, ""},
      {"a comment", "{/**/" + kA + "}", 8, ""},
      {"a NUL behind it", std::string("{}\0", 3), 0, ""},
      {"a lone surrogate", R"({"\ud800":{}})", 0, ""},
      {"a byte that is not UTF-8", "{\"\xFF\":{}}", 0, ""},
      {"a number beyond double", tensor_a("\"F32\"", "[1e999]", "[0,8]"), 8, ""},
  });
}

TEST_CASE("a tensor's entry has its three fields, once each, and nothing else") {
  refuses_each({
      {"no dtype", R"({"a":{"shape":[2],"data_offsets":[0,8]}})", 8, "a.dtype"},
      {"no shape", R"({"a":{"dtype":"F32","data_offsets":[0,8]}})", 8, "a.shape"},
      {"no data_offsets", R"({"a":{"dtype":"F32","shape":[2]}})", 8, "a.data_offsets"},
      {"nothing", R"({"a":{}})", 0, "a.dtype"},
      {"an unknown key", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"stride":[1]}})", 8, "a.stride"},
      {"a key in capitals", R"({"a":{"DType":"F32","shape":[2],"data_offsets":[0,8]}})", 8, "a.DType"},
      {"dtype twice", R"({"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 8, "a.dtype"},
      {"shape twice", R"({"a":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}})", 8, "a.shape"},
      {"data_offsets twice", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"data_offsets":[0,8]}})", 8,
       "a.data_offsets"},
      {"the tensor twice", "{" + kA + "," + kA + "}", 8, "a"},
      {"a number for a tensor", R"({"a":1})", 0, "a"},
      {"null for a tensor", R"({"a":null})", 0, "a"},
      {"an array for a tensor", R"({"a":[]})", 0, "a"},
      {"a string for a tensor", R"({"a":"F32"})", 0, "a"},
      {"an object inside", R"({"a":{"dtype":{"F32":1},"shape":[2],"data_offsets":[0,8]}})", 8, "a.dtype"},
  });
}

TEST_CASE("dtype, shape and data_offsets have their types") {
  refuses_each({
      {"an unknown dtype", tensor_a("\"F8_E9M9\"", "[8]", "[0,8]"), 8, "a.dtype", ErrorKind::unsupported},
      {"a dtype in small letters", tensor_a("\"f32\"", "[2]", "[0,8]"), 8, "a.dtype", ErrorKind::unsupported},
      {"an empty dtype", tensor_a("\"\"", "[2]", "[0,8]"), 8, "a.dtype", ErrorKind::unsupported},
      {"a number as dtype", tensor_a("32", "[2]", "[0,8]"), 8, "a.dtype"},
      {"an array as dtype", tensor_a("[\"F32\"]", "[2]", "[0,8]"), 8, "a.dtype"},
      {"null as dtype", tensor_a("null", "[2]", "[0,8]"), 8, "a.dtype"},
      {"a number as shape", tensor_a("\"F32\"", "2", "[0,8]"), 8, "a.shape"},
      {"a string in the shape", tensor_a("\"F32\"", "[\"2\"]", "[0,8]"), 8, "a.shape"},
      {"a negative size", tensor_a("\"F32\"", "[-2]", "[0,8]"), 8, "a.shape"},
      {"minus zero", tensor_a("\"F32\"", "[-0]", "[0,0]"), 0, "a.shape"},
      {"a fraction", tensor_a("\"F32\"", "[2.0]", "[0,8]"), 8, "a.shape"},
      {"an exponent", tensor_a("\"F32\"", "[2e0]", "[0,8]"), 8, "a.shape"},
      {"2^64", tensor_a("\"F32\"", "[18446744073709551616]", "[0,8]"), 8, "a.shape"},
      {"a nested array", tensor_a("\"F32\"", "[[2]]", "[0,8]"), 8, "a.shape"},
      {"an F4 that ends inside a byte", tensor_a("\"F4\"", "[3]", "[0,2]"), 2, "a.shape"},
      {"an F6 that ends inside a byte", tensor_a("\"F6_E2M3\"", "[5]", "[0,4]"), 4, "a.shape"},
      {"true in the shape", tensor_a("\"F32\"", "[true]", "[0,8]"), 8, "a.shape"},
      {"one offset", tensor_a("\"F32\"", "[2]", "[0]"), 8, "a.data_offsets"},
      {"no offset", tensor_a("\"F32\"", "[2]", "[]"), 8, "a.data_offsets"},
      {"three offsets", tensor_a("\"F32\"", "[2]", "[0,8,8]"), 8, "a.data_offsets"},
      {"a negative offset", tensor_a("\"F32\"", "[2]", "[-8,0]"), 8, "a.data_offsets"},
      {"offsets with fractions", tensor_a("\"F32\"", "[2]", "[0.0,8.0]"), 8, "a.data_offsets"},
  });
}

TEST_CASE("sizes that overflow or do not fit the range are refused") {
  const std::string most = "18446744073709551615";
  refuses_each({
      {"shape times shape", tensor_a("\"U8\"", "[4294967296,4294967296]", "[0,8]"), 8, "a.shape"},
      {"shape times dtype", tensor_a("\"F64\"", "[2305843009213693952]", "[0,8]"), 8, "a.shape"},
      {"wraps around to the range", tensor_a("\"F32\"", "[4611686018427387906]", "[0,8]"), 8, "a.shape"},
      {"overflows before a zero", tensor_a("\"F32\"", "[" + most + "," + most + ",0]", "[0,0]"), 0, "a.shape"},
      {"ends before it begins", tensor_a("\"F32\"", "[2]", "[8,0]"), 8, "a.data_offsets"},
      {"an end of 2^64 - 1", tensor_a("\"F32\"", "[2]", "[0," + most + "]"), 8, "a.data_offsets"},
      {"a beginning of 2^64 - 9", tensor_a("\"F32\"", "[2]", "[18446744073709551607," + most + "]"), 8,
       "a.data_offsets"},
      {"a range too short", tensor_a("\"F32\"", "[2]", "[0,4]"), 4, "a.data_offsets"},
      {"a range too long", tensor_a("\"F32\"", "[2]", "[0,12]"), 12, "a.data_offsets"},
      {"a range for nothing", tensor_a("\"F32\"", "[0]", "[0,8]"), 8, "a.data_offsets"},
      {"data longer than the header says", "{" + kA + "}", 9, "header"},
      {"data shorter than the header says", "{" + kA + "}", 7, "header"},
      {"data without tensors", "{}", 1, "header"},
  });
}

TEST_CASE("tensors cover the data without hole or overlap") {
  const auto b = [](const char* range) {
    return std::string(R"(,"b":{"dtype":"F32","shape":[2],"data_offsets":[)") + range + "]}}";
  };
  refuses_each({
      {"overlap", "{" + kA + b("4,12"), 12, "b.data_offsets"},
      {"the same range", "{" + kA + b("0,8"), 8, "b.data_offsets"},
      {"a hole", "{" + kA + b("12,20"), 20, "b.data_offsets"},
      {"a hole at the start", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})", 12, "a.data_offsets"},
      {"an empty tensor inside another", "{" + kA + R"(,"b":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}})", 8,
       "b.data_offsets"},
      {"an empty tensor behind the end", "{" + kA + R"(,"b":{"dtype":"F32","shape":[0],"data_offsets":[16,16]}})", 8,
       "b.data_offsets"},
  });
}

TEST_CASE("metadata are strings under keys that stand there once") {
  refuses_each({
      {"a number", R"({"__metadata__":{"a":1}})", 0, "__metadata__.a"},
      {"an object", R"({"__metadata__":{"a":{}}})", 0, "__metadata__.a"},
      {"null", R"({"__metadata__":{"a":null}})", 0, "__metadata__.a"},
      {"an array instead", R"({"__metadata__":[]})", 0, "__metadata__"},
      {"a key twice", R"({"__metadata__":{"a":"1","a":"1"}})", 0, "__metadata__.a"},
      {"the object twice", R"({"__metadata__":{},"__metadata__":{}})", 0, "__metadata__"},
  });
}

TEST_CASE("headers that keep the rules are read, whatever the order of their entries") {
  const auto header =
      parse(R"({"z":{"shape":[2,1],"data_offsets":[8,16],"dtype":"F32"},"__metadata__":{"x":"ü","y":""},)"
            R"("e":{"dtype":"F64","shape":[3,0],"data_offsets":[8,8]},)"
            R"("a":{"data_offsets":[0,8],"dtype":"I64","shape":[]},)"
            R"("end":{"dtype":"BOOL","shape":[0,18446744073709551615],"data_offsets":[16,16]}}    )",
            16);
  CHECK(header.tensors.size() == 4);
  CHECK(header.metadata.at("x") == "ü");
  CHECK(header.metadata.at("y").empty());
  const glossa::TensorInfo& z = header.tensors.at("z");
  CHECK(z.type == glossa::DType::f32);
  CHECK(z.shape == glossa::Shape{2, 1});
  CHECK(z.begin == 1008);  // from the start of the file
  CHECK(z.end == 1016);
  CHECK(header.tensors.at("a").shape.empty());
  CHECK(header.tensors.at("e").begin == header.tensors.at("e").end);
  CHECK(parse("{}", 0).tensors.empty());
  CHECK(parse("{}   \n", 0).tensors.empty());
  CHECK(parse(R"({"":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", 1).tensors.contains(""));
}

TEST_CASE("every dtype of the format is read with its size") {
  const std::pair<const char*, std::uint64_t> types[] = {
      {"F64", 64}, {"F32", 32},    {"F16", 16},    {"BF16", 16},      {"I64", 64},    {"I32", 32},
      {"I16", 16}, {"I8", 8},      {"U8", 8},      {"BOOL", 8},       {"U64", 64},    {"U32", 32},
      {"U16", 16}, {"C64", 64},    {"F8_E4M3", 8}, {"F8_E5M2", 8},    {"F8_E8M0", 8}, {"F8_E4M3FNUZ", 8},
      {"F4", 4},   {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"F8_E5M2FNUZ", 8}};
  CHECK(std::size(types) == std::size(glossa::detail::kDTypes));
  for (const auto& [name, bits] : types) {
    INFO(name);
    const std::string offsets = std::string("[0,") + std::to_string(bits) + "]";
    const auto header = parse(tensor_a(std::string("\"") + name + "\"", "[4,2]", offsets), bits);
    CHECK(glossa::to_string(header.tensors.at("a").type) == name);
    CHECK(glossa::bits_of(header.tensors.at("a").type) == bits);
    CHECK(glossa::size_of(header.tensors.at("a").type) == std::max<std::uint64_t>(1, bits / 8));
  }
}

TEST_CASE("a tensor may have any number of dimensions") {
  CHECK(parse(tensor_a("\"F32\"", "[2,1,1,1,1,1,1,1,1]", "[0,8]"), 8).tensors.at("a").shape.size() == 9);
  std::string many = "[2";
  for (int i = 1; i < 1000; ++i) many += ",1";
  CHECK(parse(tensor_a("\"F32\"", many + "]", "[0,8]"), 8).tensors.at("a").shape.size() == 1000);
}

TEST_CASE("an error about a dtype names it and says what to do") {
  const Error error = test::error_of([] { (void)parse(tensor_a("\"F3\"", "[8]", "[0,8]"), 8); });
  CHECK(error.facts().found == "F3");
  CHECK_FALSE(error.facts().remedy.empty());
}
