// One head of one text comes in; the mix of its values goes out, or, from what a loss changes by with that, what it
// changes by with queries, keys and values. Part of a level; see attention.inl.

/// Elements: two square matrices [tokens, tokens], three packed ones of the larger kind and one of mixed values.
template <class T>
[[nodiscard]] inline std::size_t training_attention_scratch(std::size_t tokens, std::size_t size) {
  const std::size_t across = round_up(tokens, kPanel<T>);
  const std::size_t wide = round_up(size, kPanel<T>);
  return 2 * tokens * across + size * across + tokens * wide + tokens * wide;
}

/// The softmax of queries · keysᵀ / √size: [tokens, across]. packed: room for [size, across].
template <class T>
GLOSSA_KERNEL void attention_weights(const TrainedHead<T>& p, T* packed, T* weights) {
  const std::size_t across = round_up(p.tokens, kPanel<T>);
  const T scale = T(1) / std::sqrt(static_cast<T>(p.size));
  pack_columns<T>(p.keys, p.stride, p.tokens, p.size, packed);
  multiply_matrix<T>({p.queries, p.stride, p.tokens, packed, p.size, across, weights, across});
  for (std::size_t r = 0; r < p.tokens; ++r) {
    T* row = weights + r * across;
    const Vector<T> factor = broadcast(T(1) / exponentials<T>(row, p.tokens, scale));
    std::size_t i = 0;
    for (; i < round_up(p.tokens, kLanes<T>); i += kLanes<T>) store(row + i, multiply(load(row + i), factor));
    for (; i < across; ++i) row[i] = T(0);
  }
}

/// values = values · mask, of whole rows; nothing without a mask.
template <class T>
GLOSSA_KERNEL_INLINE void apply_mask(const T* mask, T* values, std::size_t count) {
  if (mask == nullptr) return;
  for (std::size_t i = 0; i < count; i += kLanes<T>) store(values + i, multiply(load(values + i), load(mask + i)));
}

/// to [count, size] = from [count, wide]
template <class T>
GLOSSA_KERNEL_INLINE void copy_head(const T* from, std::size_t wide, std::size_t count, std::size_t size, T* to,
                                    std::size_t stride) {
  for (std::size_t r = 0; r < count; ++r)
    for (std::size_t i = 0; i < size; ++i) to[r * stride + i] = from[r * wide + i];
}

template <class T>
GLOSSA_KERNEL void attend(const TrainedHead<T>& p) {
  const std::size_t across = round_up(p.tokens, kPanel<T>);
  const std::size_t wide = round_up(p.size, kPanel<T>);
  T* weights = p.scratch;
  T* packed = weights + 2 * p.tokens * across;
  T* values = packed + p.size * across;
  T* mixed = values + p.tokens * wide;
  attention_weights<T>(p, packed, weights);
  apply_mask<T>(p.mask, weights, p.tokens * across);
  pack_rows<T>(p.values, p.stride, p.tokens, p.size, values);
  multiply_matrix<T>({weights, across, p.tokens, values, p.tokens, wide, mixed, wide});
  copy_head<T>(mixed, wide, p.tokens, p.size, p.context, p.context_stride);
}

/// With weights P, their mask M and W = P·M: dV = Wᵀ·dO; dP = (dO·Vᵀ)·M; dS = P·(dP - Σ P·dP)/√size; dQ = dS·K;
/// dK = dSᵀ·Q.
template <class T>
GLOSSA_KERNEL void attention_gradient(const TrainedHead<T>& p) {
  const std::size_t across = round_up(p.tokens, kPanel<T>);
  const std::size_t wide = round_up(p.size, kPanel<T>);
  T* weights = p.scratch;
  T* slopes = weights + p.tokens * across;
  T* packed = slopes + p.tokens * across;
  T* rows = packed + p.size * across;
  T* mixed = rows + p.tokens * wide;
  attention_weights<T>(p, packed, weights);
  pack_columns<T>(p.values, p.stride, p.tokens, p.size, packed);
  multiply_matrix<T>({p.context_gradient, p.context_stride, p.tokens, packed, p.size, across, slopes, across});
  apply_mask<T>(p.mask, slopes, p.tokens * across);
  const T scale = T(1) / std::sqrt(static_cast<T>(p.size));
  for (std::size_t r = 0; r < p.tokens; ++r) {
    const T* weight = weights + r * across;
    T* slope = slopes + r * across;
    Vector<T> sums = broadcast(T(0));
    for (std::size_t i = 0; i < across; i += kLanes<T>) sums = multiply_add(load(weight + i), load(slope + i), sums);
    const Vector<T> sum = broadcast(reduce_add(sums));
    const Vector<T> factor = broadcast(scale);
    for (std::size_t i = 0; i < across; i += kLanes<T>)
      store(slope + i, multiply(multiply(load(weight + i), factor), subtract(load(slope + i), sum)));
  }
  pack_rows<T>(p.keys, p.stride, p.tokens, p.size, rows);
  multiply_matrix<T>({slopes, across, p.tokens, rows, p.tokens, wide, mixed, wide});
  copy_head<T>(mixed, wide, p.tokens, p.size, p.query_gradient, p.gradient_stride);
  // Of the outer products, the right-hand side has whole panels: rows of `size` elements are copied to such.
  const auto pad = [&](const T* from, std::size_t stride) {
    for (std::size_t r = 0; r < p.tokens; ++r) {
      for (std::size_t i = 0; i < p.size; ++i) rows[r * wide + i] = from[r * stride + i];
      for (std::size_t i = p.size; i < wide; ++i) rows[r * wide + i] = T(0);
    }
  };
  pad(p.queries, p.stride);
  multiply_outer<T>({slopes, across, rows, wide, p.tokens, p.tokens, wide, mixed, wide});
  copy_head<T>(mixed, wide, p.tokens, p.size, p.key_gradient, p.gradient_stride);
  apply_mask<T>(p.mask, weights, p.tokens * across);
  pad(p.context_gradient, p.context_stride);
  multiply_outer<T>({weights, across, rows, wide, p.tokens, p.tokens, wide, mixed, wide});
  copy_head<T>(mixed, wide, p.tokens, p.size, p.value_gradient, p.gradient_stride);
}
