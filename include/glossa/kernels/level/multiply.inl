// Rows of activations and a packed matrix come in; their product goes out. Part of a level: included by its header, in
// its namespace, behind its vectors.

/// A tile of C, [Rows, kPanel], held in registers while the depth goes by. Each element is one chain of fused (where
/// the hardware has them) multiply-adds in the order of k, whatever Rows is: a row's result does not depend on which
/// rows it is computed with. `from_c`: the chain goes on from what C holds; else it starts at the bias, or at zero.
template <class T, std::size_t Rows>
GLOSSA_KERNEL void multiply_tile(const T* a, std::size_t a_stride, const T* panel, std::size_t depth, T* c,
                                 std::size_t c_stride, const T* bias, bool from_c) {
  constexpr std::size_t lanes = kLanes<T>;
  Vector<T> sum[Rows][2];
  GLOSSA_UNROLL
  for (std::size_t r = 0; r < Rows; ++r) {
    const T* start = from_c ? c + r * c_stride : bias;
    sum[r][0] = start == nullptr ? broadcast(T(0)) : load(start);
    sum[r][1] = start == nullptr ? broadcast(T(0)) : load(start + lanes);
  }
  for (std::size_t k = 0; k < depth; ++k, panel += kPanel<T>) {
    const Vector<T> b0 = load(panel);
    const Vector<T> b1 = load(panel + lanes);
    GLOSSA_UNROLL
    for (std::size_t r = 0; r < Rows; ++r) {
      const Vector<T> x = broadcast(a[r * a_stride + k]);
      sum[r][0] = multiply_add(x, b0, sum[r][0]);
      sum[r][1] = multiply_add(x, b1, sum[r][1]);
    }
  }
  GLOSSA_UNROLL
  for (std::size_t r = 0; r < Rows; ++r) {
    store(c + r * c_stride, sum[r][0]);
    store(c + r * c_stride + lanes, sum[r][1]);
  }
}

/// One tile of at most kTileRows rows; returns how many.
template <class T>
GLOSSA_KERNEL std::size_t multiply_some(const T* a, std::size_t a_stride, std::size_t rows, const T* panel,
                                        std::size_t depth, T* c, std::size_t c_stride, const T* bias, bool from_c) {
  if (rows >= kTileRows)
    return multiply_tile<T, kTileRows>(a, a_stride, panel, depth, c, c_stride, bias, from_c), kTileRows;
  if constexpr (kTileRows > 8)
    if (rows >= 8) return multiply_tile<T, 8>(a, a_stride, panel, depth, c, c_stride, bias, from_c), 8;
  if (rows >= 4) return multiply_tile<T, 4>(a, a_stride, panel, depth, c, c_stride, bias, from_c), 4;
  if (rows >= 2) return multiply_tile<T, 2>(a, a_stride, panel, depth, c, c_stride, bias, from_c), 2;
  return multiply_tile<T, 1>(a, a_stride, panel, depth, c, c_stride, bias, from_c), 1;
}

template <class T, class B = const T*>
GLOSSA_KERNEL void multiply_matrix(const Product<T, B>& p) {
  alignas(64) T room[std::is_pointer_v<B> ? 1 : kDepthBlock<T> * kPanel<T>];
  std::size_t k = 0;
  do {
    const std::size_t depth = std::min(kDepthBlock<T>, p.depth - k);
    const bool last = k + depth == p.depth;
    for (std::size_t j = 0; j < p.columns; j += kPanel<T>) {
      const T* panel = read_panel(p.b, p.depth, j, k, depth, room);
      for (std::size_t r = 0; r < p.rows;) {
        T* c = p.c + r * p.c_stride + j;
        const std::size_t rows = multiply_some<T>(p.a + r * p.a_stride + k, p.a_stride, p.rows - r, panel, depth, c,
                                                  p.c_stride, p.bias == nullptr ? nullptr : p.bias + j, k > 0);
        if (last && p.epilogue != Epilogue::none)
          for (std::size_t i = 0; i < rows; ++i) apply_epilogue<T>(p.epilogue, c + i * p.c_stride, kPanel<T>);
        r += rows;
      }
    }
    k += depth;
  } while (k < p.depth);
}
