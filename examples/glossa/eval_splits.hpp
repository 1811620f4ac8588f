// What --split says comes in; a task with its data for each of the splits goes out.
#pragma once

#include "eval_arguments.hpp"
#include "name_list.hpp"

#include <glossa/core/error.hpp>
#include <glossa/eval/task.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

namespace tool {

[[noreturn]] inline void refuse_split(const std::string& problem, const std::string& found, const std::string& remedy) {
  throw glossa::Error(glossa::ErrorKind::invalid_argument,
                      {.field = "--split", .problem = problem, .found = found, .remedy = remedy});
}

/// The splits that are asked for; "" alone for the tasks' own. Errors: those of names_of_list().
[[nodiscard]] inline std::vector<std::string> wanted_splits(const TaskArguments& arguments) {
  if (arguments.splits.empty()) return {""};
  return names_of_list("--split", arguments.splits);
}

/// Refuses a split that is asked for of data that is a file, and is scored whole whatever the split. `own`: the task's.
/// Errors: `invalid_argument`.
inline void require_folders(const glossa::TaskSpec& task, const std::string& own) {
  if (task.split == own) return;
  for (const glossa::TaskSubset& subset : task.subsets) {
    std::error_code code;
    if (!std::filesystem::is_directory(subset.data, code))
      refuse_split("a file is of one split", subset.data.string(),
                   "give a folder with a file for each, such as " + task.split + ".jsonl");
  }
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
    require_folders(task, "");
  }
}

/// "tasks", or "splits of tasks" where a task has several.
[[nodiscard]] inline std::string kind_of_parts(const std::vector<glossa::TaskSpec>& tasks) {
  const auto twice = std::adjacent_find(tasks.begin(), tasks.end(),
                                        [](const auto& one, const auto& other) { return one.name == other.name; });
  return twice == tasks.end() ? "tasks" : "splits of tasks";
}

}  // namespace tool
