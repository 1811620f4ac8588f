// Rows of activations come in; they go out normalised, as probabilities, or added up.
#pragma once

#include <glossa/kernels/packet.hpp>

#include <cmath>
#include <cstddef>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// Sum of map(values[i]) in an order that depends on `count` alone.
template <class T, class MapPacket, class MapScalar>
[[nodiscard]] EIGEN_ALWAYS_INLINE T reduce_sum(const T* values, std::size_t count, MapPacket&& map_packet,
                                               MapScalar&& map_scalar) {
  using namespace Eigen::internal;
  Packet<T> sum0 = broadcast(T(0));
  Packet<T> sum1 = broadcast(T(0));
  std::size_t i = 0;
  for (; i + 2 * kLanes<T> <= count; i += 2 * kLanes<T>) {
    sum0 = padd(sum0, map_packet(load<T>(values + i)));
    sum1 = padd(sum1, map_packet(load<T>(values + i + kLanes<T>)));
  }
  T sum = predux(padd(sum0, sum1));
  for (; i < count; ++i) sum += map_scalar(values[i]);
  return sum;
}

template <class T>
[[nodiscard]] T sum_of(const T* values, std::size_t count) {
  return reduce_sum<T>(
      values, count, [](const Packet<T>& x) { return x; }, [](T x) { return x; });
}

/// row = (row - mean) / sqrt(variance + epsilon) · weight + bias (Ba et al. 2016); the variance is taken around the
/// mean in a second pass, which keeps float as exact as it can be. weight, bias: [count].
template <class T>
void layer_norm(T* row, std::size_t count, const T* weight, const T* bias, T epsilon) {
  using namespace Eigen::internal;
  const T mean = sum_of(row, count) / static_cast<T>(count);
  const Packet<T> mean_packet = broadcast(mean);
  const T squares = reduce_sum<T>(
      row, count,
      [&](const Packet<T>& x) {
        const Packet<T> d = psub(x, mean_packet);
        return pmul(d, d);
      },
      [&](T x) { return (x - mean) * (x - mean); });
  const T scale = T(1) / std::sqrt(squares / static_cast<T>(count) + epsilon);
  const Packet<T> scale_packet = broadcast(scale);
  std::size_t i = 0;
  for (; i + kLanes<T> <= count; i += kLanes<T>) {
    const Packet<T> x = pmul(psub(load<T>(row + i), mean_packet), scale_packet);
    store<T>(row + i, pmadd(x, load<T>(weight + i), load<T>(bias + i)));
  }
  for (; i < count; ++i) row[i] = (row[i] - mean) * scale * weight[i] + bias[i];
}

/// row += other
template <class T>
void add_row(T* row, const T* other, std::size_t count) {
  std::size_t i = 0;
  for (; i + kLanes<T> <= count; i += kLanes<T>)
    store<T>(row + i, Eigen::internal::padd(load<T>(row + i), load<T>(other + i)));
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
  for (; i + kLanes<T> <= count; i += kLanes<T>)
    store<T>(row + i, Eigen::internal::pmadd(f, load<T>(other + i), load<T>(row + i)));
  for (; i < count; ++i) row[i] += factor * other[i];
}

/// row *= factor
template <class T>
void scale_row(T* row, T factor, std::size_t count) {
  const Packet<T> f = broadcast(factor);
  std::size_t i = 0;
  for (; i + kLanes<T> <= count; i += kLanes<T>) store<T>(row + i, Eigen::internal::pmul(load<T>(row + i), f));
  for (; i < count; ++i) row[i] *= factor;
}

/// row = exp(scale · (row - max(row))), and the sum of it is returned: a softmax that its reader has to divide.
/// `row` has room for round_up(count, kLanes) elements; those behind `count` become zeros.
template <class T>
[[nodiscard]] T exponentials(T* row, std::size_t count, T scale) {
  using namespace Eigen::internal;
  T largest = row[0];
  std::size_t i = 0;
  if (count >= kLanes<T>) {
    Packet<T> most = load<T>(row);
    for (i = kLanes<T>; i + kLanes<T> <= count; i += kLanes<T>) most = pmax(most, load<T>(row + i));
    largest = predux_max(most);
  }
  for (; i < count; ++i) largest = row[i] > largest ? row[i] : largest;
  // A packet that reaches beyond the row is computed whole, so that its lanes see the same arithmetic as the others.
  for (i = count; i % kLanes<T> != 0; ++i) row[i] = largest;
  const Packet<T> shift = broadcast(-largest * scale);
  const Packet<T> factor = broadcast(scale);
  for (i = 0; i < count; i += kLanes<T>) store<T>(row + i, exponential<T>(pmadd(load<T>(row + i), factor, shift)));
  for (i = count; i % kLanes<T> != 0; ++i) row[i] = T(0);
  return sum_of(row, count);
}

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
