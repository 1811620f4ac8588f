// Quantized rows and 8-bit weights come in; their product goes out, by the processor's 8-bit dot products. Part of a
// level; behind int8_rows.inl. Needs Sums, a register of 32-bit integers; load_sums(); broadcast_four(); add_dots();
// to_floats(); and kDotUnits, the units of 16 columns that a tile of kDotRows rows has.

/// Registers of a unit of columns.
inline constexpr std::size_t kUnitSums = kInt8Columns / kLanes<float>;

/// totals = A·B for Rows rows and Units units of columns, all groups of the depth. Each element is, group by group, a
/// sum of integers, times the scales of both: what it is computed with changes nothing. `ahead`: bytes from a line of
/// weights to one that is read later, and asked for here; or 0.
template <std::size_t Rows, std::size_t Units>
GLOSSA_NEVER_INLINE GLOSSA_KERNEL void multiply_dot_tile(const Int8Product& p, std::size_t row, std::size_t column,
                                                         float* totals, std::size_t ahead) {
  constexpr std::size_t lanes = kLanes<float>;
  constexpr std::size_t across = Units * kUnitSums;
  const std::byte* a = p.a.values + row * p.a.stride;
  const std::size_t a_stride = p.a.stride;
  const float* a_scales = p.a.scales + row * p.a.scales_stride;
  const std::int8_t* b = p.b + column * p.depth;
  const std::size_t b_stride = kInt8Columns * p.depth;
  for (std::size_t first = 0, group = 0; first < p.depth; first += kInt8Group, ++group) {
    Sums sum[Rows][across];
    const std::int32_t* offsets = p.b_offsets + group * p.b_stride + column;
    GLOSSA_UNROLL
    for (std::size_t j = 0; j < across; ++j) sum[0][j] = load_sums(offsets + j * lanes);
    GLOSSA_UNROLL
    for (std::size_t r = 1; r < Rows; ++r) {
      GLOSSA_UNROLL
      for (std::size_t j = 0; j < across; ++j) sum[r][j] = sum[0][j];
    }
    const std::size_t end = std::min(first + kInt8Group, p.depth);
    for (std::size_t k = first; k < end; k += kInt8Depth, a += kInt8Depth, b += kInt8Columns * kInt8Depth) {
      Sums weights[across];
      GLOSSA_UNROLL
      for (std::size_t j = 0; j < across; ++j)
        weights[j] =
            load_sums(reinterpret_cast<const std::int32_t*>(b + j / kUnitSums * b_stride) + j % kUnitSums * lanes);
      if (ahead != 0) {
        GLOSSA_UNROLL
        for (std::size_t u = 0; u < Units; ++u) GLOSSA_PREFETCH(b + u * b_stride + ahead);
      }
      GLOSSA_UNROLL
      for (std::size_t r = 0; r < Rows; ++r) {
        const Sums four = broadcast_four(a + r * a_stride);
        GLOSSA_UNROLL
        for (std::size_t j = 0; j < across; ++j) add_dots(sum[r][j], four, weights[j]);
      }
    }
    const float* scales = p.b_scales + group * p.b_stride + column;
    GLOSSA_UNROLL
    for (std::size_t j = 0; j < across; ++j) {
      const Vector<float> scale = load(scales + j * lanes);
      GLOSSA_UNROLL
      for (std::size_t r = 0; r < Rows; ++r) {
        float* total = totals + r * kInt8Group + j * lanes;
        const Vector<float> part = multiply(to_floats(sum[r][j]), scale);
        const Vector<float> row_scale = broadcast(a_scales[r * p.a.scales_stride + group]);
        store(total, group == 0 ? multiply(part, row_scale) : multiply_add(part, row_scale, load(total)));
      }
    }
  }
}

/// A tile of `rows` rows, at most Rows.
template <std::size_t Rows, std::size_t Units>
GLOSSA_KERNEL void multiply_dot_rows(const Int8Product& p, std::size_t row, std::size_t rows, std::size_t column,
                                     float* totals, std::size_t ahead) {
  if constexpr (Rows > 1)
    if (rows < Rows) return multiply_dot_rows<Rows - 1, Units>(p, row, rows, column, totals, ahead);
  multiply_dot_tile<Rows, Units>(p, row, column, totals, ahead);
}

/// All rows of at most `Units` units of columns.
template <std::size_t Units>
GLOSSA_KERNEL void multiply_dot_columns(const Int8Product& p, std::size_t first, std::size_t count, std::size_t column,
                                        std::size_t units, float* totals, std::size_t ahead) {
  if constexpr (Units > 1)
    if (units < Units) return multiply_dot_columns<Units - 1>(p, first, count, column, units, totals, ahead);
  for (std::size_t tiles = (count + kDotRows - 1) / kDotRows, r = 0; tiles > 0; --tiles) {
    const std::size_t rows = (count - r) / tiles;  // nearly the same for all
    multiply_dot_rows<kDotRows, Units>(p, first + r, rows, column, totals + r * kInt8Group, r == 0 ? ahead : 0);
    r += rows;
  }
}

/// Rows whose totals are kept at a time.
inline constexpr std::size_t kTotalRows = 96;

GLOSSA_KERNEL inline void multiply_int8(const Int8Product& p) {
  alignas(64) float totals[kTotalRows * kInt8Group];
  for (std::size_t first = 0; first < p.rows; first += kTotalRows) {
    const std::size_t rows = std::min(kTotalRows, p.rows - first);
    for (std::size_t column = 0; column < p.columns; column += kInt8Group) {
      const std::size_t columns = std::min(kInt8Group, p.columns - column);
      for (std::size_t j = 0; j < columns;) {
        const std::size_t units = std::min(kDotUnits, (columns - j) / kInt8Columns);
        const std::size_t next = column + j + units * kInt8Columns;
        multiply_dot_columns<kDotUnits>(p, first, rows, column + j, units, totals + j,
                                        next < p.columns ? units * kInt8Columns * p.depth : 0);
        j += units * kInt8Columns;
      }
      finish_product(p, first, rows, column, columns, totals);
    }
  }
}
