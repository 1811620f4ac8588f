// What every kind of index promises, as checks of a type: a kind's own test calls each.
#pragma once

#include "catch.hpp"
#include "error_of.hpp"
#include "index_cases.hpp"

#include <glossa/core/thread_pool.hpp>

#include <cstddef>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace test {

/// An index with nothing in it finds nothing and takes the first vectors of any length.
template <glossa::Index T>
void check_empty() {
  T index = make_index<T>({});
  const std::vector<float> query{1, 2, 3};
  CHECK(index.size() == 0);
  CHECK(index.dims() == 0);
  CHECK_FALSE(index.contains(0));
  CHECK(index.search(query, 5).empty());
  CHECK(index.search(any_rows(3, 7, 1), 5) == std::vector<std::vector<glossa::Neighbor>>(3));
  CHECK(index.remove(Ids{1, 2}) == 0);
  index.add(Ids{}, glossa::Embeddings{});
  index.add(Ids{}, glossa::Embeddings(0, 12));
  CHECK(index.dims() == 0);
  index.add(Ids{7}, embeddings_of(1, 3, query));
  CHECK(index.dims() == 3);
  CHECK(index.contains(7));
  CHECK(index.search(query, 5) == std::vector<glossa::Neighbor>{{7, 1}});
  CHECK(index.remove(Ids{7}) == 1);
  CHECK(index.size() == 0);
  CHECK(index.search(query, 5).empty());
}

/// The same ids in the same order, with scores that are off by at most so much.
inline bool are_alike(const std::vector<glossa::Neighbor>& a, const std::vector<glossa::Neighbor>& b, float off) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](const auto& x, const auto& y) { return x.id == y.id && std::abs(x.score - y.score) <= off; });
}

/// As many hits as were asked for or are there, best first.
template <glossa::Index T>
void check_counts_of_hits(float off = 0) {
  T index = make_index<T>({});
  const auto rows = any_rows(20, 9, 3);
  const Ids ids = mixed_ids(20, 4);
  index.add(ids, rows);
  const Model model = model_of(ids, rows);
  for (const std::size_t k : {std::size_t{0}, std::size_t{1}, std::size_t{19}, std::size_t{20}, std::size_t{21},
                              std::size_t{1} << 62, std::numeric_limits<std::size_t>::max()}) {
    INFO(k << " hits");
    CHECK(are_alike(index.search(rows[5], k), naive_search(rows[5], model, k, glossa::Metric::cosine), off));
  }
  CHECK(index.search(glossa::Embeddings(0, 9), 3).empty());
  CHECK(index.search(rows, 0) == std::vector<std::vector<glossa::Neighbor>>(20));
}

/// Calls that have no meaning are refused by name, and change nothing.
template <glossa::Index T>
void check_refusals(const glossa::IndexOptions& options = {}) {
  T index = make_index<T>(options);
  const auto refused = [](auto&& call) {
    const glossa::Error error = error_of(call);
    CHECK(error.kind() == glossa::ErrorKind::invalid_argument);
    CHECK_FALSE(error.field().empty());
  };
  const float strange[] = {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                           -std::numeric_limits<float>::infinity()};
  for (int there = 0; there < 2; ++there) {  // with nothing in the index, and with three vectors
    const std::size_t before = index.size();
    for (const float value : strange)
      for (const std::size_t place : {0u, 5u, 11u}) {
        glossa::Embeddings bad = any_rows(3, 4, 1);
        bad.values()[place] = value;
        refused([&] { index.add(Ids{1, 2, 30}, bad); });
      }
    refused([&] { index.add(Ids{1, 2}, any_rows(3, 4, 1)); });
    refused([&] { index.add(Ids{1, 2, 3, 4}, any_rows(3, 4, 1)); });
    refused([&] { index.add(Ids{1}, glossa::Embeddings{}); });
    refused([&] { index.add(Ids{1, 2}, glossa::Embeddings(2, 0)); });
    CHECK(index.size() == before);
    CHECK(index.dims() == (there == 0 ? 0u : 4u));
    CHECK_FALSE(index.contains(30));
    index.add(Ids{1, 2, 3}, any_rows(3, 4, 2));
  }
  const auto hits = index.search(any_rows(1, 4, 5)[0], 3);
  for (const std::size_t dims : {1u, 3u, 5u, 64u}) {
    refused([&] { index.add(Ids{9, 10}, any_rows(2, dims, 1)); });
    refused([&] { (void)index.search(any_rows(1, dims, 1)[0], 2); });
    refused([&] { (void)index.search(any_rows(3, dims, 1), 2); });
  }
  for (const float value : strange) {
    refused([&] { (void)index.search(std::vector<float>{1, value, 0, 0}, 2); });
    refused([&] { (void)index.search(embeddings_of(2, 4, {1, 1, 1, 1, 1, 1, 1, value}), 2); });
  }
  CHECK(index.size() == 3);
  CHECK_FALSE(index.contains(9));
  CHECK(index.search(any_rows(1, 4, 5)[0], 3) == hits);
}

/// What cannot be made says so by name.
template <glossa::Index T>
void check_refused_options() {
  const glossa::Error metric = error_of([] { (void)make_index<T>({.metric = glossa::Metric::manhattan}); });
  CHECK(metric.kind() == glossa::ErrorKind::unsupported);
  CHECK(metric.field() == "IndexOptions::metric");
  CHECK(metric.facts().found == "manhattan");
  CHECK_FALSE(metric.facts().remedy.empty());
  const glossa::Error threads = error_of([] { (void)make_index<T>({.threads = glossa::ThreadPool::kMost + 1}); });
  CHECK(threads.kind() == glossa::ErrorKind::invalid_argument);
  CHECK(threads.field() == "threads");
  const auto levels = glossa::supported_levels();
  for (const auto level : {glossa::CpuLevel::avx2_vnni, glossa::CpuLevel::avx512_bf16})
    if (std::find(levels.begin(), levels.end(), level) == levels.end())
      CHECK(error_of([&] { (void)make_index<T>({.cpu_level = level}); }).kind() == glossa::ErrorKind::unsupported);
}

/// Of several vectors with one id the last counts, in one call as in several.
template <glossa::Index T>
void check_one_vector_an_id() {
  T index = make_index<T>({.metric = glossa::Metric::dot});
  index.add(Ids{4, 8, 4, 4, 8}, embeddings_of(5, 1, {1, 2, 3, 4, 5}));
  const std::vector<float> one{1};
  CHECK(index.size() == 2);
  CHECK(index.search(one, 9) == std::vector<glossa::Neighbor>{{8, 5}, {4, 4}});
  index.add(Ids{4}, embeddings_of(1, 1, {6}));
  CHECK(index.size() == 2);
  CHECK(index.search(one, 9) == std::vector<glossa::Neighbor>{{4, 6}, {8, 5}});
}

/// Removing tells how many were there, and what was removed can be added again.
template <glossa::Index T>
void check_remove() {
  T index = make_index<T>({.metric = glossa::Metric::dot});
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  index.add(Ids{0, 1, most}, embeddings_of(3, 1, {1, 2, 3}));
  CHECK(index.remove(Ids{}) == 0);
  CHECK(index.remove(Ids{5, 6}) == 0);
  CHECK(index.remove(Ids{most, 5, most, 0}) == 2);
  CHECK(index.remove(Ids{most, 0}) == 0);
  CHECK(index.size() == 1);
  CHECK_FALSE(index.contains(most));
  CHECK(index.contains(1));
  const std::vector<float> one{1};
  CHECK(index.search(one, 9) == std::vector<glossa::Neighbor>{{1, 2}});
  index.add(Ids{most, 0}, embeddings_of(2, 1, {7, 8}));
  CHECK(index.search(one, 9) == std::vector<glossa::Neighbor>{{0, 8}, {most, 7}, {1, 2}});
}

/// Zero vectors are like nothing, and found after what is like the query.
template <glossa::Index T>
void check_zero_vectors() {
  for (const auto form : {glossa::VectorForm::f32, glossa::VectorForm::bf16, glossa::VectorForm::f16}) {
    INFO(to_string(form));
    T index = make_index<T>({.vectors = form});
    index.add(Ids{1, 2, 3}, embeddings_of(3, 2, {0, 0, 2, 0, -2, 0}));
    CHECK(index.search(std::vector<float>{3, 0}, 3) == std::vector<glossa::Neighbor>{{2, 1}, {1, 0}, {3, -1}});
    CHECK(index.search(std::vector<float>{0, 0}, 3) == std::vector<glossa::Neighbor>{{1, 0}, {2, 0}, {3, 0}});
  }
  for (const auto form : kForms)
    for (const auto metric : kIndexMetrics) {
      T index = make_index<T>({.metric = metric, .vectors = form});
      index.add(Ids{1, 2, 3, 4}, glossa::Embeddings(embeddings_of(4, 3, std::vector<float>(12))));
      const auto hits = index.search(std::vector<float>(3), 4);
      INFO(to_string(form) << ", " << to_string(metric));
      CHECK(hits == std::vector<glossa::Neighbor>{{1, 0}, {2, 0}, {3, 0}, {4, 0}});
    }
}

/// A filter keeps ids out as if they were not there.
template <glossa::Index T>
void check_filter(const glossa::IndexOptions& options) {
  T index = make_index<T>(options);
  T odd = make_index<T>(options);
  const auto rows = cone_rows(300, 20, 5);
  index.add(Ids{0}, embeddings_of(1, 20, {rows[0].begin(), rows[0].end()}));  // the same mean for both
  odd.add(Ids{0}, embeddings_of(1, 20, {rows[0].begin(), rows[0].end()}));
  odd.remove(Ids{0});
  for (std::size_t r = 0; r < 300; ++r) {
    const auto row = embeddings_of(1, 20, {rows[r].begin(), rows[r].end()});
    index.add(Ids{r}, row);
    if (r % 2 == 1) odd.add(Ids{r}, row);
  }
  glossa::IndexSearchOptions search = thorough();
  search.filter = [](std::uint64_t id) { return id % 2 == 1; };
  const auto queries = cone_rows(5, 20, 6);
  CHECK(index.search(queries, 9, search) == odd.search(queries, 9, thorough()));
  search.filter = [](std::uint64_t id) { return id == 77; };
  CHECK(index.search(queries[0], 9, search).size() == 1);
  search.filter = [](std::uint64_t) { return false; };
  CHECK(index.search(queries[0], 9, search).empty());
}

/// Adds, replaces, removes and searches at random; the hits are those of a map that is sorted.
template <glossa::Index T>
void check_against_map(glossa::Metric metric, unsigned seed, double least_recall = 1) {
  T index = make_index<T>({.metric = metric});
  Model model;
  std::mt19937 random(seed);
  const std::size_t dims = 1 + seed * 7 % 40;
  double sum = 0;
  std::size_t searches = 0;
  for (int round = 0; round < 150; ++round) {
    const std::size_t count = 1 + random() % 40;
    Ids ids(count);
    for (auto& id : ids) id = random() % 700;
    if (random() % 3 != 0) {
      auto rows = any_rows(count, dims, static_cast<unsigned>(random()));
      for (std::size_t r = 1; r < count; r += 3) std::copy_n(rows[r - 1].begin(), dims, rows[r].begin());
      index.add(ids, rows);
      for (std::size_t r = 0; r < count; ++r) model[ids[r]] = {rows[r].begin(), rows[r].end()};
    } else {
      std::size_t there = 0;
      for (const auto id : ids) there += model.erase(id);
      REQUIRE(index.remove(ids) == there);
    }
    REQUIRE(index.size() == model.size());
    REQUIRE(index.contains(ids[0]) == model.contains(ids[0]));
    const auto query = any_rows(1, dims, static_cast<unsigned>(random()));
    const auto expected = naive_search(query[0], model, 12, metric);
    const auto found = index.search(query[0], 12, thorough());
    INFO("round " << round << ", " << to_string(metric) << ", " << dims << " dims");
    if (least_recall == 1) REQUIRE(found == expected);
    sum += recall(found, expected);
    ++searches;
  }
  CHECK(sum / static_cast<double>(searches) >= least_recall);
}

/// A batch gives each query's hits alone.
template <glossa::Index T>
void check_batches(const glossa::IndexOptions& options) {
  T index = make_index<T>(options);
  index.add(mixed_ids(900, 8), cone_rows(900, 48, 7));
  const auto queries = cone_rows(70, 48, 9);
  const auto whole = index.search(queries, 10, thorough());
  REQUIRE(whole.size() == 70);
  for (std::size_t q = 0; q < 70; ++q) {
    INFO("query " << q);
    REQUIRE(whole[q].size() == 10);
    REQUIRE(index.search(queries[q], 10, thorough()) == whole[q]);
  }
}

/// Any number of threads gives the same hits; for indexes that are the same however many build them.
template <glossa::Index T>
void check_numbers_of_threads(glossa::IndexOptions options) {
  const auto rows = cone_rows(5000, 16, 7);
  const auto queries = cone_rows(9, 16, 9);
  std::vector<std::vector<glossa::Neighbor>> expected;
  for (const std::size_t threads : {1u, 2u, 5u}) {
    options.threads = threads;
    T index = make_index<T>(options);
    index.add(mixed_ids(5000, 8), rows);
    const auto found = index.search(queries, 10, thorough());
    if (threads == 1) expected = found;
    CHECK(found == expected);
  }
}

/// Nothing of a stored vector's or a query's size makes a score that is no number, or hides a vector.
template <glossa::Index T>
void check_any_size(const glossa::IndexOptions& options) {
  T index = make_index<T>(options);
  const float sizes[] = {1e-45F, 1e-38F, 1e-30F, 1e-5F, 1, 7e4F, 1e15F, 1e30F, 3e38F};
  glossa::Embeddings rows = any_rows(std::size(sizes) * 2, 5, 3);
  for (std::size_t r = 0; r < rows.rows(); ++r)
    for (float& value : rows[r]) value = std::copysign(sizes[r / 2], value);
  index.add(mixed_ids(rows.rows(), 2), rows);
  for (std::size_t copies : {1u, 2u}) {
    const glossa::Embeddings queries = copies == 1 ? embeddings_of(1, 5, {0, 0, 0, 0, 0}) : rows;
    for (const auto& hits : index.search(queries, rows.rows(), thorough())) {
      CHECK(hits.size() == rows.rows());
      for (const auto& hit : hits) CHECK_FALSE(std::isnan(hit.score));
    }
    for (std::size_t q = 0; q < queries.rows(); ++q) {
      const auto hits = index.search(queries[q], rows.rows(), thorough());
      CHECK(hits.size() == rows.rows());
      for (const auto& hit : hits) CHECK_FALSE(std::isnan(hit.score));
    }
  }
}

/// Where all scores are the same, the lowest ids are found, wherever they lie.
template <glossa::Index T>
void check_ties(const glossa::IndexOptions& options) {
  T index = make_index<T>(options);
  const auto one = cone_rows(1, 30, 4);
  glossa::Embeddings rows(500, 30);
  for (std::size_t r = 0; r < 500; ++r) std::copy(one[0].begin(), one[0].end(), rows[r].begin());
  Ids ids(500);
  for (std::size_t r = 0; r < 500; ++r) ids[r] = 499 - r;
  index.add(ids, rows);
  glossa::IndexSearchOptions search;
  search.rescored = 12;
  const auto hits = index.search(one[0], 10, search);
  REQUIRE(hits.size() == 10);
  for (std::size_t i = 0; i < 10; ++i) CHECK(hits[i].id == i);
  for (const auto& others : index.search(rows, 10, search))
    for (std::size_t i = 0; i < 10; ++i) REQUIRE(others[i].id == i);
}

}  // namespace test
