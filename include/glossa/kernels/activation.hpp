// Values of the feed-forward layer come in; they go out through its non-linearity.
#pragma once

#include <glossa/kernels/packet.hpp>
#include <glossa/model/encoder_config.hpp>

#include <cmath>
#include <cstddef>
#include <type_traits>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// erf(x) in float as x·P(x²)/Q(x²) for |x| <= 3.95, beyond which it is 1 to within rounding. The coefficients are a
/// minimax fit of the relative error (2.1e-8 in exact arithmetic); evaluated in float the result is within 5e-7.
[[nodiscard]] EIGEN_ALWAYS_INLINE Packet<float> error_function(const Packet<float>& value) {
  using namespace Eigen::internal;
  constexpr float kNumerator[] = {1.128379144e+00f, 1.915487152e-01f, 5.287519872e-02f,
                                  3.808082920e-03f, 2.846843594e-04f, 2.025900001e-06f};
  constexpr float kDenominator[] = {1.000000000e+00f, 5.030883051e-01f, 1.145589311e-01f,
                                    1.505493361e-02f, 1.170703672e-03f, 3.783153970e-05f};
  const Packet<float> limit = broadcast(3.95f);
  const Packet<float> x = pmax(pmin(value, limit), pnegate(limit));
  const Packet<float> square = pmul(x, x);
  Packet<float> p = broadcast(kNumerator[5]);
  Packet<float> q = broadcast(kDenominator[5]);
  for (int i = 4; i >= 0; --i) {
    p = pmadd(p, square, broadcast(kNumerator[i]));
    q = pmadd(q, square, broadcast(kDenominator[i]));
  }
  const Packet<float> one = broadcast(1.0f);
  return pmax(pmin(pdiv(pmul(x, p), q), one), pnegate(one));
}

/// x·Φ(x), the exact GELU (Hendrycks & Gimpel 2016).
[[nodiscard]] EIGEN_ALWAYS_INLINE Packet<float> gelu(const Packet<float>& x) {
  using namespace Eigen::internal;
  const Packet<float> half = pmul(x, broadcast(0.5f));
  return pmadd(half, error_function(pmul(x, broadcast(0.70710678118654752f))), half);
}

/// The tanh approximation of GELU; x·(1 + tanh(u))/2 is x / (1 + exp(-2u)).
template <class T>
[[nodiscard]] EIGEN_ALWAYS_INLINE Packet<T> gelu_tanh(const Packet<T>& x) {
  using namespace Eigen::internal;
  const Packet<T> cubic = pmadd(pmul(pmul(x, x), x), broadcast(T(0.044715)), x);
  const Packet<T> decay = exponential<T>(pmul(cubic, broadcast(T(-2 * 0.79788456080286535588))));
  return pdiv(x, padd(broadcast(T(1)), decay));
}

/// values[i] = activation(values[i]); `count` is a multiple of kLanes<T>.
template <class T>
void apply_activation(Activation activation, T* values, std::size_t count) {
  switch (activation) {
    case Activation::gelu:
      if constexpr (std::is_same_v<T, float>) {
        for (std::size_t i = 0; i < count; i += kLanes<T>) store<T>(values + i, gelu(load<T>(values + i)));
      } else {  // the oracle takes its time
        for (std::size_t i = 0; i < count; ++i)
          values[i] = T(0.5) * values[i] * (T(1) + std::erf(values[i] * T(0.70710678118654752440)));
      }
      break;
    case Activation::gelu_tanh:
      for (std::size_t i = 0; i < count; i += kLanes<T>) store<T>(values + i, gelu_tanh<T>(load<T>(values + i)));
      break;
    case Activation::relu:
      for (std::size_t i = 0; i < count; i += kLanes<T>)
        store<T>(values + i, Eigen::internal::pmax(load<T>(values + i), broadcast(T(0))));
      break;
  }
}

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
