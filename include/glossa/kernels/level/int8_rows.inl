// Rows of floats come in; they go out as 8-bit integers, a scale a group. Part of a level with 8-bit integers; needs
// store_values(to, vector of whole numbers), which writes them in the level's form.

/// Elements that store_values() may write behind a row's end.
inline constexpr std::size_t kRowSlack = 16;

/// One group of a row: `count` values, and zeros up to a multiple of kInt8Depth. The scale is returned.
GLOSSA_KERNEL inline float quantize_group(const float* x, const float* factors, std::size_t count, int zero,
                                          std::byte* to) {
  constexpr std::size_t lanes = kLanes<float>;
  alignas(64) float values[kInt8Group];
  constexpr std::size_t step = std::max(lanes, kInt8Depth);
  const std::size_t whole = round_up(count, step);
  if (count < whole) std::fill_n(values + whole - step, step, 0.0F);
  Vector<float> least = broadcast(0.0F);
  Vector<float> most = broadcast(0.0F);
  Vector<float> poison = broadcast(0.0F);  // NaN where a value is not finite
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const Vector<float> value = factors == nullptr ? load(x + i) : multiply(load(x + i), load(factors + i));
    least = smallest(value, least);
    most = largest(value, most);
    poison = multiply_add(value, broadcast(0.0F), poison);
    store(values + i, value);
  }
  if (i < count) {
    for (std::size_t k = i; k < count; ++k) values[k] = factors == nullptr ? x[k] : x[k] * factors[k];
    const Vector<float> value = load(values + i);
    least = smallest(value, least);
    most = largest(value, most);
    poison = multiply_add(value, broadcast(0.0F), poison);
  }
  const float up = reduce_largest(most) / static_cast<float>(255 - zero);
  const float down = reduce_largest(subtract(broadcast(0.0F), least)) / static_cast<float>(zero);
  const float spoiled = reduce_add(poison);
  const float scale = up > down ? up : down;
  const float exact = 1.0F / scale;
  const bool usable = spoiled == 0 && exact <= std::numeric_limits<float>::max();
  const Vector<float> inverse = broadcast(usable ? exact : 0.0F);
  // NaN and infinity times zero are no numbers to round.
  if (spoiled != 0) std::fill_n(values, whole, 0.0F);
  for (i = 0; i < whole; i += lanes) store_values(to, i, nearest(multiply(load(values + i), inverse)), zero);
  return scale + spoiled;
}

GLOSSA_KERNEL inline void quantize(const RowsToQuantize& p) {
  for (std::size_t r = 0; r < p.rows; ++r)
    for (std::size_t k = 0, group = 0; k < p.depth; k += kInt8Group, ++group) {
      const std::size_t count = std::min(kInt8Group, p.depth - k);
      p.out.scales[r * p.out.scales_stride + group] =
          quantize_group(p.x + r * p.x_stride + k, p.factors == nullptr ? nullptr : p.factors + k, count, p.out.zero,
                         p.out.values + r * p.out.stride + k * kValueBytes);
    }
}

/// Finishes `rows` rows of at most kInt8Group columns from `column` on: totals [rows, kInt8Group] are the product
/// without its bias.
GLOSSA_KERNEL inline void finish_product(const Int8Product& p, std::size_t row, std::size_t rows, std::size_t column,
                                         std::size_t columns, float* totals) {
  constexpr std::size_t lanes = kLanes<float>;
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t i = 0; i < columns; i += lanes) {
      float* at = totals + r * kInt8Group + i;
      store(at, add(load(at), load(p.bias + column + i)));
    }
  apply_epilogue<float>(p.epilogue, totals, kInt8Group, rows, columns);
  for (std::size_t r = 0; r < rows; ++r) {
    const float* from = totals + r * kInt8Group;
    if (p.next.values != nullptr) {
      const std::size_t first = p.first_column + column;
      p.next.scales[(row + r) * p.next.scales_stride + first / kInt8Group] =
          quantize_group(from, p.next_factors == nullptr ? nullptr : p.next_factors + column, columns, p.next.zero,
                         p.next.values + (row + r) * p.next.stride + first * kValueBytes);
    } else if (p.rounded != nullptr) {
      std::uint16_t* to = p.rounded + (row + r) * p.c_stride + column;
      for (std::size_t i = 0; i < columns; i += lanes) store_bf16(to + i, load(from + i));
    } else {
      float* to = p.c + (row + r) * p.c_stride + column;
      for (std::size_t i = 0; i < columns; i += lanes) store(to + i, load(from + i));
    }
  }
}
