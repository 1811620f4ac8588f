// What mining finds: two vectors that belong together.
#pragma once

#include <cstddef>

namespace glossa {

/// Two vectors, a < b, and how sure it is that they belong together.
struct MinedPair {
  std::size_t a = 0;
  std::size_t b = 0;
  float score = 0;   ///< what the pairs are ordered by; its meaning is the function's
  float cosine = 0;  ///< of the vectors as they came, summed in double
  friend bool operator==(const MinedPair&, const MinedPair&) = default;
};

namespace detail {

/// Best first; of equal scores the greater cosine, then the lower indices.
[[nodiscard]] inline bool is_better_pair(const MinedPair& x, const MinedPair& y) noexcept {
  if (x.score != y.score) return x.score > y.score;
  if (x.cosine != y.cosine) return x.cosine > y.cosine;
  return x.a != y.a ? x.a < y.a : x.b < y.b;
}

}  // namespace detail
}  // namespace glossa
