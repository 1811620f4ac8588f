// A text's vector is the same, bit for bit, whatever it is embedded with, in which order and on how many threads.
#include "catch.hpp"
#include "small_model.hpp"

#include <glossa/glossa.hpp>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace {

constexpr glossa::Precision kPrecisions[] = {glossa::Precision::f32, glossa::Precision::bf16, glossa::Precision::int8,
                                             glossa::Precision::int4};

bool same_bits(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

/// Rows of `got`, row i belonging to text order[i], that differ from `expected`.
std::size_t differing(const glossa::Embeddings& got, const glossa::Embeddings& expected,
                      const std::vector<std::size_t>& order) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < order.size(); ++i) count += !same_bits(got[i], expected[order[i]]);
  return count;
}

/// Compares batches, orders and thread counts on `texts`.
void check_identity(const std::filesystem::path& folder, const std::vector<std::string>& texts,
                    glossa::Precision precision) {
  std::vector<std::size_t> order(texts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const glossa::Embedder one(folder, {.precision = precision, .threads = 1});
  const auto expected = one.embed(texts);

  std::size_t wrong = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) wrong += !same_bits(one.embed(texts[i]), expected[i]);
  CHECK(wrong == 0);

  std::shuffle(order.begin(), order.end(), std::mt19937(1));
  std::vector<std::string> shuffled;
  for (const std::size_t i : order) shuffled.push_back(texts[i]);
  for (const std::size_t threads : {2u, 7u}) {
    const glossa::Embedder embedder(
        folder, {.precision = precision, .threads = threads, .batch_tokens = threads == 2 ? 512u : 77u});
    CHECK(differing(embedder.embed(shuffled), expected, order) == 0);
    // One text alone is encoded by all threads together.
    for (std::size_t i = 0; i < texts.size(); i += 1 + texts.size() / 100)
      wrong += !same_bits(embedder.embed(texts[i]), expected[i]);
    CHECK(wrong == 0);
  }
}

}  // namespace

TEST_CASE("batch, order and threads change no bit on small models of both families") {
  for (const std::string name : {"multilingual-e5-small", "multilingual-e5-base", "pooling-max"}) {
    DYNAMIC_SECTION(name) {
      const test::SmallModel model(name);
      for (const auto precision : kPrecisions) check_identity(model.path(), test::mixed_texts(400), precision);
    }
  }
}

TEST_CASE("batch, order and threads change no bit on the real model and workload", "[real]") {
  const auto folder = test::real_model("multilingual-e5-small");
  const auto workload = test::shared() / "bench" / "workload.json";
  if (!std::filesystem::exists(folder / "config.json") || test::shared().empty()) {
    const char* message = "models/multilingual-e5-small or the shared workload is missing";
    if (std::getenv("CI") != nullptr) FAIL(message);
    WARN(message);
    return;
  }
  const auto document = test::parse_json(test::read_file(workload));
  auto texts = document.at("S").get<std::vector<std::string>>();
  REQUIRE(texts.size() == 1100);
  check_identity(folder, texts, glossa::Precision::f32);
  check_identity(folder, texts, glossa::Precision::int8);
  std::vector<std::string> fewer;  // of all languages
  for (std::size_t i = 0; i < texts.size(); i += 5) fewer.push_back(texts[i]);
  for (const auto precision : {glossa::Precision::bf16, glossa::Precision::int4})
    check_identity(folder, fewer, precision);
  texts = document.at("P").get<std::vector<std::string>>();
  texts.resize(24);  // long texts: attention in several blocks
  for (const auto precision : kPrecisions) check_identity(folder, texts, precision);
}
