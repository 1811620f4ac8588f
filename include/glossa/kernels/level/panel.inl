// A stretch of a matrix's panel comes in, in whatever form; numbers to multiply go out. Part of a level; see
// multiply.inl.

/// Rows that the kernel computes at a time: with two registers a row, they leave some for the operands.
inline constexpr std::size_t kTileRows = kRegisters >= 32 ? 12 : 6;

/// Columns that it computes at a time: two registers.
template <class T>
inline constexpr std::size_t kPanel = 2 * kLanes<T>;

/// How much of the common dimension is read before the next rows are turned to; a panel of it fits the first-level
/// cache.
template <class T>
inline constexpr std::size_t kDepthBlock = 24576 / (kPanel<T> * sizeof(T));

/// Rows [first, first + count) of the panel whose first column is `column`, [count, kPanel<T>]: in the matrix itself.
template <class T>
GLOSSA_KERNEL_INLINE const T* read_panel(const T* b, std::size_t depth, std::size_t column, std::size_t first,
                                         std::size_t /*count*/, T* /*room*/) {
  return b + column * depth + first * kPanel<T>;
}

// What follows writes them to `room`, kDepthBlock<float> rows, once for all rows of the product, and asks for the same
// lines of the next unit of columns; `first` is a multiple of a block of the depth, which holds whole pairs.
static_assert(kDepthBlock<float> % 2 == 0);

GLOSSA_KERNEL inline const float* read_panel(const Bf16Weights& b, std::size_t /*depth*/, std::size_t column,
                                             std::size_t first, std::size_t count, float* room) {
  constexpr std::size_t lanes = kLanes<float>;
  const auto place = [&](std::size_t j) {
    return b.values + j / kSmallColumns * kSmallColumns * b.depth + first * kSmallColumns + j % kSmallColumns * 2;
  };
  const std::uint16_t* left = place(column);
  const std::uint16_t* right = place(column + lanes);
  float* to = room;
  for (std::size_t k = 0; k < count; k += 2, to += 2 * kPanel<float>) {
    GLOSSA_PREFETCH(right + (k + b.depth) * kSmallColumns);
    expand_bf16(left + k * kSmallColumns, to, to + kPanel<float>);
    expand_bf16(right + k * kSmallColumns, to + lanes, to + kPanel<float> + lanes);
  }
  return room;
}

static_assert(kDepthBlock<float> % kInt4Block == 0);

GLOSSA_KERNEL inline const float* read_panel(const Int4Weights& b, std::size_t /*depth*/, std::size_t column,
                                             std::size_t first, std::size_t count, float* room) {
  for (std::size_t j = 0; j < kPanel<float>; j += kLanes<float>) {
    const std::size_t unit = (column + j) / kSmallColumns * (b.depth / kInt4Block) + first / kInt4Block;
    const std::size_t within = (column + j) % kSmallColumns;
    const std::uint16_t* scales = b.scales + unit * kSmallColumns + within;
    const std::uint8_t* from = b.values + unit * kInt4UnitBytes + within;
    float* to = room + j;
    for (std::size_t k = 0; k < count; k += kInt4Block, scales += kSmallColumns, from += kInt4UnitBytes) {
      const auto scale = load_half(scales);
      const std::size_t pairs = (std::min(kInt4Block, count - k) + 1) / 2;
      for (std::size_t i = 0; i < pairs; ++i, to += 2 * kPanel<float>)
        expand_int4(from + i * kSmallColumns, scale, to, to + kPanel<float>);
    }
  }
  return room;
}
