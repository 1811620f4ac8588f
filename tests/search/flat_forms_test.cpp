// FlatIndex in forms smaller than float: how much of the order stays, and what scoring again brings back.
#include "catch.hpp"
#include "error_of.hpp"
#include "index_cases.hpp"

#include <glossa/core/half.hpp>
#include <glossa/search/flat_index.hpp>

#include <cstddef>
#include <optional>
#include <vector>

using glossa::FlatIndex;
using glossa::Metric;
using glossa::VectorForm;
using test::Ids;

namespace {

constexpr std::size_t kRows = 5000;
constexpr std::size_t kDims = 384;

struct Case {
  VectorForm form;
  std::optional<VectorForm> rescore;
  double least_recall;
};

double mean_recall(const FlatIndex& index, const glossa::Embeddings& queries,
                   const std::vector<std::vector<glossa::Neighbor>>& expected) {
  const auto found = index.search(queries, 10);
  double sum = 0;
  for (std::size_t q = 0; q < queries.rows(); ++q) sum += test::recall(found[q], expected[q]);
  return sum / static_cast<double>(queries.rows());
}

}  // namespace

TEST_CASE("in every form a flat index finds what the floats find, as far as the form goes") {
  const auto rows = test::cone_rows(kRows, kDims, 1);
  const auto queries = test::cone_rows(100, kDims, 2);
  const Ids ids = test::mixed_ids(kRows, 3);
  for (const Metric metric : test::kIndexMetrics) {
    FlatIndex exact({.metric = metric});
    exact.add(ids, rows);
    const auto expected = exact.search(queries, 10);
    for (const auto& [form, rescore, least] : {Case{VectorForm::bf16, {}, 0.97},
                                               {VectorForm::f16, {}, 0.99},
                                               {VectorForm::int8, {}, 0.96},
                                               {VectorForm::binary, {}, 0.3},
                                               {VectorForm::bf16, VectorForm::f32, 1},
                                               {VectorForm::int8, VectorForm::f16, 0.99},
                                               {VectorForm::int8, VectorForm::f32, 1},
                                               {VectorForm::binary, VectorForm::int8, 0.8},
                                               {VectorForm::binary, VectorForm::f32, 0.8}}) {
      FlatIndex index({.metric = metric, .vectors = form, .rescore = rescore});
      index.add(ids, rows);
      const double found = mean_recall(index, queries, expected);
      INFO(to_string(form) << (rescore ? std::string(" and ") + to_string(*rescore) : "") << ", " << to_string(metric)
                           << ": recall@10 " << found);
      CHECK(found >= least);
    }
  }
}

TEST_CASE("candidates that are scored again stand in the order of the finer copy, with its scores") {
  const auto rows = test::cone_rows(3000, 64, 4);
  const auto queries = test::cone_rows(12, 64, 5);
  const Ids ids = test::mixed_ids(3000, 6);
  auto halves = rows;
  for (float& value : halves.values()) value = glossa::detail::half_to_float(glossa::detail::float_to_half(value));
  const auto as_floats = test::model_of(ids, rows);
  const auto as_halves = test::model_of(ids, halves);
  for (const Metric metric : test::kIndexMetrics)
    for (const VectorForm form : {VectorForm::bf16, VectorForm::int8, VectorForm::binary})
      for (const VectorForm fine : {VectorForm::f32, VectorForm::f16}) {
        FlatIndex coarse({.metric = metric, .vectors = form});
        coarse.add(ids, rows);
        FlatIndex index({.metric = metric, .vectors = form, .rescore = fine});
        index.add(ids, rows);
        for (std::size_t q = 0; q < queries.rows(); ++q) {
          INFO(to_string(form) << ", then " << to_string(fine) << ", " << to_string(metric) << ", query " << q);
          for (const std::size_t rescored : {0u, 5u, 10u, 25u, 200u}) {
            const std::size_t k = 10;
            const std::size_t candidates = rescored == 0 ? 4 * k : std::max(rescored, k);
            const test::Model& all = fine == VectorForm::f32 ? as_floats : as_halves;
            test::Model among;
            for (const auto& hit : coarse.search(queries[q], candidates)) among[hit.id] = all.at(hit.id);
            if (form == VectorForm::bf16) {  // whose last hits are chosen by more than what chooses candidates
              if (candidates < 25) continue;
              among = all;
            }
            REQUIRE(index.search(queries[q], k, {.rescored = rescored}) ==
                    test::naive_search(queries[q], among, k, metric));
          }
        }
      }
}

TEST_CASE("every level of instructions scores stored forms alike") {
  const auto rows = test::cone_rows(1500, 200, 7);
  const auto queries = test::cone_rows(20, 200, 8);
  const Ids ids = test::mixed_ids(1500, 9);
  for (const Metric metric : test::kIndexMetrics)
    for (const VectorForm form : test::kForms) {
      FlatIndex portable({.metric = metric, .vectors = form, .cpu_level = glossa::CpuLevel::portable});
      portable.add(ids, rows);
      const auto expected = portable.search(queries, 10);
      for (const auto level : glossa::supported_levels()) {
        FlatIndex index({.metric = metric, .vectors = form, .cpu_level = level});
        index.add(ids, rows);
        const auto found = index.search(queries, 10);
        for (std::size_t q = 0; q < queries.rows(); ++q) {
          INFO(to_string(level) << ", " << to_string(form) << ", " << to_string(metric));
          if (form == VectorForm::int8 || form == VectorForm::binary || form == VectorForm::f32)
            REQUIRE(found[q] == expected[q]);  // sums of integers are exact
          for (std::size_t i = 0; i < 10; ++i)
            REQUIRE(found[q][i].score == Approx(expected[q][i].score).epsilon(1e-4).margin(1e-5));
        }
      }
    }
}

TEST_CASE("a stored vector is at no distance from itself, as far as its form goes") {
  const auto rows = test::cone_rows(300, 384, 10);
  Ids ids(300);
  for (std::size_t r = 0; r < 300; ++r) ids[r] = r;
  for (const auto& [form, most] : {std::pair{VectorForm::f32, 0.0F},
                                   {VectorForm::bf16, 3e-3F},
                                   {VectorForm::f16, 2e-3F},
                                   {VectorForm::int8, 2e-3F}}) {
    FlatIndex index({.metric = Metric::euclidean, .vectors = form});
    index.add(ids, rows);
    float farthest = 0;
    for (const auto& hits : index.search(rows, 1)) farthest = std::max(farthest, -hits.front().score);
    INFO(to_string(form) << ": " << farthest);
    CHECK(farthest <= most);
  }
}

TEST_CASE("cosines that are scored again do not depend on how long the vectors are, in any form") {
  const auto rows = test::cone_rows(500, 64, 11);
  const auto queries = test::cone_rows(5, 64, 12);
  const Ids ids = test::mixed_ids(500, 13);
  for (const VectorForm fine : {VectorForm::f32, VectorForm::bf16, VectorForm::f16, VectorForm::int8}) {
    const VectorForm coarse = fine == VectorForm::int8 ? VectorForm::binary : VectorForm::int8;
    FlatIndex unit({.vectors = coarse, .rescore = fine});
    unit.add(ids, rows);
    const glossa::IndexSearchOptions options{.rescored = 250};
    const auto expected = unit.search(queries, 10, options);
    for (const float length : {1e-30F, 1e-6F, 1e7F, 1e30F}) {
      auto longer = rows;
      for (float& value : longer.values()) value *= length;
      FlatIndex index({.vectors = coarse, .rescore = fine});
      index.add(ids, longer);
      const auto found = index.search(queries, 10, options);
      INFO(to_string(fine) << ", of length " << length);
      for (std::size_t q = 0; q < queries.rows(); ++q) {
        CHECK(test::recall(found[q], expected[q]) >= 0.9);
        for (std::size_t i = 0; i < 10; ++i) CHECK(found[q][i].score == Approx(expected[q][i].score).margin(1e-4));
      }
    }
  }
}

TEST_CASE("a copy to score again from that keeps no more of a vector is refused") {
  for (const VectorForm form : test::kForms)
    for (const VectorForm fine : test::kForms) {
      INFO(to_string(form) << ", then " << to_string(fine));
      const glossa::IndexOptions options{.vectors = form, .rescore = fine};
      if (is_finer(fine, form)) {
        CHECK_NOTHROW(FlatIndex(options));
      } else {
        CHECK(test::error_of([&] { FlatIndex{options}; }).kind() == glossa::ErrorKind::invalid_argument);
      }
    }
  CHECK(is_finer(VectorForm::f32, VectorForm::f16));
  CHECK(is_finer(VectorForm::f16, VectorForm::bf16));
  CHECK(is_finer(VectorForm::bf16, VectorForm::int8));
  CHECK(is_finer(VectorForm::int8, VectorForm::binary));
  CHECK_FALSE(is_finer(VectorForm::int8, VectorForm::int8));
}
