// Texts come in one after another; whether each is nearly the same as one before goes out at once.
#pragma once

#include <glossa/core/linkage.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace glossa {

struct DuplicateStreamOptions {
  double threshold = 0.77;    ///< least text_similarity(); 1: texts with equal keys alone
  std::size_t most_kept = 0;  ///< texts that later ones are compared with; beyond, the oldest are forgotten. 0: all
};

/// What a DuplicateStream says of a text.
struct StreamVerdict {
  std::uint64_t text = 0;  ///< its number, from 0
  std::uint64_t of = 0;    ///< the number of the kept text that it is like; its own where it is kept
  float score = 1;         ///< how much it is like that
  [[nodiscard]] bool is_kept() const noexcept { return of == text; }
};

/// Near-duplicates in a stream, by the same measure as near_duplicate_pairs() without vectors: no model is needed. The
/// first of a kind is kept, and each later text is compared with kept ones alone: so it is like the text that it is
/// left out for, and not like one that was left out itself. The most similar of them counts, of equal ones the oldest.
/// Memory: for each kept text four bytes a character of its key and 500 to 1,300 bytes more; nothing for others.
/// Not for several threads at once. What it says depends on the order of the texts alone.
class DuplicateStream {
 public:
  /// Errors: `invalid_argument` for a NaN threshold.
  explicit DuplicateStream(const DuplicateStreamOptions& options = {});
  DuplicateStream(DuplicateStream&&) noexcept;
  DuplicateStream& operator=(DuplicateStream&&) noexcept;
  ~DuplicateStream();

  StreamVerdict add(std::string_view text);

  /// Texts that later ones are compared with.
  [[nodiscard]] std::size_t kept() const noexcept;
  /// About how many bytes those take.
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/cluster/duplicate_stream_impl.hpp>
#endif
