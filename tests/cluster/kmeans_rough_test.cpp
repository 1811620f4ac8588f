// k-means by products of bytes, where the processor has them, against the same without.
#include "kmeans_cases.hpp"
#include "sanitized.hpp"

#include <glossa/cluster/kmeans.hpp>
#include <glossa/cluster/label_changes.hpp>
#include <glossa/cluster/rough_centers.hpp>
#include <glossa/cluster/rough_rows.hpp>
#include <glossa/cluster/steady_rows.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

using glossa::KMeansOptions;
using glossa::Points;
using glossa::detail::RoughScale;
using glossa::detail::SteadyRows;

namespace {

/// Rows that are hard to tell apart, by name.
template <class T>
std::vector<std::pair<std::string, test::Rows<T>>> hard_rows() {
  constexpr std::size_t kCount = test::kSanitized ? 300 : 700;
  constexpr std::size_t kDims = 70;
  std::vector<std::pair<std::string, test::Rows<T>>> cases;
  const auto add = [&](const std::string& name, auto&& change) {
    test::Rows<T> rows = test::blobs<T>(kCount, kDims, 20, static_cast<unsigned>(cases.size()), T(0.5));
    for (std::size_t i = 0; i < rows.values.size(); ++i) rows.values[i] = change(rows.values[i], i / kDims, i % kDims);
    cases.emplace_back(name, std::move(rows));
  };
  add("clusters", [](T x, std::size_t, std::size_t) { return x; });
  add("whole numbers, with ties", [](T x, std::size_t, std::size_t) { return std::round(2 * x); });
  add("many of the same", [](T x, std::size_t row, std::size_t k) { return row % 3 == 0 ? static_cast<T>(k % 7) : x; });
  add("all the same", [](T, std::size_t, std::size_t k) { return static_cast<T>(k); });
  add("far from zero", [](T x, std::size_t, std::size_t) { return x + T(3000); });
  add("tiny", [](T x, std::size_t, std::size_t) { return x * T(1e-15); });
  add("huge", [](T x, std::size_t, std::size_t) { return x * T(1e15); });
  add("beyond what floats square", [](T x, std::size_t, std::size_t) { return x * T(3e18); });
  add("below what floats square", [](T x, std::size_t, std::size_t) { return x * T(1e-22); });
  add("of many lengths", [](T x, std::size_t row, std::size_t) {
    return x * std::pow(T(10), static_cast<T>(static_cast<int>(row % 17) - 8));
  });
  add("one number that outweighs all",
      [](T x, std::size_t row, std::size_t k) { return k == 3 ? T(1e4) * static_cast<T>(row % 2) : x; });
  add("zeros among them", [](T x, std::size_t row, std::size_t) { return row % 5 == 0 ? T(0) : x; });
  return cases;
}

}  // namespace

TEST_CASE("some processor's instructions for bytes are there, or all of this file is of no use", "[bytes]") {
  std::size_t levels = 0;
  for (const glossa::CpuLevel level : glossa::supported_levels())
    levels += glossa::detail::kernels_of<float>(level).codes.int8_product != nullptr ? 1 : 0;
  if (levels == 0) WARN("this processor has no fast products of bytes: k-means by them is not covered");
  SUCCEED(levels << " levels with products of bytes");
}

TEMPLATE_TEST_CASE("k-means is the same, bit by bit, with products of bytes and without", "", float, double) {
  for (const auto& one : hard_rows<TestType>())
    for (const std::size_t clusters : {1u, 2u, 20u, test::kSanitized ? 100u : 300u, test::kSanitized ? 300u : 700u}) {
      const auto& [name, rows] = one;
      const Points<TestType> points = rows.points();
      std::vector<TestType> start(rows.values.begin(),
                                  rows.values.begin() + static_cast<std::ptrdiff_t>(clusters * rows.dims));
      const Points<TestType> centers(start.data(), clusters, rows.dims);
      for (const bool spherical : {false, true}) {
        const auto run = [&](std::size_t bounds, glossa::CpuLevel level) {
          return glossa::kmeans(points, centers,
                                {.max_iterations = 25,
                                 .tolerance = 0,
                                 .spherical = spherical,
                                 .bounds_bytes = bounds,
                                 .run = {.threads = 2, .cpu_level = level}});
        };
        const auto plain = run(0, glossa::CpuLevel::portable);
        for (const glossa::CpuLevel level : glossa::supported_levels()) {
          if (clusters > 20 && level < glossa::default_level()) continue;  // long, and the same code
          const auto rough = run(std::size_t{1} << 30, level);
          INFO(name << ", " << clusters << " clusters, spherical: " << spherical << ", " << to_string(level));
          REQUIRE(rough.labels == plain.labels);
          REQUIRE(rough.centers == plain.centers);
          REQUIRE(rough.inertia == plain.inertia);
          REQUIRE(rough.iterations == plain.iterations);
          if (!spherical) REQUIRE(rough.labels == test::naive_labels(points, rough.center_points()));
        }
      }
    }
}

TEMPLATE_TEST_CASE("sums of clusters do not depend on the order in which rows are looked at", "", float, double) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    const auto rows = test::blobs<TestType>(234 + 13 * seed % 300, 95, 52, seed, TestType(1 + seed % 3));
    const KMeansOptions options{.clusters = 52, .start = glossa::KMeansStart::random, .tolerance = 0, .seed = seed};
    KMeansOptions plain = options;
    plain.bounds_bytes = 0;
    const auto a = glossa::kmeans(rows.points(), options);
    const auto b = glossa::kmeans(rows.points(), plain);
    INFO("seed " << seed << ", " << a.iterations << " iterations");
    REQUIRE(a.labels == b.labels);
    REQUIRE(a.centers == b.centers);
    REQUIRE(a.inertia == b.inertia);
  }
}

TEST_CASE("changes of labels are told in the order of the rows, whatever the order in which they are made") {
  glossa::detail::LabelChanges labels(6, 2);
  labels.begin(0);
  for (const std::size_t row : {2u, 0u, 1u}) labels.set(0, row, static_cast<std::int32_t>(row + 10));
  labels.end(0);
  labels.begin(1);
  labels.set(1, 5, 3);
  labels.set(1, 4, -1);  // as before
  labels.end(1);
  CHECK(labels.labels() == std::vector<std::int32_t>{10, 11, 12, -1, -1, 3});
  CHECK(labels.count() == 4);
  REQUIRE(labels.changes()[0].size() == 3);
  for (std::uint32_t i = 0; i < 3; ++i) {
    CHECK(labels.changes()[0][i].row == i);
    CHECK(labels.changes()[0][i].from == -1);
  }
  labels.begin(0);
  labels.set(0, 1, 4);
  labels.end(0);
  REQUIRE(labels.changes()[0].size() == 1);
  CHECK(labels.changes()[0][0].from == 11);
}

TEST_CASE("rows beyond what floats hold the squares of have their nearest centre, too") {
  constexpr std::size_t kDims = 64;
  std::mt19937 random(5);
  std::uniform_real_distribution<float> draw(-1, 1);
  for (int round = 0; round < 300; ++round) {
    test::Rows<float> rows = test::blobs<float>(32, kDims, 20, static_cast<unsigned>(round), 0.5F);
    for (std::size_t k = 0; k < kDims; ++k) {
      const float large = 2.3e18F * (1 + 1e-5F * draw(random));
      rows.values[k] = large;
      rows.values[kDims + k] = -large;
    }
    const std::vector<float> start(rows.values.begin() + 12 * kDims, rows.values.end());
    const Points<float> centers(start.data(), 20, kDims);
    const auto result = glossa::kmeans(rows.points(), centers, {.max_iterations = 0});
    REQUIRE(result.labels == test::naive_labels(rows.points(), centers));
  }
}

TEMPLATE_TEST_CASE("products of bytes leave the nearest centre, and few others", "[bytes]", float, double) {
  const glossa::ClusterRun run{.threads = 1};
  const glossa::detail::RunTools<TestType> tools(run);
  if (tools.float_kernels().codes.int8_product == nullptr) return;
  std::size_t kept = 0;
  std::size_t looked_at = 0;
  for (const auto& [name, rows] : hard_rows<TestType>()) {
    const Points<TestType> points = rows.points();
    const glossa::detail::MeasuredRows<TestType> measured(points, tools);
    const glossa::detail::RoughRows rough = glossa::detail::rough_rows(measured, tools, 1e9);
    REQUIRE(!rough.empty());
    REQUIRE(glossa::detail::rough_rows(measured, tools, 1e4).empty());
    // Centres: rows, the origin itself, and one beside it.
    std::vector<TestType> values(rows.values.begin(),
                                 rows.values.begin() + 40 * static_cast<std::ptrdiff_t>(rows.dims));
    values.insert(values.end(), measured.origin().begin(), measured.origin().end());
    const Points<TestType> centers(values.data(), 41, rows.dims);
    std::vector<std::uint32_t> all(41);
    std::iota(all.begin(), all.end(), 0U);
    const std::vector<std::uint32_t> some{3, 4, 17, 40};
    for (const auto& chosen : {all, some}) {
      const glossa::detail::RoughCenters<TestType> tested(centers, chosen, measured.origin(), rough, tools);
      typename glossa::detail::RoughCenters<TestType>::Scratch scratch;
      scratch.floors.fill(-std::numeric_limits<float>::infinity());
      std::vector<std::uint32_t> out(32 * tested.stride());
      for (std::uint32_t first = 0; first + 64 < rows.count; first += 64) {
        std::vector<std::uint32_t> asked;
        for (std::uint32_t r = 0; r < 32; ++r) asked.push_back(first + (first % 128 == 0 ? r : 2 * r));
        tested.candidates(asked, scratch, out.data());
        for (std::size_t r = 0, begin = 0; r < asked.size(); begin = scratch.ends[r++]) {
          const auto score = [&](std::uint32_t c) {
            return (glossa::detail::squared_distance(points[asked[r]], measured.origin()) -
                    test::square_of(points, asked[r], centers, c)) /
                   2;
          };
          std::uint32_t best = chosen.front();
          for (const std::uint32_t c : chosen)
            if (test::square_of(points, asked[r], centers, c) < test::square_of(points, asked[r], centers, best))
              best = c;
          const auto* from = out.data() + begin;
          const auto* to = out.data() + scratch.ends[r];
          INFO(name << ", row " << asked[r] << ", centre " << best);
          REQUIRE(std::find(from, to, best) != to);
          const double size = glossa::detail::squared_distance(points[asked[r]], measured.origin());
          REQUIRE(static_cast<double>(scratch.least[r]) <= score(best) + 1e-9 * size);
          for (const std::uint32_t c : chosen)
            if (std::find(from, to, c) == to) REQUIRE(static_cast<double>(scratch.next[r]) >= score(c) - 1e-9 * size);
          if (name == "clusters" && chosen.size() == 41) {
            kept += static_cast<std::size_t>(to - from);
            ++looked_at;
          }
        }
      }
    }
  }
  CHECK(kept < 3 * looked_at);
}

TEMPLATE_TEST_CASE("vectors in bytes are as near as is told", "", float, double) {
  for (const auto& [name, rows] : hard_rows<TestType>())
    for (std::size_t i = 0; i < rows.count; i += 7) {
      const std::span<const TestType> row = rows.points()[i];
      double square = 0;
      for (const TestType x : row) square += static_cast<double>(x) * static_cast<double>(x);
      std::vector<std::uint8_t> codes(128);
      const RoughScale scale = glossa::detail::rough_codes(row, square, 128, std::span<std::uint8_t>(codes));
      INFO(name);
      if (square == 0) CHECK(scale.error == 0);
      if (std::isnan(scale.scale)) {
        REQUIRE(square > 1e28);
        continue;
      }
      double rest = 0;
      for (std::size_t k = 0; k < row.size(); ++k) {
        const double value = static_cast<double>(scale.scale) * (int{codes[k]} - 128);
        rest += (static_cast<double>(row[k]) - value) * (static_cast<double>(row[k]) - value);
      }
      REQUIRE(static_cast<double>(scale.length) >= std::sqrt(square));
      REQUIRE(static_cast<double>(scale.error) >= std::sqrt(rest));
      REQUIRE(static_cast<double>(scale.error) <= std::sqrt(rest) * 1.001 + 1e-5 * std::sqrt(square) + 1e-44);
      REQUIRE(std::all_of(codes.begin() + static_cast<std::ptrdiff_t>(row.size()), codes.end(),
                          [](std::uint8_t code) { return code == 128; }));
    }
}

TEST_CASE("rows that are called steady have kept their nearest centre, however centres move") {
  constexpr std::size_t kRows = 200;
  constexpr std::size_t kCenters = 9;
  std::mt19937 random(3);
  std::uniform_real_distribution<double> draw(-1, 1);
  std::vector<double> rows(kRows);
  std::vector<double> centers(kCenters);
  for (double& x : rows) x = 5 * draw(random);
  for (double& c : centers) c = 5 * draw(random);
  const auto nearest = [&](double x, std::size_t without) {
    std::size_t best = without == 0 ? 1 : 0;
    for (std::size_t c = 0; c < kCenters; ++c)
      if (c != without && std::abs(x - centers[c]) < std::abs(x - centers[best])) best = c;
    return best;
  };
  SteadyRows steady;
  steady.clear(kRows);
  std::vector<std::int32_t> labels(kRows);
  std::size_t kept = 0;
  for (std::size_t round = 0; round < 300; ++round) {
    std::vector<double> shifts;
    if (round > 0) {
      for (double& c : centers) {
        const double shift = random() % 3 == 0 ? 0.0 : 0.03 * draw(random);
        shifts.push_back(std::abs(shift));
        c += shift;
      }
      steady.move(shifts);
    }
    for (std::size_t i = 0; i < kRows; ++i) {
      const std::size_t own = nearest(rows[i], kCenters);
      if (round > 0 && steady.is_steady(i, labels[i])) {
        REQUIRE(static_cast<std::size_t>(labels[i]) == own);
        ++kept;
        continue;
      }
      if (round > 0 && steady.asks_only_moved(i, labels[i]) && static_cast<std::size_t>(labels[i]) == own) {
        const double distance = rows[i] - centers[own];
        REQUIRE(steady.own_square(i) >= distance * distance);
        double other = std::numeric_limits<double>::infinity();
        for (std::size_t c = 0; c < kCenters; ++c)
          if (shifts[c] != 0) other = std::min(other, std::abs(rows[i] - centers[c]));
        steady.lower(i, other * other);
        continue;
      }
      labels[i] = static_cast<std::int32_t>(own);
      const double distance = rows[i] - centers[own];
      const double other = rows[i] - centers[nearest(rows[i], own)];
      if (i % 10 == 0) {
        steady.forget(i);
      } else {
        steady.set(i, distance * distance, other * other);
      }
    }
  }
  CHECK(kept > 300 * kRows / 2);
}
