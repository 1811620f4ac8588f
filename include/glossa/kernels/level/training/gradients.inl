// Activations and what a loss changes by with them come in; the same before the activation or the normalisation goes
// out. Part of a level; see multiply.inl.

/// f'(x).
template <Epilogue Which, class T>
GLOSSA_KERNEL_INLINE Vector<T> slope_of(Vector<T> x) {
  const Vector<T> half = broadcast(T(0.5));
  if constexpr (Which == Epilogue::gelu) {  // Φ(x) + x·φ(x)
    const Vector<T> bell = exponential(multiply(multiply(x, x), broadcast(T(-0.5))));
    const Vector<T> normal = multiply_add(half, error_function(multiply(x, broadcast(T(0.70710678118654752440)))), half);
    return multiply_add(multiply(x, broadcast(T(0.39894228040143267794))), bell, normal);
  } else if constexpr (Which == Epilogue::gelu_tanh) {
    // x·s(2u) with u = √(2/π)·(x + 0.044715·x³) and s(t) = 1 / (1 + exp(-t)).
    const Vector<T> square = multiply(x, x);
    const Vector<T> cubic = multiply_add(multiply(square, x), broadcast(T(0.044715)), x);
    const Vector<T> one = broadcast(T(1));
    const Vector<T> decay = exponential(multiply(cubic, broadcast(T(-2 * 0.79788456080286535588))));
    const Vector<T> sigmoid = divide(one, add(one, decay));
    const Vector<T> slope = multiply_add(square, broadcast(T(3 * 0.044715)), one);
    const Vector<T> inner = multiply(slope, broadcast(T(2 * 0.79788456080286535588)));
    return multiply_add(multiply(multiply(x, inner), sigmoid), subtract(one, sigmoid), sigmoid);
  } else {
    return x;
  }
}

template <class T>
GLOSSA_KERNEL void activate(const ActivatedRows<T>& p) {
  for (std::size_t r = 0; r < p.rows; ++r) {
    const T* from = p.x + r * p.x_stride;
    T* to = p.out + r * p.out_stride;
    for (std::size_t i = 0; i < p.columns; i += kLanes<T>) store(to + i, load(from + i));
    apply_epilogue<T>(p.activation, to, p.out_stride, 1, p.columns);  // while it is in the cache
  }
}

template <Epilogue Which, class T>
GLOSSA_KERNEL void multiply_by_slope(const ActivatedRows<T>& p) {
  for (std::size_t r = 0; r < p.rows; ++r) {
    const T* x = p.x + r * p.x_stride;
    T* to = p.out + r * p.out_stride;
    if constexpr (Which == Epilogue::relu) {
      for (std::size_t i = 0; i < p.columns; ++i) to[i] = x[i] > T(0) ? to[i] : T(0);
    } else if constexpr (Which == Epilogue::gelu && !std::is_same_v<T, float>) {  // the oracle takes its time
      for (std::size_t i = 0; i < p.columns; ++i)
        to[i] *= T(0.5) * (T(1) + std::erf(x[i] * T(0.70710678118654752440))) +
                 x[i] * T(0.39894228040143267794) * std::exp(T(-0.5) * x[i] * x[i]);
    } else if constexpr (Which != Epilogue::none) {
      for (std::size_t i = 0; i < p.columns; i += kLanes<T>)
        store(to + i, multiply(load(to + i), slope_of<Which, T>(load(x + i))));
    }
  }
}

template <class T>
GLOSSA_KERNEL void activation_gradient(const ActivatedRows<T>& p) {
  switch (p.activation) {
    case Epilogue::gelu:
    case Epilogue::gelu_rounded: multiply_by_slope<Epilogue::gelu, T>(p); break;
    case Epilogue::gelu_tanh: multiply_by_slope<Epilogue::gelu_tanh, T>(p); break;
    case Epilogue::relu: multiply_by_slope<Epilogue::relu, T>(p); break;
    case Epilogue::none: break;
  }
}

template <class T>
GLOSSA_KERNEL void normalize(const NormalizedRows<T>& p) {
  for (std::size_t r = 0; r < p.rows; ++r) {
    const T* x = p.x + r * p.x_stride;
    T* y = p.y + r * p.y_stride;
    const T mean = row_sum<T>(x, p.size) / static_cast<T>(p.size);
    const T scale = T(1) / std::sqrt(row_squares<T>(x, p.size, mean) / static_cast<T>(p.size) + p.epsilon);
    p.means[r] = mean;
    p.scales[r] = scale;
    const Vector<T> center = broadcast(mean);
    const Vector<T> factor = broadcast(scale);
    std::size_t i = 0;
    for (; i + kLanes<T> <= p.size; i += kLanes<T>) {
      const Vector<T> normal = multiply(subtract(load(x + i), center), factor);
      store(y + i, multiply_add(normal, load(p.weight + i), load(p.bias + i)));
    }
    for (; i < p.size; ++i) y[i] = (x[i] - mean) * scale * p.weight[i] + p.bias[i];
  }
}

/// dx = scale · (g - mean(g) - n · mean(g · n)) with g = dy · weight and n = (x - mean) · scale.
template <class T>
GLOSSA_KERNEL void normalize_gradient(const NormalizedGradient<T>& p) {
  for (std::size_t r = 0; r < p.rows; ++r) {
    const T* x = p.x + r * p.x_stride;
    T* dy = p.dy + r * p.dy_stride;
    const Vector<T> center = broadcast(p.means[r]);
    const Vector<T> factor = broadcast(p.scales[r]);
    Vector<T> sums = broadcast(T(0));
    Vector<T> products = broadcast(T(0));
    std::size_t i = 0;
    for (; i + kLanes<T> <= p.size; i += kLanes<T>) {
      const Vector<T> g = multiply(load(dy + i), load(p.weight + i));
      sums = add(sums, g);
      products = multiply_add(g, multiply(subtract(load(x + i), center), factor), products);
      store(dy + i, g);
    }
    T sum = reduce_add(sums);
    T product = reduce_add(products);
    for (; i < p.size; ++i) {
      dy[i] *= p.weight[i];
      sum += dy[i];
      product += dy[i] * (x[i] - p.means[r]) * p.scales[r];
    }
    sum /= static_cast<T>(p.size);
    product /= static_cast<T>(p.size);
    const Vector<T> mean = broadcast(sum);
    const Vector<T> slope = broadcast(-product);
    for (i = 0; i + kLanes<T> <= p.size; i += kLanes<T>) {
      const Vector<T> normal = multiply(subtract(load(x + i), center), factor);
      store(dy + i, multiply(factor, multiply_add(slope, normal, subtract(load(dy + i), mean))));
    }
    for (; i < p.size; ++i)
      dy[i] = p.scales[r] * (dy[i] - sum - product * (x[i] - p.means[r]) * p.scales[r]);
  }
}

template <class T>
GLOSSA_KERNEL void normalize_sums(const NormalizedSums<T>& p) {
  const std::size_t end = p.first + p.count;
  std::size_t i = p.first;
  for (; i + kLanes<T> <= end; i += kLanes<T>) {
    Vector<T> weight = load(p.weight + i);
    Vector<T> bias = load(p.bias + i);
    for (std::size_t r = 0; r < p.rows; ++r) {
      const Vector<T> dy = load(p.dy + r * p.dy_stride + i);
      const Vector<T> x = load(p.x + r * p.x_stride + i);
      weight = multiply_add(dy, multiply(subtract(x, broadcast(p.means[r])), broadcast(p.scales[r])), weight);
      bias = add(bias, dy);
    }
    store(p.weight + i, weight);
    store(p.bias + i, bias);
  }
  for (; i < end; ++i)
    for (std::size_t r = 0; r < p.rows; ++r) {
      const T dy = p.dy[r * p.dy_stride + i];
      p.weight[i] += dy * ((p.x[r * p.x_stride + i] - p.means[r]) * p.scales[r]);
      p.bias[i] += dy;
    }
}
