// A file of words comes in, with the size and checksums that it should have; it is refused, or it can be searched and
// merged whatever its postings say.
#include "fuzz.hpp"
#include "index_bytes.hpp"

#include <glossa/store/word_query.hpp>
#include <glossa/store/word_segment_builder.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace {

using glossa::detail::WordSegment;

/// Every chunk but one in three.
struct Passing {
  bool operator()(std::int64_t chunk) const { return chunk % 3 != 0; }
  [[nodiscard]] std::uint64_t bits(std::int64_t) const { return ~std::uint64_t{0}; }
  [[nodiscard]] std::size_t count(std::int64_t first, std::int64_t last) const {
    return static_cast<std::size_t>(last - first) + 1;
  }
  template <class F>
  void each(std::int64_t first, std::int64_t last, F&& f) const {
    for (std::int64_t chunk = first; chunk - first < 64 && chunk <= last; ++chunk)
      if ((*this)(chunk)) f(chunk);
  }
};

void use(const std::vector<std::shared_ptr<const WordSegment>>& segments) {
  std::vector<glossa::TokenId> query{1, 2};
  for (const auto& entry : segments.front()->entries())
    if (query.size() < 8) query.push_back(entry.piece);
  const glossa::detail::WordQuery own(segments, query);
  const auto found = own.best(5, Passing());
  fuzz::require(found.size() <= 5, "no more hits than there can be");
  for (const auto& chunk : found) {
    fuzz::require(Passing()(chunk.chunk), "what does not pass is not found");
    (void)own.score_of(chunk.chunk);
  }
  (void)glossa::detail::merged_segment(segments, Passing());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::InputFile file("words");
  file.write(test::with_right_checksums(std::string(fuzz::text_of(data, size))));
  std::vector<std::shared_ptr<const WordSegment>> segments;
  const bool accepted = fuzz::accepts(file.path().string(), size, [&] {
    segments.push_back(
        std::make_shared<const WordSegment>(std::make_shared<const glossa::detail::IndexFile>(file.path(), true)));
  });
  if (!accepted) return 0;
  try {
    use(segments);
  } catch (const glossa::Error&) {  // postings that do not fit to their block
  }
  return 0;
}
