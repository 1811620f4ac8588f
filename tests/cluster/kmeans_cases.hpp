// Vectors to cluster, and k-means as its definition has it.
#pragma once

#include "catch.hpp"
#include "paths.hpp"
#include "random_values.hpp"

#include <glossa/cluster/kmeans.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/text/base64.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace test {

/// Rows that somebody owns.
template <class T>
struct Rows {
  std::vector<T> values;
  std::size_t count = 0;
  std::size_t dims = 0;

  [[nodiscard]] glossa::Points<T> points() const { return {values.data(), count, dims}; }
};

/// Row i lies around centre i % clusters; centres are drawn from [-1, 1) in each dimension.
template <class T>
Rows<T> blobs(std::size_t count, std::size_t dims, std::size_t clusters, unsigned seed, T noise) {
  const auto centers = random_values<T>(clusters * dims, seed);
  Rows<T> rows{random_values<T>(count * dims, seed + 1, -noise, noise), count, dims};
  for (std::size_t i = 0; i < rows.values.size(); ++i) rows.values[i] += centers[i / dims % clusters * dims + i % dims];
  return rows;
}

template <class A, class B>
Rows<B> as(const Rows<A>& rows) {
  return {std::vector<B>(rows.values.begin(), rows.values.end()), rows.count, rows.dims};
}

inline const nlohmann::json& kmeans_golden() {
  static const nlohmann::json golden = nlohmann::json::parse(read_file(test::golden() / "kmeans.json"));
  return golden;
}

/// The vectors of kmeans.json.
template <class T>
Rows<T> golden_rows() {
  const nlohmann::json& golden = kmeans_golden();
  const std::string codes = glossa::detail::base64_decode(golden.at("codes").get<std::string>()).value();
  Rows<T> rows{{}, golden.at("rows").get<std::size_t>(), golden.at("dims").get<std::size_t>()};
  for (const char code : codes) rows.values.push_back(static_cast<T>(static_cast<signed char>(code)));
  REQUIRE(rows.values.size() == rows.count * rows.dims);
  return rows;
}

template <class T>
double square_of(const glossa::Points<T>& a, std::size_t i, const glossa::Points<T>& b, std::size_t j) {
  double sum = 0;
  for (std::size_t k = 0; k < a.dims(); ++k) {
    const double difference = static_cast<double>(a[i][k]) - static_cast<double>(b[j][k]);
    sum += difference * difference;
  }
  return sum;
}

/// The nearest of `centers` to each row, of several the first.
template <class T>
std::vector<std::int32_t> naive_labels(const glossa::Points<T>& rows, const glossa::Points<T>& centers) {
  std::vector<std::int32_t> labels(rows.rows());
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < centers.rows(); ++c)
      if (const double square = square_of(rows, i, centers, c); square < least) {
        least = square;
        labels[i] = static_cast<std::int32_t>(c);
      }
  }
  return labels;
}

/// Centres after some rounds of Lloyd's algorithm; those of empty clusters stay.
template <class T>
std::vector<T> naive_lloyd(const glossa::Points<T>& rows, std::vector<T> centers, std::size_t rounds) {
  const std::size_t dims = rows.dims();
  for (std::size_t round = 0; round < rounds; ++round) {
    const auto labels = naive_labels(rows, glossa::Points<T>(centers.data(), centers.size() / dims, dims));
    for (std::size_t c = 0; c < centers.size() / dims; ++c) {
      std::vector<double> sum(dims);
      double count = 0;
      for (std::size_t i = 0; i < rows.rows(); ++i) {
        if (static_cast<std::size_t>(labels[i]) != c) continue;
        ++count;
        for (std::size_t k = 0; k < dims; ++k) sum[k] += static_cast<double>(rows[i][k]);
      }
      for (std::size_t k = 0; k < dims && count > 0; ++k) centers[c * dims + k] = static_cast<T>(sum[k] / count);
    }
  }
  return centers;
}

/// Rows `start` of `rows`.
template <class T>
std::vector<T> rows_of(const glossa::Points<T>& rows, const std::vector<std::size_t>& start) {
  std::vector<T> values;
  for (const std::size_t row : start) values.insert(values.end(), rows[row].begin(), rows[row].end());
  return values;
}

/// As many as `clusters` rows, evenly apart.
template <class T>
std::vector<T> some_rows(const glossa::Points<T>& rows, std::size_t clusters) {
  std::vector<std::size_t> start;
  for (std::size_t c = 0; c < clusters; ++c) start.push_back(c * rows.rows() / clusters);
  return rows_of(rows, start);
}

template <class T>
double inertia_of(const glossa::Points<T>& rows, const glossa::KMeansResult<T>& result) {
  double sum = 0;
  for (std::size_t i = 0; i < rows.rows(); ++i)
    sum += square_of(rows, i, result.center_points(), static_cast<std::size_t>(result.labels[i]));
  return sum;
}

}  // namespace test
