// Vectors, ids and the naive search that every index is held to.
#pragma once

#include "random_values.hpp"

#include <glossa/core/embeddings.hpp>
#include <glossa/search/index.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <span>
#include <vector>

namespace test {

using Ids = std::vector<std::uint64_t>;

inline constexpr glossa::Metric kIndexMetrics[] = {glossa::Metric::cosine, glossa::Metric::dot,
                                                   glossa::Metric::euclidean};
inline constexpr glossa::VectorForm kForms[] = {glossa::VectorForm::f32, glossa::VectorForm::bf16,
                                                glossa::VectorForm::f16, glossa::VectorForm::int8,
                                                glossa::VectorForm::binary};

/// An index of type T; to be specialised where T is not made from IndexOptions alone.
template <class T>
[[nodiscard]] T make_index(const glossa::IndexOptions& options) {
  return T(options);
}

/// Options with which an index that usually looks at some vectors looks at all of a few thousand.
[[nodiscard]] inline glossa::IndexSearchOptions thorough() {
  glossa::IndexSearchOptions options;
  options.rescored = options.candidates = options.probes = 4096;
  return options;
}

[[nodiscard]] inline glossa::Embeddings embeddings_of(std::size_t rows, std::size_t dims,
                                                      const std::vector<float>& values) {
  glossa::Embeddings result(rows, dims);
  std::copy_n(values.begin(), rows * dims, result.values().begin());
  return result;
}

/// Rows with numbers in [-1, 1], of lengths that differ by up to a factor of a million.
[[nodiscard]] inline glossa::Embeddings any_rows(std::size_t rows, std::size_t dims, unsigned seed) {
  glossa::Embeddings result = embeddings_of(rows, dims, random_values<float>(rows * dims, seed));
  std::mt19937 random(seed);
  for (std::size_t r = 0; r < rows; ++r) {
    const float length = std::pow(10.0F, static_cast<float>(random() % 7) - 3);
    for (float& value : result[r]) value *= length;
  }
  return result;
}

/// Unit vectors in a cone around one direction, as a model's are, that differ in few directions more than in others.
[[nodiscard]] inline glossa::Embeddings cone_rows(std::size_t rows, std::size_t dims, unsigned seed) {
  constexpr std::size_t kDirections = 24;
  static constexpr unsigned kModel = 77;  // whatever the seed
  const auto middle = random_values<float>(dims, kModel);
  const auto directions = random_values<float>(kDirections * dims, kModel + 1);
  const auto noise = random_values<float>(rows * dims, seed, -0.3F, 0.3F);
  const auto amounts = random_values<float>(rows * kDirections, seed + 1, -0.3F, 0.3F);
  glossa::Embeddings result(rows, dims);
  for (std::size_t r = 0; r < rows; ++r) {
    const std::span<float> row = result[r];
    for (std::size_t d = 0; d < dims; ++d) row[d] = 2 * middle[d] + noise[r * dims + d];
    for (std::size_t k = 0; k < kDirections; ++k)
      for (std::size_t d = 0; d < dims; ++d) row[d] += amounts[r * kDirections + k] * directions[k * dims + d];
    double square = 0;
    for (const float value : row) square += static_cast<double>(value) * static_cast<double>(value);
    for (float& value : row) value = static_cast<float>(static_cast<double>(value) / std::sqrt(square));
  }
  return result;
}

/// `count` ids that are all different, in no order.
[[nodiscard]] inline Ids mixed_ids(std::size_t count, unsigned seed) {
  Ids ids(count);
  for (std::size_t i = 0; i < count; ++i) ids[i] = i % 3 == 0 ? i : (i * 0x9E3779B97F4A7C15u) | 1u << 20;
  std::shuffle(ids.begin(), ids.end(), std::mt19937(seed));
  return ids;
}

/// The definition of a similarity, in double.
[[nodiscard]] inline double naive_similarity(std::span<const float> a, std::span<const float> b,
                                             glossa::Metric metric) {
  double product = 0;
  double own = 0;
  double other = 0;
  double squared = 0;
  for (std::size_t d = 0; d < a.size(); ++d) {
    const double x = static_cast<double>(a[d]);
    const double y = static_cast<double>(b[d]);
    product += x * y;
    own += x * x;
    other += y * y;
    squared += (x - y) * (x - y);
  }
  if (metric == glossa::Metric::dot) return product;
  if (metric == glossa::Metric::euclidean) return -std::sqrt(squared);
  const double lengths = std::sqrt(own) * std::sqrt(other);
  return lengths == 0 ? 0 : product / lengths;
}

/// Vectors by their ids: what an index stands for.
using Model = std::map<std::uint64_t, std::vector<float>>;

[[nodiscard]] inline Model model_of(const Ids& ids, const glossa::Embeddings& rows) {
  Model model;
  for (std::size_t r = 0; r < ids.size(); ++r) model[ids[r]] = {rows[r].begin(), rows[r].end()};
  return model;
}

/// The k best by sorting all; of equal scores the lower id first.
template <class Allowed>
[[nodiscard]] std::vector<glossa::Neighbor> naive_search(std::span<const float> query, const Model& model,
                                                         std::size_t k, glossa::Metric metric, Allowed&& allowed) {
  std::vector<std::pair<double, std::uint64_t>> scores;
  for (const auto& [id, vector] : model)
    if (allowed(id)) scores.emplace_back(-naive_similarity(query, vector, metric), id);
  std::sort(scores.begin(), scores.end());
  scores.resize(std::min(k, scores.size()));
  std::vector<glossa::Neighbor> hits;
  for (const auto& [score, id] : scores) hits.push_back({id, static_cast<float>(-score)});
  return hits;
}
[[nodiscard]] inline std::vector<glossa::Neighbor> naive_search(std::span<const float> query, const Model& model,
                                                                std::size_t k, glossa::Metric metric) {
  return naive_search(query, model, k, metric, [](std::uint64_t) { return true; });
}

/// The share of the expected hits' ids that were found.
[[nodiscard]] inline double recall(const std::vector<glossa::Neighbor>& found,
                                   const std::vector<glossa::Neighbor>& expected) {
  if (expected.empty()) return 1;
  std::size_t there = 0;
  for (const auto& hit : expected)
    there += std::any_of(found.begin(), found.end(), [&](const auto& other) { return other.id == hit.id; }) ? 1 : 0;
  return static_cast<double>(there) / static_cast<double>(expected.size());
}

}  // namespace test
