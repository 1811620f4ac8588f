// One head of one text comes in as bfloat16 numbers; the mix of the values that its queries attend to goes out.
#pragma once

#include <glossa/kernels/avx512_bf16.hpp>
#include <glossa/kernels/avx512_bf16_pack.hpp>
#include <glossa/kernels/avx512_bf16_weights.hpp>
#include <glossa/kernels/bf16_operations.hpp>

#if GLOSSA_X86_LEVELS

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#define GLOSSA_KERNEL GLOSSA_TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16,avx2,fma,f16c")
#define GLOSSA_KERNEL_INLINE GLOSSA_ALWAYS_INLINE GLOSSA_KERNEL

namespace glossa::detail {
inline namespace GLOSSA_ISA {
namespace avx512 {
namespace bf16 {

/// Queries that are treated together.
inline constexpr std::size_t kQueries = 24;

/// Where the parts of the scratch memory lie, in bytes, each a multiple of a cache line: keys as units of 16 columns
/// [size / 2][16][2]; values as such units [tokens / 2][16][2]; scores of one query and mixed values as floats; weights
/// as bfloat16.
struct AttentionPlaces {
  std::size_t across;  // tokens, as whole units
  std::size_t wide;    // size, as whole units
  std::size_t values;
  std::size_t scores;
  std::size_t weights;
  std::size_t mixed;
  std::size_t end;

  AttentionPlaces(std::size_t tokens, std::size_t size)
      : across(round_up(tokens, 16)),
        wide(round_up(size, 16)),
        values(across * round_up(size, 2) * 2),
        scores(values + across * wide * 2),
        weights(scores + across * 4),
        mixed(weights + round_up(kQueries * across * 2, 64)),
        end(mixed + kQueries * wide * 4) {}
};

[[nodiscard]] inline std::size_t attention_scratch(std::size_t tokens, std::size_t size) {
  return AttentionPlaces(tokens, size).end;
}

/// The weights of a head's queries, in the scratch memory. A weight's exponent is taken down by what the score cannot
/// exceed, the product of the query's and the longest key's lengths, so that no pass over the scores looks for the
/// largest. Where that is far from it, or scores are no numbers that this could work with, the largest is looked for.
class AttentionWeights {
 public:
  /// phase: any number between 1/2 and 3/2 would do as well: it is which weights are rounded up and which down. With
  /// the one that each level has, a text that stands on the edge between two answers (see the tests on real models)
  /// stays on its side.
  GLOSSA_KERNEL AttentionWeights(const Bf16AttentionHead& head, const AttentionPlaces& places, float phase)
      : head_(head),
        phase_(phase),
        across_(places.across),
        keys_(reinterpret_cast<const std::uint16_t*>(head.scratch)),
        scores_(reinterpret_cast<float*>(head.scratch + places.scores)),
        weights_(reinterpret_cast<std::uint16_t*>(head.scratch + places.weights)),
        scale_(1.0F / std::sqrt(static_cast<float>(head.size))),
        longest_(longest_key(keys_, head.tokens, head.size)) {}

  /// What is added to a score's exponent that is at most `most`.
  [[nodiscard]] static float shift_of(float most, float phase) noexcept { return phase - std::ceil(most); }
  /// Whether the weights may have lost their bits, or are no numbers.
  [[nodiscard]] static bool is_lost(float shift, float sum) noexcept {
    return shift < kLeastShift || !(sum > kLeastSum && sum <= std::numeric_limits<float>::max());
  }

  /// Writes those of `rows` queries from `first` on; sums: of each query.
  GLOSSA_KERNEL void find(std::size_t first, std::size_t rows, float* sums) const {
    const std::uint16_t* queries = head_.queries + first * head_.stride;
    const float factor = scale_ * 1.44269504F;
    float shifts[kQueries];
    alignas(64) float parts[kQueries * 16] = {};
    for (std::size_t r = 0; r < rows; ++r)
      shifts[r] = shift_of(length_of(queries + r * head_.stride, head_.size) * longest_ * factor, phase_);
    for (std::size_t j = 0; j < across_; j += 16 * kPairUnits) {
      const std::size_t units = std::min(kPairUnits, (across_ - j) / 16);
      const std::size_t left = head_.tokens - std::min(head_.tokens, j + 16 * (units - 1));
      const auto last = static_cast<__mmask16>(0xffffU >> (16 - std::min<std::size_t>(16, left)));
      weigh_rows({queries, head_.stride, keys_ + j * head_.size, head_.size, factor, shifts, weights_ + j, across_,
                  parts, last},
                 rows, units);
    }
    for (std::size_t r = 0; r < rows; ++r) {
      sums[r] = reduce_add(load(parts + r * 16));
      if (is_lost(shifts[r], sums[r])) sums[r] = soften_row(first + r, r);
    }
  }

 private:
  static constexpr float kLeastShift = -4096;   ///< up to here a score's exponent keeps 11 bits behind the point
  static constexpr float kLeastSum = 0x1p-80F;  ///< from here on, 2^-40 of the largest weight keeps all its bits

  /// The weights of one query, by its largest score; their sum.
  GLOSSA_KERNEL float soften_row(std::size_t query, std::size_t row) const {
    const auto* from = reinterpret_cast<const std::byte*>(head_.queries + query * head_.stride);
    for (std::size_t j = 0; j < across_; j += 16 * kPairUnits) {
      const std::size_t units = std::min(kPairUnits, (across_ - j) / 16);
      multiply_pair_rows({from, head_.stride * 2, keys_ + j * head_.size, 16 * head_.size, head_.size / 2, scores_ + j,
                          across_, false, 0},
                         1, units);
    }
    return soften(scores_, head_.tokens, scale_, weights_ + row * across_);
  }

  const Bf16AttentionHead& head_;
  float phase_;
  std::size_t across_;
  const std::uint16_t* keys_;
  float* scores_;
  std::uint16_t* weights_;
  float scale_;
  float longest_;
};

inline constexpr float kPhase = 1.25F;

GLOSSA_KERNEL inline void attend_in_phase(const Bf16AttentionHead& p, float phase) {
  const AttentionPlaces places(p.tokens, p.size);
  auto* keys = reinterpret_cast<std::uint16_t*>(p.scratch);
  auto* values = reinterpret_cast<std::uint16_t*>(p.scratch + places.values);
  const auto* weights = p.scratch + places.weights;
  auto* mixed = reinterpret_cast<float*>(p.scratch + places.mixed);
  pack_keys(p.keys, p.stride, p.tokens, p.size, keys);
  pack_values(p.values, p.stride, p.tokens, p.size, places.across, values);
  const AttentionWeights attention_weights(p, places, phase);
  const std::size_t value_stride = 16 * places.across;
  for (std::size_t first = 0; first < p.tokens; first += kQueries) {
    const std::size_t rows = std::min(kQueries, p.tokens - first);
    float sums[kQueries];
    attention_weights.find(first, rows, sums);
    for (std::size_t i = 0; i < places.wide; i += 16 * kPairUnits) {
      const std::size_t units = std::min(kPairUnits, (places.wide - i) / 16);
      multiply_pair_rows({weights, places.across * 2, values + i * places.across, value_stride, (p.tokens + 1) / 2,
                          mixed + i, places.wide, false, 0},
                         rows, units);
    }
    for (std::size_t r = 0; r < rows; ++r) {
      const float factor = 1.0F / sums[r];
      float* to = p.context + (first + r) * p.context_stride;
      std::size_t i = 0;
      for (; i + 16 <= p.size; i += 16) store(to + i, multiply(load(mixed + r * places.wide + i), broadcast(factor)));
      for (; i < p.size; ++i) to[i] = mixed[r * places.wide + i] * factor;
    }
  }
}

GLOSSA_KERNEL inline void attention(const Bf16AttentionHead& p) { attend_in_phase(p, kPhase); }

}  // namespace bf16
}  // namespace avx512
}  // namespace GLOSSA_ISA
}  // namespace glossa::detail

#undef GLOSSA_KERNEL
#undef GLOSSA_KERNEL_INLINE

#endif
