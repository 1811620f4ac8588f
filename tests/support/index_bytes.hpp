// The bytes of an index file come in; they go out with what a checksum would refuse made right, so that the rest of the
// loader is tried.
#pragma once

#include <glossa/search/index_file.hpp>

#include <cstddef>
#include <cstring>
#include <span>
#include <string>

namespace test {

using glossa::detail::IndexFileHeader;

[[nodiscard]] inline IndexFileHeader index_header(const std::string& bytes) {
  IndexFileHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  return header;
}

/// The header with its checksum made right.
inline void set_index_header(std::string& bytes, IndexFileHeader header) {
  header.checksum = glossa::detail::checksum_of(header);
  std::memcpy(bytes.data(), &header, sizeof header);
}

/// The same bytes with the right size, and the right checksums of the header and of the sections that lie in the file.
[[nodiscard]] inline std::string with_right_checksums(std::string bytes) {
  if (bytes.size() < sizeof(IndexFileHeader)) return bytes;
  IndexFileHeader header = index_header(bytes);
  header.magic = IndexFileHeader::kMagic;
  header.version = IndexFileHeader::kVersion;
  header.file_bytes = bytes.size();
  for (auto& section : header.table) {
    if (section.offset > bytes.size() || section.bytes > bytes.size() - section.offset) continue;
    section.checksum = glossa::detail::checksum_of(
        std::as_bytes(std::span(bytes))
            .subspan(static_cast<std::size_t>(section.offset), static_cast<std::size_t>(section.bytes)));
  }
  set_index_header(bytes, header);
  return bytes;
}

/// Where a section lies; the test fails elsewhere where there is none.
[[nodiscard]] inline IndexFileHeader::Section index_section(const std::string& bytes, std::string_view name) {
  for (const auto& section : index_header(bytes).table)
    if (name == std::string_view(section.name.data(), ::strnlen(section.name.data(), section.name.size())))
      return section;
  return {};
}

}  // namespace test
