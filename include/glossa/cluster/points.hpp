// Vectors of anybody's come in; the algorithms of this room read them through one type.
#pragma once

#include <glossa/core/embeddings.hpp>
#include <glossa/core/error.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <string>

namespace glossa {

/// N vectors of D numbers, one after another in memory that somebody else owns and keeps as long as this is used.
template <std::floating_point T>
class Points {
 public:
  Points() = default;
  /// values: [rows, dims].
  Points(const T* values, std::size_t rows, std::size_t dims) noexcept : values_(values), rows_(rows), dims_(dims) {}
  /// All rows of some embeddings.
  Points(const Embeddings& rows) noexcept requires std::same_as<T, float>  // NOLINT: as one passes a span
      : Points(rows.values().data(), rows.rows(), rows.dims()) {}

  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t dims() const noexcept { return dims_; }
  [[nodiscard]] bool empty() const noexcept { return rows_ == 0; }
  [[nodiscard]] const T* data() const noexcept { return values_; }
  [[nodiscard]] std::span<const T> operator[](std::size_t i) const noexcept { return {values_ + i * dims_, dims_}; }
  [[nodiscard]] std::span<const T> values() const noexcept { return {values_, rows_ * dims_}; }

 private:
  const T* values_ = nullptr;
  std::size_t rows_ = 0;
  std::size_t dims_ = 0;
};

/// Embeddings, for functions that take them: as templates, they cost a compiler nothing where nobody calls them.
template <class Rows>
concept EmbeddingRows = std::same_as<Rows, Embeddings>;

namespace detail {

/// Whether none is NaN or infinity; in lanes, as compilers turn no search into SIMD.
template <std::floating_point T>
[[nodiscard]] bool are_finite(std::span<const T> values) noexcept {
  constexpr std::size_t kLanes = 8;
  T sums[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes)
    for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += values[i + lane] - values[i + lane];  // 0, or NaN
  for (; i < values.size(); ++i) sums[0] += values[i] - values[i];
  return std::all_of(sums, sums + kLanes, [](T sum) { return sum == 0; });
}

/// What every algorithm asks of its vectors. Errors: `invalid_argument` for NaN or infinity, and for more vectors than
/// a label can name.
template <std::floating_point T>
void require_finite(const Points<T>& points, const char* field) {
  constexpr std::size_t kMostRows = std::numeric_limits<int>::max();
  if (points.rows() > kMostRows)
    throw Error(ErrorKind::invalid_argument, {.field = field,
                                              .expected = "at most " + std::to_string(kMostRows) + " vectors",
                                              .found = std::to_string(points.rows())});
  for (std::size_t row = 0; row < points.rows(); ++row) {
    if (are_finite(points[row])) continue;
    throw Error(ErrorKind::invalid_argument, {.field = field,
                                              .problem = "vector " + std::to_string(row) + " is not made of numbers",
                                              .found = "NaN or infinity",
                                              .remedy = "leave it out"});
  }
}

}  // namespace detail

}  // namespace glossa
