// Small folders in the layout of each published family give the token ids and vectors of sentence-transformers.
#include "catch.hpp"
#include "random_model.hpp"

#include <glossa/glossa.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace {

double largest_difference(const glossa::Embeddings& vectors, const test::Json& golden) {
  double largest = 0;
  for (std::size_t i = 0; i < vectors.rows(); ++i) {
    REQUIRE(golden[i].size() == vectors.dims());
    for (std::size_t k = 0; k < vectors.dims(); ++k)
      largest = std::max(largest, std::abs(static_cast<double>(vectors[i][k]) - golden[i][k].get<double>()));
  }
  return largest;
}

}  // namespace

TEST_CASE("every family's layout gives the reference's ids and vectors") {
  const auto texts = test::families().at("texts").get<std::vector<std::string>>();
  for (const test::Json& family : test::families().at("families")) {
    const std::string name = family.at("name");
    DYNAMIC_SECTION(name) {
      const test::TemporaryFolder folder;
      test::write_family(folder.path(), family);
      const glossa::Embedder embedder(folder.path());
      for (std::size_t i = 0; i < texts.size(); ++i) {
        const glossa::Encoding encoding = embedder.tokenizer().encode(texts[i], {.max_tokens = embedder.max_tokens()});
        CHECK(encoding.ids == family.at("ids")[i].get<std::vector<glossa::TokenId>>());
      }
      CHECK(largest_difference(embedder.embed(texts), family.at("vectors")) < 1e-4);
      // Results are floats, so double can only be told to be exact up to their rounding.
      const glossa::Embedder oracle(folder.path(), {.precision = glossa::Precision::f64});
      CHECK(largest_difference(oracle.embed(texts), family.at("vectors")) < 1e-6);
    }
  }
}

TEST_CASE("pooling and normalisation can be chosen against the folder's own") {
  const test::TemporaryFolder folder;
  test::write_family(folder.path(), test::family("all-MiniLM-L6-v2"));
  const glossa::Embedder plain(folder.path(), {.normalize = false});
  const glossa::Embedder unit(folder.path());
  const auto a = plain.embed("the cat");
  const auto b = unit.embed("the cat");
  const double length = std::sqrt(static_cast<double>(glossa::dot(a, a)));
  CHECK(std::abs(length - 1) > 0.1);
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i] / length == Approx(b[i]).margin(1e-6));

  const glossa::Embedder first(folder.path(), {.pooling = glossa::Pooling::cls});
  const auto c = first.embed("the cat");
  CHECK(glossa::dot(b, c) < 0.999F);
}
