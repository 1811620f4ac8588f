// Rows rounded to bfloat16 and small weights come in; their product goes out, by the arithmetic of floats: for
// processors without dot products of bfloat16 numbers. Part of a level; see multiply.inl.

/// Rounded rows are floats here.
GLOSSA_KERNEL inline void round_rows(const RowsToRound& p) {
  for (std::size_t r = 0; r < p.rows; ++r) {
    const float* x = p.x + r * p.x_stride;
    auto* to = reinterpret_cast<float*>(p.rounded + r * p.stride);
    std::size_t k = 0;
    for (; k + kLanes<float> <= p.depth; k += kLanes<float>) store(to + k, nearest_bf16(load(x + k)));
    for (; k < p.depth; ++k) to[k] = bfloat16_to_float(float_to_bfloat16(x[k]));
  }
}

template <class B>
GLOSSA_KERNEL void multiply_rounded(const Bf16Product<B>& p) {
  float* c = p.c != nullptr ? p.c : reinterpret_cast<float*>(p.next);
  const std::size_t stride = p.c != nullptr ? p.c_stride : p.next_stride / sizeof(float);
  multiply_matrix<float, B>({reinterpret_cast<const float*>(p.a), p.a_stride / sizeof(float), p.rows, p.b, p.depth,
                             p.columns, c, stride, p.bias, p.epilogue});
  if (p.c == nullptr) round_rows({c, stride, p.rows, p.columns, p.next, p.next_stride});
}
