// Rows of activations and a packed matrix come in; their product goes out. Part of a level: included by its header, in
// its namespace, behind its vectors.

/// A tile of C, [Rows, kPanel], held in registers while the depth goes by. Each element is one chain of fused (where
/// the hardware has them) multiply-adds in the order of k, whatever Rows is: a row's result does not depend on which
/// rows it is computed with. `from_c`: the chain goes on from what C holds; else it starts at the bias, or at zero.
/// `next`: the panel that is read after this one. NextLines cache lines of each of its rows are asked for meanwhile:
/// with few rows, waiting for the weights is else half of the time.
template <class T, std::size_t Rows, std::size_t NextLines>
GLOSSA_KERNEL void multiply_tile(const T* a, std::size_t a_stride, const T* panel, std::size_t depth, T* c,
                                 std::size_t c_stride, const T* bias, bool from_c, const T* next) {
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
    for (std::size_t i = 0; i < NextLines; ++i) GLOSSA_PREFETCH(next + k * kPanel<T> + i * (64 / sizeof(T)));
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

/// A tile of `rows` rows, at most Rows.
template <class T, std::size_t Rows, std::size_t NextLines>
GLOSSA_KERNEL void multiply_rows(std::size_t rows, const T* a, std::size_t a_stride, const T* panel, std::size_t depth,
                                 T* c, std::size_t c_stride, const T* bias, bool from_c, const T* next) {
  if constexpr (Rows > 1)
    if (rows < Rows)
      return multiply_rows<T, Rows - 1, NextLines>(rows, a, a_stride, panel, depth, c, c_stride, bias, from_c, next);
  multiply_tile<T, Rows, NextLines>(a, a_stride, panel, depth, c, c_stride, bias, from_c, next);
}

/// Cache lines of a row of a panel.
template <class T>
inline constexpr std::size_t kPanelLines = (kPanel<T> * sizeof(T) + 63) / 64;

template <class T, class B = const T*>
GLOSSA_KERNEL void multiply_matrix(const Product<T, B>& p) {
  constexpr bool kInPlace = std::is_pointer_v<B>;
  constexpr std::size_t kWhole = kInPlace ? kPanelLines<T> : 0;
  constexpr std::size_t kHalf = kWhole / 2;
  alignas(64) T room[kInPlace ? 1 : kDepthBlock<T> * kPanel<T>];
  std::size_t k = 0;
  do {
    const std::size_t depth = std::min(kDepthBlock<T>, p.depth - k);
    const bool last = k + depth == p.depth;
    for (std::size_t j = 0; j < p.columns; j += kPanel<T>) {
      const T* panel = read_panel(p.b, p.depth, j, k, depth, room);
      const T* bias = p.bias == nullptr ? nullptr : p.bias + j;
      const T* next = panel;
      if constexpr (kInPlace) {
        if (j + kPanel<T> < p.columns) {
          next = panel + p.depth * kPanel<T>;
        } else if (!last) {
          next = p.b + (k + depth) * kPanel<T>;
        }
      }
      std::size_t tiles = (p.rows + kTileRows - 1) / kTileRows;
      const bool is_shared = tiles > 1 && kHalf > 0;  // the first two tiles ask for half of the next panel each
      for (std::size_t r = 0, tile = 0; tiles > 0; --tiles, ++tile) {
        const std::size_t rows = (p.rows - r) / tiles;  // nearly the same for all: a tile of few would waste time
        const T* a = p.a + r * p.a_stride + k;
        T* c = p.c + r * p.c_stride + j;
        if (tile == 0 && !is_shared) {
          multiply_rows<T, kTileRows, kWhole>(rows, a, p.a_stride, panel, depth, c, p.c_stride, bias, k > 0, next);
        } else if (tile < 2 && is_shared) {
          const T* half = next + tile * kHalf * (64 / sizeof(T));
          multiply_rows<T, kTileRows, kHalf>(rows, a, p.a_stride, panel, depth, c, p.c_stride, bias, k > 0, half);
        } else {
          multiply_rows<T, kTileRows, 0>(rows, a, p.a_stride, panel, depth, c, p.c_stride, bias, k > 0, nullptr);
        }
        r += rows;
      }
      if (last) apply_epilogue<T>(p.epilogue, p.c + j, p.c_stride, p.rows, kPanel<T>);
    }
    k += depth;
  } while (k < p.depth);
}
