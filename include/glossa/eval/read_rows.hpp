// A path and what to do with a record come in; it is done with each of the file's.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/eval/data_record.hpp>
#include <glossa/eval/data_rows.hpp>
#include <glossa/eval/read_options.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

namespace glossa::detail {

/// The file itself, or that of the split in a folder. Errors: `not_found`.
[[nodiscard]] inline std::filesystem::path split_file(const std::filesystem::path& path, const std::string& split) {
  std::error_code code;
  return std::filesystem::is_directory(path, code) ? required_data_file(path / split) : path;
}

/// The field that a record has: `name`, or else the one that mteb's own files have in its place, if it is there.
[[nodiscard]] inline std::string field_of(const DataRecord& record, const char* name, const char* other) {
  return record.has(name) || !record.has(other) ? name : other;
}

/// How many records are read before the watch is called again.
inline constexpr std::size_t kWatchedRecords = 1024;

/// Errors: `corrupt_file` where there is no record; what the watch throws.
template <class Take>
void read_file(const std::filesystem::path& file, const ReadOptions& options, const std::string& example, Take&& take) {
  DataRows rows(file, example, options.fields);
  DataRecord record;
  std::size_t count = 0;
  for (; rows.next(record); ++count) {
    if (options.watch && count % kWatchedRecords == 0) options.watch();
    take(std::as_const(record));
  }
  if (options.hashes != nullptr) (*options.hashes)[file] = rows.file_hash();
  if (count == 0)
    throw Error(ErrorKind::corrupt_file, {.file = path_text(file),
                                          .problem = "the file has no lines of data",
                                          .expected = example,
                                          .remedy = "was it cut? fetch it again"});
}

template <class Take>
void read_rows(const std::filesystem::path& path, const ReadOptions& options, const std::string& example, Take&& take) {
  read_file(split_file(path, options.split), options, example, std::forward<Take>(take));
}

}  // namespace glossa::detail
