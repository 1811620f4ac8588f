// glossa mine-negatives: rows to train on come in; the same with hard negatives go out.
#include "commands.hpp"
#include "distinct_files.hpp"
#include "interrupt.hpp"
#include "mine_negatives_arguments.hpp"
#include "output_file.hpp"
#include "role_encoders.hpp"
#include "step_progress.hpp"
#include "training_rows.hpp"

#include <glossa/core/error.hpp>
#include <glossa/core/thread_pool.hpp>
#include <glossa/train/mine_negatives.hpp>
#include <glossa/train/training_data.hpp>

#include <charconv>
#include <cstddef>
#include <iostream>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace tool {
namespace {

void require_other_output(const MineNegativesArguments& arguments) {
  std::vector<NamedFile> inputs{{"--corpus", arguments.corpus}};
  for (const std::string& file : arguments.data) inputs.push_back({"--data", file});
  require_distinct_files(inputs, {{"--output", arguments.output}});
}

/// Sets the ranks "FROM:TO". Errors: `invalid_argument`.
void set_ranks(const std::string& ranks, glossa::NegativeMiningOptions& options) {
  const char* const end = ranks.data() + ranks.size();
  const auto first = std::from_chars(ranks.data(), end, options.first_rank);
  const bool parted = first.ec == std::errc() && first.ptr != end && *first.ptr == ':';
  const auto last = parted ? std::from_chars(first.ptr + 1, end, options.end_rank) : first;
  if (!parted || last.ec != std::errc() || last.ptr != end || options.first_rank >= options.end_rank)
    throw glossa::Error(glossa::ErrorKind::invalid_argument,
                        {.field = "--ranks", .expected = "FROM:TO with FROM below TO, such as 10:50", .found = ranks});
}

[[nodiscard]] glossa::NegativeMiningOptions options_of(const MineNegativesArguments& arguments) {
  glossa::NegativeMiningOptions options;
  set_ranks(arguments.ranks, options);
  options.negatives = arguments.negatives;
  options.margin = arguments.margin;
  options.relative = arguments.relative;
  options.threshold = arguments.threshold;
  options.choice = arguments.choice == "random" ? glossa::NegativeChoice::random : glossa::NegativeChoice::hardest;
  options.seed = arguments.seed;
  options.anchor_role = role_from(arguments.anchor_role);
  options.corpus_role = role_from(arguments.corpus_role);
  if (arguments.search == "exact") options.exact_up_to = std::numeric_limits<std::size_t>::max();
  if (arguments.search == "graph") options.exact_up_to = 0;
  const bool has_limit = arguments.margin || arguments.relative || arguments.threshold;
  if (!arguments.teacher.empty() && !has_limit)
    throw glossa::Error(glossa::ErrorKind::invalid_argument,
                        {.field = "--teacher",
                         .problem = "its scores decide on nothing",
                         .remedy = "add --margin, --relative or --threshold, or leave it out"});
  return options;
}

void require_roles(const MineNegativesArguments& arguments, const RoleModel& model) {
  model.require_role("--anchor-role", arguments.anchor_role);
  model.require_role("--corpus-role", arguments.corpus_role);
}

void tell_lack(const glossa::MinedNegatives& mined, std::size_t wanted) {
  const std::size_t lacking = mined.rows_with_fewer + mined.rows_with_none;
  if (lacking == 0) return;
  std::cerr << "glossa: " << lacking << " of " << mined.negatives.size() << " rows got fewer than " << wanted
            << " negatives";
  if (mined.rows_with_none > 0) std::cerr << ", " << mined.rows_with_none << " of them none";
  if (mined.too_close > 0) std::cerr << "; " << mined.too_close << " texts were too close";
  std::cerr << '\n';
}

}  // namespace

int mine_negatives(const MineNegativesArguments& arguments) {
  catch_interrupts();
  require_other_output(arguments);
  glossa::NegativeMiningOptions options = options_of(arguments);
  OutputFile output(arguments.output);
  glossa::TrainingDataOptions reading{.fields = field_names(arguments.fields)};
  reading.bad_lines = arguments.bad_lines == "skip" ? glossa::BadLines::skip : glossa::BadLines::refuse;
  reading.file_is_source = false;
  reading.keep_other_fields = true;
  std::vector<glossa::TrainingRow> rows = read_training_rows(arguments.data, reading);
  if (arguments.replace)
    for (glossa::TrainingRow& row : rows) row.negatives.clear();
  std::vector<std::string> corpus;
  if (!arguments.corpus.empty()) corpus = read_corpus(arguments.corpus);

  const auto executor = std::make_shared<glossa::ThreadPool>(arguments.threads);
  RoleModel model(arguments.model, arguments.precision, executor);
  require_roles(arguments, model);
  std::optional<RoleModel> teacher;
  if (!arguments.teacher.empty()) {
    teacher.emplace(arguments.teacher, arguments.precision, executor);
    require_roles(arguments, *teacher);
    options.teacher = teacher->encoder();
  }
  StepProgress progress(executor);
  options.run = progress.step("searching");
  const glossa::MinedNegatives mined = corpus.empty() ? glossa::mine_negatives(rows, model.encoder(), options)
                                                      : glossa::mine_negatives(rows, corpus, model.encoder(), options);
  glossa::add_negatives(rows, mined);
  for (const glossa::TrainingRow& row : rows) output.write(glossa::training_line(row) + "\n");
  progress.finish();
  output.finish();
  model.finish();
  if (teacher) teacher->finish();
  tell_lack(mined, arguments.negatives);
  return 0;
}

}  // namespace tool
