// What finding the nearest of some centres asks of the kernels: the operands.
#pragma once

#include <cstddef>
#include <cstdint>

namespace glossa::detail {

/// Columns of scores are filled up to a multiple of so many, with minus infinity.
inline constexpr std::size_t kScoreColumns = 16;

/// The two largest of each row of `scores` [rows, columns] with `stride`; columns: a multiple of kScoreColumns.
template <class T>
struct ScoreRows {
  const T* scores;
  std::size_t stride;
  std::size_t rows;
  std::size_t columns;
  std::uint32_t* best;  ///< column of the largest, of several the first; 0 where there is none, as with NaN
  T* first;             ///< the largest
  T* second;            ///< the largest of the others
};

/// How far at least a vector is from each centre: bounds[j] = sqrt(max(0, square - 2·scores[j])) + drift[j].
template <class T>
struct CenterBounds {
  const T* scores;
  std::size_t columns;  ///< a multiple of kScoreColumns
  T square;
  const T* drift;
  T* bounds;
};

/// The columns of a row of bounds for which bounds[j] - drift[j] <= limit.
template <class T>
struct BoundedColumns {
  const T* bounds;
  const T* drift;
  std::size_t columns;  ///< a multiple of kScoreColumns
  T limit;
  std::uint32_t* out;  ///< room for `columns`
};

/// A vector against some of the rows of a matrix: sums[i] = Σ (query - rows[chosen[i]])².
template <class T>
struct ChosenRows {
  const T* query;
  const T* rows;
  std::size_t stride;
  std::size_t size;
  const std::uint32_t* chosen;
  std::size_t count;
  T* sums;
};

/// Kernels for them.
template <class T>
struct CenterKernels {
  void (*best_two)(const ScoreRows<T>&) = nullptr;
  void (*bounds)(const CenterBounds<T>&) = nullptr;
  std::size_t (*within)(const BoundedColumns<T>&) = nullptr;  ///< how many there are
  void (*squared_distances)(const ChosenRows<T>&) = nullptr;
};

}  // namespace glossa::detail
