// Queries, keys and values of one head come in; for each token, the values that its query attends to go out. Part of a
// level; see multiply.inl.

/// Queries that are treated together: their scores stay in the second-level cache for 512 tokens.
inline constexpr std::size_t kAttentionRows = 48;

/// Scratch memory, in this order: the keys as a packed matrix [size, tokens], the values as one [tokens, size], scores
/// [kAttentionRows, tokens], and the mixed values [kAttentionRows, size]; columns rounded up to whole panels.
template <class T>
[[nodiscard]] inline std::size_t attention_scratch(std::size_t tokens, std::size_t size) {
  const std::size_t across = round_up(tokens, kPanel<T>);
  const std::size_t wide = round_up(size, kPanel<T>);
  return size * across + tokens * wide + kAttentionRows * (across + wide);
}

/// row = exp(scale · (row - max(row))), and the sum of it is returned: a softmax that its reader has to divide.
/// `row` has room for whole vectors; elements behind `count` become zeros.
template <class T>
GLOSSA_KERNEL T exponentials(T* row, std::size_t count, T scale) {
  T most = row[0];
  std::size_t i = 0;
  if (count >= kLanes<T>) {
    Vector<T> lanes = load(row);
    for (i = kLanes<T>; i + kLanes<T> <= count; i += kLanes<T>) lanes = largest(lanes, load(row + i));
    most = reduce_largest(lanes);
  }
  for (; i < count; ++i) most = row[i] > most ? row[i] : most;
  // A vector that reaches beyond the row is computed whole, so that its lanes see the same arithmetic as the others.
  for (i = count; i % kLanes<T> != 0; ++i) row[i] = most;
  const Vector<T> top = broadcast(most);
  const Vector<T> factor = broadcast(scale);
  for (i = 0; i < count; i += kLanes<T>) store(row + i, exponential(multiply(subtract(load(row + i), top), factor)));
  for (i = count; i % kLanes<T> != 0; ++i) row[i] = T(0);
  return row_sum<T>(row, count);
}

/// Puts rows [count, size] side by side as the columns of a packed matrix [size, count].
template <class T>
GLOSSA_KERNEL void pack_columns(const T* rows, std::size_t stride, std::size_t count, std::size_t size, T* out) {
  for (std::size_t first = 0; first < count; first += kPanel<T>, out += kPanel<T> * size) {
    const std::size_t width = std::min(kPanel<T>, count - first);
    for (std::size_t j = 0; j < width; ++j) {
      const T* from = rows + (first + j) * stride;
      for (std::size_t k = 0; k < size; ++k) out[k * kPanel<T> + j] = from[k];
    }
    for (std::size_t j = width; j < kPanel<T>; ++j)
      for (std::size_t k = 0; k < size; ++k) out[k * kPanel<T> + j] = T(0);
  }
}

/// Packs the matrix [count, size] whose rows are given.
template <class T>
GLOSSA_KERNEL void pack_rows(const T* rows, std::size_t stride, std::size_t count, std::size_t size, T* out) {
  for (std::size_t first = 0; first < size; first += kPanel<T>) {
    const std::size_t width = std::min(kPanel<T>, size - first);
    for (std::size_t k = 0; k < count; ++k, out += kPanel<T>) {
      const T* from = rows + k * stride + first;
      if (width == kPanel<T>) {
        store(out, load(from));
        store(out + kLanes<T>, load(from + kLanes<T>));
      } else {
        for (std::size_t j = 0; j < kPanel<T>; ++j) out[j] = j < width ? from[j] : T(0);
      }
    }
  }
}

template <class T>
GLOSSA_KERNEL void attention(const AttentionHead<T>& p) {
  const std::size_t across = round_up(p.tokens, kPanel<T>);
  const std::size_t wide = round_up(p.size, kPanel<T>);
  T* keys = p.scratch;
  T* values = keys + p.size * across;
  T* scores = values + p.tokens * wide;
  T* mixed = scores + kAttentionRows * across;
  pack_columns<T>(p.keys, p.stride, p.tokens, p.size, keys);
  pack_rows<T>(p.values, p.stride, p.tokens, p.size, values);
  const T scale = T(1) / std::sqrt(static_cast<T>(p.size));
  for (std::size_t first = 0; first < p.tokens; first += kAttentionRows) {
    const std::size_t rows = std::min(kAttentionRows, p.tokens - first);
    multiply_matrix<T>({p.queries + first * p.stride, p.stride, rows, keys, p.size, across, scores, across});
    T sums[kAttentionRows];
    for (std::size_t r = 0; r < rows; ++r) sums[r] = exponentials<T>(scores + r * across, p.tokens, scale);
    multiply_matrix<T>({scores, across, rows, values, p.tokens, wide, mixed, wide});
    for (std::size_t r = 0; r < rows; ++r) {
      const T factor = T(1) / sums[r];
      T* to = p.context + (first + r) * p.context_stride;
      for (std::size_t i = 0; i < p.size; ++i) to[i] = mixed[r * wide + i] * factor;
    }
  }
}
