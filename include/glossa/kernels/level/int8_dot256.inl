// Quantized rows and 8-bit weights in registers of 256 bits, for x86's 8-bit dot products. Part of a level below avx2's
// namespace; needs add_dots(sum, rows, weights). A file of its own, since processors with AVX-512 have the same
// instruction in another encoding: what tests this level on them.

using Sums = __m256i;

inline constexpr std::size_t kValueBytes = 1;
inline constexpr std::size_t kDotRows = 6;
inline constexpr std::size_t kDotUnits = 1;

GLOSSA_KERNEL_INLINE __m256i load_sums(const std::int32_t* from) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}
GLOSSA_KERNEL_INLINE __m256i zero_sums() { return _mm256_setzero_si256(); }
GLOSSA_KERNEL_INLINE __m256i same_bytes(char byte) { return _mm256_set1_epi8(byte); }
GLOSSA_KERNEL_INLINE std::int32_t add_up(__m256i sums) {
  __m128i four = _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
  four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4E));
  return _mm_cvtsi128_si32(_mm_add_epi32(four, _mm_shuffle_epi32(four, 0xB1)));
}
GLOSSA_KERNEL_INLINE bool any_at_least(__m256 values, __m256 limits) {
  return _mm256_movemask_ps(_mm256_cmp_ps(values, limits, _CMP_GE_OQ)) != 0;
}
GLOSSA_KERNEL_INLINE __m256 to_floats(__m256i sums) { return _mm256_cvtepi32_ps(sums); }
GLOSSA_KERNEL_INLINE __m256i broadcast_four(const std::byte* from) {
  std::int32_t four;
  std::memcpy(&four, from, sizeof four);
  return _mm256_set1_epi32(four);
}
GLOSSA_KERNEL_INLINE void store_rounded(std::byte* to, std::size_t first, __m256 value, int zero) {
  const __m256i values = _mm256_add_epi32(_mm256_cvtps_epi32(value), _mm256_set1_epi32(zero));
  const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(values), _mm256_extracti128_si256(values, 1));
  _mm_storel_epi64(reinterpret_cast<__m128i*>(to + first), _mm_packus_epi16(words, words));
}

#include <glossa/kernels/level/int8_rows.inl>

#include <glossa/kernels/level/int8_dot.inl>

#include <glossa/kernels/level/code_dots.inl>

#include <glossa/kernels/level/code_products.inl>
