// Definitions of DuplicateStream's functions; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/duplicate_stream.hpp>
#include <glossa/cluster/min_hash.hpp>
#include <glossa/cluster/text_likeness.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/linkage.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace glossa {

struct DuplicateStream::State {
  struct Kept {
    std::uint64_t text;
    detail::KeyedText key;
  };

  explicit State(const DuplicateStreamOptions& given) : options(given) {}

  static constexpr std::uint32_t kNumbers = std::uint32_t{1} << 31;  ///< that tables have; they come around again

  /// The kept text with the number that tables have for it: they count on when old ones are forgotten.
  [[nodiscard]] const Kept& at(std::uint32_t number) const { return kept[(number - first) % kNumbers]; }
  [[nodiscard]] std::uint32_t number_of_next() const {
    return static_cast<std::uint32_t>((first + kept.size()) % kNumbers);
  }

  void forget_oldest() {
    const Kept& oldest = kept.front();
    bands.remove(detail::sketch_of(oldest.key), first);
    exact.erase(oldest.key.letters);
    characters -= oldest.key.letters.size() + oldest.key.words();
    kept.pop_front();
    first = (first + 1) % kNumbers;
  }

  DuplicateStreamOptions options;
  std::uint64_t next = 0;
  std::uint32_t first = 0;  ///< the number of kept.front()
  std::deque<Kept> kept;
  std::unordered_map<std::u32string_view, std::uint32_t> exact;  ///< keys of `kept`, which never move in a deque
  detail::BandTable bands;
  detail::EditDistance distance;
  std::size_t characters = 0;  ///< and words: four bytes each
};

GLOSSA_INLINE DuplicateStream::DuplicateStream(const DuplicateStreamOptions& options)
    : state_(std::make_unique<State>(options)) {
  if (std::isnan(options.threshold))
    throw Error(ErrorKind::invalid_argument,
                {.field = "DuplicateStreamOptions::threshold", .expected = "a number", .found = "NaN"});
}
GLOSSA_INLINE DuplicateStream::DuplicateStream(DuplicateStream&&) noexcept = default;
GLOSSA_INLINE DuplicateStream& DuplicateStream::operator=(DuplicateStream&&) noexcept = default;
GLOSSA_INLINE DuplicateStream::~DuplicateStream() = default;

GLOSSA_INLINE StreamVerdict DuplicateStream::add(std::string_view text) {
  State& state = *state_;
  detail::KeyedText key = detail::keyed_text(text);
  const std::uint64_t number = state.next++;
  if (const auto known = state.exact.find(key.letters); known != state.exact.end())
    return {number, state.at(known->second).text, 1};
  const std::vector<std::uint64_t> sketch = detail::sketch_of(key);
  StreamVerdict best{number, number, 0};
  for (const std::uint32_t candidate : state.bands.candidates(sketch)) {
    const State::Kept& other = state.at(candidate);
    const float score = detail::key_similarity(state.distance, key, other.key, state.options.threshold);
    if (detail::reaches(score, state.options.threshold) && score > best.score) best = {number, other.text, score};
  }
  if (!best.is_kept()) return best;
  constexpr std::size_t kMost = State::kNumbers - 1;
  const std::size_t most = state.options.most_kept == 0 ? kMost : std::min(state.options.most_kept, kMost);
  if (state.kept.size() == most) state.forget_oldest();
  const std::uint32_t place = state.number_of_next();
  state.characters += key.letters.size() + key.words();
  state.kept.push_back({number, std::move(key)});
  state.exact.emplace(state.kept.back().key.letters, place);
  state.bands.add(sketch, place);
  return {number, number, 1};
}

GLOSSA_INLINE std::size_t DuplicateStream::kept() const noexcept { return state_->kept.size(); }

GLOSSA_INLINE std::size_t DuplicateStream::memory_bytes() const noexcept {
  constexpr std::size_t kNode = 64;  // of a hash table, with its share of the buckets
  return state_->kept.size() * (sizeof(State::Kept) + kNode) + state_->characters * sizeof(char32_t) +
         state_->bands.memory_bytes();
}

}  // namespace glossa
