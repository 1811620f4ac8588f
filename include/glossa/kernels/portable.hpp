// The kernels in what the compiler's flags allow, through Eigen's packets; for float and for double.
#pragma once

#include <glossa/core/half.hpp>
#include <glossa/kernels/bf16_operations.hpp>
#include <glossa/kernels/centers.hpp>
#include <glossa/kernels/code_sums.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/operations.hpp>
#include <glossa/kernels/packet.hpp>
#include <glossa/kernels/repulsion.hpp>
#include <glossa/kernels/row_sums.hpp>
#include <glossa/kernels/small_weights.hpp>
#include <glossa/kernels/target.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#define GLOSSA_KERNEL
#define GLOSSA_KERNEL_INLINE GLOSSA_ALWAYS_INLINE

namespace glossa::detail {
inline namespace GLOSSA_ISA {
namespace portable {

template <class T>
using Vector = Packet<T>;

/// The lanes that value_of(i) gives.
template <class ValueOf>
GLOSSA_KERNEL_INLINE Packet<float> lanes_of(ValueOf&& value_of) {
  float values[kLanes<float>];
  for (std::size_t i = 0; i < kLanes<float>; ++i) values[i] = value_of(i);
  return load<float>(values);
}

/// The bfloat16 number next to each lane; of two, the even one.
GLOSSA_KERNEL_INLINE Packet<float> nearest_bf16(const Packet<float>& value) {
  float values[kLanes<float>];
  store(values, value);
  return lanes_of([&](std::size_t i) { return bfloat16_to_float(float_to_bfloat16(values[i])); });
}
/// The same as 16 bits each.
GLOSSA_KERNEL_INLINE void store_bf16(std::uint16_t* to, const Packet<float>& value) {
  float values[kLanes<float>];
  store(values, value);
  for (std::size_t i = 0; i < kLanes<float>; ++i) to[i] = float_to_bfloat16(values[i]);
}
/// Pairs of bfloat16 numbers: the first of each to `even`, the second to `odd`.
GLOSSA_KERNEL_INLINE void expand_bf16(const std::uint16_t* from, float* even, float* odd) {
  for (std::size_t i = 0; i < kLanes<float>; ++i) even[i] = bfloat16_to_float(from[2 * i]);
  for (std::size_t i = 0; i < kLanes<float>; ++i) odd[i] = bfloat16_to_float(from[2 * i + 1]);
}
/// Half-precision numbers as floats.
GLOSSA_KERNEL_INLINE Packet<float> load_half(const std::uint16_t* from) {
  return lanes_of([&](std::size_t i) { return half_to_float(from[i]); });
}
/// bfloat16 numbers as floats.
GLOSSA_KERNEL_INLINE Packet<float> load_bf16(const std::uint16_t* from) {
  return lanes_of([&](std::size_t i) { return bfloat16_to_float(from[i]); });
}
/// Σ a·(b - 128): loops that compilers turn into whatever multiplies pairs of bytes or 16-bit integers. As one sum of
/// such products gcc 12 gets it wrong where it may use the 8-bit dot products of AVX-512: it takes b - 128 for b.
[[nodiscard]] inline std::int32_t code_dot(const std::int8_t* a, const std::uint8_t* b, std::size_t count) {
  std::int32_t products = 0;
  std::int32_t sum = 0;
  for (std::size_t k = 0; k < count; ++k) {
    products += std::int32_t{a[k]} * std::int32_t{b[k]};
    sum += std::int32_t{a[k]};
  }
  return products - 128 * sum;
}

/// The weights of a byte a lane: those of the lower four bits to `even`, of the upper ones to `odd`.
GLOSSA_KERNEL_INLINE void expand_int4(const std::uint8_t* from, const Packet<float>& scale, float* even, float* odd) {
  const auto weights = [&](int shift) {
    return lanes_of([&](std::size_t i) { return static_cast<float>((from[i] >> shift & 15) - 8); });
  };
  store(even, multiply(weights(0), scale));
  store(odd, multiply(weights(4), scale));
}

#include <glossa/kernels/level/level.inl>

}  // namespace portable
}  // namespace GLOSSA_ISA
}  // namespace glossa::detail

#undef GLOSSA_KERNEL
#undef GLOSSA_KERNEL_INLINE
