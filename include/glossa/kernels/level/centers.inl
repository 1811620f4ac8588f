// Scores and bounds of centres come in; which of them may be the nearest goes out. Part of a level; see multiply.inl.

template <class T>
GLOSSA_KERNEL void best_two(const ScoreRows<T>& p) {
  constexpr std::size_t lanes = kLanes<T>;
  static_assert(kScoreColumns % lanes == 0);
  alignas(64) T firsts[lanes];
  alignas(64) T seconds[lanes];
  for (std::size_t r = 0; r < p.rows; ++r) {
    const T* row = p.scores + r * p.stride;
    Vector<T> first = broadcast(-std::numeric_limits<T>::infinity());
    Vector<T> second = first;
    for (std::size_t j = 0; j < p.columns; j += lanes) {
      const Vector<T> x = load(row + j);
      second = largest(second, smallest(first, x));
      first = largest(first, x);
    }
    store(firsts, first);
    store(seconds, second);
    T most = firsts[0];
    T next = seconds[0];
    for (std::size_t i = 1; i < lanes; ++i) {
      next = std::max(std::max(next, seconds[i]), std::min(most, firsts[i]));
      most = std::max(most, firsts[i]);
    }
    std::size_t column = 0;
    while (column < p.columns && !(row[column] == most)) ++column;
    p.best[r] = static_cast<std::uint32_t>(column < p.columns ? column : 0);
    p.first[r] = most;
    p.second[r] = next;
  }
}

template <class T>
GLOSSA_KERNEL void bound_centers(const CenterBounds<T>& p) {
  const Vector<T> square = broadcast(p.square);
  const Vector<T> minus_two = broadcast(T(-2));
  const Vector<T> zero = broadcast(T(0));
  for (std::size_t j = 0; j < p.columns; j += kLanes<T>) {
    const Vector<T> distance = square_root(largest(multiply_add(minus_two, load(p.scores + j), square), zero));
    store(p.bounds + j, add(distance, load(p.drift + j)));
  }
}

template <class T>
GLOSSA_KERNEL std::size_t columns_within(const BoundedColumns<T>& p) {
  constexpr std::size_t lanes = kLanes<T>;
  std::size_t count = 0;
  for (std::size_t j = 0; j < p.columns; j += lanes) {
    if (reduce_largest(subtract(load(p.drift + j), load(p.bounds + j))) < -p.limit) continue;
    for (std::size_t i = j; i < j + lanes; ++i) {
      p.out[count] = static_cast<std::uint32_t>(i);
      count += p.bounds[i] - p.drift[i] <= p.limit ? 1 : 0;
    }
  }
  return count;
}

template <class T>
GLOSSA_KERNEL std::size_t contenders(const RoughScores<T>& p) {
  constexpr std::size_t lanes = kLanes<T>;
  const Vector<T> error = broadcast(p.row_error);
  const Vector<T> length = broadcast(p.row_length);
  const Vector<T> slack = broadcast(p.row_slack);
  Vector<T> lower = broadcast(p.floor);
  for (std::size_t j = 0; j < p.columns; j += lanes) {
    const Vector<T> off = multiply_add(error, load(p.lengths + j),
                                       multiply_add(length, load(p.errors + j), add(load(p.slacks + j), slack)));
    lower = largest(lower, subtract(add(load(p.products + j), load(p.biases + j)), off));
  }
  const T least = reduce_largest(lower);
  constexpr T next = -std::numeric_limits<T>::infinity();
  const Vector<T> limit = broadcast(least);
  Vector<T> others = broadcast(next);
  std::size_t count = 0;
  for (std::size_t j = 0; j < p.columns; j += lanes) {
    const Vector<T> off = multiply_add(error, load(p.lengths + j),
                                       multiply_add(length, load(p.errors + j), add(load(p.slacks + j), slack)));
    const Vector<T> upper = add(add(load(p.products + j), load(p.biases + j)), off);
    unsigned bits = lanes_not_below(upper, limit);
    if (bits == 0) {
      others = largest(others, upper);
      continue;
    }
    alignas(64) T uppers[lanes];
    store(uppers, upper);
    for (; bits != 0; bits &= bits - 1) {
      const auto i = static_cast<std::size_t>(std::countr_zero(bits));
      p.out[count++] = static_cast<std::uint32_t>(j + i);
      uppers[i] = next;
    }
    others = largest(others, load(uppers));
  }
  *p.least = least;
  *p.next = reduce_largest(others);
  return count;
}

template <class T>
GLOSSA_KERNEL void add_to_sum(const RowToSum<T>& p) {
  constexpr std::size_t lanes = kLanes<T>;
  const Vector<T> zero = broadcast(T(0));
  std::size_t i = 0;
  if (p.leaves) {
    for (; i + lanes <= p.size; i += lanes) add_wide(p.sum + i, subtract(zero, load(p.row + i)));
  } else {
    for (; i + lanes <= p.size; i += lanes) add_wide(p.sum + i, load(p.row + i));
  }
  for (; i < p.size; ++i) p.sum[i] += p.leaves ? -static_cast<double>(p.row[i]) : static_cast<double>(p.row[i]);
}

/// Rows of a group, whose sums are independent of each other.
template <class T, std::size_t Rows>
GLOSSA_KERNEL_INLINE void sum_chosen(const ChosenRows<T>& p, std::size_t first) {
  constexpr std::size_t lanes = kLanes<T>;
  const T* rows[Rows];
  Vector<T> sums[Rows];
  for (std::size_t r = 0; r < Rows; ++r) rows[r] = p.rows + p.chosen[first + r] * p.stride;
  for (std::size_t r = 0; r < Rows; ++r) sums[r] = broadcast(T(0));
  std::size_t k = 0;
  for (; k + lanes <= p.size; k += lanes) {
    const Vector<T> q = load(p.query + k);
    for (std::size_t r = 0; r < Rows; ++r) {
      const Vector<T> difference = subtract(q, load(rows[r] + k));
      sums[r] = multiply_add(difference, difference, sums[r]);
    }
  }
  if (k < p.size) {  // the rest, filled up with zeros
    alignas(64) T query[lanes] = {};
    alignas(64) T row[lanes] = {};
    for (std::size_t i = 0; k + i < p.size; ++i) query[i] = p.query[k + i];
    for (std::size_t r = 0; r < Rows; ++r) {
      for (std::size_t i = 0; k + i < p.size; ++i) row[i] = rows[r][k + i];
      const Vector<T> difference = subtract(load(query), load(row));
      sums[r] = multiply_add(difference, difference, sums[r]);
    }
  }
  for (std::size_t r = 0; r < Rows; ++r) p.sums[first + r] = reduce_add(sums[r]);
}

template <class T>
GLOSSA_KERNEL void squared_distances(const ChosenRows<T>& p) {
  std::size_t r = 0;
  for (; r + 4 <= p.count; r += 4) sum_chosen<T, 4>(p, r);
  for (; r < p.count; ++r) sum_chosen<T, 1>(p, r);
}
