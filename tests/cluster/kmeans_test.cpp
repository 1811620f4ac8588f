// k-means against its definition and scikit-learn.
#include "kmeans_cases.hpp"

#include <glossa/cluster/kmeans.hpp>
#include <glossa/core/thread_pool.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <type_traits>
#include <vector>

using glossa::KMeansOptions;
using glossa::KMeansStart;
using glossa::Points;
using test::inertia_of;
using test::rows_of;
using test::some_rows;

namespace {

constexpr KMeansStart kStarts[] = {KMeansStart::plus_plus, KMeansStart::parallel, KMeansStart::random};

}  // namespace

TEMPLATE_TEST_CASE("k-means gives scikit-learn's labels from the same start", "[golden]", float, double) {
  const auto rows = test::golden_rows<TestType>();
  for (const auto& run : test::kmeans_golden().at("runs")) {
    const auto start = run.at("start").get<std::vector<std::size_t>>();
    const std::vector<TestType> centers = rows_of(rows.points(), start);
    INFO(start.size() << " clusters, tolerance " << run.at("tolerance"));
    for (const glossa::CpuLevel level : glossa::supported_levels())
      for (const std::size_t bounds : {std::size_t{0}, std::size_t{1} << 30}) {
        const auto result = glossa::kmeans(
            rows.points(), Points<TestType>(centers.data(), start.size(), rows.dims),
            {.tolerance = run.at("tolerance"), .bounds_bytes = bounds, .run = {.threads = 2, .cpu_level = level}});
        INFO(to_string(level) << ", " << bounds << " bytes for bounds");
        REQUIRE(result.labels == run.at("labels").get<glossa::Labels>());
        CHECK(result.iterations == run.at("iterations").get<std::size_t>());
        CHECK(result.inertia == Approx(run.at("inertia").get<double>()).epsilon(1e-6));
        CHECK(result.converged);
      }
  }
}

TEMPLATE_TEST_CASE("k-means of its own start is as good as the best of ten of scikit-learn", "[golden]", float,
                   double) {
  const auto rows = test::golden_rows<TestType>();
  for (const auto& run : test::kmeans_golden().at("free")) {
    if (std::is_same_v<TestType, double> && run.at("clusters") == 25) continue;  // slow, and the same code
    for (const KMeansStart start : {KMeansStart::plus_plus, KMeansStart::parallel}) {
      const auto result = glossa::kmeans(
          rows.points(), {.clusters = run.at("clusters"), .start = start, .starts = 10, .run = {.threads = 1}});
      INFO(run.at("clusters") << " clusters, start " << static_cast<int>(start));
      CHECK(result.inertia <= 1.01 * run.at("inertia").get<double>());  // of twelve such of scikit-learn's, the median
    }
  }
}

TEMPLATE_TEST_CASE("k-means is Lloyd's algorithm, whatever is left out by bounds", "", float, double) {
  unsigned seed = 0;
  for (const auto& [count, dims, clusters] :
       {std::tuple{1000u, 2u, 7u}, {700u, 33u, 40u}, {333u, 5u, 3u}, {2000u, 16u, 100u}, {64u, 384u, 64u}}) {
    // Clusters that overlap: many rounds, with ever fewer changes.
    const auto rows = test::blobs<TestType>(count, dims, clusters, ++seed, TestType(1.5));
    const auto start = some_rows(rows.points(), clusters);
    for (const std::size_t rounds : {0u, 1u, 2u, 5u, 40u}) {
      const auto expected = test::naive_lloyd(rows.points(), start, rounds);
      const Points<TestType> expected_centers(expected.data(), clusters, dims);
      for (const std::size_t bounds : {std::size_t{0}, std::size_t{1} << 30}) {
        const auto result =
            glossa::kmeans(rows.points(), Points<TestType>(start.data(), clusters, dims),
                           {.max_iterations = rounds, .tolerance = 0, .bounds_bytes = bounds, .run = {.threads = 2}});
        INFO(count << " x " << dims << ", " << clusters << " clusters, " << rounds << " rounds, " << bounds);
        REQUIRE(result.iterations <= rounds);
        REQUIRE(result.labels == test::naive_labels(rows.points(), expected_centers));
        REQUIRE(result.dims == dims);
        REQUIRE(result.clusters() == clusters);
        for (std::size_t i = 0; i < expected.size(); ++i)
          REQUIRE(result.centers[i] == Approx(expected[i]).margin(1e-6));
        REQUIRE(result.inertia == Approx(inertia_of(rows.points(), result)).epsilon(1e-12));
      }
    }
  }
}

TEST_CASE("k-means is the same, bit by bit, whatever the threads, the instructions and the memory for bounds") {
  const auto rows = test::blobs<float>(3000, 96, 30, 5, 1.2F);
  for (const KMeansStart start : kStarts) {
    const KMeansOptions one{.clusters = 30, .start = start, .starts = 2, .seed = 7, .run = {.threads = 1}};
    const auto first = glossa::kmeans(rows.points(), one);
    for (const std::size_t threads : {2u, 3u, 8u}) {
      KMeansOptions options = one;
      options.run.threads = threads;
      if (threads == 3) options.bounds_bytes = 0;
      const auto result = glossa::kmeans(rows.points(), options);
      CHECK(result.labels == first.labels);
      CHECK(result.centers == first.centers);
      CHECK(result.inertia == first.inertia);
      CHECK(result.iterations == first.iterations);
    }
  }
  const auto start = some_rows(rows.points(), 30);
  std::vector<std::vector<float>> centers;
  for (const glossa::CpuLevel level : glossa::supported_levels())
    centers.push_back(
        glossa::kmeans(rows.points(), Points<float>(start.data(), 30, 96), {.run = {.cpu_level = level}}).centers);
  for (const auto& one : centers) CHECK(one == centers.front());
}

TEST_CASE("tolerance and max_iterations end k-means early, and its labels are those of its centres") {
  const auto rows = test::blobs<float>(2000, 10, 20, 9, 2.0F);
  const auto whole = glossa::kmeans(rows.points(), {.clusters = 20, .tolerance = 0});
  const auto early = glossa::kmeans(rows.points(), {.clusters = 20, .tolerance = 1e-2});
  const auto cut = glossa::kmeans(rows.points(), {.clusters = 20, .max_iterations = 3, .tolerance = 0});
  CHECK(whole.converged);
  CHECK(early.converged);
  CHECK_FALSE(cut.converged);
  CHECK(cut.iterations == 3);
  CHECK(early.iterations < whole.iterations);
  CHECK(whole.inertia < early.inertia);
  for (const auto& result : {whole, early, cut})
    CHECK(result.labels == test::naive_labels(rows.points(), result.center_points()));
}

TEST_CASE("spherical k-means goes by directions") {
  auto rows = test::blobs<float>(500, 12, 6, 4, 0.8F);
  const KMeansOptions options{.clusters = 6, .spherical = true};
  const auto result = glossa::kmeans(rows.points(), options);
  for (std::size_t c = 0; c < 6; ++c) {
    double square = 0;
    for (const float x : result.center_points()[c]) square += static_cast<double>(x) * static_cast<double>(x);
    CHECK(square == Approx(1).margin(1e-6));
  }
  double inertia = 0;
  for (std::size_t i = 0; i < rows.count; ++i) {
    const auto cosine = [&](std::size_t c) {
      double product = 0;
      double square = 0;
      for (std::size_t k = 0; k < rows.dims; ++k) {
        product += static_cast<double>(rows.points()[i][k]) * static_cast<double>(result.center_points()[c][k]);
        square += static_cast<double>(rows.points()[i][k]) * static_cast<double>(rows.points()[i][k]);
      }
      return product / std::sqrt(square);
    };
    const double own = cosine(static_cast<std::size_t>(result.labels[i]));
    for (std::size_t c = 0; c < 6; ++c) REQUIRE(own >= cosine(c) - 1e-6);
    inertia += 2 - 2 * own;
  }
  CHECK(result.inertia == Approx(inertia).epsilon(1e-5));
  for (std::size_t i = 0; i < rows.values.size(); ++i) rows.values[i] *= static_cast<float>(1 << (i / rows.dims % 4));
  CHECK(glossa::kmeans(rows.points(), options).labels == result.labels);

  std::fill_n(rows.values.begin(), rows.dims, 0.0F);
  const auto with_zero = glossa::kmeans(rows.points(), options);
  CHECK(std::isfinite(with_zero.inertia));
  const std::vector<float> zeros(40);
  const auto all_zero = glossa::kmeans(Points<float>(zeros.data(), 10, 4), options);
  CHECK(all_zero.inertia == 0);
  CHECK(std::count(all_zero.labels.begin(), all_zero.labels.end(), 0) == 10);

  const auto start = some_rows(rows.points(), 6);
  std::vector<float> longer = start;
  for (float& x : longer) x *= 8;
  CHECK(glossa::kmeans(rows.points(), Points<float>(start.data(), 6, 12), options).labels ==
        glossa::kmeans(rows.points(), Points<float>(longer.data(), 6, 12), options).labels);
}

TEST_CASE("a cluster that runs empty takes the vector that is farthest from its centre") {
  const std::vector<double> values{0, 1, 2, 3, 100, 101, 102, 150};
  const std::vector<double> start{1, 101, 1000, 2000};  // nothing is near the last two
  const auto result = glossa::kmeans(Points<double>(values.data(), 8, 1), Points<double>(start.data(), 4, 1));
  // 150 is farthest from its centre, and then 3; the others stay.
  CHECK(result.labels == glossa::Labels{0, 0, 0, 3, 1, 1, 1, 2});
  CHECK(result.centers == std::vector<double>{1, 101, 150, 3});
}

TEST_CASE("k-means tells how far it is, and ends when it is told to") {
  const auto rows = test::blobs<float>(1000, 6, 10, 9, 2.0F);
  KMeansOptions options{.clusters = 10, .starts = 3, .max_iterations = 5, .tolerance = 0, .run = {.threads = 2}};
  std::vector<std::size_t> done;
  options.run.progress = [&](const glossa::Progress& progress) {
    CHECK(progress.total == 15);
    done.push_back(progress.done);
  };
  (void)glossa::kmeans(rows.points(), options);
  CHECK(std::is_sorted(done.begin(), done.end()));
  CHECK(done.front() == 0);  // while the start is looked for
  CHECK(done.back() == 15);
  for (std::size_t i = 0; i <= 15; ++i) CHECK(std::count(done.begin(), done.end(), i) > 0);
  struct Enough {};
  int calls = 0;
  options.run.progress = [&](const glossa::Progress&) {
    if (++calls == 3) throw Enough();
  };
  CHECK_THROWS_AS(glossa::kmeans(rows.points(), options), Enough);
  CHECK(calls == 3);
  for (const KMeansStart start : {KMeansStart::plus_plus, KMeansStart::parallel}) {
    options.start = start;
    options.run.progress = [&](const glossa::Progress& progress) {
      if (progress.done == 0) throw Enough();
    };
    CHECK_THROWS_AS(glossa::kmeans(rows.points(), options), Enough);
  }
  // As many iterations as there are numbers are no fewer than none.
  options.max_iterations = std::numeric_limits<std::size_t>::max();
  std::size_t last = 0;
  options.run.progress = [&](const glossa::Progress& progress) {
    CHECK(progress.total == std::numeric_limits<std::size_t>::max());
    CHECK(progress.done >= last);
    last = progress.done;
  };
  CHECK(glossa::kmeans(rows.points(), options).converged);
}

TEST_CASE("k-means runs on threads of the caller's, and takes embeddings") {
  const auto rows = test::blobs<float>(800, 6, 4, 9, 0.5F);
  glossa::Embeddings vectors(rows.count, rows.dims);
  std::copy(rows.values.begin(), rows.values.end(), vectors.values().begin());
  const auto pool = std::make_shared<glossa::ThreadPool>(3);
  const auto mine = glossa::kmeans(vectors, {.clusters = 4, .run = {.executor = pool}});
  CHECK(mine.labels == glossa::kmeans(rows.points(), {.clusters = 4}).labels);
  glossa::Embeddings centers(4, rows.dims);
  std::copy(mine.centers.begin(), mine.centers.end(), centers.values().begin());
  CHECK(glossa::kmeans(vectors, centers).labels == mine.labels);
  CHECK(glossa::nearest_centers(vectors, mine.center_points()) == mine.labels);
}
