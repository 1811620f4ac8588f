// The N x D result: where its rows lie, and what it remembers about each.
#include "catch.hpp"

#include <glossa/core/embeddings.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

using glossa::Embedding;
using glossa::Embeddings;
using glossa::Receipt;

TEST_CASE("rows lie one after another in a block that starts on a 64-byte boundary") {
  for (const std::size_t dims : {1u, 5u, 16u, 384u}) {
    Embeddings vectors(7, dims);
    CHECK(vectors.rows() == 7);
    CHECK(vectors.dims() == dims);
    CHECK_FALSE(vectors.empty());
    CHECK(reinterpret_cast<std::uintptr_t>(vectors.values().data()) % 64 == 0);
    REQUIRE(vectors.values().size() == 7 * dims);
    std::iota(vectors.values().begin(), vectors.values().end(), 0.0F);
    for (std::size_t i = 0; i < 7; ++i) {
      const std::span<const float> row = std::as_const(vectors)[i];
      REQUIRE(row.size() == dims);
      CHECK(row.data() == vectors.values().data() + i * dims);
      CHECK(row.front() == static_cast<float>(i * dims));
      CHECK(row.back() == static_cast<float>(i * dims + dims - 1));
    }
    vectors[3][0] = -1;
    CHECK(vectors.values()[3 * dims] == -1);
  }
}

TEST_CASE("there may be no vectors, and they may be moved") {
  CHECK(Embeddings().empty());
  CHECK(Embeddings().values().empty());
  const Embeddings none(0, 384);
  CHECK(none.empty());
  CHECK(none.dims() == 384);
  CHECK(none.values().empty());

  Embeddings vectors(2, 3);
  const float* data = vectors.values().data();
  const Embeddings moved(std::move(vectors));
  CHECK(moved.values().data() == data);
  CHECK(moved.rows() == 2);
}

TEST_CASE("a product of rows and dimensions that wraps around is refused") {
  constexpr std::size_t kHalf = std::size_t{1} << (std::numeric_limits<std::size_t>::digits / 2);
  CHECK_THROWS_AS(Embeddings(kHalf, kHalf), std::bad_alloc);
  CHECK_THROWS_AS(Embeddings(std::numeric_limits<std::size_t>::max(), 2), std::bad_alloc);
  CHECK_THROWS_AS(Embeddings(std::numeric_limits<std::size_t>::max() / 4, 1), std::bad_alloc);
}

TEST_CASE("a receipt says whether the text was cut") {
  CHECK_FALSE(Receipt{.tokens = 5, .used_tokens = 5}.truncated());
  CHECK(Receipt{.tokens = 5, .used_tokens = 4}.truncated());
  CHECK(Receipt{}.windows == 1);
  Embeddings vectors(2, 1);
  CHECK(vectors.receipts().empty());
  vectors.set_receipts({{.tokens = 3, .used_tokens = 3}, {.tokens = 9, .used_tokens = 2}});
  REQUIRE(vectors.receipts().size() == 2);
  CHECK(vectors.receipts()[1].truncated());
}

TEST_CASE("windows keep their vectors in order") {
  Embeddings vectors(1, 2);
  CHECK(vectors.windows().empty());
  vectors.set_windows({{.text = 0, .bytes = {0, 4}, .tokens = 2}, {.text = 0, .bytes = {3, 9}, .tokens = 3}},
                      {1, 2, 3, 4});
  REQUIRE(vectors.windows().size() == 2);
  CHECK(vectors.windows()[1].bytes == glossa::ByteRange{3, 9});
  REQUIRE(vectors.window_vector(1).size() == 2);
  CHECK(vectors.window_vector(0)[1] == 2);
  CHECK(vectors.window_vector(1)[0] == 3);
}

TEST_CASE("one vector is a contiguous range of floats with its receipt") {
  const Embedding embedding({0.5F, -1.0F}, {.tokens = 4, .used_tokens = 4});
  const auto sum = [](std::span<const float> values) { return std::accumulate(values.begin(), values.end(), 0.0F); };
  CHECK(sum(embedding) == -0.5F);
  CHECK(embedding.size() == 2);
  CHECK(embedding[1] == -1.0F);
  CHECK(std::equal(embedding.begin(), embedding.end(), embedding.values().begin()));
  CHECK(embedding.receipt().tokens == 4);
  CHECK(Embedding().size() == 0);
}

TEST_CASE("vectors can be copied and moved, and what was moved from is empty") {
  Embeddings vectors(2, 3);
  vectors[1][2] = 5;
  vectors.set_receipts({{.tokens = 3}, {.tokens = 4}});
  const Embeddings copy = vectors;
  CHECK(copy[1][2] == 5);
  CHECK(copy.values().data() != vectors.values().data());
  CHECK(copy.receipts()[1].tokens == 4);
  Embeddings moved = std::move(vectors);
  CHECK(moved[1][2] == 5);
  CHECK(vectors.rows() == 0);
  CHECK(vectors.values().empty());
  moved = copy;
  CHECK(moved.rows() == 2);
}
