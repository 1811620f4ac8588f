// A scalar type comes in; the SIMD register of it that the compiler's flags allow goes out, with its arithmetic.
#pragma once

#include <glossa/kernels/isa.hpp>

#include <Eigen/Core>

#include <cmath>
#include <cstddef>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// Eigen's packet of T: 4, 8 or 16 floats, half as many doubles, or a lone scalar where there is no SIMD.
template <class T>
using Packet = typename Eigen::internal::packet_traits<T>::type;

template <class T>
inline constexpr std::size_t kLanes = static_cast<std::size_t>(Eigen::internal::packet_traits<T>::size);

/// SIMD registers of the architecture.
inline constexpr std::size_t kRegisters = EIGEN_ARCH_DEFAULT_NUMBER_OF_REGISTERS;

template <class T>
[[nodiscard]] EIGEN_ALWAYS_INLINE Packet<T> load(const T* from) {
  return Eigen::internal::ploadu<Packet<T>>(from);
}
template <class T, class P>
EIGEN_ALWAYS_INLINE void store(T* to, const P& value) {
  Eigen::internal::pstoreu<T>(to, value);
}
template <class T>
[[nodiscard]] EIGEN_ALWAYS_INLINE Packet<T> broadcast(T value) {
  return Eigen::internal::pset1<Packet<T>>(value);
}
template <class P>
[[nodiscard]] EIGEN_ALWAYS_INLINE P add(const P& a, const P& b) {
  return Eigen::internal::padd(a, b);
}
template <class P>
[[nodiscard]] EIGEN_ALWAYS_INLINE P subtract(const P& a, const P& b) {
  return Eigen::internal::psub(a, b);
}
template <class P>
[[nodiscard]] EIGEN_ALWAYS_INLINE P multiply(const P& a, const P& b) {
  return Eigen::internal::pmul(a, b);
}
template <class P>
[[nodiscard]] EIGEN_ALWAYS_INLINE P divide(const P& a, const P& b) {
  return Eigen::internal::pdiv(a, b);
}
/// Lane by lane: Eigen's own, for some registers, is an approximation that makes infinity NaN.
template <class P>
[[nodiscard]] EIGEN_ALWAYS_INLINE P square_root(const P& a) {
  using T = typename Eigen::internal::unpacket_traits<P>::type;
  T values[Eigen::internal::unpacket_traits<P>::size];
  Eigen::internal::pstoreu<T>(values, a);
  for (T& value : values) value = std::sqrt(value);
  return Eigen::internal::ploadu<P>(values);
}
/// a·b + c, in one rounding where the hardware has it.
template <class P>
[[nodiscard]] EIGEN_ALWAYS_INLINE P multiply_add(const P& a, const P& b, const P& c) {
  return Eigen::internal::pmadd(a, b, c);
}
/// Like largest(): b where one is NaN, as the processor's own instructions on x86-64; on ARM, NaN. Eigen, like
/// std::min, gives its first operand.
template <class P>
[[nodiscard]] EIGEN_ALWAYS_INLINE P smallest(const P& a, const P& b) {
  return Eigen::internal::pmin(b, a);
}
template <class P>
[[nodiscard]] EIGEN_ALWAYS_INLINE P largest(const P& a, const P& b) {
  return Eigen::internal::pmax(b, a);
}
template <class P>
[[nodiscard]] EIGEN_ALWAYS_INLINE auto reduce_add(const P& a) {
  return Eigen::internal::predux(a);
}
template <class P>
[[nodiscard]] EIGEN_ALWAYS_INLINE auto reduce_largest(const P& a) {
  return Eigen::internal::predux_max(a);
}
/// Bit i: whether a[i] is not less than b[i].
template <class P>
[[nodiscard]] EIGEN_ALWAYS_INLINE unsigned lanes_not_below(const P& a, const P& b) {
  using T = typename Eigen::internal::unpacket_traits<P>::type;
  constexpr std::size_t lanes = Eigen::internal::unpacket_traits<P>::size;
  T left[lanes];
  T right[lanes];
  Eigen::internal::pstoreu(left, a);
  Eigen::internal::pstoreu(right, b);
  unsigned bits = 0;
  for (std::size_t i = 0; i < lanes; ++i) bits |= (left[i] < right[i] ? 0U : 1U) << i;
  return bits;
}
/// sum[i] += a[i]
template <class P>
EIGEN_ALWAYS_INLINE void add_wide(double* sum, const P& a) {
  using T = typename Eigen::internal::unpacket_traits<P>::type;
  constexpr std::size_t lanes = Eigen::internal::unpacket_traits<P>::size;
  T values[lanes];
  Eigen::internal::pstoreu(values, a);
  for (std::size_t i = 0; i < lanes; ++i) sum[i] += static_cast<double>(values[i]);
}
/// exp(x) of each lane; Eigen's Cephes-based approximation, within 2 units in the last place for float (5 where the
/// compiler's flags allow AVX-512).
template <class P>
[[nodiscard]] EIGEN_ALWAYS_INLINE P exponential(const P& x) {
  return Eigen::internal::pexp(x);
}

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
