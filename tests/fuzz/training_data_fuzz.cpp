// Two letters that choose format and options, and a data file come in; the reader of rows to train on refuses it, or
// gives rows that hold to what was asked for, and which come back the same once they are written.
#include "fuzz.hpp"

#include <glossa/text/utf8.hpp>
#include <glossa/train/training_data.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace {

using glossa::TrainingRow;

bool are_same(const TrainingRow& a, const TrainingRow& b) {
  return a.anchor == b.anchor && a.positive == b.positive && a.negatives == b.negatives && a.label == b.label &&
         a.language == b.language && a.source == b.source && a.group == b.group && a.other_fields == b.other_fields;
}

void require_row(const TrainingRow& row, const glossa::TrainingDataOptions& options) {
  fuzz::require(!row.anchor.empty() && !row.positive.empty(), "a row has an anchor and a positive");
  fuzz::require(row.negatives.size() >= options.needs_negatives, "a row has the negatives that are needed");
  fuzz::require(row.label ? std::isfinite(*row.label) && *row.label <= options.most_label : !options.needs_label,
                "a label is a number of the range, and there where it is needed");
  fuzz::require(row.line > 0, "a row has a line");
  for (const std::string& negative : row.negatives)
    fuzz::require(!negative.empty() && negative != row.anchor && negative != row.positive, "negatives are other texts");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  static std::array<fuzz::InputFile, 3> files{fuzz::InputFile("a.jsonl"), fuzz::InputFile("a.tsv"),
                                              fuzz::InputFile("a.csv")};
  static const std::filesystem::path written = fuzz::folder() / "written.jsonl";
  const std::string_view input = fuzz::text_of(data, size);
  const auto flags = static_cast<unsigned char>(input[1]);
  fuzz::InputFile& file = files[static_cast<unsigned char>(input[0]) % 3];
  file.write(input.substr(2));
  glossa::TrainingDataOptions options;
  options.needs_negatives = (flags & 1) != 0 ? 1 : 0;
  options.needs_label = (flags & 2) != 0;
  if ((flags & 4) != 0) options.most_label = 1;
  options.bad_lines = (flags & 8) != 0 ? glossa::BadLines::skip : glossa::BadLines::refuse;
  options.keep_other_fields = (flags & 16) != 0;
  fuzz::accepts(file.path().string(), size, [&] {
    const glossa::TrainingData read = glossa::read_training_data({file.path()}, options);
    fuzz::require(!read.rows.empty(), "there are rows");
    for (const TrainingRow& row : read.rows) require_row(row, options);
    std::size_t line = 0;
    for (const glossa::SkippedLine& skipped : read.skipped) {
      fuzz::require(skipped.line > line && !skipped.message.empty(), "a line is skipped once, with a reason");
      line = skipped.line;
    }
    glossa::write_training_data(written, read.rows);
    glossa::TrainingDataOptions again = options;
    again.bad_lines = glossa::BadLines::refuse;
    const glossa::TrainingData back = glossa::read_training_data({written}, again);
    fuzz::require(back.rows.size() == read.rows.size(), "as many rows come back");
    for (std::size_t i = 0; i < back.rows.size(); ++i)
      fuzz::require(are_same(read.rows[i], back.rows[i]), "what is written is read as the same row");
  });
  return 0;
}
