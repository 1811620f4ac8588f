// FlatIndex of floats against sorting the scores of double precision.
#include "catch.hpp"
#include "index_cases.hpp"

#include <glossa/search/flat_index.hpp>

#include <cstddef>
#include <random>
#include <vector>

using glossa::FlatIndex;
using glossa::Metric;
using test::Ids;

namespace {

/// Rows of any length, of which every tenth stands there twice and forty are one and the same.
glossa::Embeddings rows_with_twins(std::size_t rows, std::size_t dims, unsigned seed) {
  glossa::Embeddings result(rows, dims);
  const auto pool = test::random_values<float>((1 << 20) + dims, seed);
  std::mt19937 random(seed);
  for (std::size_t r = 0; r < rows; ++r) {
    const float length = std::pow(2.0F, static_cast<float>(random() % 15) - 7);
    const float* from = pool.data() + random() % (1 << 20);
    for (std::size_t d = 0; d < dims; ++d) result[r][d] = length * from[d];
    if (r % 10 == 9) std::copy_n(result[r - 5].begin(), dims, result[r].begin());
    if (r % (rows / 40) == 3) std::copy_n(result[0].begin(), dims, result[r].begin());
  }
  return result;
}

glossa::Embeddings some_of(const glossa::Embeddings& rows, std::size_t count, std::size_t step) {
  glossa::Embeddings result(count, rows.dims());
  for (std::size_t q = 0; q < count; ++q) {
    std::copy_n(rows[q * step].begin(), rows.dims(), result[q].begin());
    if (q % 2 == 1) result[q][q % rows.dims()] += 0.1F;
  }
  return result;
}

}  // namespace

TEST_CASE("a flat index of a hundred thousand vectors gives the hits of a double-precision brute force") {
  const std::size_t count = 100000;
  const auto rows = rows_with_twins(count, 384, 1);
  const Ids ids = test::mixed_ids(count, 2);
  const auto queries = some_of(rows, 64, 17);
  std::vector<std::uint32_t> by_id(count);  // so that a stable sort by score puts lower ids first
  for (std::uint32_t r = 0; r < count; ++r) by_id[r] = r;
  std::sort(by_id.begin(), by_id.end(), [&](auto a, auto b) { return ids[a] < ids[b]; });
  for (const Metric metric : test::kIndexMetrics) {
    FlatIndex index({.metric = metric});
    index.add(ids, rows);
    const auto many = index.search(queries, 30);
    for (const std::size_t q : {0u, 1u, 40u}) {
      std::vector<std::pair<double, std::uint64_t>> scores;
      for (const std::uint32_t r : by_id)
        scores.emplace_back(-test::naive_similarity(queries[q], rows[r], metric), ids[r]);
      std::partial_sort(scores.begin(), scores.begin() + 30, scores.end());
      std::vector<glossa::Neighbor> expected;
      for (std::size_t i = 0; i < 30; ++i) expected.push_back({scores[i].second, static_cast<float>(-scores[i].first)});
      INFO(to_string(metric) << ", query " << q);
      CHECK(many[q] == expected);
    }
    for (const std::size_t q : {0u, 1u, 20u, 41u, 63u}) CHECK(index.search(queries[q], 30) == many[q]);
    const auto three = index.search(some_of(rows, 3, 17), 30);
    CHECK(std::equal(three.begin(), three.end(), many.begin()));
  }
}

TEST_CASE("every level of instructions gives a flat index of floats the same hits") {
  const auto rows = rows_with_twins(6000, 100, 3);
  const Ids ids = test::mixed_ids(6000, 4);
  const auto queries = some_of(rows, 66, 7);
  for (const Metric metric : test::kIndexMetrics) {
    FlatIndex portable({.metric = metric, .cpu_level = glossa::CpuLevel::portable});
    portable.add(ids, rows);
    const auto expected = portable.search(queries, 25);
    const auto model = test::model_of(ids, rows);
    for (const std::size_t q : {0u, 33u, 65u}) CHECK(expected[q] == test::naive_search(queries[q], model, 25, metric));
    for (const auto level : glossa::supported_levels()) {
      INFO(to_string(level) << ", " << to_string(metric));
      FlatIndex index({.metric = metric, .cpu_level = level});
      index.add(ids, rows);
      CHECK(index.search(queries, 25) == expected);
      for (const std::size_t q : {0u, 9u}) CHECK(index.search(queries[q], 25) == expected[q]);
    }
  }
}

TEST_CASE("a flat index of floats filters, removes and replaces as a map does, with thousands of vectors") {
  const auto rows = rows_with_twins(5000, 33, 5);
  const Ids ids = test::mixed_ids(5000, 6);
  const auto queries = some_of(rows, 5, 101);
  const auto allowed = [](std::uint64_t id) { return id % 5 != 2; };
  for (const Metric metric : test::kIndexMetrics) {
    FlatIndex index({.metric = metric});
    index.add(ids, rows);
    auto model = test::model_of(ids, rows);
    for (std::size_t step = 0; step < 3; ++step) {
      Ids removed;
      for (std::size_t r = step; r < 5000; r += 3 + step) removed.push_back(ids[r]);
      std::size_t there = 0;
      for (const auto id : removed) there += model.erase(id);
      CHECK(index.remove(removed) == there);
      const auto fresh = rows_with_twins(700, 33, 7 + static_cast<unsigned>(step));
      Ids names(700);  // of those removed some, of those there others, and new ones
      for (std::size_t r = 0; r < 700; ++r) names[r] = r % 2 == 0 ? ids[r * 7 + step] : 1000000 + r;
      index.add(names, fresh);
      for (std::size_t r = 0; r < 700; ++r) model[names[r]] = {fresh[r].begin(), fresh[r].end()};
      CHECK(index.size() == model.size());
      for (std::size_t q = 0; q < queries.rows(); ++q) {
        INFO(to_string(metric) << ", step " << step << ", query " << q);
        CHECK(index.search(queries[q], 40) == test::naive_search(queries[q], model, 40, metric));
        CHECK(index.search(queries[q], 40, {.filter = allowed}) ==
              test::naive_search(queries[q], model, 40, metric, allowed));
      }
    }
  }
}

TEST_CASE("a slot is used again: memory stays the same when vectors come and go") {
  FlatIndex index;
  const auto rows = test::any_rows(3000, 16, 1);
  Ids ids(3000);
  for (std::size_t r = 0; r < 3000; ++r) ids[r] = r;
  index.add(ids, rows);
  const std::size_t after_first = index.memory_bytes();
  CHECK(after_first > 3000 * 16 * sizeof(float));
  for (int round = 0; round < 5; ++round) {
    CHECK(index.remove(ids) == 3000);
    for (auto& id : ids) id += 5000;
    index.add(ids, rows);
  }
  CHECK(index.size() == 3000);
  CHECK(index.memory_bytes() < after_first + 3000 * 8);
}
