// Products in bfloat16 for processors with the dot products of AVX-512 for it.
#pragma once

#include <glossa/kernels/avx512.hpp>
#include <glossa/kernels/bf16_operations.hpp>

#if GLOSSA_X86_LEVELS

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#define GLOSSA_KERNEL GLOSSA_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16,avx2,fma,f16c")
#define GLOSSA_KERNEL_INLINE GLOSSA_ALWAYS_INLINE GLOSSA_KERNEL

namespace glossa::detail {
inline namespace GLOSSA_ISA {
namespace avx512 {
namespace bf16 {

/// Rows and units of 16 columns of a tile: 24 registers of sums.
inline constexpr std::size_t kPairRows = 6;
inline constexpr std::size_t kPairUnits = 4;

/// sum += rows · weights: 16 sums of two products of bfloat16 numbers. In assembly, since gcc 12 moves the sums through
/// memory around the intrinsic.
GLOSSA_KERNEL_INLINE void add_pairs(__m512& sum, __m512i rows, __m512i weights) {
#if defined(__GNUC__)
  __asm__("vdpbf16ps {%[weights], %[rows], %[sum]|%[sum], %[rows], %[weights]}"
          : [sum] "+v"(sum)
          : [rows] "v"(rows), [weights] "v"(weights));
#else
  sum = _mm512_dpbf16_ps(sum, (__m512bh)rows, (__m512bh)weights);
#endif
}

/// The operands of a tile: rows of pairs; units of 16 columns, [pairs][16][2] each, with `b_stride` numbers from unit
/// to unit; floats c.
struct PairTile {
  const std::byte* a;
  std::size_t a_stride;  // bytes
  const std::uint16_t* b;
  std::size_t b_stride;
  std::size_t pairs;
  float* c;
  std::size_t c_stride;
  bool from_c;                  // the sums go on from what c holds
  std::size_t ahead;            // numbers from a line of weights to one that is asked for here; or 0
  const float* bias = nullptr;  // what each row's sums begin with unless they are from c; null: zeros
};

/// A tile of C. Each element is one chain of sums in the order of the depth, whatever Rows and Units are: a row's
/// result does not depend on which rows it is computed with.
template <std::size_t Rows, std::size_t Units>
GLOSSA_NEVER_INLINE GLOSSA_KERNEL void multiply_pairs(const PairTile& t) {
  __m512 sum[Rows][Units];
  GLOSSA_UNROLL
  for (std::size_t r = 0; r < Rows; ++r) {
    const float* start = t.from_c ? t.c + r * t.c_stride : t.bias;
    GLOSSA_UNROLL
    for (std::size_t u = 0; u < Units; ++u) sum[r][u] = start == nullptr ? _mm512_setzero_ps() : load(start + u * 16);
  }
  const std::byte* a = t.a;
  const std::size_t a_stride = t.a_stride;
  const std::uint16_t* b = t.b;
  const std::size_t b_stride = t.b_stride;
  const std::size_t ahead = t.ahead;
  for (std::size_t k = 0; k < t.pairs; ++k, a += 4, b += 32) {
    __m512i weights[Units];
    GLOSSA_UNROLL
    for (std::size_t u = 0; u < Units; ++u) weights[u] = _mm512_loadu_si512(b + u * b_stride);
    if (ahead != 0) {
      GLOSSA_UNROLL
      for (std::size_t u = 0; u < Units; ++u) GLOSSA_PREFETCH(b + u * b_stride + ahead);
    }
    GLOSSA_UNROLL
    for (std::size_t r = 0; r < Rows; ++r) {
      std::int32_t pair;
      std::memcpy(&pair, a + r * a_stride, sizeof pair);
      const __m512i two = _mm512_set1_epi32(pair);
      GLOSSA_UNROLL
      for (std::size_t u = 0; u < Units; ++u) add_pairs(sum[r][u], two, weights[u]);
    }
  }
  GLOSSA_UNROLL
  for (std::size_t r = 0; r < Rows; ++r) {
    GLOSSA_UNROLL
    for (std::size_t u = 0; u < Units; ++u) store(t.c + r * t.c_stride + u * 16, sum[r][u]);
  }
}

template <std::size_t Rows, std::size_t Units>
GLOSSA_KERNEL void multiply_some_pairs(const PairTile& t, std::size_t rows) {
  if constexpr (Rows > 1)
    if (rows < Rows) return multiply_some_pairs<Rows - 1, Units>(t, rows);
  multiply_pairs<Rows, Units>(t);
}

/// Any number of rows, and at most Units units of columns: with fewer units, a tile has more rows.
template <std::size_t Units = kPairUnits>
GLOSSA_KERNEL void multiply_pair_rows(PairTile t, std::size_t rows, std::size_t units) {
  if constexpr (Units > 1)
    if (units < Units) return multiply_pair_rows<Units - 1>(t, rows, units);
  constexpr std::size_t kRows = Units > 2 ? kPairRows : 2 * kPairRows;
  for (std::size_t tiles = (rows + kRows - 1) / kRows; tiles > 0; --tiles) {
    const std::size_t some = rows / tiles;  // nearly the same for all
    multiply_some_pairs<kRows, Units>(t, some);
    rows -= some;
    t.a += some * t.a_stride;
    t.c += some * t.c_stride;
    t.ahead = 0;
  }
}

GLOSSA_KERNEL inline void round_rows(const RowsToRound& p) {
  for (std::size_t r = 0; r < p.rows; ++r) {
    const float* x = p.x + r * p.x_stride;
    auto* to = reinterpret_cast<std::uint16_t*>(p.rounded + r * p.stride);
    std::size_t k = 0;
    for (; k + 16 <= p.depth; k += 16) store_bf16(to + k, load(x + k));
    for (; k < p.depth; ++k) to[k] = float_to_bfloat16(x[k]);
    if (p.depth % 2 != 0) to[k] = 0;
  }
}

/// Units [column / 16, …) and pairs [first, first + count) of the weights, as they lie there.
GLOSSA_KERNEL_INLINE const std::uint16_t* read_pairs(const Bf16Weights& b, std::size_t column, std::size_t first,
                                                     std::size_t /*count*/, std::size_t /*units*/,
                                                     std::uint16_t* /*room*/, std::size_t& stride) {
  stride = 16 * b.depth;
  return b.values + column * b.depth + first * 32;
}

/// Two registers of floats as pairs of bfloat16 numbers, side by side.
GLOSSA_KERNEL_INLINE __m512i to_pairs(__m512 first, __m512 second) {
  const __m512i halves = (__m512i)_mm512_cvtne2ps_pbh(second, first);
  const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21,
                                         5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  return _mm512_maskz_permutexvar_epi16(0xFFFFFFFF, order, halves);
}

/// The same, expanded to `room`; `first` is a multiple of a block's pairs.
GLOSSA_KERNEL inline const std::uint16_t* read_pairs(const Int4Weights& b, std::size_t column, std::size_t first,
                                                     std::size_t count, std::size_t units, std::uint16_t* room,
                                                     std::size_t& stride) {
  constexpr std::size_t kPairs = kInt4Block / 2;
  stride = round_up(count, kPairs) * 32;
  for (std::size_t u = 0; u < units; ++u) {
    const std::size_t unit = (column / kSmallColumns + u) * (b.depth / kInt4Block) + first / kPairs;
    const std::uint16_t* scales = b.scales + unit * kSmallColumns;
    const std::uint8_t* from = b.values + unit * kInt4UnitBytes;
    std::uint16_t* to = room + u * stride;
    for (std::size_t k = 0; k < count; k += kPairs, scales += kSmallColumns) {
      const __m512 scale = load_half(scales);
      for (std::size_t i = 0; i < kPairs; ++i, from += kSmallColumns, to += 32) {
        const __m512i bytes = load_int4(from);
        _mm512_storeu_si512(to, to_pairs(lower_int4(bytes, scale), upper_int4(bytes, scale)));
      }
    }
  }
  return room;
}

/// Rows and columns whose sums are kept at a time.
inline constexpr std::size_t kSumRows = 96;
inline constexpr std::size_t kSumColumns = 16 * kPairUnits;

/// Pairs of the depth that small weights are expanded for at a time.
inline constexpr std::size_t kPairBlock = 192;
static_assert(2 * kPairBlock % kInt4Block == 0);

/// Finishes `rows` rows of some columns from `column` on: sums [rows, kSumColumns] are the product without its bias.
template <Epilogue Which, class B>
GLOSSA_KERNEL void finish_rows(const Bf16Product<B>& p, std::size_t row, std::size_t rows, std::size_t column,
                               std::size_t columns, const float* sums) {
  const float* bias = p.bias + column;
  for (std::size_t r = 0; r < rows; ++r, sums += kSumColumns) {
    if (p.c != nullptr) {
      float* to = p.c + (row + r) * p.c_stride + column;
      for (std::size_t i = 0; i < columns; i += 16)
        store(to + i, activated<Which, float>(add(load(sums + i), load(bias + i))));
    } else {
      std::uint16_t* to = p.rounded != nullptr
                              ? p.rounded + (row + r) * p.c_stride + column
                              : reinterpret_cast<std::uint16_t*>(p.next + (row + r) * p.next_stride) + column;
      for (std::size_t i = 0; i < columns; i += 16)
        store_bf16(to + i, activated<Which, float>(add(load(sums + i), load(bias + i))));
    }
  }
}

template <class B>
GLOSSA_KERNEL void finish_product(const Bf16Product<B>& p, std::size_t row, std::size_t rows, std::size_t column,
                                  std::size_t columns, const float* sums) {
  switch (p.epilogue) {
    case Epilogue::none: return finish_rows<Epilogue::none>(p, row, rows, column, columns, sums);
    case Epilogue::gelu: return finish_rows<Epilogue::gelu>(p, row, rows, column, columns, sums);
    case Epilogue::gelu_rounded: return finish_rows<Epilogue::gelu_rounded>(p, row, rows, column, columns, sums);
    case Epilogue::gelu_tanh: return finish_rows<Epilogue::gelu_tanh>(p, row, rows, column, columns, sums);
    case Epilogue::relu: return finish_rows<Epilogue::relu>(p, row, rows, column, columns, sums);
  }
}

/// The product by blocks of rows, columns and depth; Multiply gives the sums of such a block: see multiply_pair_rows().
template <class B, void (*Multiply)(PairTile, std::size_t rows, std::size_t units)>
GLOSSA_KERNEL void multiply_blocks(const Bf16Product<B>& p) {
  constexpr bool kInPlace = std::is_same_v<B, Bf16Weights>;
  alignas(64) float sums[kSumRows * kSumColumns];
  alignas(64) std::uint16_t room[kInPlace ? 1 : 2 * kPairBlock * kSumColumns];
  const std::size_t pairs = (p.depth + 1) / 2;
  const std::size_t block = kInPlace ? pairs : kPairBlock;
  for (std::size_t row = 0; row < p.rows; row += kSumRows) {
    const std::size_t rows = std::min(kSumRows, p.rows - row);
    for (std::size_t column = 0; column < p.columns; column += kSumColumns) {
      const std::size_t columns = std::min(kSumColumns, p.columns - column);
      const std::size_t units = columns / 16;
      for (std::size_t k = 0; k < pairs; k += block) {
        const std::size_t count = std::min(block, pairs - k);
        std::size_t stride = 0;
        const std::uint16_t* b = read_pairs(p.b, column, k, count, units, room, stride);
        const std::size_t ahead = kInPlace && column + kSumColumns < p.columns ? units * stride : 0;
        Multiply({p.a + row * p.a_stride + 4 * k, p.a_stride, b, stride, count, sums, kSumColumns, k > 0, ahead}, rows,
                 units);
      }
      finish_product(p, row, rows, column, columns, sums);
    }
  }
}

template <class B>
GLOSSA_KERNEL void multiply_bf16(const Bf16Product<B>& p) {
  multiply_blocks<B, &multiply_pair_rows<kPairUnits>>(p);
}

}  // namespace bf16
}  // namespace avx512
}  // namespace GLOSSA_ISA
}  // namespace glossa::detail

#undef GLOSSA_KERNEL
#undef GLOSSA_KERNEL_INLINE

#endif
