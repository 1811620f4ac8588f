// Weights, their gradients and moments come in; they go out one step further. Part of a level; see multiply.inl.

/// m = b1·m + (1 - b1)·g; v = b2·v + (1 - b2)·g²; w = shrink·w - step·m / (√v·inverse_root + epsilon)
template <class T>
GLOSSA_KERNEL void adamw(const AdamwRow<T>& p) {
  const Vector<T> factor = broadcast(p.factor);
  const Vector<T> first_decay = broadcast(p.first_decay);
  const Vector<T> second_decay = broadcast(p.second_decay);
  const Vector<T> first_share = broadcast(T(1) - p.first_decay);
  const Vector<T> second_share = broadcast(T(1) - p.second_decay);
  const Vector<T> step = broadcast(-p.step);
  const Vector<T> inverse_root = broadcast(p.inverse_root);
  const Vector<T> epsilon = broadcast(p.epsilon);
  const Vector<T> shrink = broadcast(p.shrink);
  std::size_t i = 0;
  for (; i + kLanes<T> <= p.count; i += kLanes<T>) {
    const Vector<T> g = p.gradients == nullptr ? broadcast(T(0)) : multiply(load(p.gradients + i), factor);
    const Vector<T> m = multiply_add(first_share, g, multiply(first_decay, load(p.first + i)));
    const Vector<T> v = multiply_add(multiply(second_share, g), g, multiply(second_decay, load(p.second + i)));
    const Vector<T> change = divide(m, multiply_add(square_root(v), inverse_root, epsilon));
    store(p.first + i, m);
    store(p.second + i, v);
    store(p.weights + i, multiply_add(step, change, multiply(shrink, load(p.weights + i))));
  }
  for (; i < p.count; ++i) {
    const T g = p.gradients == nullptr ? T(0) : p.gradients[i] * p.factor;
    p.first[i] = p.first_decay * p.first[i] + (T(1) - p.first_decay) * g;
    p.second[i] = p.second_decay * p.second[i] + (T(1) - p.second_decay) * g * g;
    p.weights[i] = p.shrink * p.weights[i] - p.step * p.first[i] / (std::sqrt(p.second[i]) * p.inverse_root + p.epsilon);
  }
}
