// Rounded rows and packed bfloat16 numbers come in; their product goes out, or is added, by the arithmetic of floats.
// Part of a level; see multiply.inl.

GLOSSA_KERNEL inline void sum_rounded_products(const Bf16Sums& p) {
  const auto* a = reinterpret_cast<const float*>(p.a);
  const std::size_t a_stride = p.a_stride / sizeof(float);
  alignas(64) float room[kDepthBlock<float> * kPanel<float>];
  for (std::size_t k = 0; k < p.depth; k += kDepthBlock<float>) {
    const std::size_t depth = std::min(kDepthBlock<float>, p.depth - k);
    for (std::size_t j = 0; j < p.columns; j += kPanel<float>) {
      const float* panel = read_panel(p.b, p.depth, j, k, depth, room);
      const float* bias = p.bias == nullptr ? nullptr : p.bias + j;
      for (std::size_t tiles = (p.rows + kTileRows - 1) / kTileRows, r = 0; tiles > 0; --tiles) {
        const std::size_t rows = (p.rows - r) / tiles;
        multiply_rows<float, kTileRows, 0>(rows, a + r * a_stride + k, a_stride, panel, depth, p.c + r * p.c_stride + j,
                                           p.c_stride, bias, p.adds || k > 0, nullptr);
        r += rows;
      }
    }
  }
}
