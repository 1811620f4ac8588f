// verify() finds a model that is not what it was.
#include "catch.hpp"
#include "small_model.hpp"

#include <glossa/glossa.hpp>

#include <cstdlib>
#include <string>

namespace {

/// Writes the golden file of a small model, from its own vectors.
void write_golden(const std::filesystem::path& folder) {
  const glossa::Embedder embedder(folder, {.precision = glossa::Precision::f64});
  test::Json texts = test::Json::array();
  for (const std::string text : {"the cat", ""})
    texts.push_back({{"text", text},
                     {"role", "query"},
                     {"ids", embedder.tokenizer().encode("query: " + text).ids},
                     {"vector", embedder.embed_query(text).values()}});
  test::write_file(folder / glossa::kGoldenFile, test::Json{{"texts", texts}}.dump());
}

}  // namespace

TEST_CASE("a folder without golden vectors says what could not be checked") {
  const test::SmallModel model;
  const auto report = glossa::Embedder(model.path()).verify();
  CHECK(report.checks.empty());
  CHECK(report.missing.size() == 2);
}

TEST_CASE("golden vectors of the folder are found right, and wrong when weights change") {
  const test::SmallModel model;
  write_golden(model.path());
  const auto good = glossa::Embedder(model.path()).verify();
  CHECK(good.passed());
  CHECK(good.checks.size() == 2);
  CHECK(good.smallest_cosine > 0.999999);
  CHECK(good.largest_deviation > 0);
  CHECK(good.largest_deviation < 1e-5);

  const auto path = model.path() / "model.safetensors";
  std::string bytes = test::read_file(path);
  for (std::size_t i = bytes.size() - 4096; i < bytes.size(); i += 4)
    bytes[i + 3] = static_cast<char>(bytes[i + 3] ^ 0x80);
  test::write_file(path, bytes);
  const auto bad = glossa::Embedder(model.path()).verify();
  CHECK(!bad.passed());
  CHECK(bad.smallest_cosine < 0.999);
}

TEST_CASE("the real models verify on this machine", "[real]") {
  for (const std::string name : {"multilingual-e5-small", "all-MiniLM-L6-v2"}) {
    const auto folder = test::real_model(name);
    if (!std::filesystem::exists(folder / "config.json")) {
      if (std::getenv("CI") != nullptr) FAIL("models/" + name + " is missing");
      WARN("models/" + name + " is missing");
      continue;
    }
    const auto report = glossa::Embedder(folder).verify();
    CHECK(report.passed());
    CHECK(!report.checks.empty());
  }
}

TEST_CASE("a report in which nothing could be checked does not pass") {
  const test::SmallModel model;
  CHECK(!glossa::Embedder(model.path()).verify().passed());
}

TEST_CASE("golden vectors that are no numbers to compare with, or none at all, do not pass") {
  const test::SmallModel model;
  write_golden(model.path());
  const auto path = model.path() / glossa::kGoldenFile;
  test::Json golden = test::parse_json(test::read_file(path));
  for (auto& value : golden.at("texts")[0].at("vector")) value = value.get<double>() < 0 ? -1.7e308 : 1.7e308;
  test::write_file(path, golden.dump());
  CHECK(!glossa::Embedder(model.path()).verify().passed());
  test::write_file(path, R"({"texts": []})");
  CHECK_THROWS_AS(glossa::Embedder(model.path()).verify(), glossa::Error);
}
