// What --split says comes in; a task with its data for each of the splits goes out.
#pragma once

#include "eval_arguments.hpp"

#include <glossa/core/error.hpp>
#include <glossa/eval/task.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

namespace tool {

[[noreturn]] inline void refuse_split(const std::string& problem, const std::string& found, const std::string& remedy) {
  throw glossa::Error(glossa::ErrorKind::invalid_argument,
                      {.field = "--split", .problem = problem, .found = found, .remedy = remedy});
}

/// The splits that are asked for; "" alone for the tasks' own. Errors: `invalid_argument` for one without a name, and
/// one that is there twice.
[[nodiscard]] inline std::vector<std::string> wanted_splits(const TaskArguments& arguments) {
  if (arguments.splits.empty()) return {""};
  for (std::size_t i = 0; i < arguments.splits.size(); ++i) {
    const std::string& split = arguments.splits[i];
    if (split.empty()) refuse_split("a split has no name", "\"\"", "name each once, such as validation,test");
    if (std::find(arguments.splits.begin(), arguments.splits.begin() + static_cast<std::ptrdiff_t>(i), split) !=
        arguments.splits.begin() + static_cast<std::ptrdiff_t>(i))
      refuse_split("a split is given twice", split, "name each once");
  }
  return arguments.splits;
}

[[nodiscard]] inline std::string subset_names(const glossa::TaskSpec& task) {
  std::string names;
  for (const glossa::TaskSubset& subset : task.subsets) names += (names.empty() ? "" : ", ") + subset.name;
  return names;
}

/// Refuses splits of a task that do not have the same subsets, for their mean would count some of these more than
/// others, and splits of one file, which would be one. Errors: `invalid_argument`.
inline void require_alike(const std::vector<glossa::TaskSpec>& splits) {
  if (splits.size() < 2) return;
  for (const glossa::TaskSpec& task : splits) {
    if (subset_names(task) != subset_names(splits[0]))
      refuse_split(task.name + " has other subsets in " + task.split + " than in " + splits[0].split,
                   subset_names(task) + " and " + subset_names(splits[0]),
                   "add what is missing, or evaluate one split at a time");
    for (const glossa::TaskSubset& subset : task.subsets) {
      std::error_code code;
      if (!std::filesystem::is_directory(subset.data, code))
        refuse_split("a file is of one split", subset.data.string(),
                     "give a folder with a file for each, such as " + splits[0].split + ".jsonl");
    }
  }
}

/// "tasks", or "splits of tasks" where a task has several.
[[nodiscard]] inline std::string kind_of_parts(const std::vector<glossa::TaskSpec>& tasks) {
  const auto twice = std::adjacent_find(tasks.begin(), tasks.end(),
                                        [](const auto& one, const auto& other) { return one.name == other.name; });
  return twice == tasks.end() ? "tasks" : "splits of tasks";
}

}  // namespace tool
