// How files of rows to train on are read, and what a loss needs of a row.
#pragma once

#include <glossa/eval/read_options.hpp>

#include <cstddef>
#include <limits>
#include <map>
#include <string>

namespace glossa {

/// What happens to a line that is no row to train on.
enum class BadLines {
  refuse,  ///< an Error that names it
  skip,    ///< it is left out and told in TrainingData::skipped
};

struct TrainingDataOptions {
  std::size_t needs_negatives = 0;  ///< that a row has at least
  bool needs_label = false;
  double least_label = -std::numeric_limits<double>::infinity();  ///< of a row that has one
  double most_label = std::numeric_limits<double>::infinity();
  BadLines bad_lines = BadLines::refuse;
  /// What the files call a field in place of all names below: {"anchor", "question"}. "": it is not read.
  std::map<std::string, std::string> fields{};
  bool file_is_source = true;      ///< a row without "source" has the name of its file, without extension
  bool keep_other_fields = false;  ///< in TrainingRow::other_fields
  ReadWatch watch{};
};

}  // namespace glossa
