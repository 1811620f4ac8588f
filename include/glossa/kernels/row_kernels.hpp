// Rows come in; they go out added up or scaled. What pooling needs: a small part of the work, so portable alone.
#pragma once

#include <glossa/kernels/packet.hpp>

#include <cstddef>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// Sum of the squares of a row, in an order that depends on `count` alone.
template <class T>
[[nodiscard]] T sum_of_squares(const T* row, std::size_t count) {
  Packet<T> sum0 = broadcast(T(0));
  Packet<T> sum1 = broadcast(T(0));
  std::size_t i = 0;
  for (; i + 2 * kLanes<T> <= count; i += 2 * kLanes<T>) {
    const Packet<T> x0 = load<T>(row + i);
    const Packet<T> x1 = load<T>(row + i + kLanes<T>);
    sum0 = multiply_add(x0, x0, sum0);
    sum1 = multiply_add(x1, x1, sum1);
  }
  T sum = reduce_add(add(sum0, sum1));
  for (; i < count; ++i) sum += row[i] * row[i];
  return sum;
}

/// row += other
template <class T>
void add_row(T* row, const T* other, std::size_t count) {
  std::size_t i = 0;
  for (; i + kLanes<T> <= count; i += kLanes<T>) store(row + i, add(load<T>(row + i), load<T>(other + i)));
  for (; i < count; ++i) row[i] += other[i];
}

/// row = max(row, other)
template <class T>
void max_row(T* row, const T* other, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) row[i] = other[i] > row[i] ? other[i] : row[i];
}

/// row += factor · other
template <class T>
void add_scaled_row(T* row, T factor, const T* other, std::size_t count) {
  const Packet<T> f = broadcast(factor);
  std::size_t i = 0;
  for (; i + kLanes<T> <= count; i += kLanes<T>) store(row + i, multiply_add(f, load<T>(other + i), load<T>(row + i)));
  for (; i < count; ++i) row[i] += factor * other[i];
}

/// row *= factor
template <class T>
void scale_row(T* row, T factor, std::size_t count) {
  const Packet<T> f = broadcast(factor);
  std::size_t i = 0;
  for (; i + kLanes<T> <= count; i += kLanes<T>) store(row + i, multiply(load<T>(row + i), f));
  for (; i < count; ++i) row[i] *= factor;
}

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
