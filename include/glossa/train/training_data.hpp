// Data files come in; rows to train on go out, and what was wrong with the others. Rows are written back, too.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/train/training_data_options.hpp>
#include <glossa/train/training_row.hpp>

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace glossa {

/// A line that was left out.
struct SkippedLine {
  std::string file{};
  std::size_t line = 0;
  std::string field{};    ///< "" where the line as a whole is wrong
  std::string message{};  ///< with file, line and field, as the Error would have it
};

struct TrainingData {
  std::vector<TrainingRow> rows{};
  std::vector<SkippedLine> skipped{};  ///< all of them, in the order of files and lines
};

/// Reads JSON lines (.jsonl, .ndjson, .json), or tables whose first row names the columns (.tsv, .csv), with the fields
///   anchor    "anchor", "query", "sentence1" or "text1": a text
///   positive  "positive", "pos", "sentence2" or "text2": a text; of a list, each text makes a row with the same rest
///   negatives "negatives", "negative" or "neg": a text or a list of them; or "negative_1", "negative_2", … (optional)
///   label     "label" or "score": a number, true (1) or false (0) (optional)
///   language  "lang" or "language": a text (optional)
///   source    "source": a text (optional)
///   group     "group": a text or a whole number (optional)
/// null, and an empty cell of a table, are no value. Bad is a line that is not UTF-8 or not JSON, that has a value of
/// another type, two names for one field, no anchor or positive, an empty text or one of white space alone, a negative
/// that is its anchor or positive, or not what the options ask for.
/// Errors: `corrupt_file` for a bad line, naming file, line and field, and for a file without a good one; for a row of
/// a .csv whose quotation marks do not pair also with BadLines::skip, as nobody can tell where the next one begins;
/// `not_found`, `io`, `unsupported` for files; `invalid_argument` for no files and options without meaning; what the
/// watch throws.
[[nodiscard]] TrainingData read_training_data(const std::vector<std::filesystem::path>& paths,
                                              const TrainingDataOptions& options = {});

/// A row as a line of JSON, without its end: what read_training_data() reads as the same row. Errors:
/// `invalid_argument` for texts that are not UTF-8 and a label that is no number.
[[nodiscard]] std::string training_line(const TrainingRow& row);

/// Writes rows as JSON lines, to a file that appears when all are written. Errors: training_line()'s, naming the row;
/// `io`.
void write_training_data(const std::filesystem::path& path, std::span<const TrainingRow> rows);

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/train/training_data_impl.hpp>
#endif
