// Values of the feed-forward layer come in; they go out through its non-linearity. Part of a level; see multiply.inl.

/// erf(x) in float as x·P(x²)/Q(x²) for |x| <= 3.95, beyond which it is 1 to within rounding. The coefficients are a
/// minimax fit of the relative error (2.1e-8 in exact arithmetic); evaluated in float the result is within 5e-7.
GLOSSA_KERNEL_INLINE Vector<float> error_function(Vector<float> value) {
  const Vector<float> limit = broadcast(3.95f);
  const Vector<float> x = largest(smallest(value, limit), broadcast(-3.95f));
  const Vector<float> square = multiply(x, x);
  Vector<float> p = broadcast(2.025900001e-06f);
  Vector<float> q = broadcast(3.783153970e-05f);
  p = multiply_add(p, square, broadcast(2.846843594e-04f));
  q = multiply_add(q, square, broadcast(1.170703672e-03f));
  p = multiply_add(p, square, broadcast(3.808082920e-03f));
  q = multiply_add(q, square, broadcast(1.505493361e-02f));
  p = multiply_add(p, square, broadcast(5.287519872e-02f));
  q = multiply_add(q, square, broadcast(1.145589311e-01f));
  p = multiply_add(p, square, broadcast(1.915487152e-01f));
  q = multiply_add(q, square, broadcast(5.030883051e-01f));
  p = multiply_add(p, square, broadcast(1.128379144e+00f));
  q = multiply_add(q, square, broadcast(1.0f));
  return largest(smallest(divide(multiply(x, p), q), broadcast(1.0f)), broadcast(-1.0f));
}

/// x·Φ(x), the exact GELU (Hendrycks & Gimpel 2016).
GLOSSA_KERNEL_INLINE Vector<float> gelu(Vector<float> x) {
  const Vector<float> half = multiply(x, broadcast(0.5f));
  return multiply_add(half, error_function(multiply(x, broadcast(0.70710678118654752f))), half);
}

/// GELU to within 5e-5 of max(1, |x|), without a division: erf(x / sqrt(2)) as x·P(x²) for |x| <= 4.4, beyond which it
/// is 1 to within 2e-6. The coefficients are a minimax fit of GELU's absolute error, with P(4.4²)·4.4 = 1.
GLOSSA_KERNEL_INLINE Vector<float> gelu_rounded(Vector<float> value) {
  const Vector<float> x = largest(smallest(value, broadcast(4.4f)), broadcast(-4.4f));
  const Vector<float> square = multiply(x, x);
  Vector<float> p = broadcast(7.138861724e-11f);
  p = multiply_add(p, square, broadcast(-7.508100808e-09f));
  p = multiply_add(p, square, broadcast(3.481695785e-07f));
  p = multiply_add(p, square, broadcast(-9.449739082e-06f));
  p = multiply_add(p, square, broadcast(1.685860625e-04f));
  p = multiply_add(p, square, broadcast(-2.109985100e-03f));
  p = multiply_add(p, square, broadcast(1.928605698e-02f));
  p = multiply_add(p, square, broadcast(-1.321528554e-01f));
  p = multiply_add(p, square, broadcast(7.975232005e-01f));
  const Vector<float> half = multiply(value, broadcast(0.5f));
  return multiply_add(half, multiply(x, p), half);
}

/// The tanh approximation of GELU; x·(1 + tanh(u))/2 is x / (1 + exp(-2u)).
template <class T>
GLOSSA_KERNEL_INLINE Vector<T> gelu_tanh(Vector<T> x) {
  const Vector<T> cubic = multiply_add(multiply(multiply(x, x), x), broadcast(T(0.044715)), x);
  const Vector<T> decay = exponential(multiply(cubic, broadcast(T(-2 * 0.79788456080286535588))));
  return divide(x, add(broadcast(T(1)), decay));
}

/// f(x), but for the GELU of double: that is the oracle, and takes its time.
template <Epilogue Which, class T>
GLOSSA_KERNEL_INLINE Vector<T> activated(Vector<T> x) {
  if constexpr (Which == Epilogue::none) {
    return x;
  } else if constexpr (Which == Epilogue::gelu) {
    return gelu(x);
  } else if constexpr (Which == Epilogue::gelu_rounded) {
    return gelu_rounded(x);
  } else if constexpr (Which == Epilogue::gelu_tanh) {
    return gelu_tanh<T>(x);
  } else {
    return largest(broadcast(T(0)), x);  // of a NaN, the NaN: the second operand
  }
}

template <Epilogue Which, class T>
GLOSSA_KERNEL void activate_rows(T* x, std::size_t stride, std::size_t rows, std::size_t count) {
  for (std::size_t r = 0; r < rows; ++r, x += stride) {
    if constexpr ((Which == Epilogue::gelu || Which == Epilogue::gelu_rounded) && !std::is_same_v<T, float>) {
      for (std::size_t i = 0; i < count; ++i)
        x[i] = T(0.5) * x[i] * (T(1) + std::erf(x[i] * T(0.70710678118654752440)));
    } else {
      for (std::size_t i = 0; i < count; i += kLanes<T>) store(x + i, activated<Which, T>(load(x + i)));
    }
  }
}

/// x = epilogue(x) for `rows` rows with `stride`; `count`, their length, is a multiple of kLanes<T>.
template <class T>
GLOSSA_KERNEL void apply_epilogue(Epilogue epilogue, T* x, std::size_t stride, std::size_t rows, std::size_t count) {
  switch (epilogue) {
    case Epilogue::none: break;
    case Epilogue::gelu: activate_rows<Epilogue::gelu, T>(x, stride, rows, count); break;
    case Epilogue::gelu_rounded: activate_rows<Epilogue::gelu_rounded, T>(x, stride, rows, count); break;
    case Epilogue::gelu_tanh: activate_rows<Epilogue::gelu_tanh, T>(x, stride, rows, count); break;
    case Epilogue::relu: activate_rows<Epilogue::relu, T>(x, stride, rows, count); break;
  }
}
