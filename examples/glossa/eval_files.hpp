// What glossa eval and its commands read comes in; a report that would take the place of it is refused.
#pragma once

#include "distinct_files.hpp"
#include "eval_arguments.hpp"
#include "stream_path.hpp"

#include <glossa/core/error.hpp>
#include <glossa/eval/task.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace tool {

/// Whether this is called as pages are, which no command reads.
[[nodiscard]] inline bool is_page(const std::filesystem::path& path) {
  return path.extension() == ".html" || path.extension() == ".htm";
}

/// Adds the file at `path`, or those in the folder and in the folders in it but for pages: a report of an earlier run
/// may lie beside the data.
inline void add_files(const std::string& option, const std::filesystem::path& path, std::vector<NamedFile>& files) {
  namespace fs = std::filesystem;
  std::error_code code;
  if (!fs::is_directory(path, code)) {
    files.push_back({option, path.string()});
    return;
  }
  fs::recursive_directory_iterator entry(path, fs::directory_options::skip_permission_denied, code);
  for (; !code && entry != fs::recursive_directory_iterator(); entry.increment(code))
    if (!is_page(entry->path())) files.push_back({option, entry->path().string()});
}

/// Errors: `invalid_argument` for a report that would go where the scores go.
inline void require_no_stream_of_scores(const std::string& report) {
  if (!are_one_output(report, "-")) return;
  throw glossa::Error(glossa::ErrorKind::invalid_argument, {.field = "--report",
                                                            .problem = "the scores go to standard output",
                                                            .found = report,
                                                            .remedy = "name a file, such as scores.html"});
}

/// Errors: `invalid_argument` for a report in a folder that keeps what a run writes, unless it is called as a page.
inline void require_no_kept_file(const std::string& report, const std::string& option, const std::string& folder) {
  if (report.empty() || report == "-" || is_stream(report) || folder.empty() || is_page(report)) return;
  const std::filesystem::path place = place_of(report);
  std::filesystem::path kept = place_of(folder);
  if (!kept.has_filename()) kept = kept.parent_path();  // "folder/"
  const auto [end, other] = std::mismatch(kept.begin(), kept.end(), place.begin(), place.end());
  if (end != kept.end()) return;
  throw glossa::Error(glossa::ErrorKind::invalid_argument,
                      {.field = "--report",
                       .problem = "it would lie among the files that " + option + " keeps",
                       .found = report,
                       .remedy = "put it elsewhere, or give it a name that ends in .html"});
}

/// Errors: `invalid_argument` where the report is a task file, or one of the files of data, model, results or vectors.
inline void require_report_apart(const EvalArguments& arguments, const std::vector<glossa::TaskSpec>& tasks) {
  if (arguments.report.empty()) return;
  require_no_stream_of_scores(arguments.report);
  std::vector<NamedFile> inputs;
  for (const std::string& task : arguments.tasks.tasks) inputs.push_back({"--task", task});
  for (const glossa::TaskSpec& task : tasks)
    for (const glossa::TaskSubset& subset : task.subsets) add_files("the data of " + task.name, subset.data, inputs);
  add_files("a file of --model", arguments.model.folder, inputs);
  require_distinct_files(inputs, {{"--report", arguments.report}});
  require_no_kept_file(arguments.report, "--results", arguments.results);
  require_no_kept_file(arguments.report, "--cache", arguments.cache);
}

/// Errors: `invalid_argument` where the report is one of the files of results, or of what single items of them score.
inline void require_report_apart(const CompareArguments& arguments) {
  if (arguments.report.empty()) return;
  require_no_stream_of_scores(arguments.report);
  std::vector<NamedFile> inputs;
  for (const auto& [option, name] : {std::pair("A", arguments.a), std::pair("B", arguments.b)}) {
    const std::filesystem::path path(name);
    add_files(std::string("a file of ") + option, path, inputs);
    inputs.push_back({std::string("a file of ") + option, (path.parent_path() / "items" / path.filename()).string()});
  }
  require_distinct_files(inputs, {{"--report", arguments.report}});
}

}  // namespace tool
