// Definitions of DataRows' functions; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/eval/data_record.hpp>
#include <glossa/eval/data_rows.hpp>
#include <glossa/eval/table_cells.hpp>
#include <glossa/text/utf8.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Builds a line's object, in which a key may be once: which of two values counts is not for a reader to choose.
class RowBuilder : public JsonBuilder {
 public:
  RowBuilder(Json& result, const std::string& place) : JsonBuilder(result, place), place_(place) {}

  bool key(string_t& value) override {
    if (has_key(value))
      throw Error(ErrorKind::corrupt_file, {.file = place_, .field = value, .problem = "the line has the field twice"});
    return JsonBuilder::key(value);
  }

 private:
  const std::string& place_;
};

GLOSSA_INLINE DataRows::DataRows(const std::filesystem::path& path, std::string example, const FieldNames& names)
    : lines_(path), example_(std::move(example)), names_(&names), format_(Format::json_lines) {
  const std::string extension = path_text(path.extension());
  if (std::find(std::begin(kDataExtensions), std::end(kDataExtensions), extension) == std::end(kDataExtensions))
    throw Error(ErrorKind::unsupported,
                {.file = path_text(path),
                 .problem = "the end of its name tells no format that is read",
                 .expected = "JSON lines (.jsonl), or a table with names of columns (.tsv, .csv)",
                 .found = extension.empty() ? "none" : extension,
                 .remedy = "convert the file, or rename it"});
  if (extension == ".tsv") format_ = Format::tabs;
  if (extension == ".csv") format_ = Format::commas;
  if (format_ != Format::json_lines) read_header();
}

GLOSSA_INLINE std::vector<std::string> DataRows::cells() {
  is_torn_ = format_ == Format::commas;
  std::vector<std::string> out = format_ == Format::tabs ? tab_cells(line_) : comma_cells(line_, lines_);
  is_torn_ = false;
  for (const std::string& cell : out) {
    if (!is_valid_utf8(cell) || cell.find('\0') != std::string::npos)
      throw Error(ErrorKind::corrupt_file, {.file = lines_.place(),
                                            .problem = "the row is not UTF-8 text",
                                            .found = shortened(cell, 60),
                                            .remedy = "convert the file to UTF-8 (iconv -t UTF-8)"});
  }
  return out;
}

GLOSSA_INLINE void DataRows::require_no_return() const {
  if (format_ != Format::commas && line_.find('\r') != std::string::npos) refuse_return(lines_, lines_.number());
}

GLOSSA_INLINE void DataRows::read_header() {
  if (!lines_.next(line_)) return;
  require_no_return();
  columns_ = cells();
  std::vector<std::string> sorted = columns_;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice == sorted.end()) return;
  throw Error(ErrorKind::corrupt_file, {.file = lines_.place(1),
                                        .field = *twice,
                                        .problem = "two columns have one name",
                                        .remedy = "the first row names the columns: give each a name of its own"});
}

GLOSSA_INLINE bool DataRows::next(DataRecord& record) {
  const bool may_be_blank = format_ == Format::json_lines || columns_.size() > 1;
  do {
    if (!lines_.next(line_)) return false;
  } while (may_be_blank && line_.find_first_not_of(" \r") == std::string::npos);
  record_line_ = lines_.number();
  require_no_return();
  if (format_ == Format::json_lines) {
    if (lines_.number() == 1 && line_.starts_with('['))
      throw Error(ErrorKind::corrupt_file, {.file = lines_.place(),
                                            .problem = "the file is one JSON list",
                                            .expected = "one object a line: " + example_,
                                            .remedy = "write each object on a line of its own (jq -c '.[]')"});
    const std::string place = lines_.place();
    Json fields;
    try {
      RowBuilder(fields, place).parse(line_);
    } catch (const Error& error) {
      throw Error(error.kind(),
                  {.file = place,
                   .field = error.facts().field,
                   .problem = error.facts().problem,
                   .expected = example_,
                   .found = shortened(line_, 60),
                   .remedy = error.field().empty() ? "write one object a line, in UTF-8" : "leave one of the two out"});
    }
    record = DataRecord(std::move(fields), place, lines_.number(), example_, names_, false);
    return true;
  }
  const std::string place = lines_.place();  // where the row begins: it may go on over several lines
  std::vector<std::string> row = cells();
  if (row.size() != columns_.size())
    throw Error(ErrorKind::corrupt_file,
                {.file = place,
                 .problem = "the row has another number of cells than the first one, which names the columns",
                 .expected = std::to_string(columns_.size()) + " cells",
                 .found = std::to_string(row.size()),
                 .remedy = format_ == Format::tabs ? "has a text a tab or an end of line in it? replace it by a space"
                                                   : "put cells with commas into double quotes"});
  Json fields = Json::object();
  for (std::size_t i = 0; i < row.size(); ++i) fields[columns_[i]] = std::move(row[i]);
  record = DataRecord(std::move(fields), place, record_line_, example_, names_, true);
  return true;
}

GLOSSA_INLINE std::filesystem::path data_file(const std::filesystem::path& stem) {
  for (const std::string_view extension : kDataExtensions) {
    std::filesystem::path path = stem;
    path += extension;
    if (is_there(path)) return path;
  }
  return {};
}

GLOSSA_INLINE std::filesystem::path required_data_file(const std::filesystem::path& stem) {
  std::filesystem::path path = data_file(stem);
  if (!path.empty()) return path;
  throw Error(ErrorKind::not_found, {.file = path_text(stem) + ".jsonl",
                                     .problem = "there is no such file, nor one that ends with .tsv or .csv",
                                     .remedy = "check the folder and the name of the split"});
}

}  // namespace glossa::detail
