// What a compiled vocabulary file looks like: the header that its writer and its reader share.
#pragma once

#include <glossa/core/file_reader.hpp>
#include <glossa/core/hash64.hpp>
#include <glossa/text/label_trie.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <type_traits>

namespace glossa::detail {

/// The file in a model folder that Tokenizer(folder) maps instead of reading the vocabulary.
inline constexpr const char* kCompiledVocabulary = "vocabulary.glossa";

/// The files that a vocabulary is compiled from, those of them that are there.
inline constexpr std::array<const char*, 2> kVocabularySources = {"tokenizer.json", "sentencepiece.bpe.model"};

/// A file as it was: its size and Hash64, or that there was none.
struct SourceState {
  std::uint64_t is_there;
  std::uint64_t size;
  std::uint64_t hash;
  friend bool operator==(const SourceState&, const SourceState&) = default;
};

[[nodiscard]] inline SourceState state_of(const std::filesystem::path& path) {
  if (!is_there(path)) return {};
  const FileReader file(path);
  return {1, file.size(), hash_of(file)};
}

/// The header, then the sections, each at a multiple of 64 bytes. Numbers are little-endian; the reader refuses the
/// file on other machines.
struct CompiledHeader {
  enum Section : std::size_t {
    description,
    charsmap,
    piece_text,
    piece_ends,
    scores,
    characters,
    units,
    tails,
    bounds
  };
  static constexpr std::size_t kSections = 9;
  static constexpr std::size_t kAlignment = 64;
  static constexpr std::array<char, 8> kMagic = {'G', 'L', 'O', 'S', 'S', 'A', 'V', 'C'};
  static constexpr std::uint32_t kVersion = 2;  // rises with every change of the format, the hash and the trie
  static constexpr std::uint32_t kNoUnknown = 0xFFFFFFFF;

  struct Place {
    std::uint64_t offset;
    std::uint64_t bytes;
  };

  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t unknown;   // id, or kNoUnknown
  std::uint64_t checksum;  // Hash64 of the whole file with zero in this place
  std::uint64_t bytes;     // of the whole file
  double unknown_score;
  std::uint64_t byte_fallback;  // 0 or 1
  std::array<SourceState, kVocabularySources.size()> sources;
  std::array<Place, kSections> sections;
  std::array<std::uint64_t, 6> reserved;  // zeros; the header fills blocks of the hash
};
static_assert(std::is_trivially_copyable_v<CompiledHeader> && sizeof(CompiledHeader) % Hash64::kBlock == 0);
static_assert(sizeof(LabelUnit) == 8);

/// The checksum of a file of this header and what stands behind it.
[[nodiscard]] inline std::uint64_t checksum_of(CompiledHeader header, const void* rest, std::size_t size) noexcept {
  header.checksum = 0;
  Hash64 hash;
  hash.add(&header, sizeof header);
  hash.add(rest, size);
  return hash.value();
}

}  // namespace glossa::detail
