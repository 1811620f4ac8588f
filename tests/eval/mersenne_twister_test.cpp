// Draws, against NumPy's legacy generator and Python's own.
#include "error_of.hpp"
#include "metric_goldens.hpp"

#include <glossa/eval/mersenne_twister.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace {

using Indices = std::vector<std::size_t>;

/// Numbers that order counts for, in one.
std::uint64_t checksum(const Indices& values) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) sum += (i + 1) * values[i];
  return sum;
}

Indices first(const Indices& values, std::size_t count) {
  return {values.begin(), values.begin() + static_cast<std::ptrdiff_t>(std::min(count, values.size()))};
}

}  // namespace

TEST_CASE("lists are shuffled as NumPy's RandomState(42) shuffles them, and again", "[golden]") {
  int cases = 0;
  for (const auto& one : test::metric_goldens("draws/shuffles")) {
    INFO("case " << cases++);
    Indices items(one.at("count").get<std::size_t>());
    std::iota(items.begin(), items.end(), std::size_t{0});
    glossa::NumpyLegacyShuffle shuffle(42);
    shuffle(items);
    CHECK(first(items, 12) == one.at("once").get<Indices>());
    CHECK(checksum(items) == one.at("checksums")[0].get<std::uint64_t>());
    shuffle(items);
    CHECK(first(items, 12) == one.at("twice").get<Indices>());
    CHECK(checksum(items) == one.at("checksums")[1].get<std::uint64_t>());
  }
  CHECK(cases == 6);
}

TEST_CASE("random() and randrange() are Python's, for seeds and ranges of 32 and 64 bits", "[golden]") {
  int cases = 0;
  for (const auto& one : test::metric_goldens("draws/python")) {
    ++cases;
    glossa::PythonRandom random(one.at("seed").get<std::uint64_t>());
    INFO("seed " << one.at("seed"));
    for (const auto& expected : one.at("random")) CHECK(random.random() == expected.get<double>());
    for (const auto& drawn : one.at("below"))
      CHECK(random.below(drawn[0].get<std::uint64_t>()) == drawn[1].get<std::uint64_t>());
  }
  CHECK(cases == 5);
}

TEST_CASE("sample() and choices() are Python's, from lists and from sets", "[golden]") {
  const auto golden = test::metric_goldens("draws");
  glossa::PythonRandom random(42);
  for (const auto& one : golden.at("samples")) {
    const Indices drawn = random.sample(one.at("count").get<std::size_t>(), one.at("wanted").get<std::size_t>());
    INFO(one.at("wanted") << " of " << one.at("count"));
    CHECK(first(drawn, 30) == one.at("drawn").get<Indices>());
    CHECK(checksum(drawn) == one.at("checksum").get<std::uint64_t>());
  }
  const Indices drawn = random.choices(1004, 16384);
  CHECK(first(drawn, 12) == golden.at("choices").at("drawn").get<Indices>());
  CHECK(checksum(drawn) == golden.at("choices").at("checksum").get<std::uint64_t>());
}

TEST_CASE("nothing is drawn from nothing") {
  glossa::PythonRandom random(1);
  CHECK(random.choices(0, 0).empty());
  CHECK(test::error_of([&] { (void)random.choices(0, 1); }).field() == "wanted");
  CHECK(test::error_of([&] { (void)random.sample(3, 4); }).field() == "wanted");
  CHECK(test::error_of([&] { (void)random.below(0); }).field() == "count");
}
