// Two vectors come in; how alike they are goes out.
#pragma once

#include <glossa/core/error.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <string>

namespace glossa {

/// How the likeness of two vectors is measured. Larger is more alike: distances count as negative numbers, as in
/// sentence-transformers' SimilarityFunction.
enum class Metric {
  cosine,     ///< of the angle between them, whatever their lengths
  dot,        ///< inner product; for vectors of unit length the same, and cheaper
  euclidean,  ///< minus the Euclidean distance
  manhattan,  ///< minus the sum of the absolute differences
};

[[nodiscard]] constexpr const char* to_string(Metric metric) noexcept {
  switch (metric) {
    case Metric::dot: return "dot";
    case Metric::euclidean: return "euclidean";
    case Metric::manhattan: return "manhattan";
    default: return "cosine";
  }
}

namespace detail {

inline void require_same_size(const char* what, std::size_t a, std::size_t b) {
  if (a != b)
    throw Error(
        ErrorKind::invalid_argument,
        {.field = what, .expected = "vectors of one length", .found = std::to_string(a) + " and " + std::to_string(b)});
}

/// Σ term(a[i], b[i]) in double.
template <class Term>
[[nodiscard]] double sum_of(std::span<const float> a, std::span<const float> b, Term&& term) noexcept {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += term(static_cast<double>(a[i]), static_cast<double>(b[i]));
  return sum;
}

[[nodiscard]] inline double exact_dot(std::span<const float> a, std::span<const float> b) noexcept {
  return sum_of(a, b, [](double x, double y) { return x * y; });
}

/// The similarity in double, of vectors of one length: the definition that everything faster is held to.
[[nodiscard]] inline double exact_similarity(std::span<const float> a, std::span<const float> b,
                                             Metric metric) noexcept {
  switch (metric) {
    case Metric::dot: return exact_dot(a, b);
    case Metric::euclidean: return -std::sqrt(sum_of(a, b, [](double x, double y) { return (x - y) * (x - y); }));
    case Metric::manhattan: return -sum_of(a, b, [](double x, double y) { return std::abs(x - y); });
    default: break;
  }
  const double lengths = std::sqrt(exact_dot(a, a)) * std::sqrt(exact_dot(b, b));
  return lengths == 0 ? 0.0 : exact_dot(a, b) / lengths;
}

}  // namespace detail

/// How alike two vectors are, summed in double. Errors: `invalid_argument` for vectors of different lengths.
[[nodiscard]] inline float similarity(std::span<const float> a, std::span<const float> b,
                                      Metric metric = Metric::cosine) {
  detail::require_same_size("similarity", a.size(), b.size());
  return static_cast<float>(detail::exact_similarity(a, b, metric));
}

/// The cosine of the angle between two vectors of any lengths: unlike dot(), it divides by them. 0 where one is a zero
/// vector. Errors: `invalid_argument` for vectors of different lengths.
[[nodiscard]] inline float cosine(std::span<const float> a, std::span<const float> b) {
  detail::require_same_size("cosine", a.size(), b.size());
  return static_cast<float>(detail::exact_similarity(a, b, Metric::cosine));
}

/// The inner product, summed in double; for vectors of unit length it is their cosine, for others it is not.
/// Errors: `invalid_argument` for vectors of different lengths.
[[nodiscard]] inline float dot(std::span<const float> a, std::span<const float> b) {
  detail::require_same_size("dot", a.size(), b.size());
  return static_cast<float>(detail::exact_dot(a, b));
}

/// sqrt(Σ (a - b)²), at least 0. Errors: `invalid_argument` for vectors of different lengths.
[[nodiscard]] inline float euclidean_distance(std::span<const float> a, std::span<const float> b) {
  detail::require_same_size("euclidean_distance", a.size(), b.size());
  return static_cast<float>(-detail::exact_similarity(a, b, Metric::euclidean));
}

/// Σ |a - b|, at least 0. Errors: `invalid_argument` for vectors of different lengths.
[[nodiscard]] inline float manhattan_distance(std::span<const float> a, std::span<const float> b) {
  detail::require_same_size("manhattan_distance", a.size(), b.size());
  return static_cast<float>(-detail::exact_similarity(a, b, Metric::manhattan));
}

}  // namespace glossa
