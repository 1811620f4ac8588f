// Rows of activations and of gradients come in; what a weight matrix gets of them goes out. Part of a level; see
// multiply.inl.

/// A tile of C, [Rows, kPanel]: sums over `depth` rows of A and B. Each element is one chain in the order of the depth.
template <class T, std::size_t Rows>
GLOSSA_KERNEL void outer_tile(const T* a, std::size_t a_stride, const T* panel, std::size_t depth, T* c,
                              std::size_t c_stride, bool from_c) {
  constexpr std::size_t lanes = kLanes<T>;
  Vector<T> sum[Rows][2];
  GLOSSA_UNROLL
  for (std::size_t r = 0; r < Rows; ++r) {
    sum[r][0] = from_c ? load(c + r * c_stride) : broadcast(T(0));
    sum[r][1] = from_c ? load(c + r * c_stride + lanes) : broadcast(T(0));
  }
  for (std::size_t k = 0; k < depth; ++k, panel += kPanel<T>, a += a_stride) {
    const Vector<T> b0 = load(panel);
    const Vector<T> b1 = load(panel + lanes);
    GLOSSA_UNROLL
    for (std::size_t r = 0; r < Rows; ++r) {
      const Vector<T> x = broadcast(a[r]);
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

/// A tile of `rows` rows, at most Rows.
template <class T, std::size_t Rows>
GLOSSA_KERNEL void outer_rows(std::size_t rows, const T* a, std::size_t a_stride, const T* panel, std::size_t depth,
                              T* c, std::size_t c_stride, bool from_c) {
  if constexpr (Rows > 1)
    if (rows < Rows) return outer_rows<T, Rows - 1>(rows, a, a_stride, panel, depth, c, c_stride, from_c);
  outer_tile<T, Rows>(a, a_stride, panel, depth, c, c_stride, from_c);
}

/// Copies a panel of `depth` rows to where it lies in one piece.
template <class T>
GLOSSA_KERNEL_INLINE void copy_panel(const T* from, std::size_t stride, std::size_t depth, T* room) {
  for (std::size_t k = 0; k < depth; ++k, from += stride, room += kPanel<T>) {
    store(room, load(from));
    store(room + kLanes<T>, load(from + kLanes<T>));
  }
}

template <class T>
GLOSSA_KERNEL void multiply_outer(const OuterProduct<T>& p) {
  alignas(64) T room[kDepthBlock<T> * kPanel<T>];
  for (std::size_t k = 0; k < p.depth; k += kDepthBlock<T>) {
    const std::size_t depth = std::min(kDepthBlock<T>, p.depth - k);
    for (std::size_t j = 0; j < p.columns; j += kPanel<T>) {
      copy_panel<T>(p.b + k * p.b_stride + j, p.b_stride, depth, room);
      for (std::size_t tiles = (p.rows + kTileRows - 1) / kTileRows, r = 0; tiles > 0; --tiles) {
        const std::size_t rows = (p.rows - r) / tiles;  // nearly the same for all
        outer_rows<T, kTileRows>(rows, p.a + k * p.a_stride + r, p.a_stride, room, depth, p.c + r * p.c_stride + j,
                                 p.c_stride, p.adds || k > 0);
        r += rows;
      }
    }
  }
}

/// multiply_matrix() with a right-hand side that lies as rows.
template <class T>
GLOSSA_KERNEL void multiply_row_major(const Product<T, RowMajor<T>>& p) {
  alignas(64) T room[kDepthBlock<T> * kPanel<T>];
  for (std::size_t k = 0; k < p.depth; k += kDepthBlock<T>) {
    const std::size_t depth = std::min(kDepthBlock<T>, p.depth - k);
    for (std::size_t j = 0; j < p.columns; j += kPanel<T>) {
      copy_panel<T>(p.b.values + k * p.b.stride + j, p.b.stride, depth, room);
      const T* bias = p.bias == nullptr ? nullptr : p.bias + j;
      for (std::size_t tiles = (p.rows + kTileRows - 1) / kTileRows, r = 0; tiles > 0; --tiles) {
        const std::size_t rows = (p.rows - r) / tiles;
        multiply_rows<T, kTileRows, 0>(rows, p.a + r * p.a_stride + k, p.a_stride, room, depth,
                                       p.c + r * p.c_stride + j, p.c_stride, bias, k > 0, nullptr);
        r += rows;
      }
    }
  }
}
