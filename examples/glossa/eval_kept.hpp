// A task and a file of results come in; what an earlier run kept of it goes out, and what this one scores goes in.
#pragma once

#include "eval_session.hpp"

#include <glossa/core/error.hpp>
#include <glossa/eval/result_files.hpp>
#include <glossa/eval/task.hpp>
#include <glossa/eval/task_category.hpp>
#include <glossa/eval/task_scores.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace tool {

/// The splits in a file of results; none where there is no file. Errors: read_result()'s.
[[nodiscard]] inline std::vector<glossa::TaskScores> read_kept(const std::filesystem::path& file) {
  std::error_code code;
  if (!std::filesystem::exists(file, code)) return {};
  try {
    return glossa::read_result(file);
  } catch (const glossa::Error& error) {
    glossa::ErrorFacts facts = error.facts();
    facts.remedy = "remove the file, or add --overwrite to make it again";
    throw glossa::Error(error.kind(), facts);
  }
}

/// Errors: `invalid_argument` where the file has results of another category: two tasks go by one name.
inline void require_own_file(const std::filesystem::path& file, const glossa::TaskSpec& task) {
  for (const glossa::TaskScores& scores : read_kept(file))
    if (scores.category != task.category)
      throw glossa::Error(glossa::ErrorKind::invalid_argument,
                          {.file = file.string(),
                           .field = "category",
                           .problem = "these are results of another task that is called " + task.name,
                           .expected = std::string(to_string(task.category)),
                           .found = std::string(to_string(scores.category)),
                           .remedy = "give the task another name, or --results another folder; --overwrite puts the "
                                     "new ones in their place"});
}

/// What an earlier run kept of this task, in the languages that the task has now; nothing where that is of other data,
/// settings or prompts. Errors: read_kept()'s.
[[nodiscard]] inline std::optional<glossa::TaskScores> kept_scores(const std::filesystem::path& results,
                                                                   const glossa::ResultModel& model,
                                                                   const glossa::TaskSpec& task,
                                                                   const EvalSession& session) {
  for (glossa::TaskScores& scores : read_kept(glossa::result_file(results, model, task.name))) {
    if (!session.is_of(scores, task)) continue;
    bool is_as_kept = true;
    for (std::size_t i = 0; i < scores.subsets.size(); ++i) {
      is_as_kept = is_as_kept && scores.subsets[i].languages == task.subsets[i].languages;
      scores.subsets[i].languages = task.subsets[i].languages;
    }
    if (!is_as_kept) glossa::write_result(results, model, scores);  // no score depends on them
    scores.published = task.published;
    return std::move(scores);
  }
  return std::nullopt;
}

/// Takes a damaged file of results away, which --overwrite makes again.
inline void remove_damaged(const std::filesystem::path& file) {
  try {
    (void)glossa::read_result(file);
  } catch (const glossa::Error& error) {
    if (error.kind() != glossa::ErrorKind::corrupt_file) return;
    std::filesystem::remove(file);
    std::filesystem::remove(file.parent_path() / "items" / file.filename());
  }
}

/// Writes what a task scores, and tells which splits are no more in its file: those that write_result() leaves out.
inline void keep_scores(const std::filesystem::path& results, const glossa::ResultModel& model,
                        const glossa::TaskScores& scores) {
  const std::filesystem::path file = glossa::result_file(results, model, scores.task);
  const std::vector<glossa::TaskScores> before = read_kept(file);
  glossa::write_result(results, model, scores);
  const std::vector<glossa::TaskScores> after = read_kept(file);
  for (const glossa::TaskScores& old : before)
    if (std::none_of(after.begin(), after.end(), [&](const auto& one) { return one.split == old.split; }))
      std::cerr << "glossa: " << file.string() << " has no results of " << old.split
                << " any more: they were of other settings, prompts or data, or of another version\n";
}

}  // namespace tool
