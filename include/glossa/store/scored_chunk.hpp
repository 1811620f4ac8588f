// A chunk that was found.
#pragma once

#include <cstdint>

namespace glossa::detail {

/// A chunk and a score; larger is better.
struct ScoredChunk {
  std::int64_t chunk = 0;
  double score = 0;
};

/// The better first; of equal ones the older.
[[nodiscard]] inline bool is_better_chunk(const ScoredChunk& a, const ScoredChunk& b) noexcept {
  return a.score != b.score ? a.score > b.score : a.chunk < b.chunk;
}

}  // namespace glossa::detail
