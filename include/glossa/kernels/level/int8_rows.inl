// Rows of floats come in; they go out as 8-bit integers, a scale a group. Part of a level with 8-bit integers; needs
// store_rounded(to, first, vector, zero), which rounds to the nearest integers, ties to even, and writes them in the
// level's form.

/// The scale of a group of a row from its least and most values; NaN where `poison` is.
GLOSSA_KERNEL_INLINE float scale_of(Vector<float> least, Vector<float> most, Vector<float> poison, int zero) {
  const Vector<float> up = multiply(most, broadcast(1.0F / static_cast<float>(255 - zero)));
  const Vector<float> down = multiply(least, broadcast(-1.0F / static_cast<float>(zero)));
  return reduce_largest(largest(up, down)) + reduce_add(poison);
}

/// What values are multiplied by: 0 where the scale is next to nothing or no number, since nothing is left to round.
[[nodiscard]] inline float inverse_of(float scale) {
  const float inverse = 1.0F / scale;
  return inverse > 0 && inverse <= std::numeric_limits<float>::max() ? inverse : 0.0F;
}

/// One group of a row: `count` values, and zeros up to a multiple of kInt8Depth. The scale is returned.
GLOSSA_KERNEL inline float quantize_part(const float* x, const float* factors, std::size_t count, int zero,
                                         std::byte* to) {
  constexpr std::size_t lanes = kLanes<float>;
  alignas(64) float values[kInt8Group] = {};
  for (std::size_t i = 0; i < count; ++i) values[i] = factors == nullptr ? x[i] : x[i] * factors[i];
  Vector<float> least = broadcast(0.0F);
  Vector<float> most = broadcast(0.0F);
  Vector<float> poison = broadcast(0.0F);  // NaN where a value is not finite
  for (std::size_t i = 0; i < count; i += lanes) {
    const Vector<float> value = load(values + i);
    least = smallest(value, least);
    most = largest(value, most);
    poison = multiply_add(value, broadcast(0.0F), poison);
  }
  const float scale = scale_of(least, most, poison, zero);
  if (!(scale <= std::numeric_limits<float>::max())) std::fill_n(values, kInt8Group, 0.0F);
  const Vector<float> inverse = broadcast(inverse_of(scale));
  const std::size_t whole = round_up(count, kInt8Depth);
  for (std::size_t i = 0; i < whole; i += lanes) store_rounded(to, i, multiply(load(values + i), inverse), zero);
  return scale;
}

/// A group's values times `inverse`, rounded: as levels do it that have no way of their own.
template <class V, std::size_t Count>
GLOSSA_KERNEL_INLINE void store_group(std::byte* to, const V (&values)[Count], const V& inverse, int zero) {
  GLOSSA_UNROLL
  for (std::size_t i = 0; i < Count; ++i) store_rounded(to, i * kLanes<float>, multiply(values[i], inverse), zero);
}

/// quantize_part() for a whole group, which stays in registers.
template <bool HasFactors>
GLOSSA_KERNEL_INLINE float quantize_whole(const float* x, const float* factors, int zero, std::byte* to) {
  constexpr std::size_t lanes = kLanes<float>;
  constexpr std::size_t count = kInt8Group / lanes;
  Vector<float> values[count];
  Vector<float> least = broadcast(0.0F);
  Vector<float> most = broadcast(0.0F);
  Vector<float> poison = broadcast(0.0F);
  GLOSSA_UNROLL
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = load(x + i * lanes);
    if constexpr (HasFactors) values[i] = multiply(values[i], load(factors + i * lanes));
    least = smallest(values[i], least);
    most = largest(values[i], most);
    poison = multiply_add(values[i], broadcast(0.0F), poison);
  }
  const float scale = scale_of(least, most, poison, zero);
  if (!(scale <= std::numeric_limits<float>::max())) return quantize_part(x, factors, kInt8Group, zero, to);
  store_group(to, values, broadcast(inverse_of(scale)), zero);
  return scale;
}

GLOSSA_KERNEL inline float quantize_group(const float* x, const float* factors, std::size_t count, int zero,
                                          std::byte* to) {
  if (count < kInt8Group || kRegisters < 32) return quantize_part(x, factors, count, zero, to);
  return factors == nullptr ? quantize_whole<false>(x, nullptr, zero, to) : quantize_whole<true>(x, factors, zero, to);
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
/// without its bias. One pass over them: together they are larger than the first-level cache.
template <Epilogue Which>
GLOSSA_KERNEL void finish_rows(const Int8Product& p, std::size_t row, std::size_t rows, std::size_t column,
                               std::size_t columns, const float* totals) {
  constexpr std::size_t lanes = kLanes<float>;
  const float* bias = p.bias + column;
  for (std::size_t r = 0; r < rows; ++r, totals += kInt8Group) {
    if (p.next.values != nullptr) {
      alignas(64) float finished[kInt8Group];
      for (std::size_t i = 0; i < columns; i += lanes)
        store(finished + i, activated<Which, float>(add(load(totals + i), load(bias + i))));
      const std::size_t first = p.first_column + column;
      p.next.scales[(row + r) * p.next.scales_stride + first / kInt8Group] =
          quantize_group(finished, p.next_factors == nullptr ? nullptr : p.next_factors + column, columns, p.next.zero,
                         p.next.values + (row + r) * p.next.stride + first * kValueBytes);
    } else if (p.rounded != nullptr) {
      std::uint16_t* to = p.rounded + (row + r) * p.c_stride + column;
      for (std::size_t i = 0; i < columns; i += lanes)
        store_bf16(to + i, activated<Which, float>(add(load(totals + i), load(bias + i))));
    } else {
      float* to = p.c + (row + r) * p.c_stride + column;
      for (std::size_t i = 0; i < columns; i += lanes)
        store(to + i, activated<Which, float>(add(load(totals + i), load(bias + i))));
    }
  }
}

GLOSSA_KERNEL inline void finish_product(const Int8Product& p, std::size_t row, std::size_t rows, std::size_t column,
                                         std::size_t columns, const float* totals) {
  switch (p.epilogue) {
    case Epilogue::none: return finish_rows<Epilogue::none>(p, row, rows, column, columns, totals);
    case Epilogue::gelu: return finish_rows<Epilogue::gelu>(p, row, rows, column, columns, totals);
    case Epilogue::gelu_rounded: return finish_rows<Epilogue::gelu_rounded>(p, row, rows, column, columns, totals);
    case Epilogue::gelu_tanh: return finish_rows<Epilogue::gelu_tanh>(p, row, rows, column, columns, totals);
    case Epilogue::relu: return finish_rows<Epilogue::relu>(p, row, rows, column, columns, totals);
  }
}
