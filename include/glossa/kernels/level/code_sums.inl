// A vector and stored rows come in; their products go out, a number a row. Part of a level; see multiply.inl. Needs
// load_half(), load_bf16() and code_dot(), the product of signed bytes with a row's.

struct F32Code {
  using Value = float;
  GLOSSA_KERNEL_INLINE static Vector<float> read(const float* from) { return load(from); }
};
struct Bf16Code {
  using Value = std::uint16_t;
  GLOSSA_KERNEL_INLINE static Vector<float> read(const std::uint16_t* from) { return load_bf16(from); }
};
struct F16Code {
  using Value = std::uint16_t;
  GLOSSA_KERNEL_INLINE static Vector<float> read(const std::uint16_t* from) { return load_half(from); }
};

[[nodiscard]] inline const std::byte* row_of(const CodeSums& p, std::size_t r) {
  return p.places == nullptr ? p.rows + r * p.stride : p.places[r];
}

/// Rows of a group, whose sums are independent of each other.
template <class Code, std::size_t Rows>
GLOSSA_KERNEL_INLINE void sum_codes_group(const CodeSums& p, std::size_t first) {
  using Value = typename Code::Value;
  constexpr std::size_t lanes = kLanes<float>;
  const auto* query = static_cast<const float*>(p.query);
  const Value* rows[Rows];
  Vector<float> sums[Rows];
  for (std::size_t r = 0; r < Rows; ++r) rows[r] = reinterpret_cast<const Value*>(row_of(p, first + r));
  for (std::size_t r = 0; r < Rows; ++r) sums[r] = broadcast(0.0F);
  const std::size_t size = p.bytes / sizeof(Value);
  for (std::size_t k = 0; k < size; k += lanes) {
    const Vector<float> q = load(query + k);
    for (std::size_t r = 0; r < Rows; ++r) sums[r] = multiply_add(q, Code::read(rows[r] + k), sums[r]);
  }
  for (std::size_t r = 0; r < Rows; ++r) p.sums[first + r] = reduce_add(sums[r]);
}

template <class Code>
GLOSSA_KERNEL void sum_codes(const CodeSums& p) {
  std::size_t r = 0;
  for (; r + 4 <= p.count; r += 4) sum_codes_group<Code, 4>(p, r);
  for (; r < p.count; ++r) sum_codes_group<Code, 1>(p, r);
}

template <class Code>
GLOSSA_KERNEL void widen_codes(const CodesToWiden& p) {
  const std::size_t size = p.bytes / sizeof(typename Code::Value);
  for (std::size_t r = 0; r < p.count; ++r) {
    const auto* row = reinterpret_cast<const typename Code::Value*>(p.rows + r * p.stride);
    for (std::size_t k = 0; k < size; k += kLanes<float>) store(p.floats + r * size + k, Code::read(row + k));
  }
}

GLOSSA_KERNEL inline void sum_int8_codes(const CodeSums& p) {
  const auto* query = static_cast<const std::int8_t*>(p.query);
  for (std::size_t r = 0; r < p.count; ++r)
    p.sums[r] = static_cast<float>(code_dot(query, reinterpret_cast<const std::uint8_t*>(row_of(p, r)), p.bytes));
}

GLOSSA_KERNEL inline void sum_bit_codes(const CodeSums& p) {
  const auto* query = static_cast<const std::byte*>(p.query);
  for (std::size_t r = 0; r < p.count; ++r) {
    const std::byte* row = row_of(p, r);
    int different = 0;
    for (std::size_t k = 0; k < p.bytes; k += kBitCodeBytes) {
      std::uint64_t a;
      std::uint64_t b;
      std::memcpy(&a, query + k, sizeof a);
      std::memcpy(&b, row + k, sizeof b);
      different += std::popcount(a ^ b);
    }
    p.sums[r] = static_cast<float>(static_cast<int>(8 * p.bytes) - 2 * different);
  }
}
