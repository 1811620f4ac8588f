// The real model's scores on public test sets, against those that NumPy, SciPy and scikit-learn give by mteb's
// protocol.
#include "catch.hpp"
#include "paths.hpp"

#include <glossa/glossa.hpp>

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace {

/// One task of the shared data: "sts/stsb-en".
void check_task(const std::string& name, double tolerance) {
  const auto folder = test::real_model("multilingual-e5-small");
  const auto data = test::shared() / "data";
  if (!std::filesystem::exists(folder / "config.json") || !std::filesystem::exists(data / "expected_scores.json")) {
    const std::string message = "models/multilingual-e5-small or the shared data are missing";
    if (std::getenv("CI") != nullptr) FAIL(message);
    WARN(message);
    return;
  }
  static const glossa::Embedder embedder(folder, {.precision = glossa::Precision::f32});
  const glossa::TextEncoder encoder = [&](std::span<const std::string_view> texts, std::string_view prompt) {
    REQUIRE(prompt.empty());
    return embedder.embed(texts);
  };
  const std::string category = name.substr(0, name.find('/'));
  std::filesystem::path path = data / name;
  if (!std::filesystem::exists(path)) path += ".jsonl";
  const auto task = glossa::attach_data({.name = name, .category = glossa::category_named(category).value()}, path);
  const auto expected = nlohmann::json::parse(test::read_file(data / "expected_scores.json")).at(name);
  CHECK(evaluate(task, encoder).main_score() == Approx(expected.at("main").get<double>()).margin(tolerance));
}

}  // namespace

TEST_CASE("multilingual-e5-small scores on STS-B what the reference does", "[real]") {
  check_task("sts/stsb-en", .0005);
}

TEST_CASE("multilingual-e5-small scores on Tatoeba what the reference does", "[real]") {
  check_task("bitext/tatoeba-tel-eng", .0005);
}

TEST_CASE("multilingual-e5-small scores on SIB-200 what the reference does", "[real]") {
  check_task("classification/sib200-swh_Latn", .005);
}

TEST_CASE("multilingual-e5-small scores on IndoNLI what the reference does", "[real]") {
  check_task("pair_classification/indonli", .0005);
}
