// A compiled vocabulary file comes in, mapped; it is refused, or the tables in it go out as they lie there.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/json.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/core/mapped_file.hpp>
#include <glossa/text/compiled_vocabulary_format.hpp>
#include <glossa/text/unigram_tables.hpp>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace glossa::detail {

/// Checks everything that can make a look-up go wrong, and that a file is what was written; what the units and ends
/// hold is checked where it is used, so that even a file that was made to pass can at worst give wrong ids.
class CompiledVocabulary {
 public:
  /// Errors: `corrupt_file` where the file is damaged, `unsupported` where another version of the library wrote it, or
  /// for a machine of another byte order.
  explicit CompiledVocabulary(const std::filesystem::path& path) : file_(path_text(path)) {
    if constexpr (std::endian::native != std::endian::little)
      refuse(ErrorKind::unsupported, "this machine is not little-endian, as the file is", "remove the file");
    map_ = std::make_shared<const MappedFile>(FileReader(path));
    const std::span<const std::byte> bytes = map_->bytes();
    if (bytes.size() < sizeof header_) damaged("it is shorter than its own header");
    std::memcpy(&header_, bytes.data(), sizeof header_);
    if (header_.magic != CompiledHeader::kMagic) damaged("it is not a compiled vocabulary");
    if (header_.version != CompiledHeader::kVersion)
      throw Error(ErrorKind::unsupported, {.file = file_,
                                           .problem = "another version of glossa compiled this vocabulary",
                                           .expected = std::to_string(CompiledHeader::kVersion),
                                           .found = std::to_string(header_.version),
                                           .remedy = kRemedy});
    if (header_.bytes != bytes.size()) damaged("it was cut, or something was appended");
    const auto rest = bytes.subspan(sizeof header_);
    if (header_.checksum != checksum_of(header_, rest.data(), rest.size())) damaged("its checksum is wrong");
    check_tables();
  }

  /// Refuses a vocabulary that was compiled from other files than those in `folder`.
  void check_sources(const std::filesystem::path& folder) const {
    for (std::size_t i = 0; i < kVocabularySources.size(); ++i) {
      const SourceState& then = header_.sources[i];
      const std::filesystem::path path = folder / kVocabularySources[i];
      const std::string name = kVocabularySources[i];
      if (then.is_there == 0 ? !is_there(path) : is_there(path) && state_of(path) == then) continue;
      const std::string problem = then.is_there == 0 ? name + " was added since the vocabulary was compiled"
                                  : is_there(path)   ? name + " changed since the vocabulary was compiled"
                                                     : name + ", which the vocabulary was compiled from, is gone";
      throw Error(ErrorKind::corrupt_file, {.file = file_, .problem = problem, .remedy = kRemedy});
    }
  }

  /// The tables, which keep the file mapped.
  [[nodiscard]] UnigramTables tables() const {
    const PieceTexts pieces(text(CompiledHeader::piece_text), section<std::uint32_t>(CompiledHeader::piece_ends));
    const auto characters = section<std::uint32_t>(CompiledHeader::characters);
    return {.pieces = pieces,
            .scores = section<double>(CompiledHeader::scores),
            .characters = characters,
            .labels = CharacterLabels(characters),
            .trie = {section<LabelUnit>(CompiledHeader::units), section<CharacterLabels::Label>(CompiledHeader::tails)},
            .bounds = section<double>(CompiledHeader::bounds),
            .unknown = header_.unknown == CompiledHeader::kNoUnknown ? std::nullopt : std::optional(header_.unknown),
            .byte_fallback = header_.byte_fallback != 0,
            .unknown_score = header_.unknown_score,
            .owner = map_};
  }

  /// All of the tokenizer but its vocabulary; see compile_vocabulary().
  [[nodiscard]] Json description() const { return parse_json(text(CompiledHeader::description), file_); }

  /// The rules of Precompiled; empty where there are none.
  [[nodiscard]] std::string_view charsmap() const noexcept { return text(CompiledHeader::charsmap); }

  [[nodiscard]] const std::string& file() const noexcept { return file_; }

 private:
  static constexpr const char* kRemedy = "compile it again (glossa quantize does), or remove it: it only saves time";

  [[noreturn]] void refuse(ErrorKind kind, const std::string& problem, const std::string& remedy) const {
    throw Error(kind, {.file = file_, .problem = problem, .remedy = remedy});
  }
  [[noreturn]] void damaged(const std::string& problem) const { refuse(ErrorKind::corrupt_file, problem, kRemedy); }

  void check_tables() const {
    for (const CompiledHeader::Place& place : header_.sections)
      if (place.offset % CompiledHeader::kAlignment != 0 || place.offset > header_.bytes ||
          place.bytes > header_.bytes - place.offset)
        damaged("a section does not lie in the file");
    const std::size_t pieces = count<std::uint32_t>(CompiledHeader::piece_ends);
    if (pieces == 0 || pieces >= LabelUnit::kNoPiece) damaged("it holds no pieces, or too many");
    if (count<double>(CompiledHeader::scores) != pieces) damaged("not every piece has a score");
    if (count<std::uint32_t>(CompiledHeader::characters) > CharacterLabels::kMost)
      damaged("it holds too many characters");
    (void)count<LabelUnit>(CompiledHeader::units);
    (void)count<CharacterLabels::Label>(CompiledHeader::tails);
    const std::size_t bounds = count<double>(CompiledHeader::bounds);
    if (bounds != 0 && bounds != PieceBounds::kMost + 1) damaged("it holds too many bounds, or too few");
    if (header_.unknown != CompiledHeader::kNoUnknown && header_.unknown >= pieces)
      damaged("the unknown token's id lies outside the vocabulary");
    if (!std::isfinite(header_.unknown_score)) damaged("the score of unknown characters is not a number");
  }

  /// How many T the section holds.
  template <class T>
  [[nodiscard]] std::size_t count(CompiledHeader::Section which) const {
    const std::uint64_t bytes = header_.sections[which].bytes;
    if (bytes % sizeof(T) != 0) damaged("a section ends in the middle of a number");
    return static_cast<std::size_t>(bytes) / sizeof(T);
  }

  template <class T>
  [[nodiscard]] std::span<const T> section(CompiledHeader::Section which) const noexcept {
    const CompiledHeader::Place& place = header_.sections[which];
    // The mapping starts at a page and the section at a multiple of 64, so that T is aligned.
    const auto* begin = reinterpret_cast<const T*>(map_->bytes().data() + place.offset);
    return {begin, static_cast<std::size_t>(place.bytes) / sizeof(T)};
  }
  [[nodiscard]] std::string_view text(CompiledHeader::Section which) const noexcept {
    const auto bytes = section<char>(which);
    return {bytes.data(), bytes.size()};
  }

  std::string file_;
  std::shared_ptr<const MappedFile> map_;
  CompiledHeader header_{};
};

}  // namespace glossa::detail
