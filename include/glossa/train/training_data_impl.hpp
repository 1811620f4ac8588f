// Definitions of the functions that read and write rows to train on; see core/linkage.hpp.
#pragma once

#include <glossa/core/atomic_file.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/eval/data_record.hpp>
#include <glossa/eval/data_rows.hpp>
#include <glossa/eval/read_rows.hpp>
#include <glossa/text/utf8.hpp>
#include <glossa/train/training_data.hpp>
#include <glossa/train/training_record.hpp>

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

/// Adds the rows of a file.
inline void read_training_file(const std::filesystem::path& path, const TrainingDataOptions& options,
                               const TrainingRecords& records, TrainingData& data) {
  const FieldNames no_names;
  DataRows rows(path, records.example(), no_names);
  const auto file = std::make_shared<const std::string>(path_text(path));
  const std::string source = options.file_is_source ? path_text(path.stem()) : std::string();
  const std::size_t rows_before = data.rows.size();
  const std::size_t skipped_before = data.skipped.size();
  DataRecord record;
  for (std::size_t count = 0;; ++count) {
    if (options.watch && count % kWatchedRecords == 0) options.watch();
    try {
      if (!rows.next(record)) break;
      for (TrainingRow& row : records.rows_of(record)) {
        row.file = file;
        if (row.source.empty()) row.source = source;
        data.rows.push_back(std::move(row));
      }
    } catch (const Error& error) {
      const bool is_bad_line = error.kind() == ErrorKind::corrupt_file && !rows.is_torn();
      if (!is_bad_line || options.bad_lines == BadLines::refuse) throw;
      data.skipped.push_back({*file, rows.line(), error.field(), error.what()});
    }
  }
  if (data.rows.size() > rows_before) return;
  const std::size_t skipped = data.skipped.size() - skipped_before;
  if (skipped == 0)
    throw Error(ErrorKind::corrupt_file, {.file = *file,
                                          .problem = "the file has no lines of data",
                                          .expected = records.example(),
                                          .remedy = "was it cut? fetch it again"});
  throw Error(ErrorKind::corrupt_file,
              {.file = *file,
               .problem = "none of the file's " + std::to_string(skipped) + " lines is a row to train on",
               .expected = records.example(),
               .found = data.skipped[skipped_before].message,
               .remedy = "is this the right file?"});
}

/// A string as JSON. Errors: `invalid_argument` where it is not UTF-8.
[[nodiscard]] inline std::string written_text(std::string_view text, const char* field) {
  if (!is_valid_utf8(text))
    throw Error(ErrorKind::invalid_argument,
                {.field = field, .problem = "the text is not UTF-8", .found = shortened(std::string(text), 60)});
  return json_text(Json(std::string(text)));
}

}  // namespace detail

GLOSSA_INLINE TrainingData read_training_data(const std::vector<std::filesystem::path>& paths,
                                              const TrainingDataOptions& options) {
  if (paths.empty())
    throw Error(ErrorKind::invalid_argument,
                {.field = "paths", .expected = "a file of rows, or several", .found = "none"});
  const detail::TrainingRecords records(options);
  TrainingData data;
  for (const std::filesystem::path& path : paths) detail::read_training_file(path, options, records, data);
  return data;
}

GLOSSA_INLINE std::string training_line(const TrainingRow& row) {
  std::string line = "{\"anchor\":" + detail::written_text(row.anchor, "anchor");
  line += ",\"positive\":" + detail::written_text(row.positive, "positive");
  const char* separator = ",\"negatives\":[";
  for (const std::string& negative : row.negatives) {
    line += separator + detail::written_text(negative, "negatives");
    separator = ",";
  }
  if (!row.negatives.empty()) line += ']';
  if (row.label) {
    if (!std::isfinite(*row.label))
      throw Error(ErrorKind::invalid_argument,
                  {.field = "label", .expected = "a number", .found = std::to_string(*row.label)});
    line += ",\"label\":" + detail::json_text(detail::Json(*row.label));
  }
  if (!row.language.empty()) line += ",\"lang\":" + detail::written_text(row.language, "language");
  if (!row.source.empty()) line += ",\"source\":" + detail::written_text(row.source, "source");
  if (!row.group.empty()) line += ",\"group\":" + detail::written_text(row.group, "group");
  // An object of at least one field.
  if (row.other_fields.size() > 2) line += "," + row.other_fields.substr(1, row.other_fields.size() - 2);
  return line + "}";
}

GLOSSA_INLINE void write_training_data(const std::filesystem::path& path, std::span<const TrainingRow> rows) {
  detail::AtomicFile file(path);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    try {
      file.write(training_line(rows[i]) + "\n");
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::invalid_argument) throw;
      ErrorFacts facts = error.facts();
      facts.file = rows[i].place();
      facts.field = "rows[" + std::to_string(i) + "]." + facts.field;
      throw Error(error.kind(), facts);
    }
  }
  file.commit();
}

}  // namespace glossa
