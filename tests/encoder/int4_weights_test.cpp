// Weights written as 4-bit blocks give the vectors that they give when they are rounded at load; damaged ones are
// refused by name.
#include "quantized_pair.hpp"

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
using test::cosine;
using test::damage;
using test::edit_header;
using test::some_texts;
using test::states;

constexpr glossa::CpuLevel kLevel = test::kPortable;
using Pair = test::QuantizedPair<WeightForm::int4>;
constexpr const char* kFamilies[] = {"multilingual-e5-small", "multilingual-e5-base", "e5-base-v2"};

}  // namespace

TEST_CASE("mapped 4-bit weights are those that were written, and give the vectors of weights rounded at load") {
  for (const char* family : kFamilies) {
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
        const glossa::detail::Encoder<float> rounded(plain, pair.config, level, WeightForm::int4);
        const glossa::detail::Encoder<float> from_file(small, pair.config, level, WeightForm::int4);
        const auto at_load = states(rounded);
        const auto mapped = states(from_file);
        CHECK(cosine(at_load, exact) > 0.97);
        CHECK(cosine(mapped, at_load) > 0.98);  // word vectors are rounded as well
      }
    }
  }
}

TEST_CASE("weights rounded with calibration are written whole for every family") {
  for (const char* family : kFamilies) {
    DYNAMIC_SECTION(family) {
      const Pair pair(family, some_texts());
      const glossa::detail::Encoder<float> full(Weights(pair.plain.path()), pair.config, kLevel);
      const glossa::detail::Encoder<float> small(Weights(pair.small.path()), pair.config, kLevel, WeightForm::int4);
      CHECK(cosine(states(small), states(full)) > 0.97);
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
  const Error error = pair.refused();
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
    const Error error = pair.refused();
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
    const Error error = pair.refused();
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.field() == wide);
    CHECK(error.facts().expected.starts_with("U8 ["));
    CHECK(error.facts().found.starts_with("I8 ["));
  }
  SECTION("another type of the words' scales") {
    edit_header(pair.file(), "\"" + words + "_scale\":{\"dtype\":\"F16\"",
                "\"" + words + "_scale\":{\"dtype\":\"I16\"");
    CHECK(pair.refused().field() == words + "_scale");
  }
  SECTION("a missing tensor") {
    std::string other = wide;
    other[0] = 'x';
    edit_header(pair.file(), "\"" + wide + "\":", "\"" + other + "\":");
    const Error error = pair.refused();
    CHECK(error.kind() == ErrorKind::not_found);
    CHECK(error.field() == wide);
  }
}

TEST_CASE("every cut of a file of 4-bit weights is refused, and none is read behind its end") {
  const Pair pair;
  const std::string whole = test::read_file(pair.file());
  for (std::size_t size = 0; size < whole.size(); size += 1 + whole.size() / 97) {
    test::write_file(pair.file(), whole.substr(0, size));
    CHECK(pair.refused().kind() == ErrorKind::corrupt_file);
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
