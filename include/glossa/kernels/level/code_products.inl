// Queries and stored rows of bytes come in; what reaches the queries' limits goes out, by the processor's 8-bit dot
// products; and floats become such rows. Part of a level; see int8_dot.inl and int8_rows.inl. Needs
// any_at_least(values, limits).

/// Rows rows with Units units of 16 queries; the sums stay in registers for the whole depth.
template <std::size_t Rows, std::size_t Units>
GLOSSA_NEVER_INLINE GLOSSA_KERNEL void score_codes_tile(const CodeProduct& p, std::size_t row, std::size_t column) {
  constexpr std::size_t lanes = kLanes<float>;
  constexpr std::size_t across = Units * kUnitSums;
  const std::byte* a = p.rows + row * p.stride;
  const std::int8_t* b = p.queries + column * p.bytes;
  const std::size_t b_stride = kInt8Columns * p.bytes;
  Sums sum[Rows][across];
  GLOSSA_UNROLL
  for (std::size_t j = 0; j < across; ++j) sum[0][j] = load_sums(p.offsets + column + j * lanes);
  GLOSSA_UNROLL
  for (std::size_t r = 1; r < Rows; ++r) {
    GLOSSA_UNROLL
    for (std::size_t j = 0; j < across; ++j) sum[r][j] = sum[0][j];
  }
  for (std::size_t k = 0; k < p.bytes; k += kInt8Depth, a += kInt8Depth, b += kInt8Columns * kInt8Depth) {
    Sums weights[across];
    GLOSSA_UNROLL
    for (std::size_t j = 0; j < across; ++j)
      weights[j] =
          load_sums(reinterpret_cast<const std::int32_t*>(b + j / kUnitSums * b_stride) + j % kUnitSums * lanes);
    GLOSSA_UNROLL
    for (std::size_t r = 0; r < Rows; ++r) {
      const Sums four = broadcast_four(a + r * p.stride);
      GLOSSA_UNROLL
      for (std::size_t j = 0; j < across; ++j) add_dots(sum[r][j], four, weights[j]);
    }
  }
  GLOSSA_UNROLL
  for (std::size_t r = 0; r < Rows; ++r) {
    const std::size_t place = (row + r) * p.terms_stride;
    const Vector<float> scale = broadcast(p.row_scales[place]);
    const Vector<float> term = broadcast(p.row_terms[place]);
    float* scores = p.scores + (row + r) * p.columns + column;
    bool found = false;
    GLOSSA_UNROLL
    for (std::size_t j = 0; j < across; ++j) {
      const Vector<float> scales = multiply(load(p.scales + column + j * lanes), scale);
      const Vector<float> score = multiply_add(to_floats(sum[r][j]), scales, term);
      found |= any_at_least(score, load(p.limits + column + j * lanes));
      store(scores + j * lanes, score);
    }
    p.found[row + r] |= found;
  }
}

template <std::size_t Rows, std::size_t Units>
GLOSSA_KERNEL void score_codes_rows(const CodeProduct& p, std::size_t row, std::size_t rows, std::size_t column) {
  if constexpr (Rows > 1)
    if (rows < Rows) return score_codes_rows<Rows - 1, Units>(p, row, rows, column);
  score_codes_tile<Rows, Units>(p, row, column);
}

/// All rows with at most Units units of queries.
template <std::size_t Units>
GLOSSA_KERNEL void score_codes_columns(const CodeProduct& p, std::size_t column, std::size_t units) {
  if constexpr (Units > 1)
    if (units < Units) return score_codes_columns<Units - 1>(p, column, units);
  for (std::size_t row = 0; row < p.count; row += kDotRows)
    score_codes_rows<kDotRows, Units>(p, row, std::min(kDotRows, p.count - row), column);
}

GLOSSA_KERNEL inline void score_codes(const CodeProduct& p) {
  std::fill_n(p.found, p.count, false);
  for (std::size_t column = 0; column < p.columns;) {
    const std::size_t units = std::min(kDotUnits, (p.columns - column) / kInt8Columns);
    score_codes_columns<kDotUnits>(p, column, units);
    column += units * kInt8Columns;
  }
}

/// Lanes of x - origin from `i` on, filled up with zeros.
GLOSSA_KERNEL_INLINE Vector<float> centred_part(const RowToCode& p, std::size_t i) {
  constexpr std::size_t lanes = kLanes<float>;
  if (i + lanes <= p.size) return subtract(load(p.x + i), load(p.origin + i));
  alignas(64) float part[lanes] = {};
  for (std::size_t k = 0; i + k < p.size; ++k) part[k] = p.x[i + k] - p.origin[i + k];
  return load(part);
}

GLOSSA_KERNEL inline void code_row(const RowToCode& p) {
  constexpr std::size_t lanes = kLanes<float>;
  Vector<float> most = broadcast(0.0F);
  for (std::size_t i = 0; i < p.size; i += lanes) {
    const Vector<float> x = centred_part(p, i);
    most = largest(most, largest(x, subtract(broadcast(0.0F), x)));
  }
  const float greatest = reduce_largest(most);
  *p.scale = greatest / 127;
  const Vector<float> scale = broadcast(-*p.scale);
  const Vector<float> inverse = broadcast(inverse_of(*p.scale));
  Vector<float> rest = broadcast(0.0F);
  for (std::size_t i = 0; i < p.size; i += lanes) {
    const Vector<float> x = centred_part(p, i);
    const Vector<float> code = nearest(multiply(x, inverse));
    store_rounded(p.codes, i, code, 128);
    const Vector<float> difference = multiply_add(code, scale, x);
    rest = multiply_add(difference, difference, rest);
  }
  *p.rest = reduce_add(rest);
}
