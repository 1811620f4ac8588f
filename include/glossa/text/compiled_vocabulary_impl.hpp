// Definitions of the compiled vocabulary's writer; see core/linkage.hpp.
#pragma once

#include <glossa/core/atomic_file.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/text/compiled_vocabulary.hpp>
#include <glossa/text/compiled_vocabulary_format.hpp>
#include <glossa/text/tokenizer_files.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace glossa::detail {

/// The file's bytes: `sections` in CompiledHeader's order behind a header that says where they are.
[[nodiscard]] inline std::string compiled_bytes(
    CompiledHeader header, const std::array<std::string_view, CompiledHeader::kSections>& sections) {
  std::string bytes(sizeof header, '\0');
  for (std::size_t i = 0; i < sections.size(); ++i) {
    bytes.resize((bytes.size() + CompiledHeader::kAlignment - 1) / CompiledHeader::kAlignment *
                 CompiledHeader::kAlignment);
    header.sections[i] = {bytes.size(), sections[i].size()};
    bytes += sections[i];
  }
  header.magic = CompiledHeader::kMagic;
  header.version = CompiledHeader::kVersion;
  header.bytes = bytes.size();
  header.checksum = checksum_of(header, bytes.data() + sizeof header, bytes.size() - sizeof header);
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

template <class T>
[[nodiscard]] std::string_view bytes_of(std::span<const T> values) noexcept {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

/// The compiled form of a tokenizer's parts and of what describes them.
[[nodiscard]] inline std::string compile_vocabulary(const UnigramTables& tables, const TokenizerDescription& rest,
                                                    const CompiledHeader& sources) {
  CompiledHeader header = sources;
  header.unknown = tables.unknown.value_or(CompiledHeader::kNoUnknown);
  header.unknown_score = tables.unknown_score;
  header.byte_fallback = tables.byte_fallback ? 1 : 0;
  const std::string description = json_text(rest.document);
  return compiled_bytes(header, {description, rest.charsmap, tables.pieces.text(), bytes_of(tables.pieces.ends()),
                                 bytes_of(tables.scores), bytes_of(tables.characters), bytes_of(tables.trie.units()),
                                 bytes_of(tables.trie.tails()), bytes_of(tables.bounds)});
}

GLOSSA_INLINE bool write_compiled_vocabulary(const std::filesystem::path& folder) {
  const std::filesystem::path target = folder / kCompiledVocabulary;
  if constexpr (std::endian::native != std::endian::little)
    throw Error(ErrorKind::unsupported, {.file = path_text(target),
                                         .problem = "vocabularies are compiled on little-endian machines only",
                                         .remedy = "use the folder as it is"});
  CompiledHeader header{};
  for (std::size_t i = 0; i < header.sources.size(); ++i) header.sources[i] = state_of(folder / kVocabularySources[i]);
  const TokenizerParts parts = read_tokenizer_files(folder);
  const UnigramTables* tables = parts.model->unigram_tables();
  if (tables == nullptr) {
    std::error_code code;
    std::filesystem::remove(target, code);
    if (code) throw Error(ErrorKind::io, {.file = path_text(target), .problem = "cannot remove it: " + code.message()});
    return false;
  }
  const std::string bytes = compile_vocabulary(*tables, describe_tokenizer(folder), header);
  AtomicFile file(target);
  file.write(bytes);
  file.commit();
  return true;
}

}  // namespace glossa::detail
