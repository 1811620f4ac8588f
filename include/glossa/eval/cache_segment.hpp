// One file of an embedding cache: keys and vectors come in; the same go out, each checked.
#pragma once

#include <glossa/core/atomic_file.hpp>
#include <glossa/core/crc32c.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/hash64.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace glossa::detail {

/// Stands for a prompt and a text.
struct CacheKey {
  std::uint64_t hash = 0;
  std::uint32_t checksum = 0;
  std::uint32_t bytes = 0;
  friend bool operator==(const CacheKey&, const CacheKey&) = default;
};

struct CacheKeyHash {
  [[nodiscard]] std::size_t operator()(const CacheKey& key) const noexcept {
    return static_cast<std::size_t>(key.hash ^ key.checksum);
  }
};

[[nodiscard]] inline CacheKey cache_key(std::string_view prompt, std::string_view text) {
  std::string all = std::to_string(prompt.size()) + ":";  // tells where the prompt ends
  all.append(prompt).append(text);
  Hash64 hash;
  hash.add(all.data(), all.size());
  return {hash.value(), crc32c_portable(reinterpret_cast<const std::byte*>(all.data()), all.size()),
          static_cast<std::uint32_t>(text.size())};
}

/// The layout: this header, an entry a vector, zeros up to a boundary of 64 bytes, the vectors. Little-endian.
struct CacheHeader {
  static constexpr std::array<char, 8> kMagic{'G', 'L', 'O', 'S', 'S', 'A', 'E', 'C'};
  static constexpr std::uint32_t kVersion = 1;

  std::array<char, 8> magic = kMagic;
  std::uint32_t version = kVersion;
  std::uint32_t entries_checksum = 0;
  std::uint64_t model = 0;
  std::uint64_t dims = 0;
  std::uint64_t count = 0;
  std::array<std::uint32_t, 5> reserved{};
  std::uint32_t checksum = 0;  ///< of the bytes before it
};
struct CacheEntry {
  CacheKey key;
  std::uint32_t checksum = 0;  ///< of the vector
  std::uint32_t reserved = 0;
};
static_assert(sizeof(CacheHeader) == 64 && sizeof(CacheEntry) == 24);

[[nodiscard]] inline std::uint32_t header_checksum(const CacheHeader& header) {
  return checksum_of(std::as_bytes(std::span(&header, 1)).first(sizeof header - sizeof header.checksum));
}

[[nodiscard]] inline std::uint64_t vectors_offset(std::uint64_t count) {
  return (sizeof(CacheHeader) + count * sizeof(CacheEntry) + 63) / 64 * 64;
}

inline void write_cache_segment(const std::filesystem::path& path, std::uint64_t model, std::size_t dims,
                                std::span<const CacheKey> keys, std::span<const float> vectors) {
  std::vector<CacheEntry> entries(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i)
    entries[i] = {keys[i], checksum_of(std::as_bytes(vectors.subspan(i * dims, dims))), 0};
  CacheHeader header;
  header.entries_checksum = checksum_of(std::as_bytes(std::span(entries)));
  header.model = model;
  header.dims = dims;
  header.count = keys.size();
  header.checksum = header_checksum(header);
  AtomicFile file(path);
  file.write(&header, sizeof header);
  file.write(entries.data(), entries.size() * sizeof(CacheEntry));
  const std::string zeros(static_cast<std::size_t>(vectors_offset(header.count) - file.written()), '\0');
  file.write(zeros);
  file.write(vectors.data(), vectors.size_bytes());
  file.commit();
}

/// Such a file, open.
class CacheSegment {
 public:
  /// Errors: `not_found`, `io`; `corrupt_file` for what is damaged or another model's, `unsupported` for what another
  /// version wrote.
  CacheSegment(const std::filesystem::path& path, std::uint64_t model, std::size_t dims) : file_(path), dims_(dims) {
    CacheHeader header;
    if (file_.size() < sizeof header) damaged("it is shorter than its header");
    file_.read(0, &header, sizeof header);
    if (header.magic != CacheHeader::kMagic) damaged("it is no file of a cache");
    if (header.version != CacheHeader::kVersion)
      throw Error(ErrorKind::unsupported, {.file = file_.name(), .problem = "another version of glossa wrote it"});
    if (header.checksum != header_checksum(header)) damaged("the checksum of its header is wrong");
    if (header.model != model || header.dims != dims) damaged("its vectors are another model's");
    const std::uint64_t most = file_.size() / sizeof(CacheEntry);
    if (header.count > most || header.count > (file_.size() - sizeof header) / (dims * sizeof(float)) ||
        vectors_offset(header.count) + header.count * dims * sizeof(float) != file_.size())
      damaged("it was cut, or something was appended");
    entries_.resize(static_cast<std::size_t>(header.count));
    file_.read(sizeof header, entries_.data(), entries_.size() * sizeof(CacheEntry));
    if (header.entries_checksum != checksum_of(std::as_bytes(std::span(entries_))))
      damaged("the checksum of its keys is wrong");
  }

  [[nodiscard]] std::span<const CacheEntry> entries() const noexcept { return entries_; }

  /// Errors: `io`; `corrupt_file` where its checksum is wrong.
  void read(std::size_t row, std::span<float> out) const {
    file_.read(vectors_offset(entries_.size()) + std::uint64_t{row} * dims_ * sizeof(float), out.data(),
               out.size_bytes());
    if (checksum_of(std::as_bytes(out)) != entries_[row].checksum) damaged("the checksum of a vector is wrong");
  }

 private:
  [[noreturn]] void damaged(const std::string& problem) const {
    throw Error(ErrorKind::corrupt_file, {.file = file_.name(), .problem = problem});
  }

  FileReader file_;
  std::size_t dims_;
  std::vector<CacheEntry> entries_;
};

}  // namespace glossa::detail
