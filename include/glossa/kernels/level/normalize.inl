// Rows of activations come in; they go out with mean 0 and variance 1, scaled and shifted. Part of a level; see
// multiply.inl.

/// Sum of a row, in an order that depends on `count` alone.
template <class T>
GLOSSA_KERNEL_INLINE T row_sum(const T* row, std::size_t count) {
  Vector<T> sum0 = broadcast(T(0));
  Vector<T> sum1 = broadcast(T(0));
  std::size_t i = 0;
  for (; i + 2 * kLanes<T> <= count; i += 2 * kLanes<T>) {
    sum0 = add(sum0, load(row + i));
    sum1 = add(sum1, load(row + i + kLanes<T>));
  }
  T sum = reduce_add(add(sum0, sum1));
  for (; i < count; ++i) sum += row[i];
  return sum;
}

/// Sum of (row[i] - mean)².
template <class T>
GLOSSA_KERNEL_INLINE T row_squares(const T* row, std::size_t count, T mean) {
  const Vector<T> center = broadcast(mean);
  Vector<T> sum0 = broadcast(T(0));
  Vector<T> sum1 = broadcast(T(0));
  std::size_t i = 0;
  for (; i + 2 * kLanes<T> <= count; i += 2 * kLanes<T>) {
    const Vector<T> d0 = subtract(load(row + i), center);
    const Vector<T> d1 = subtract(load(row + i + kLanes<T>), center);
    sum0 = multiply_add(d0, d0, sum0);
    sum1 = multiply_add(d1, d1, sum1);
  }
  T sum = reduce_add(add(sum0, sum1));
  for (; i < count; ++i) sum += (row[i] - mean) * (row[i] - mean);
  return sum;
}

/// x += y
template <class T>
GLOSSA_KERNEL_INLINE void add_to_row(T* x, const T* y, std::size_t count) {
  std::size_t i = 0;
  for (; i + kLanes<T> <= count; i += kLanes<T>) store(x + i, add(load(x + i), load(y + i)));
  for (; i < count; ++i) x[i] += y[i];
}

/// The variance is taken around the mean in a second pass, which keeps float as exact as it can be.
template <class T>
GLOSSA_KERNEL void add_and_normalize(const NormalizedSum<T>& p) {
  for (std::size_t r = 0; r < p.rows; ++r) {
    T* row = p.x + r * p.x_stride;
    if (p.y != nullptr) add_to_row<T>(row, p.y + r * p.y_stride, p.size);
    const T mean = row_sum<T>(row, p.size) / static_cast<T>(p.size);
    const T scale = T(1) / std::sqrt(row_squares<T>(row, p.size, mean) / static_cast<T>(p.size) + p.epsilon);
    const Vector<T> center = broadcast(mean);
    const Vector<T> factor = broadcast(scale);
    std::size_t i = 0;
    for (; i + kLanes<T> <= p.size; i += kLanes<T>) {
      const Vector<T> x = multiply(subtract(load(row + i), center), factor);
      store(row + i, multiply_add(x, load(p.weight + i), load(p.bias + i)));
    }
    for (; i < p.size; ++i) row[i] = (row[i] - mean) * scale * p.weight[i] + p.bias[i];
  }
}
