// Vectors come in; the checks that every consumer makes on them go out. Knows nothing of glossa.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <vector>

/// The cosine of the angle between two vectors; 0 for vectors of different length.
inline double cosine(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size()) return 0;
  double product = 0, a_squared = 0, b_squared = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    product += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    a_squared += static_cast<double>(a[i]) * static_cast<double>(a[i]);
    b_squared += static_cast<double>(b[i]) * static_cast<double>(b[i]);
  }
  return product / std::sqrt(a_squared * b_squared);
}

/// Prints the start of a vector; false unless it has at least 4 numbers and unit length.
inline bool print_unit_vector(const char* name, const std::vector<float>& vector) {
  double squared = 0;
  for (const float value : vector) squared += static_cast<double>(value) * static_cast<double>(value);
  if (vector.size() < 4 || !(std::abs(squared - 1) < 1e-5)) {
    std::printf("%s: %zu numbers of length %f, expected a unit vector\n", name, vector.size(), std::sqrt(squared));
    return false;
  }
  std::printf("%s: %zu numbers, %.4f %.4f %.4f ...\n", name, vector.size(), static_cast<double>(vector[0]),
              static_cast<double>(vector[1]), static_cast<double>(vector[2]));
  return true;
}

/// Prints how near two vectors are; false where they are not the same up to rounding.
inline bool print_same(const char* names, const std::vector<float>& a, const std::vector<float>& b) {
  const double value = cosine(a, b);
  std::printf("%s: cosine %.9f\n", names, value);
  return value >= 0.999999;
}
