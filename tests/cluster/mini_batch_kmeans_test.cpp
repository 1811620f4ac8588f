// Mini-batch k-means, of vectors that are all there and of parts.
#include "error_of.hpp"
#include "kmeans_cases.hpp"

#include <glossa/cluster/mini_batch_kmeans.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

using glossa::MiniBatchKMeans;
using glossa::MiniBatchOptions;
using glossa::Points;

TEMPLATE_TEST_CASE("mini-batch k-means comes near to k-means", "", float, double) {
  const auto rows = test::blobs<TestType>(20000, 16, 10, 3, TestType(0.8));
  const auto whole = glossa::kmeans(rows.points(), {.clusters = 10, .starts = 3});
  // One start in two ends with two blobs in one cluster, in scikit-learn too.
  glossa::KMeansResult<TestType> result;
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    auto one = glossa::mini_batch_kmeans(rows.points(), {.clusters = 10, .seed = seed});
    if (seed == 0 || one.inertia < result.inertia) result = std::move(one);
  }
  CHECK(result.inertia < 1.01 * whole.inertia);
  CHECK(result.labels == test::naive_labels(rows.points(), result.center_points()));
  double inertia = 0;
  for (std::size_t i = 0; i < rows.count; ++i)
    inertia += test::square_of(rows.points(), i, result.center_points(), static_cast<std::size_t>(result.labels[i]));
  CHECK(result.inertia == Approx(inertia).epsilon(1e-12));
  CHECK(result.converged);
  CHECK(result.iterations < 100 * 20000 / 1024);
}

TEST_CASE("mini-batch k-means is the same, bit by bit, whatever the threads, and another with another seed") {
  const auto rows = test::blobs<float>(5000, 16, 10, 3, 0.8F);
  const MiniBatchOptions options{.clusters = 10, .batch = 300, .run = {.threads = 1}};
  const auto first = glossa::mini_batch_kmeans(rows.points(), options);
  MiniBatchOptions other = options;
  other.run.threads = 4;
  const auto second = glossa::mini_batch_kmeans(rows.points(), other);
  CHECK(second.centers == first.centers);
  CHECK(second.labels == first.labels);
  CHECK(second.iterations == first.iterations);
  CHECK(second.inertia == first.inertia);
  other.seed = 43;
  CHECK(glossa::mini_batch_kmeans(rows.points(), other).centers != first.centers);
}

TEST_CASE("a mini-batch centre is the mean of the vectors that it was the nearest to") {
  // Two blobs so far apart that each vector goes to its own, whenever it comes.
  auto rows = test::blobs<double>(1000, 4, 2, 5, 0.2);
  for (std::size_t i = 0; i < rows.values.size(); ++i) rows.values[i] += i / 4 % 2 == 0 ? 100 : -100;
  MiniBatchKMeans<double> stream({.clusters = 2, .batch = 64});
  CHECK(stream.centers().empty());
  CHECK(stream.seen() == 0);
  for (const auto& [first, last] : {std::pair{0u, 300u}, {300u, 301u}, {301u, 301u}, {301u, 1000u}})
    stream.partial_fit({rows.points()[first].data(), last - first, 4});
  CHECK(stream.seen() == 1000);
  const auto labels = stream.labels(rows.points());
  CHECK(labels[0] != labels[1]);
  for (std::size_t i = 0; i < 1000; ++i) REQUIRE(labels[i] == labels[i % 2]);
  for (std::size_t blob = 0; blob < 2; ++blob)
    for (std::size_t k = 0; k < 4; ++k) {
      double sum = 0;
      for (std::size_t i = blob; i < 1000; i += 2) sum += rows.points()[i][k];
      CHECK(stream.centers()[static_cast<std::size_t>(labels[blob])][k] == Approx(sum / 500).epsilon(1e-12));
    }
}

TEMPLATE_TEST_CASE("a stream of parts ends up near k-means of all", "", float, double) {
  const auto rows = test::blobs<TestType>(20000, 16, 10, 3, TestType(0.8));
  const auto whole = glossa::kmeans(rows.points(), {.clusters = 10, .starts = 3});
  double least = std::numeric_limits<double>::infinity();
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    MiniBatchKMeans<TestType> stream({.clusters = 10, .batch = 256, .seed = seed});
    for (int epoch = 0; epoch < 2; ++epoch)
      for (std::size_t first = 0; first < rows.count; first += 3000)
        stream.partial_fit({rows.points()[first].data(), std::min<std::size_t>(3000, rows.count - first), 16});
    const auto labels = stream.labels(rows.points());
    double inertia = 0;
    for (std::size_t i = 0; i < rows.count; ++i)
      inertia += test::square_of(rows.points(), i, stream.centers(), static_cast<std::size_t>(labels[i]));
    least = std::min(least, inertia);
  }
  CHECK(least < 1.01 * whole.inertia);
}

TEST_CASE("centres that see nothing move to where vectors are") {
  // The start sees one blob only; the others come later.
  const auto rows = test::blobs<double>(6000, 3, 6, 11, 0.01);
  std::vector<double> first;
  for (std::size_t i = 0; i < 600; i += 6) first.insert(first.end(), rows.points()[i].begin(), rows.points()[i].end());
  const auto inertia_with = [&](double ratio) {
    MiniBatchKMeans<double> stream({.clusters = 6, .batch = 100, .reassignment_ratio = ratio});
    stream.partial_fit({first.data(), 100, 3});
    for (int epoch = 0; epoch < 5; ++epoch) stream.partial_fit(rows.points());
    const auto labels = stream.labels(rows.points());
    double inertia = 0;
    for (std::size_t i = 0; i < rows.count; ++i)
      inertia += test::square_of(rows.points(), i, stream.centers(), static_cast<std::size_t>(labels[i]));
    return inertia;
  };
  CHECK(inertia_with(0.05) < inertia_with(0) / 2);
}

TEST_CASE("all centres but the busiest may move, however large the ratio") {
  const auto rows = test::blobs<float>(100, 3, 4, 11, 0.1F);
  for (const double ratio : {1.0, 2.0, std::numeric_limits<double>::infinity()})
    for (const std::size_t clusters : {1u, 4u, 40u}) {
      const auto result = glossa::mini_batch_kmeans(rows.points(), {.clusters = clusters, .reassignment_ratio = ratio});
      CHECK(result.labels == test::naive_labels(rows.points(), result.center_points()));
    }
}

TEST_CASE("a batch may be larger than all vectors, and epochs more than can be counted") {
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();
  const auto rows = test::blobs<float>(500, 4, 5, 3, 0.3F);
  const auto centers_with = [&](std::size_t batch) {
    MiniBatchKMeans<float> stream({.clusters = 5, .batch = batch});
    stream.partial_fit(rows.points());
    CHECK(stream.seen() == 500);
    return std::vector<float>(stream.centers().values().begin(), stream.centers().values().end());
  };
  CHECK(centers_with(kMost) == centers_with(500));
  const auto whole = glossa::mini_batch_kmeans(rows.points(), {.clusters = 5, .batch = 500});
  CHECK(glossa::mini_batch_kmeans(rows.points(), {.clusters = 5, .batch = kMost}).centers == whole.centers);
  CHECK(glossa::mini_batch_kmeans(rows.points(), {.clusters = 5, .batch = 500, .max_epochs = kMost}).iterations >=
        whole.iterations);
}

TEST_CASE("patience, epochs and tolerance end mini-batch k-means") {
  const auto rows = test::blobs<float>(4000, 8, 6, 3, 1.0F);
  const auto steps_with = [&](MiniBatchOptions options) {
    options.clusters = 6;
    options.batch = 100;
    const auto result = glossa::mini_batch_kmeans(rows.points(), options);
    return std::pair(result.iterations, result.converged);
  };
  CHECK(steps_with({.max_epochs = 3, .patience = 0}) == std::pair(std::size_t{120}, false));
  const auto [patient, patient_converged] = steps_with({.max_epochs = 50, .patience = 10});
  const auto [hasty, hasty_converged] = steps_with({.max_epochs = 50, .patience = 1});
  CHECK(hasty < patient);
  CHECK(hasty_converged);
  const auto [tolerant, tolerant_converged] = steps_with({.max_epochs = 50, .patience = 0, .tolerance = 0.01});
  CHECK(tolerant_converged);
  CHECK(tolerant < 2000);
}

TEST_CASE("mini-batch k-means of few vectors, equal ones and zeros") {
  const std::vector<float> same(30, 0.1F);
  const auto equal = glossa::mini_batch_kmeans(Points<float>(same.data(), 10, 3), {.clusters = 4});
  CHECK(equal.inertia == Approx(0).margin(1e-10));
  const std::vector<double> zeros(30);
  CHECK(glossa::mini_batch_kmeans(Points<double>(zeros.data(), 10, 3), {.clusters = 2}).inertia == 0);
  const auto one = glossa::mini_batch_kmeans(Points<float>(same.data(), 1, 3), {.clusters = 1});
  CHECK(one.labels == glossa::Labels{0});
}

TEST_CASE("mini-batch k-means says what it cannot work with") {
  const std::vector<float> values(12, 1.0F);
  const Points<float> points(values.data(), 4, 3);
  const auto field_of = [&](const Points<float>& rows, const MiniBatchOptions& options) {
    return test::error_of([&] { (void)glossa::mini_batch_kmeans(rows, options); }).field();
  };
  CHECK(field_of(Points<float>(), {.clusters = 1}) == "clusters");
  CHECK(field_of(points, {.clusters = 5}) == "clusters");
  CHECK(field_of(points, {.clusters = 0}) == "clusters");
  CHECK(field_of(points, {.clusters = 2, .batch = 0}) == "batch");
  CHECK(field_of(points, {.clusters = 2, .tolerance = -1}) == "tolerance");
  CHECK(field_of(points, {.clusters = 2, .reassignment_ratio = std::nan("")}) == "reassignment_ratio");
  std::vector<float> bad = values;
  bad[4] = std::nanf("");
  CHECK(field_of(Points<float>(bad.data(), 4, 3), {.clusters = 2}) == "points");

  MiniBatchKMeans<float> stream({.clusters = 3});
  CHECK(test::error_of([&] { (void)stream.labels(points); }).field() == "centers");
  CHECK(test::error_of([&] { stream.partial_fit({values.data(), 2, 3}); }).field() == "clusters");
  stream.partial_fit(points);
  CHECK(test::error_of([&] { stream.partial_fit({values.data(), 3, 4}); }).field() == "part");
  CHECK(test::error_of([&] { stream.partial_fit({bad.data(), 4, 3}); }).field() == "part");
  const std::vector<double> far{1e200, -1e200};
  CHECK(test::error_of([&] {
          (void)glossa::mini_batch_kmeans(Points<double>(far.data(), 2, 1), {.clusters = 1});
        }).field() == "points");
  stream.partial_fit(Points<float>());
  CHECK(stream.seen() == 4);
  CHECK(test::error_of([] { MiniBatchKMeans<float>({.clusters = 0}); }).field() == "clusters");
}

TEST_CASE("mini-batch k-means tells how far it is, and ends when it is told to") {
  const auto rows = test::blobs<float>(1000, 6, 4, 9, 1.0F);
  MiniBatchOptions options{.clusters = 4, .batch = 100, .max_epochs = 2, .patience = 0};
  std::size_t last = 0;
  options.run.progress = [&](const glossa::Progress& progress) {
    CHECK(progress.total == 20);
    if (progress.done == 0) {  // the start is looked for
      CHECK(last == 0);
    } else {
      CHECK(progress.done == ++last);
    }
  };
  (void)glossa::mini_batch_kmeans(rows.points(), options);
  CHECK(last == 20);
  struct Enough {};
  options.run.progress = [](const glossa::Progress& progress) {
    if (progress.done == 3) throw Enough();
  };
  CHECK_THROWS_AS(glossa::mini_batch_kmeans(rows.points(), options), Enough);
  MiniBatchKMeans<float> stream(options);
  CHECK_THROWS_AS(stream.partial_fit(rows.points()), Enough);
  CHECK(stream.seen() == 300);  // what was seen stays
  CHECK(stream.labels(rows.points()).size() == 1000);
}
