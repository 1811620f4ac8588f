// The parts of an index come in; a file goes out that is whole or not there. And back.
#pragma once

#include <glossa/core/atomic_file.hpp>
#include <glossa/core/crc32c.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/mapped_file.hpp>
#include <glossa/search/index_kind.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace glossa::detail {

/// A file of sections: this header, a table of them, and the sections, each on a boundary of 64 bytes. Numbers are
/// little-endian.
struct IndexFileHeader {
  static constexpr std::array<char, 8> kMagic{'G', 'L', 'O', 'S', 'S', 'A', 'I', 'X'};
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::size_t kSections = 24;

  struct Section {
    std::array<char, 8> name{};
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
    std::uint32_t checksum = 0;
    std::uint32_t reserved = 0;
  };

  std::array<char, 8> magic = kMagic;
  std::uint32_t version = kVersion;
  std::uint32_t kind = 0;
  std::uint64_t file_bytes = 0;
  std::uint32_t sections = 0;
  std::uint32_t checksum = 0;  ///< of the header, with 0 here
  std::array<Section, kSections> table{};
};
static_assert(sizeof(IndexFileHeader) == 32 + 32 * IndexFileHeader::kSections);

using glossa::IndexKind;

[[nodiscard]] inline std::uint32_t checksum_of(IndexFileHeader header) {
  header.checksum = 0;
  return checksum_of(std::as_bytes(std::span(&header, 1)));
}

/// Writes sections one after another, each in parts of any size.
class IndexWriter {
 public:
  IndexWriter(const std::filesystem::path& path, IndexKind kind) : file_(path) {
    if constexpr (std::endian::native != std::endian::little)
      throw Error(ErrorKind::unsupported, {.file = path_text(path), .problem = "this machine is not little-endian"});
    header_.kind = static_cast<std::uint32_t>(kind);
    file_.write(&header_, sizeof header_);
  }

  void begin(std::string_view name) {
    pad();
    IndexFileHeader::Section& section = header_.table[header_.sections++];
    std::memcpy(section.name.data(), name.data(), std::min(name.size(), section.name.size()));
    section.offset = file_.written();
    checksum_ = {};
  }
  void add(std::span<const std::byte> bytes) {
    file_.write(bytes.data(), bytes.size());
    checksum_.add(bytes);
  }
  void end() {
    IndexFileHeader::Section& section = header_.table[header_.sections - 1];
    section.bytes = file_.written() - section.offset;
    section.checksum = checksum_.value();
  }
  void section(std::string_view name, std::span<const std::byte> bytes) {
    begin(name);
    add(bytes);
    end();
  }
  template <class T>
  void values(std::string_view name, std::span<const T> values) {
    section(name, std::as_bytes(values));
  }

  /// Puts the file in place.
  void commit() {
    pad();
    header_.file_bytes = file_.written();
    header_.checksum = checksum_of(header_);
    file_.rewrite(0, {reinterpret_cast<const char*>(&header_), sizeof header_});
    file_.commit();
  }

 private:
  void pad() {
    static constexpr std::array<char, 64> kZeros{};
    file_.write(kZeros.data(), static_cast<std::size_t>(-file_.written() % 64));
  }

  AtomicFile file_;
  IndexFileHeader header_;
  Checksum checksum_;
};

/// An index file, mapped. Its bytes can be changed without changing the file.
class IndexFile {
 public:
  /// Errors: `not_found`, `io`; `corrupt_file` where the file is damaged, `unsupported` where another version of the
  /// library wrote it.
  IndexFile(const std::filesystem::path& path, bool verify) : name_(path_text(path)) {
    if constexpr (std::endian::native != std::endian::little)
      throw Error(ErrorKind::unsupported, {.file = name_, .problem = "this machine is not little-endian"});
    const FileReader reader(path);
    if (reader.size() < sizeof header_) damaged("", "it is shorter than the header of an index", "");
    reader.read(0, &header_, sizeof header_);
    if (header_.magic != IndexFileHeader::kMagic) damaged("", "this is no index of glossa's", "");
    if (header_.version != IndexFileHeader::kVersion)
      throw Error(ErrorKind::unsupported, {.file = name_,
                                           .field = "version",
                                           .expected = std::to_string(IndexFileHeader::kVersion),
                                           .found = std::to_string(header_.version),
                                           .remedy = "build the index again with this version of glossa"});
    if (header_.checksum != checksum_of(header_)) damaged("header", "its checksum is wrong", "");
    if (header_.file_bytes != reader.size())
      damaged("", "it was cut, or something was appended",
              std::to_string(header_.file_bytes) + " bytes, found " + std::to_string(reader.size()));
    if (header_.sections > IndexFileHeader::kSections) damaged("header", "it has too many sections", "");
    map_ = MappedFile(reader, MapMode::copy_on_write);
    std::uint64_t end = sizeof header_;  // sections over each other would change each other when rows are written
    for (std::size_t i = 0; i < header_.sections; ++i) end = check(header_.table[i], end, verify);
  }

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// Errors: `corrupt_file` for a kind that there is not.
  [[nodiscard]] IndexKind kind() const {
    if (header_.kind < 1 || header_.kind > 3) damaged("kind", "there is no such kind of index", "");
    return static_cast<IndexKind>(header_.kind);
  }
  /// Errors: `invalid_argument` where the file holds another kind of index.
  void require(IndexKind kind) const {
    if (this->kind() == kind) return;
    throw Error(ErrorKind::invalid_argument, {.file = name_,
                                              .problem = "the file holds an index of another kind",
                                              .expected = to_string(kind),
                                              .found = to_string(this->kind()),
                                              .remedy = "open it as that, or with AnyIndex"});
  }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return header_.file_bytes; }

  [[nodiscard]] bool has(std::string_view name) const noexcept { return find(name) != nullptr; }

  /// Errors: `corrupt_file` where there is no such section.
  [[nodiscard]] std::span<std::byte> section(std::string_view name) const {
    const IndexFileHeader::Section* found = find(name);
    if (found == nullptr) damaged(std::string(name), "the section is missing", "");
    return map_.writable_bytes().subspan(static_cast<std::size_t>(found->offset),
                                         static_cast<std::size_t>(found->bytes));
  }
  /// The same for a section of `bytes` bytes.
  [[nodiscard]] std::span<std::byte> section(std::string_view name, std::uint64_t bytes) const {
    const std::span<std::byte> found = section(name);
    if (found.size() != bytes)
      damaged(std::string(name), "the section has another size than its rows",
              std::to_string(bytes) + " bytes, found " + std::to_string(found.size()));
    return found;
  }
  /// A section that holds one value.
  template <class T>
  [[nodiscard]] T value(std::string_view name) const {
    T out;
    std::memcpy(&out, section(name, sizeof out).data(), sizeof out);
    return out;
  }

  [[noreturn]] void damaged(const std::string& field, const std::string& problem, const std::string& expected) const {
    throw Error(ErrorKind::corrupt_file, {.file = name_,
                                          .field = field,
                                          .problem = problem,
                                          .expected = expected,
                                          .remedy = "check the path; if it is right, build the index again"});
  }

 private:
  /// A name without the zeros behind it.
  static std::string_view text_of(const std::array<char, 8>& name) noexcept {
    return {name.data(), static_cast<std::size_t>(std::find(name.begin(), name.end(), '\0') - name.begin())};
  }

  [[nodiscard]] const IndexFileHeader::Section* find(std::string_view name) const noexcept {
    for (std::size_t i = 0; i < header_.sections; ++i) {
      const auto& own = header_.table[i].name;
      if (name == text_of(own)) return &header_.table[i];
    }
    return nullptr;
  }

  /// The section's end, where the next may begin.
  std::uint64_t check(const IndexFileHeader::Section& section, std::uint64_t first, bool verify) const {
    const std::string name(text_of(section.name));
    const std::uint64_t size = header_.file_bytes;
    if (section.offset % 64 != 0 || section.offset > size || section.bytes > size - section.offset)
      damaged(name, "the section lies outside of the file", "");
    if (section.offset < first) damaged(name, "the section lies over the one before it", "");
    const auto bytes =
        map_.bytes().subspan(static_cast<std::size_t>(section.offset), static_cast<std::size_t>(section.bytes));
    if (verify && section.checksum != checksum_of(bytes)) damaged(name, "the section's checksum is wrong", "");
    return section.offset + section.bytes;
  }

  std::string name_;
  IndexFileHeader header_;
  MappedFile map_;
};

[[nodiscard]] inline std::string attachment_section(std::string_view name) { return std::string(1, '+').append(name); }

/// Attachments lie in sections whose names begin with a '+'. Errors: `invalid_argument`.
inline void save_attachments(IndexWriter& writer,
                             const std::map<std::string, std::span<const std::byte>>& attachments) {
  for (const auto& [name, bytes] : attachments) {
    if (name.empty() || name.size() > 7 || name.find('\0') != std::string::npos || attachments.size() > 8)
      throw Error(ErrorKind::invalid_argument,
                  {.field = "attachments", .expected = "at most 8, with names of 1 to 7 letters", .found = name});
    writer.section(attachment_section(name), bytes);
  }
}

[[nodiscard]] inline std::span<const std::byte> attachment_of(const IndexFile* file, std::string_view name) {
  const std::string section = attachment_section(name);
  if (file == nullptr || !file->has(section)) return {};
  return file->section(section);
}

}  // namespace glossa::detail
