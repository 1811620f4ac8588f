// Sentence embeddings and what other libraries make of them (tests/golden/density.json), and what tests of clusters
// compare by.
#pragma once

#include "catch.hpp"
#include "paths.hpp"

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/search/metric.hpp>

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstddef>
#include <fstream>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace test {

inline const nlohmann::json& density_goldens() {
  static const nlohmann::json golden = [] {
    std::ifstream file(test::golden() / "density.json", std::ios::binary);
    return nlohmann::json::parse(file);
  }();
  return golden;
}

/// Vectors that own their memory.
template <class T>
struct Vectors {
  std::vector<T> values;
  std::size_t rows = 0;
  std::size_t dims = 0;

  [[nodiscard]] glossa::Points<T> points() const { return {values.data(), rows, dims}; }
};

template <class T>
Vectors<T> golden_vectors() {
  const nlohmann::json& golden = density_goldens();
  Vectors<T> out{{}, golden.at("rows"), golden.at("dims")};
  const double scale = golden.at("scale");
  for (const nlohmann::json& value : golden.at("values"))
    out.values.push_back(static_cast<T>(value.get<double>() / scale));
  REQUIRE(out.values.size() == out.rows * out.dims);
  REQUIRE(out.rows == 300);
  return out;
}

inline glossa::Metric metric_of(const nlohmann::json& name) {
  return name == "cosine" ? glossa::Metric::cosine : glossa::Metric::euclidean;
}

/// Vectors around some centres, the first of them at a distance of its own; the same at every run and in every type
/// (values are multiples of 2^-12).
template <class T>
Vectors<T> clustered_vectors(std::size_t rows, std::size_t dims, std::size_t centers, unsigned seed) {
  std::mt19937 random(seed);
  const auto value = [&] { return static_cast<double>(static_cast<int>(random() % 8193) - 4096) / 4096; };
  std::vector<double> center(centers * dims);
  for (double& x : center) x = value();
  Vectors<T> out{{}, rows, dims};
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t c = random() % centers;
    for (std::size_t k = 0; k < dims; ++k) out.values.push_back(static_cast<T>(center[c * dims + k] + value() / 2));
  }
  return out;
}

/// The distance as its definition has it.
template <class T>
double naive_distance(const Vectors<T>& vectors, std::size_t i, std::size_t j, glossa::Metric metric) {
  double dot = 0;
  double a = 0;
  double b = 0;
  double squares = 0;
  for (std::size_t k = 0; k < vectors.dims; ++k) {
    const auto x = static_cast<double>(vectors.values[i * vectors.dims + k]);
    const auto y = static_cast<double>(vectors.values[j * vectors.dims + k]);
    dot += x * y;
    a += x * x;
    b += y * y;
    squares += (x - y) * (x - y);
  }
  if (metric == glossa::Metric::euclidean) return std::sqrt(squares);
  if (a == 0 || b == 0) return 1;
  return i == j ? 0 : 1 - dot / (std::sqrt(a) * std::sqrt(b));
}

/// Of all pairs, row by row: what tests of many settings compute once.
struct NaiveDistances {
  template <class T>
  NaiveDistances(const Vectors<T>& vectors, glossa::Metric metric) : rows(vectors.rows), values(rows * rows) {
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t j = 0; j <= i; ++j)
        values[i * rows + j] = values[j * rows + i] = naive_distance(vectors, i, j, metric);
  }
  [[nodiscard]] double operator()(std::size_t i, std::size_t j) const { return values[i * rows + j]; }

  std::size_t rows;
  std::vector<double> values;
};

/// The labels with clusters numbered in the order of their first vectors.
inline glossa::Labels renamed(const glossa::Labels& labels) {
  std::map<std::int32_t, std::int32_t> names{{glossa::kNoise, glossa::kNoise}};
  glossa::Labels out;
  for (const std::int32_t label : labels)
    out.push_back(names.emplace(label, static_cast<std::int32_t>(names.size()) - 1).first->second);
  return out;
}

/// Thrown by a callback to cancel.
struct Cancelled : std::runtime_error {
  Cancelled() : std::runtime_error("cancelled") {}
};

/// Calls run(ClusterRun) with a progress that is checked, then with one that cancels at each of its calls in turn.
template <class Run>
void check_progress_and_cancelling(Run&& run) {
  glossa::ClusterRun how;
  how.threads = 3;
  std::size_t calls = 0;
  glossa::Progress last;
  how.progress = [&](const glossa::Progress& progress) {
    ++calls;
    CHECK(progress.done >= last.done);
    CHECK(progress.done <= progress.total);
    CHECK((last.total == 0 || progress.total == last.total));
    last = progress;
  };
  run(how);
  REQUIRE(calls > 1);
  CHECK(last.done == last.total);
  for (std::size_t at = 1; at <= std::min<std::size_t>(calls, 5); ++at) {
    std::size_t call = 0;
    how.progress = [&](const glossa::Progress&) {
      if (++call == at) throw Cancelled();
    };
    CHECK_THROWS_AS(run(how), Cancelled);
    CHECK(call == at);
  }
}

}  // namespace test
