// Vectors for the tests of mining: crowds of copies, and texts in several languages.
#pragma once

#include "random_values.hpp"

#include <glossa/cluster/points.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace test {

/// Owns what a Points refers to.
template <class T>
struct PointSet {
  std::size_t rows = 0;
  std::size_t dims = 0;
  std::vector<T> values;

  [[nodiscard]] glossa::Points<T> points() const { return {values.data(), rows, dims}; }
  [[nodiscard]] T* row(std::size_t i) { return values.data() + i * dims; }
};

/// The same numbers as floats and as doubles.
inline PointSet<double> as_double(const PointSet<float>& set) {
  return {set.rows, set.dims, {set.values.begin(), set.values.end()}};
}

/// Clustered, as sentences are; some rows twice, some zeros, lengths that differ.
inline PointSet<float> clustered_rows(std::size_t rows, std::size_t dims, unsigned seed) {
  PointSet<float> set{rows, dims, random_values<float>(rows * dims, seed)};
  std::mt19937 random(seed);
  for (std::size_t i = 1; i < rows; ++i) {
    float* row = set.row(i);
    const float* other = set.row(random() % i);
    switch (random() % 6) {
      case 0: std::copy_n(other, dims, row); break;
      case 1:
      case 2:
        for (std::size_t d = 0; d < dims; ++d) row[d] = other[d] + 0.3F * row[d];
        break;
      case 3:
        if (random() % 20 == 0) std::fill_n(row, dims, 0.0F);
        break;
      case 4:
        for (std::size_t d = 0; d < dims; ++d) row[d] *= 7;
        break;
      default: break;
    }
  }
  return set;
}

/// Texts in several languages: what they say, where the language lies, and noise. The first `shared` texts of each say
/// the same: text i of language l is row l · texts + i.
inline PointSet<float> translated_rows(std::size_t languages, std::size_t texts, std::size_t shared, std::size_t dims,
                                       float noise, unsigned seed) {
  PointSet<float> set{languages * texts, dims, random_values<float>(languages * texts * dims, seed)};
  const auto places = random_values<float>(languages * dims, seed + 1, -0.5F, 0.5F);
  for (std::size_t l = 0; l < languages; ++l)
    for (std::size_t i = 0; i < texts; ++i)
      for (std::size_t d = 0; d < dims; ++d) {
        float& value = set.row(l * texts + i)[d];
        if (l > 0 && i < shared) value = set.row(i)[d] - places[d] + noise * value;
        value += places[l * dims + d];
      }
  return set;
}

}  // namespace test
