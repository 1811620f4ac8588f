// The pieces of some chunks come in; which chunks have a piece, and how often, goes out: of memory, or of a file.
#pragma once

#include <glossa/search/index_file.hpp>
#include <glossa/store/word_postings.hpp>
#include <glossa/text/token_id.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace glossa::detail {

inline constexpr IndexKind kWordIndexKind{16};  ///< of its file; none of the kinds of AnyIndex

/// A piece that some chunks have.
struct WordEntry {
  TokenId piece = 0;
  std::uint32_t chunks = 0;       ///< that have it
  std::uint32_t first_block = 0;  ///< of its postings; those of the next piece follow
  std::uint32_t reserved = 0;
};
static_assert(sizeof(WordEntry) == 16);

/// What a segment is made of.
struct WordTables {
  std::vector<std::int64_t> chunks{};    ///< their numbers, in order; a chunk's place is that in here
  std::vector<std::uint32_t> lengths{};  ///< in pieces
  std::vector<WordEntry> entries{};      ///< by piece
  std::vector<PostingBlock> blocks{};
  std::vector<std::byte> bytes{};
};

/// Never changes. For chunks of any number of searches at once.
class WordSegment {
 public:
  static constexpr std::size_t kMostChunks = 0xFFFFFFF0u;
  static constexpr std::int64_t kMostNumber = std::int64_t{1} << 42;

  explicit WordSegment(WordTables tables) : own_(std::make_unique<const WordTables>(std::move(tables))) {
    chunks_ = own_->chunks;
    lengths_ = own_->lengths;
    entries_ = own_->entries;
    blocks_ = own_->blocks;
    bytes_ = own_->bytes;
    total_ = std::accumulate(lengths_.begin(), lengths_.end(), std::uint64_t{0});
  }

  /// Errors: `corrupt_file`.
  explicit WordSegment(std::shared_ptr<const IndexFile> file) : file_(std::move(file)) {
    chunks_ = values<std::int64_t>("chunks");
    lengths_ = values<std::uint32_t>("lengths");
    entries_ = values<WordEntry>("pieces");
    blocks_ = values<PostingBlock>("blocks");
    bytes_ = file_->section("bytes");
    require_sound();
    total_ = std::accumulate(lengths_.begin(), lengths_.end(), std::uint64_t{0});
  }

  void save(IndexWriter& writer) const {
    writer.values("chunks", chunks_);
    writer.values("lengths", lengths_);
    writer.values("pieces", entries_);
    writer.values("blocks", blocks_);
    writer.section("bytes", bytes_);
  }

  [[nodiscard]] std::span<const std::int64_t> chunks() const noexcept { return chunks_; }
  [[nodiscard]] std::span<const std::uint32_t> lengths() const noexcept { return lengths_; }
  [[nodiscard]] std::span<const WordEntry> entries() const noexcept { return entries_; }
  [[nodiscard]] const std::byte* bytes() const noexcept { return bytes_.data(); }
  [[nodiscard]] std::uint64_t total_length() const noexcept { return total_; }
  [[nodiscard]] double mean_length() const noexcept {
    return chunks_.empty() ? 0 : static_cast<double>(total_) / static_cast<double>(chunks_.size());
  }
  [[nodiscard]] std::string name() const { return file_ ? file_->name() : std::string(); }
  [[nodiscard]] const IndexFile* file() const noexcept { return file_.get(); }

  [[nodiscard]] const WordEntry* find(TokenId piece) const noexcept {
    const auto found = std::lower_bound(entries_.begin(), entries_.end(), piece,
                                        [](const WordEntry& own, TokenId wanted) { return own.piece < wanted; });
    return found != entries_.end() && found->piece == piece ? &*found : nullptr;
  }
  /// In the order of their chunks.
  [[nodiscard]] std::span<const PostingBlock> blocks_of(const WordEntry& entry) const noexcept {
    const std::size_t count = (entry.chunks + kBlockPostings - 1) / kBlockPostings;
    return blocks_.subspan(entry.first_block, count);
  }

  /// The place of a chunk; nothing where it is not in here. Between numbers that follow each other in steps of 1, as
  /// most do, at once.
  [[nodiscard]] std::optional<std::uint32_t> place_of(std::int64_t chunk) const noexcept {
    if (chunks_.empty() || chunk < chunks_.front() || chunk > chunks_.back()) return std::nullopt;
    // Numbers grow by 1 or more: the place is no larger than this.
    const auto most = static_cast<std::size_t>(
        std::min<std::int64_t>(chunk - chunks_.front(), static_cast<std::int64_t>(chunks_.size()) - 1));
    if (chunks_[most] == chunk) return static_cast<std::uint32_t>(most);
    const auto end = chunks_.begin() + static_cast<std::ptrdiff_t>(most);
    const auto found = std::lower_bound(chunks_.begin(), end, chunk);
    if (found == end || *found != chunk) return std::nullopt;
    return static_cast<std::uint32_t>(found - chunks_.begin());
  }

  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return chunks_.size_bytes() + lengths_.size_bytes() + entries_.size_bytes() + blocks_.size_bytes() +
           bytes_.size_bytes();
  }

 private:
  template <class T>
  [[nodiscard]] std::span<const T> values(std::string_view name) const {
    const std::span<const std::byte> found = file_->section(name);
    if (found.size() % sizeof(T) != 0) file_->damaged(std::string(name), "the section is cut", "");
    return {reinterpret_cast<const T*>(found.data()), found.size() / sizeof(T)};  // sections begin at 64 bytes
  }

  /// Everything that find() and unpack() rely on.
  void require_sound() const {
    const auto require = [&](bool sound, const char* field) {
      if (!sound) file_->damaged(field, "its numbers do not fit to each other", "");
    };
    require(lengths_.size() == chunks_.size() && chunks_.size() <= kMostChunks, "lengths");
    for (std::size_t i = 0; i < chunks_.size(); ++i)
      require(chunks_[i] > (i == 0 ? 0 : chunks_[i - 1]) && chunks_[i] <= kMostNumber, "chunks");
    std::size_t next = 0;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const WordEntry& entry = entries_[i];
      require(i == 0 || entries_[i - 1].piece < entry.piece, "pieces");
      require(entry.chunks > 0 && entry.chunks <= chunks_.size() && entry.first_block == next, "pieces");
      next += (std::size_t{entry.chunks} + kBlockPostings - 1) / kBlockPostings;
      require(next <= blocks_.size(), "pieces");
      std::size_t left = entry.chunks;
      for (std::size_t b = entry.first_block; b < next; ++b) {
        const PostingBlock& block = blocks_[b];
        require(block.size() == std::min(left, kBlockPostings), "blocks");
        left -= block.size();
        require(block.first <= block.last && block.last < chunks_.size(), "blocks");
        require(b == entry.first_block || blocks_[b - 1].last < block.first, "blocks");
        for (const std::uint8_t width : {block.distance_bytes, block.frequency_bytes})
          require(width <= 2 || width == 4, "blocks");
        require(block.offset <= bytes_.size() && block.bytes() <= bytes_.size() - block.offset, "blocks");
        require(block.bound >= 0 && block.bound <= 1, "blocks");  // a number
      }
    }
    require(next == blocks_.size(), "blocks");
  }

  std::unique_ptr<const WordTables> own_;
  std::shared_ptr<const IndexFile> file_;
  std::span<const std::int64_t> chunks_;
  std::span<const std::uint32_t> lengths_;
  std::span<const WordEntry> entries_;
  std::span<const PostingBlock> blocks_;
  std::span<const std::byte> bytes_;
  std::uint64_t total_ = 0;
};

}  // namespace glossa::detail
