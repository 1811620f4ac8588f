// The chunks that have a piece come in, in order, with how often; blocks of bytes go out. And back.
#pragma once

#include <glossa/core/error.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace glossa::detail {

// BM25 as SQLite's FTS5 and Lucene have it (Robertson and Zaragoza 2009).
inline constexpr double kBm25Saturation = 1.2;  ///< k1
inline constexpr double kBm25Length = 0.75;     ///< b

/// k1 · (1 - b + b · length / mean) is `base + slope · length`: what a frequency is held against.
struct LengthNorm {
  float base = 0;
  float slope = 0;

  explicit LengthNorm(double mean_length)
      : base(static_cast<float>(kBm25Saturation * (1 - kBm25Length))),
        slope(mean_length > 0 ? static_cast<float>(kBm25Saturation * kBm25Length / mean_length) : 0.0F) {}
  /// 0 to 1; nothing for the rest of the formula to do but to weight it.
  [[nodiscard]] float saturated(std::uint32_t frequency, std::uint32_t length) const noexcept {
    const auto own = static_cast<float>(frequency);
    return own / (own + base + slope * static_cast<float>(length));
  }
};

inline constexpr std::size_t kBlockPostings = 128;

/// Some postings of one piece. Its bytes: the distances from one chunk to the next, less 1, then the frequencies, less
/// 1; each in so many bytes a number, 0 where all are 0.
struct PostingBlock {
  std::uint64_t offset = 0;  ///< of its bytes
  std::uint32_t first = 0;   ///< chunks, by their places in the segment
  std::uint32_t last = 0;
  float bound = 0;          ///< no LengthNorm::saturated() of its postings is larger, by the segment's mean length
  std::uint8_t less_1 = 0;  ///< postings, less 1
  std::uint8_t distance_bytes = 0;
  std::uint8_t frequency_bytes = 0;
  std::uint8_t reserved = 0;

  [[nodiscard]] std::size_t size() const noexcept { return std::size_t{less_1} + 1; }
  [[nodiscard]] std::size_t bytes() const noexcept {
    return std::size_t{less_1} * distance_bytes + size() * frequency_bytes;
  }
};
static_assert(sizeof(PostingBlock) == 24);

/// A block, unpacked.
struct Postings {
  std::array<std::uint32_t, kBlockPostings> places;
  std::array<std::uint32_t, kBlockPostings> frequencies;
  std::size_t size = 0;
};

template <class T>
inline void widen(const std::byte* bytes, std::size_t count, std::uint32_t* out) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    T value;
    std::memcpy(&value, bytes + i * sizeof value, sizeof value);
    out[i] = value + 1u;
  }
}
inline void widen(const std::byte* bytes, std::size_t count, std::uint8_t width, std::uint32_t* out) noexcept {
  if (width == 0) std::fill(out, out + count, 1u);
  if (width == 1) widen<std::uint8_t>(bytes, count, out);
  if (width == 2) widen<std::uint16_t>(bytes, count, out);
  if (width == 4) widen<std::uint32_t>(bytes, count, out);
}

/// `bytes` are all of the segment's; the block's lie within. Errors: `corrupt_file` where they do not end at its last
/// place.
inline void unpack(const PostingBlock& block, const std::byte* bytes, const std::string& file, Postings& out) {
  const std::byte* own = bytes + block.offset;
  out.size = block.size();
  out.places[0] = block.first;
  widen(own, block.less_1, block.distance_bytes, out.places.data() + 1);
  std::uint64_t place = block.first;
  for (std::size_t i = 1; i < out.size; ++i) {
    place += out.places[i];
    out.places[i] = static_cast<std::uint32_t>(place);
  }
  if (place != block.last)
    throw Error(ErrorKind::corrupt_file,
                {.file = file, .problem = "the postings of a piece do not fit to their block"});
  widen(own + std::size_t{block.less_1} * block.distance_bytes, out.size, block.frequency_bytes,
        out.frequencies.data());
}

/// Makes blocks of one piece's postings after another's.
class PostingPacker {
 public:
  /// The lengths of all chunks of the segment.
  PostingPacker(std::span<const std::uint32_t> lengths, double mean_length) : lengths_(lengths), norm_(mean_length) {}

  void add(std::uint32_t place, std::uint32_t frequency) {
    places_[count_] = place;
    frequencies_[count_] = frequency;
    if (++count_ == kBlockPostings) flush();
  }
  /// Behind a piece's last posting.
  void flush() {
    if (count_ == 0) return;
    PostingBlock block{.offset = bytes_.size(), .first = places_[0], .last = places_[count_ - 1]};
    block.less_1 = static_cast<std::uint8_t>(count_ - 1);
    std::uint32_t distance = 0;
    std::uint32_t frequency = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      if (i > 0) distance = std::max(distance, places_[i] - places_[i - 1] - 1);
      frequency = std::max(frequency, frequencies_[i] - 1);
      block.bound = std::max(block.bound, norm_.saturated(frequencies_[i], lengths_[places_[i]]));
    }
    block.distance_bytes = width_of(distance);
    block.frequency_bytes = width_of(frequency);
    for (std::size_t i = 1; i < count_; ++i) put(places_[i] - places_[i - 1] - 1, block.distance_bytes);
    for (std::size_t i = 0; i < count_; ++i) put(frequencies_[i] - 1, block.frequency_bytes);
    blocks_.push_back(block);
    count_ = 0;
  }

  [[nodiscard]] std::size_t blocks() const noexcept { return blocks_.size(); }
  [[nodiscard]] std::vector<PostingBlock> take_blocks() noexcept { return std::move(blocks_); }
  [[nodiscard]] std::vector<std::byte> take_bytes() noexcept { return std::move(bytes_); }

 private:
  static std::uint8_t width_of(std::uint32_t most) noexcept {
    return most == 0 ? 0 : most < 0x100 ? 1 : most < 0x10000 ? 2 : 4;
  }
  void put(std::uint32_t value, std::uint8_t width) {
    const auto append = [&](auto own) {
      const auto bytes = std::as_bytes(std::span(&own, 1));
      bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    };
    if (width == 1) append(static_cast<std::uint8_t>(value));
    if (width == 2) append(static_cast<std::uint16_t>(value));
    if (width == 4) append(value);
  }

  std::span<const std::uint32_t> lengths_;
  LengthNorm norm_;
  std::array<std::uint32_t, kBlockPostings> places_{};
  std::array<std::uint32_t, kBlockPostings> frequencies_{};
  std::size_t count_ = 0;
  std::vector<PostingBlock> blocks_;
  std::vector<std::byte> bytes_;
};

}  // namespace glossa::detail
