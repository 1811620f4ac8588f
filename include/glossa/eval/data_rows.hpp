// A data file in any of the formats that are read comes in; its records go out, one at a time.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/data_record.hpp>
#include <glossa/eval/text_lines.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace glossa::detail {

/// The formats, by the ends of files' names.
inline constexpr std::string_view kDataExtensions[] = {".jsonl", ".ndjson", ".json", ".tsv", ".csv"};

/// JSON lines (blank ones are let be), or tables whose first row names the columns: separated by tabs, or by commas.
class DataRows {
 public:
  /// `example`: a line of JSON as it should be. `names`, which must outlive this and its records: what the file calls
  /// fields. Errors: those of TextLines; `unsupported` for another extension; `corrupt_file` for a table without names.
  DataRows(const std::filesystem::path& path, std::string example, const FieldNames& names);

  /// False at the end. Errors: `corrupt_file` naming the line.
  bool next(DataRecord& record);
  /// The line where the record that next() gave or refused last begins, from 1.
  [[nodiscard]] std::size_t line() const noexcept { return record_line_; }
  /// Whether next() refused a record of which nobody can tell where it ends: a row with a quotation mark out of place.
  [[nodiscard]] bool is_torn() const noexcept { return is_torn_; }
  /// The hash of the file, once next() has told the end: hash_of() has the same.
  [[nodiscard]] std::uint64_t file_hash() const noexcept { return lines_.file_hash(); }

 private:
  enum class Format { json_lines, tabs, commas };

  [[nodiscard]] std::vector<std::string> cells();
  /// Errors: `corrupt_file` for a line with a carriage return in it; in cells with commas between see comma_cells().
  void require_no_return() const;
  void read_header();

  TextLines lines_;
  std::string example_;
  const FieldNames* names_;
  Format format_;
  std::string line_;
  std::vector<std::string> columns_;
  std::size_t record_line_ = 0;
  bool is_torn_ = false;
};

/// `stem` with the first of kDataExtensions for which there is a file; empty where there is none.
[[nodiscard]] std::filesystem::path data_file(const std::filesystem::path& stem);

/// The same. Errors: `not_found`.
[[nodiscard]] std::filesystem::path required_data_file(const std::filesystem::path& stem);

}  // namespace glossa::detail

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/data_rows_impl.hpp>
#endif
