// Weights written as 4-bit blocks give the vectors that they give when they are rounded at load; damaged ones are
// refused by name.
#include "catch.hpp"
#include "error_of.hpp"
#include "paths.hpp"
#include "random_model.hpp"

#include <glossa/encoder/encoder.hpp>
#include <glossa/encoder/int4_rounding.hpp>
#include <glossa/encoder/int8_writer.hpp>
#include <glossa/model/encoder_config_reader.hpp>
#include <glossa/model/weights.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

namespace {

using glossa::Error;
using glossa::ErrorKind;
using glossa::Weights;
using glossa::detail::Int4Matrix;
using glossa::detail::kInt4Block;
using glossa::detail::WeightForm;

constexpr glossa::CpuLevel kLevel = glossa::CpuLevel::portable;
const std::vector<std::string> kFamilies = {"multilingual-e5-small", "multilingual-e5-base", "e5-base-v2"};

glossa::RaggedBatch some_texts() {
  glossa::RaggedBatch batch;
  batch.add(std::vector<glossa::TokenId>{0, 5, 6, 7, 2});
  batch.add(std::vector<glossa::TokenId>{0, 2});
  return batch;
}

/// A family's folder, and beside it one with its weights as 4-bit blocks.
struct Pair {
  explicit Pair(const std::string& family = "multilingual-e5-small", const glossa::RaggedBatch& texts = {}) {
    test::write_family(plain.path(), test::family(family));
    config = glossa::read_encoder_config(plain.path());
    glossa::detail::write_int4_weights(Weights(plain.path()), config, texts, file(), [] {});
  }
  [[nodiscard]] std::filesystem::path file() const { return small.path() / "model.safetensors"; }

  test::TemporaryFolder plain;
  test::TemporaryFolder small;
  glossa::EncoderConfig config;
};

std::vector<float> states(const glossa::detail::Encoder<float>& encoder) {
  glossa::detail::EncoderScratch<float> scratch;
  const glossa::RaggedBatch batch = some_texts();
  const float* hidden = encoder.apply(batch, scratch);
  return {hidden, hidden + batch.tokens() * encoder.stride()};
}

double cosine(const std::vector<float>& a, const std::vector<float>& b) {
  double dot = 0;
  double own = 0;
  double other = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    dot += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    own += static_cast<double>(a[i]) * static_cast<double>(a[i]);
    other += static_cast<double>(b[i]) * static_cast<double>(b[i]);
  }
  return dot / std::sqrt(own * other);
}

/// Replaces the tensor's first bytes.
void damage(const std::filesystem::path& path, const std::string& tensor, const std::string& bytes) {
  std::uint64_t begin = 0;
  {
    const glossa::SafetensorsFile file(path);
    const glossa::TensorInfo* info = file.find(tensor);
    REQUIRE(info != nullptr);
    begin = info->begin;
  }
  std::string content = test::read_file(path);
  content.replace(static_cast<std::size_t>(begin), bytes.size(), bytes);
  test::write_file(path, content);
}

/// Replaces text in the header by one of the same length.
void edit_header(const std::filesystem::path& path, const std::string& from, const std::string& to) {
  std::string content = test::read_file(path);
  const std::size_t at = content.find(from);
  REQUIRE(at != std::string::npos);
  REQUIRE(from.size() == to.size());
  content.replace(at, from.size(), to);
  test::write_file(path, content);
}

Error refused(const Pair& pair) {
  return test::error_of([&] {
    const glossa::detail::Encoder<float> encoder(Weights(pair.small.path()), pair.config, kLevel, WeightForm::int4);
  });
}

}  // namespace

TEST_CASE("mapped 4-bit weights are those that were written, and give the vectors of weights rounded at load") {
  for (const std::string& family : kFamilies) {
    DYNAMIC_SECTION(family) {
      const Pair pair(family);
      const Weights plain(pair.plain.path());
      const Weights small(pair.small.path());
      CHECK(glossa::detail::stored_form(small) == WeightForm::int4);
      for (std::size_t i = 0; i < pair.config.layers; ++i) {
        const glossa::detail::LayerNames names(pair.config, i);
        for (const auto* linear : names.linears()) {
          const Int4Matrix made = glossa::detail::round_to_int4(plain, *linear);
          const Int4Matrix mapped = glossa::detail::map_int4(small, *linear);
          CHECK(std::ranges::equal(made.values(), mapped.values()));
          CHECK(made.scales() == mapped.scales());
        }
      }
      const glossa::detail::Encoder<float> full(plain, pair.config, kLevel);
      const auto exact = states(full);
      for (const glossa::CpuLevel level : glossa::supported_levels()) {
        INFO(to_string(level));
        const auto at_load = states({plain, pair.config, level, WeightForm::int4});
        const auto mapped = states({small, pair.config, level, WeightForm::int4});
        if (at_load.size() != exact.size()) continue;  // another stride
        CHECK(cosine(at_load, exact) > 0.97);
        CHECK(cosine(mapped, at_load) > 0.98);  // word vectors are rounded as well
      }
    }
  }
}

TEST_CASE("weights rounded with calibration are written whole for every family") {
  for (const std::string& family : kFamilies) {
    DYNAMIC_SECTION(family) {
      const Pair pair(family, some_texts());
      const auto exact = states({Weights(pair.plain.path()), pair.config, kLevel});
      CHECK(cosine(states({Weights(pair.small.path()), pair.config, kLevel, WeightForm::int4}), exact) > 0.97);
    }
  }
}

TEST_CASE("a word's vector is its 4-bit numbers times their scales, in float and in double") {
  const Pair pair;
  const Weights small(pair.small.path());
  const glossa::detail::WordTable<float> exact(Weights(pair.plain.path()), pair.config);
  const glossa::detail::WordTable<float> rounded(small, pair.config);
  const glossa::detail::WordTable<double> twice(small, pair.config);
  const std::size_t size = pair.config.hidden_size;
  std::vector<float> a(size);
  std::vector<float> b(size);
  std::vector<double> c(size);
  for (glossa::TokenId id = 0; id < pair.config.vocab_size; ++id) {
    exact.read(id, a.data());
    rounded.read(id, b.data());
    twice.read(id, c.data());
    for (std::size_t k = 0; k < size; k += kInt4Block) {
      const std::size_t count = std::min(kInt4Block, size - k);
      const auto block = glossa::detail::round_to_int4({a.data() + k, count});
      for (std::size_t i = 0; i < count; ++i) {
        REQUIRE(b[k + i] == block.number(i));
        REQUIRE(c[k + i] == static_cast<double>(b[k + i]));
      }
    }
  }
}

TEST_CASE("4-bit weights that a later version may have made are refused, not guessed at") {
  const Pair pair;
  edit_header(pair.file(), "int4-1", "int4-9");
  const Error error = refused(pair);
  CHECK(error.kind() == ErrorKind::unsupported);
  CHECK(error.file() == pair.file().string());
  CHECK(error.field() == "__metadata__.glossa.weights");
  CHECK(error.facts().found == "int4-9");
}

TEST_CASE("4-bit weights of another shape or type, or with scales that are no numbers, are refused by tensor") {
  const Pair pair;
  const std::string wide = "encoder.layer.0.intermediate.dense.weight";
  const std::string words = "embeddings.word_embeddings.weight";
  const std::string infinity("\x00\x7c", 2);
  SECTION("a scale is infinite") {
    damage(pair.file(), wide + "_scale", infinity);
    const Error error = refused(pair);
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.file() == pair.file().string());
    CHECK(error.field() == wide + "_scale");
    CHECK(test::says(error, "element 0 is not a finite number"));
  }
  SECTION("a word's scale is infinite, which shows when the word is read") {
    damage(pair.file(), words + "_scale", infinity);
    const glossa::detail::WordTable<float> table(Weights(pair.small.path()), pair.config);
    std::vector<float> row(pair.config.hidden_size);
    const Error error = test::error_of([&] { table.read(0, row.data()); });
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.field() == words + "_scale");
    CHECK_NOTHROW(table.read(1, row.data()));
  }
  SECTION("another type") {
    edit_header(pair.file(), "\"" + wide + "\":{\"dtype\":\"U8\"", "\"" + wide + "\":{\"dtype\":\"I8\"");
    const Error error = refused(pair);
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.field() == wide);
    CHECK(error.facts().expected.starts_with("U8 ["));
    CHECK(error.facts().found.starts_with("I8 ["));
  }
  SECTION("another type of the words' scales") {
    edit_header(pair.file(), "\"" + words + "_scale\":{\"dtype\":\"F16\"",
                "\"" + words + "_scale\":{\"dtype\":\"I16\"");
    CHECK(refused(pair).field() == words + "_scale");
  }
  SECTION("a missing tensor") {
    std::string other = wide;
    other[0] = 'x';
    edit_header(pair.file(), "\"" + wide + "\":", "\"" + other + "\":");
    const Error error = refused(pair);
    CHECK(error.kind() == ErrorKind::not_found);
    CHECK(error.field() == wide);
  }
}

TEST_CASE("every cut of a file of 4-bit weights is refused, and none is read behind its end") {
  const Pair pair;
  const std::string whole = test::read_file(pair.file());
  for (std::size_t size = 0; size < whole.size(); size += 1 + whole.size() / 97) {
    test::write_file(pair.file(), whole.substr(0, size));
    CHECK(refused(pair).kind() == ErrorKind::corrupt_file);
  }
}

TEST_CASE(
    "weights that are quantized already are not rounded to 4 bits, and nothing is left when the writing is ended") {
  const Pair pair;
  test::TemporaryFolder other;
  const auto path = other.path() / "model.safetensors";
  const Error again = test::error_of(
      [&] { glossa::detail::write_int4_weights(Weights(pair.small.path()), pair.config, {}, path, [] {}); });
  CHECK(again.kind() == ErrorKind::unsupported);
  CHECK(again.file() == pair.file().string());
  int calls = 0;
  CHECK_THROWS_AS(glossa::detail::write_int4_weights(Weights(pair.plain.path()), pair.config, some_texts(), path,
                                                     [&] {
                                                       if (++calls == 3) throw std::runtime_error("enough");
                                                     }),
                  std::runtime_error);
  CHECK(std::filesystem::is_empty(other.path()));
}
