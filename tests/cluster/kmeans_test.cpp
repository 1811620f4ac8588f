// k-means against its definition and scikit-learn.
#include "error_of.hpp"
#include "kmeans_cases.hpp"

#include <glossa/cluster/kmeans.hpp>
#include <glossa/core/thread_pool.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <set>
#include <stdexcept>
#include <type_traits>
#include <vector>

using glossa::KMeansOptions;
using glossa::KMeansStart;
using glossa::Points;

namespace {

constexpr KMeansStart kStarts[] = {KMeansStart::plus_plus, KMeansStart::parallel, KMeansStart::random};

/// Rows `start` of `rows`.
template <class T>
std::vector<T> rows_of(const Points<T>& rows, const std::vector<std::size_t>& start) {
  std::vector<T> values;
  for (const std::size_t row : start) values.insert(values.end(), rows[row].begin(), rows[row].end());
  return values;
}

/// As many as `clusters` rows, evenly apart.
template <class T>
std::vector<T> some_rows(const Points<T>& rows, std::size_t clusters) {
  std::vector<std::size_t> start;
  for (std::size_t c = 0; c < clusters; ++c) start.push_back(c * rows.rows() / clusters);
  return rows_of(rows, start);
}

template <class T>
double inertia_of(const Points<T>& rows, const glossa::KMeansResult<T>& result) {
  double sum = 0;
  for (std::size_t i = 0; i < rows.rows(); ++i)
    sum += test::square_of(rows, i, result.center_points(), static_cast<std::size_t>(result.labels[i]));
  return sum;
}

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

TEMPLATE_TEST_CASE("every start finds clusters that are apart, and another seed another start", "", float, double) {
  for (const KMeansStart start : kStarts) {
    const bool is_random = start == KMeansStart::random;  // which seldom hits each of many clusters once
    const std::size_t clusters = is_random ? 3 : 12;
    const auto rows = test::blobs<TestType>(1200, 20, static_cast<unsigned>(clusters), 3, TestType(0.05));
    const auto result =
        glossa::kmeans(rows.points(), {.clusters = clusters, .start = start, .starts = is_random ? 50u : 1u});
    for (std::size_t i = 0; i < rows.count; ++i) REQUIRE(result.labels[i] == result.labels[i % clusters]);
    CHECK(std::set<std::int32_t>(result.labels.begin(), result.labels.end()).size() == clusters);
    std::set<std::vector<TestType>> different;
    for (const std::uint64_t seed : {1u, 2u, 3u})
      different.insert(
          glossa::kmeans(rows.points(), {.clusters = 3, .start = start, .max_iterations = 0, .seed = seed}).centers);
    CHECK(different.size() > 1);
    for (const auto& centers : different) {  // a start is made of the vectors themselves, all different ones
      const auto labels = glossa::nearest_centers(Points<TestType>(centers.data(), 3, 20), rows.points());
      CHECK(std::set<std::int32_t>(labels.begin(), labels.end()).size() == 3);
      for (std::size_t c = 0; c < 3; ++c)
        CHECK(test::square_of(Points<TestType>(centers.data(), 3, 20), c, rows.points(),
                              static_cast<std::size_t>(labels[c])) == 0);
    }
  }
}

TEST_CASE("a start may be looked for among some of the vectors") {
  const auto rows = test::blobs<double>(5000, 8, 5, 3, 0.02);
  for (const KMeansStart start : {KMeansStart::plus_plus, KMeansStart::parallel})
    for (const std::size_t sample : {1u, 100u, 5000u}) {
      const KMeansOptions options{.clusters = 5, .start = start, .start_sample = sample};
      const auto result = glossa::kmeans(rows.points(), options);
      if (sample > 1) {
        for (std::size_t i = 0; i < rows.count; ++i) REQUIRE(result.labels[i] == result.labels[i % 5]);
      } else {  // fewer than clusters are taken for as many
        KMeansOptions as_many = options;
        as_many.start_sample = 5;
        CHECK(result.centers == glossa::kmeans(rows.points(), as_many).centers);
        as_many.max_iterations = 0;
        CHECK(glossa::kmeans(rows.points(), as_many).inertia > result.inertia);
      }
    }
}

TEST_CASE("of more starts the best counts") {
  const auto rows = test::blobs<double>(600, 2, 25, 3, 0.3);
  const auto inertia_of_starts = [&](std::size_t starts) {
    return glossa::kmeans(rows.points(), {.clusters = 25, .start = KMeansStart::random, .starts = starts}).inertia;
  };
  CHECK(inertia_of_starts(3) < inertia_of_starts(1));  // the first start is the same
  CHECK(inertia_of_starts(10) < inertia_of_starts(3));
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

TEST_CASE("k-means of vectors with few different ones") {
  for (const KMeansStart start : kStarts) {
    const std::vector<float> same(30 * 5, 0.1F);
    const auto equal = glossa::kmeans(Points<float>(same.data(), 30, 5), {.clusters = 4, .start = start});
    CHECK(equal.labels == glossa::Labels(30, 0));
    CHECK(equal.inertia == 0);
    CHECK(equal.converged);
    CHECK(equal.centers == std::vector<float>(4 * 5, 0.1F));

    std::vector<double> two(20);
    for (std::size_t i = 0; i < 20; i += 2) two[i] = 1;
    const auto halves = glossa::kmeans(Points<double>(two.data(), 20, 1), {.clusters = 5, .start = start});
    CHECK(halves.inertia == 0);
    for (std::size_t i = 0; i < 20; ++i) CHECK(halves.labels[i] == halves.labels[i % 2]);
    CHECK(halves.labels[0] != halves.labels[1]);

    const auto one = glossa::kmeans(Points<float>(same.data(), 1, 5), {.clusters = 1, .start = start});
    CHECK(one.labels == glossa::Labels{0});
    CHECK(one.inertia == 0);

    const auto rows = test::blobs<float>(9, 3, 9, 1, 0.1F);  // as many clusters as vectors
    const auto all = glossa::kmeans(rows.points(), {.clusters = 9, .start = start});
    CHECK(all.inertia == 0);
    CHECK(std::set<std::int32_t>(all.labels.begin(), all.labels.end()).size() == 9);
  }
}

TEST_CASE("vectors that crowd far from zero are told apart as double precision does") {
  auto rows = test::blobs<float>(400, 30, 8, 2, 0.4F);
  for (float& x : rows.values) x = 1000 + x / 16;
  const auto start = some_rows(rows.points(), 8);
  const auto result = glossa::kmeans(rows.points(), Points<float>(start.data(), 8, 30), {.tolerance = 0});
  CHECK(result.labels == test::naive_labels(rows.points(), result.center_points()));
  CHECK(result.inertia == Approx(inertia_of(rows.points(), result)).epsilon(1e-12));
}

TEST_CASE("squares that float cannot hold, and those that it rounds to zero, do not confuse k-means") {
  for (const double scale : {3e37, 1e30, 1e20, 3e18, 1e-19, 1e-23, 1e-30}) {
    // As many rounds as it takes for bounds to be set, of overlapping clusters.
    auto rows = test::blobs<double>(400, 3, 12, 5, 1.0);
    for (double& x : rows.values) x = static_cast<double>(static_cast<float>(x * scale));
    const auto floats = test::as<double, float>(rows);
    const auto start = some_rows(floats.points(), 12);
    const Points<float> centers(start.data(), 12, 3);
    for (const std::size_t bounds : {std::size_t{0}, std::size_t{1} << 30}) {
      const auto result = glossa::kmeans(floats.points(), centers, {.tolerance = 0, .bounds_bytes = bounds});
      INFO(scale << ", " << bounds << " bytes for bounds, " << result.iterations << " iterations");
      CHECK(result.iterations > 5);
      CHECK(result.converged);
      REQUIRE(result.labels == test::naive_labels(floats.points(), result.center_points()));
      const auto lloyd = test::naive_lloyd(floats.points(), start, result.iterations);
      REQUIRE(result.labels == test::naive_labels(floats.points(), Points<float>(lloyd.data(), 12, 3)));
    }
    for (const KMeansStart one : {KMeansStart::plus_plus, KMeansStart::parallel}) {
      const KMeansOptions options{.clusters = 12, .start = one, .max_iterations = 0};
      CHECK(glossa::kmeans(floats.points(), options).labels == glossa::kmeans(rows.points(), options).labels);
    }
  }
  const std::vector<float> tiny{2.5e-23F, -2.5e-23F};
  const std::vector<float> near{3e-23F, 2.5e-23F};
  CHECK(glossa::nearest_centers(Points<float>(tiny.data(), 2, 1), Points<float>(near.data(), 2, 1)) ==
        glossa::Labels{1, 1});
}

TEST_CASE("a vector that hides all others of its cluster takes no digits from them when it leaves") {
  std::vector<double> values;
  double sum = 0;
  for (int i = 0; i < 100; ++i) {
    values.push_back(1 + i % 5 * 0.5);
    sum += values.back();
  }
  values.insert(values.end(), {1e20, 1.9e20});
  const std::vector<double> start{0, 2.1e20};
  const auto result = glossa::kmeans(Points<double>(values.data(), 102, 1), Points<double>(start.data(), 2, 1));
  CHECK(std::count(result.labels.begin(), result.labels.end(), 0) == 100);
  CHECK(result.centers == std::vector<double>{sum / 100, 1.45e20});
}

TEST_CASE("k-means says what it cannot work with") {
  const std::vector<float> values(12, 1.0F);
  const Points<float> points(values.data(), 4, 3);
  const auto field_of = [&](const Points<float>& rows, const KMeansOptions& options) {
    return test::error_of([&] { (void)glossa::kmeans(rows, options); }).field();
  };
  CHECK(field_of(Points<float>(), {.clusters = 1}) == "clusters");
  CHECK(field_of(points, {.clusters = 0}) == "clusters");
  CHECK(field_of(points, {.clusters = 5}) == "clusters");
  CHECK(field_of(points, {.clusters = 2, .tolerance = -1}) == "tolerance");
  CHECK(field_of(points, {.clusters = 2, .tolerance = std::nan("")}) == "tolerance");
  CHECK(field_of(Points<float>(values.data(), 4, 0), {.clusters = 2}) == "points");
  const Points<float> no_dimensions(values.data(), 4, 0);
  CHECK(test::error_of([&] { (void)glossa::nearest_centers(no_dimensions, no_dimensions); }).field() == "points");
  for (const float wrong : {std::nanf(""), std::numeric_limits<float>::infinity()}) {
    std::vector<float> bad = values;
    bad[7] = wrong;
    CHECK(field_of(Points<float>(bad.data(), 4, 3), {.clusters = 2}) == "points");
    CHECK(test::error_of([&] { (void)glossa::kmeans(points, Points<float>(bad.data(), 3, 3)); }).field() == "centers");
  }
  CHECK(test::error_of([&] { (void)glossa::kmeans(points, Points<float>(values.data(), 3, 2)); }).field() == "centers");
  CHECK(test::error_of([&] { (void)glossa::nearest_centers(points, Points<float>()); }).field() == "centers");
  CHECK(glossa::nearest_centers(Points<float>(), points).empty());

  // Sums of these squares are no numbers in double precision.
  const std::vector<double> far{1e200, 1.1e200, -1e200, -1.1e200};
  const std::vector<double> near{1, 2, 3, 4};
  const Points<double> long_ones(far.data(), 4, 1);
  const Points<double> short_ones(near.data(), 4, 1);
  CHECK(test::error_of([&] { (void)glossa::kmeans(long_ones, {.clusters = 2}); }).field() == "points");
  CHECK(test::error_of([&] { (void)glossa::kmeans(short_ones, long_ones); }).field() == "centers");
  CHECK(test::error_of([&] { (void)glossa::nearest_centers(long_ones, short_ones); }).field() == "points");
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

TEMPLATE_TEST_CASE("of centres that are equally near, the first is the nearest", "", float, double) {
  const auto rows = test::blobs<TestType>(300, 17, 5, 1, TestType(1));
  std::vector<TestType> centers = some_rows(rows.points(), 20);
  std::copy_n(centers.begin(), 10 * 17, centers.begin() + 10 * 17);  // each twice
  const Points<TestType> all(centers.data(), 20, 17);
  const auto labels = glossa::nearest_centers(rows.points(), all);
  CHECK(labels == test::naive_labels(rows.points(), all));
  CHECK(*std::max_element(labels.begin(), labels.end()) < 10);
}
