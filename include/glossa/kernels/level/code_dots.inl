// Signed bytes and stored rows of bytes come in; their products go out, by the processor's 8-bit dot products. Part of a
// level; needs Sums, a register of 32-bit integers; load_sums(); add_dots(); zero_sums(), same_bytes() and add_up().

/// Rows of a group, whose sums are independent of each other. `correction`: -128·Σ query, since the instruction takes
/// the rows' bytes for what they are.
template <std::size_t Rows>
GLOSSA_KERNEL_INLINE void dot_codes_group(const CodeSums& p, std::size_t first, std::int32_t correction) {
  const std::byte* rows[Rows];
  Sums sums[Rows];
  GLOSSA_UNROLL
  for (std::size_t r = 0; r < Rows; ++r) {
    rows[r] = p.places == nullptr ? p.rows + (first + r) * p.stride : p.places[first + r];
    sums[r] = zero_sums();
  }
  const auto* query = static_cast<const std::byte*>(p.query);
  for (std::size_t k = 0; k < p.bytes; k += sizeof(Sums)) {
    const Sums q = load_sums(reinterpret_cast<const std::int32_t*>(query + k));
    GLOSSA_UNROLL
    for (std::size_t r = 0; r < Rows; ++r)
      add_dots(sums[r], load_sums(reinterpret_cast<const std::int32_t*>(rows[r] + k)), q);
  }
  GLOSSA_UNROLL
  for (std::size_t r = 0; r < Rows; ++r) p.sums[first + r] = static_cast<float>(add_up(sums[r]) + correction);
}

GLOSSA_KERNEL inline void dot_codes(const CodeSums& p) {
  Sums ones = zero_sums();
  for (std::size_t k = 0; k < p.bytes; k += sizeof(Sums))
    add_dots(ones, same_bytes(1), load_sums(reinterpret_cast<const std::int32_t*>(static_cast<const std::byte*>(p.query) + k)));
  const std::int32_t correction = -128 * add_up(ones);
  std::size_t r = 0;
  for (; r + 4 <= p.count; r += 4) dot_codes_group<4>(p, r, correction);
  for (; r < p.count; ++r) dot_codes_group<1>(p, r, correction);
}
