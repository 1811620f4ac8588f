// Weights written as 8-bit integers give the vectors that they give when they are quantized at load; damaged ones are
// refused by name.
#include "quantized_pair.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace {

using glossa::Error;
using glossa::ErrorKind;
using glossa::Weights;
using glossa::detail::WeightForm;
using test::cosine;
using test::damage;
using test::edit_header;
using test::some_texts;
using test::states;

constexpr glossa::CpuLevel kLevel = test::kPortable;
using Pair = test::QuantizedPair<WeightForm::int8>;

}  // namespace

TEST_CASE("mapped 8-bit weights are those that are quantized at load, and word vectors differ by their rounding") {
  for (const char* family : {"multilingual-e5-small", "multilingual-e5-base", "e5-base-v2"}) {
    DYNAMIC_SECTION(family) {
      const Pair pair(family);
      const Weights plain(pair.plain.path());
      const Weights small(pair.small.path());
      CHECK(glossa::detail::stored_form(plain) == WeightForm::full);
      CHECK(glossa::detail::stored_form(small) == WeightForm::int8);
      for (std::size_t i = 0; i < pair.config.layers; ++i) {
        const glossa::detail::LayerNames names(pair.config, i);
        for (const auto* linear : names.linears()) {
          const auto made = glossa::detail::quantize_linear(plain, *linear, nullptr);
          const auto mapped = glossa::detail::map_linear(small, *linear);
          CHECK(std::ranges::equal(made.matrix.values(), mapped.matrix.values()));
          CHECK(made.matrix.scales() == mapped.matrix.scales());
          CHECK(made.matrix.sums() == mapped.matrix.sums());
          CHECK(made.factors.empty());
          CHECK(made.correction.empty());
          CHECK(mapped.factors.empty());
        }
      }
      const glossa::detail::Encoder<float> at_load(plain, pair.config, kLevel, WeightForm::int8);
      const glossa::detail::Encoder<float> at_once(small, pair.config, kLevel, WeightForm::int8);
      CHECK(cosine(states(at_once), states(at_load)) > 0.999);
    }
  }
}

TEST_CASE("the biases take back what rounding the weights does to the mean of the inputs") {
  const Pair pair("multilingual-e5-small");
  const Weights plain(pair.plain.path());
  std::mt19937 random(5);
  std::normal_distribution<float> normal(0.5F);
  const glossa::detail::LayerNames names(pair.config, 0);
  glossa::detail::LayerStatistics statistics(names);
  for (const auto* linear : names.linears()) {
    const std::size_t rows = 7;
    std::vector<float> inputs(rows * linear->inputs);
    for (float& value : inputs) value = normal(random);
    statistics.of(*linear).add(inputs.data(), linear->inputs, rows);
    const auto made = glossa::detail::quantize_linear(plain, *linear, &statistics.of(*linear));
    const auto exact = glossa::detail::joined_weights(plain, *linear);
    for (std::size_t j = 0; j < linear->columns(); ++j) {
      double error = 0;  // of the mean result, in double and without the kernels
      for (std::size_t k = 0; k < linear->inputs; ++k) {
        double mean = 0;
        for (std::size_t r = 0; r < rows; ++r) mean += inputs[r * linear->inputs + k] / double(rows);
        const double factor = made.factors.empty() ? 1.0 : double(made.factors[k]);
        const std::size_t panel = j / 16 * 16 * made.matrix.depth() + k / 4 * 64 + j % 16 * 4 + k % 4;
        const double scale = double(made.matrix.scales()[k / glossa::detail::kInt8Group * made.matrix.columns() + j]);
        const double rounded = scale * made.matrix.values()[panel] * factor;
        error += (rounded - double(exact[j * linear->inputs + k])) * mean;
      }
      CHECK(error + double(made.correction[j]) == Approx(0).margin(1e-6));
    }
  }
}

TEST_CASE("weights smoothed for some texts are in the file what they are at load, and serve every level") {
  const Pair pair("multilingual-e5-small", some_texts());
  const Weights plain(pair.plain.path());
  const Weights small(pair.small.path());
  const glossa::RaggedBatch texts = some_texts();
  glossa::detail::CalibrationRun run(plain, pair.config, glossa::default_level(), texts);
  for (std::size_t i = 0; i < pair.config.layers; ++i) {
    const glossa::detail::LayerNames names(pair.config, i);
    const glossa::detail::LayerStatistics statistics = run.next_statistics();
    for (const auto* linear : names.linears()) {
      const auto made = glossa::detail::quantize_linear(plain, *linear, &statistics.of(*linear));
      const auto mapped = glossa::detail::map_linear(small, *linear);
      CHECK(std::ranges::equal(made.matrix.values(), mapped.matrix.values()));
      CHECK(made.matrix.scales() == mapped.matrix.scales());
      CHECK(made.matrix.sums() == mapped.matrix.sums());
      CHECK(made.factors == mapped.factors);
      CHECK(mapped.factors.empty() == (linear != &names.qkv && linear != &names.wide));
      REQUIRE(made.correction.size() == linear->columns());
      for (std::size_t part = 0; part < linear->parts.size(); ++part) {
        const std::string name = linear->parts[part] + ".bias";
        const auto before = plain.read<float>(name, {linear->outputs});
        const auto after = small.read<float>(name, {linear->outputs});
        for (std::size_t j = 0; j < before.size(); ++j)
          CHECK(after[j] == before[j] + made.correction[part * linear->outputs + j]);
      }
    }
  }
  const glossa::detail::Encoder<float> full(plain, pair.config, kLevel, WeightForm::full);
  const auto expected = states(full);
  for (const glossa::CpuLevel level : glossa::supported_levels()) {
    INFO(to_string(level));
    const glossa::detail::Encoder<float> at_load(plain, pair.config, level, WeightForm::int8, texts);
    const glossa::detail::Encoder<float> at_once(small, pair.config, level, WeightForm::int8);
    CHECK(cosine(states(at_load), expected) > 0.999);
    CHECK(cosine(states(at_once), expected) > 0.999);
  }
}

TEST_CASE("texts whose activations are no finite numbers are not taken as an example, and nothing is written") {
  const Pair pair;
  const auto plain = pair.plain.path() / "model.safetensors";
  damage(plain, "embeddings.word_embeddings.weight", std::string("\x00\x00\xC0\x7F", 4), 5 * 32 * 4);  // word 5: NaN
  test::TemporaryFolder other;
  const auto path = other.path() / "model.safetensors";
  const Weights weights(pair.plain.path());
  const Error written =
      test::error_of([&] { glossa::detail::write_int8_weights(weights, pair.config, some_texts(), path, [] {}); });
  CHECK(written.kind() == ErrorKind::numeric);
  CHECK(test::says(written, "calibration texts"));
  CHECK(std::filesystem::is_empty(other.path()));
  const Error loaded = test::error_of(
      [&] { const glossa::detail::Encoder<float> e(weights, pair.config, kLevel, WeightForm::int8, some_texts()); });
  CHECK(loaded.kind() == ErrorKind::numeric);
}

TEST_CASE("a word's vector is its integers times its groups' scales, in float and in double") {
  const Pair pair;
  const Weights plain(pair.plain.path());
  const Weights small(pair.small.path());
  const glossa::detail::WordTable<float> exact(plain, pair.config);
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
    for (std::size_t k = 0; k < size; ++k) {
      const std::size_t group = k - k % glossa::detail::kWordGroup;
      float most = 0;
      for (std::size_t i = group; i < std::min(size, group + glossa::detail::kWordGroup); ++i)
        most = std::max(most, std::fabs(a[i]));
      // Half a step, of a scale that is rounded up to a bfloat16 number.
      CHECK(std::fabs(a[k] - b[k]) <= most / 127 * 0.5001F * (1 + 1.0F / 128));
      CHECK(std::fabs(c[k] - static_cast<double>(b[k])) <= static_cast<double>(most) * 1e-6);
    }
  }
}

TEST_CASE("8-bit weights that a later version may have made are refused, not guessed at") {
  const Pair pair;
  edit_header(pair.file(), "int8-2", "int8-3");
  const Error error = pair.refused();
  CHECK(error.kind() == ErrorKind::unsupported);
  CHECK(error.file() == pair.file().string());
  CHECK(error.field() == "__metadata__.glossa.weights");
  CHECK(error.facts().found == "int8-3");
  CHECK(error.facts().expected == "int8-2 or int4-1");
}

TEST_CASE("8-bit weights of another shape or type, or with scales that are no numbers, are refused by tensor") {
  const Pair pair;
  const std::string wide = "encoder.layer.0.intermediate.dense.weight";
  SECTION("a scale is NaN") {
    const float bad = std::numeric_limits<float>::quiet_NaN();
    damage(pair.file(), wide + "_scale", std::string(reinterpret_cast<const char*>(&bad), sizeof bad));
    const Error error = pair.refused();
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.field() == wide + "_scale");
    CHECK(test::says(error, "element 0 is not a finite number"));
  }
  SECTION("a word's scale is NaN, which shows when the word is read") {
    const std::string words = "embeddings.word_embeddings.weight_scale";
    damage(pair.file(), words, std::string("\xC0\x7F", 2), 2);  // that of word 1: there is one group a word
    const glossa::detail::WordTable<float> table(Weights(pair.small.path()), pair.config);
    std::vector<float> row(pair.config.hidden_size);
    CHECK_NOTHROW(table.read(0, row.data()));
    const Error error = test::error_of([&] { table.read(1, row.data()); });
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.file() == pair.file().string());
    CHECK(error.field() == words);
    CHECK(test::says(error, "element 1 is not a finite number"));
  }
  SECTION("a sum that no group of integers can have") {
    damage(pair.file(), wide + "_sum", std::string("\x00\x7F", 2), 6);
    const Error error = pair.refused();
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.field() == wide + "_sum");
    CHECK(error.facts().found == "32512");
    CHECK(test::says(error, "element 3 is no sum of a group"));
  }
  SECTION("another type") {
    edit_header(pair.file(), "\"" + wide + "\":{\"dtype\":\"I8\"", "\"" + wide + "\":{\"dtype\":\"U8\"");
    const Error error = pair.refused();
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.field() == wide);
    CHECK(error.facts().expected.starts_with("I8 ["));
    CHECK(error.facts().found.starts_with("U8 ["));
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

TEST_CASE("every cut of a file of 8-bit weights is refused, and none is read behind its end") {
  const Pair pair;
  const std::string whole = test::read_file(pair.file());
  for (std::size_t size = 0; size < whole.size(); size += 1 + whole.size() / 97) {
    test::write_file(pair.file(), whole.substr(0, size));
    CHECK(pair.refused().kind() == ErrorKind::corrupt_file);
  }
}

TEST_CASE("8-bit weights are not quantized again, and nothing is written when the writing is ended") {
  const Pair pair;
  test::TemporaryFolder other;
  const auto path = other.path() / "model.safetensors";
  const Error again = test::error_of(
      [&] { glossa::detail::write_int8_weights(Weights(pair.small.path()), pair.config, {}, path, [] {}); });
  CHECK(again.kind() == ErrorKind::unsupported);
  CHECK(again.file() == pair.file().string());
  int calls = 0;
  CHECK_THROWS_AS(glossa::detail::write_int8_weights(Weights(pair.plain.path()), pair.config, {}, path,
                                                     [&] {
                                                       if (++calls == 3) throw std::runtime_error("enough");
                                                     }),
                  std::runtime_error);
  CHECK(std::filesystem::is_empty(other.path()));
}
