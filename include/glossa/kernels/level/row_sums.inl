// A vector and rows come in; sums over the elements of both go out, a number a row. Part of a level; see multiply.inl.

enum class RowSum { product, squared_difference, absolute_difference };

template <RowSum Which>
GLOSSA_KERNEL_INLINE Vector<float> add_term(Vector<float> q, Vector<float> x, Vector<float> sum) {
  if constexpr (Which == RowSum::product) {
    return multiply_add(q, x, sum);
  } else {
    const Vector<float> difference = subtract(q, x);
    if constexpr (Which == RowSum::squared_difference) {
      return multiply_add(difference, difference, sum);
    } else {
      return add(sum, largest(subtract(x, q), difference));
    }
  }
}

/// Rows of a group, whose sums are independent of each other.
template <RowSum Which, bool Squares, std::size_t Rows>
GLOSSA_KERNEL_INLINE void sum_group(const RowSums& p, std::size_t first) {
  constexpr std::size_t lanes = kLanes<float>;
  const float* rows = p.rows + first * p.stride;
  Vector<float> sums[Rows];
  Vector<float> squares[Squares ? Rows : 1];
  for (std::size_t r = 0; r < Rows; ++r) sums[r] = broadcast(0.0F);
  for (Vector<float>& square : squares) square = broadcast(0.0F);
  std::size_t k = 0;
  for (; k + lanes <= p.size; k += lanes) {
    const Vector<float> q = load(p.query + k);
    for (std::size_t r = 0; r < Rows; ++r) {
      const Vector<float> x = load(rows + r * p.stride + k);
      sums[r] = add_term<Which>(q, x, sums[r]);
      if constexpr (Squares) squares[r] = multiply_add(x, x, squares[r]);
    }
  }
  if (k < p.size) {  // the rest, filled up with zeros
    alignas(64) float query[lanes] = {};
    alignas(64) float row[lanes] = {};
    for (std::size_t i = 0; k + i < p.size; ++i) query[i] = p.query[k + i];
    for (std::size_t r = 0; r < Rows; ++r) {
      for (std::size_t i = 0; k + i < p.size; ++i) row[i] = rows[r * p.stride + k + i];
      const Vector<float> x = load(row);
      sums[r] = add_term<Which>(load(query), x, sums[r]);
      if constexpr (Squares) squares[r] = multiply_add(x, x, squares[r]);
    }
  }
  for (std::size_t r = 0; r < Rows; ++r) {
    p.sums[first + r] = reduce_add(sums[r]);
    if constexpr (Squares) p.squares[first + r] = reduce_add(squares[r]);
  }
}

template <RowSum Which, bool Squares>
GLOSSA_KERNEL void sum_all(const RowSums& p) {
  std::size_t r = 0;
  for (; r + 4 <= p.count; r += 4) sum_group<Which, Squares, 4>(p, r);
  for (; r < p.count; ++r) sum_group<Which, Squares, 1>(p, r);
}

template <RowSum Which>
GLOSSA_KERNEL void sum_rows(const RowSums& p) {
  if (p.squares != nullptr) {
    sum_all<Which, true>(p);
  } else {
    sum_all<Which, false>(p);
  }
}
