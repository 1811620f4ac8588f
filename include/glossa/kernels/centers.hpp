// What finding the nearest of some centres, and the middles of clusters, asks of the kernels: the operands.
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

/// A vector's products with centres, of which number j may be off by row_error·lengths[j] + row_length·errors[j] +
/// slacks[j] + row_slack.
template <class T>
struct RoughScores {
  const T* products;
  const T* biases;  ///< what is added to them
  const T* lengths;
  const T* errors;
  const T* slacks;
  std::size_t columns;  ///< a multiple of kScoreColumns
  T row_error;
  T row_length;
  T row_slack;
  T floor;             ///< another sum is no less
  std::uint32_t* out;  ///< room for `columns`
  T* least;            ///< the largest sum, or the other, is no less
  T* next;             ///< no other column's than those that go out is more
};

/// A row that enters a sum, or leaves it: sum[i] += row[i], or -= row[i].
template <class T>
struct RowToSum {
  const T* row;
  std::size_t size;
  bool leaves;
  double* sum;
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
  /// The columns whose sums may be the largest, in order; how many there are.
  std::size_t (*contenders)(const RoughScores<T>&) = nullptr;
  void (*add_to_sum)(const RowToSum<T>&) = nullptr;  ///< the same, bit by bit, at every level
};

}  // namespace glossa::detail
