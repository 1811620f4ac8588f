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

/// The splits in a file of results; none where there is no file. Errors: read_result()'s; `io` for what is no file.
[[nodiscard]] inline std::vector<glossa::TaskScores> read_kept(const std::filesystem::path& file) {
  std::error_code code;
  if (!std::filesystem::exists(file, code)) return {};
  try {
    return glossa::read_result(file);
  } catch (const glossa::Error& error) {
    glossa::ErrorFacts facts = error.facts();
    const bool is_damaged = error.kind() == glossa::ErrorKind::corrupt_file;
    facts.remedy = is_damaged ? "remove the file, or add --overwrite to make it again" : "move it away";
    const bool is_named = error.kind() == glossa::ErrorKind::invalid_argument;  // by no argument
    throw glossa::Error(is_named ? glossa::ErrorKind::io : error.kind(), facts);
  }
}

/// Looks at a file that is to be made again: it may be damaged, but must be one that can be read. Errors: read_kept()'s
/// but for `corrupt_file`.
inline void require_replaceable(const std::filesystem::path& file) {
  try {
    (void)read_kept(file);
  } catch (const glossa::Error& error) {
    if (error.kind() != glossa::ErrorKind::corrupt_file) throw;
  }
}

/// Errors: read_kept()'s; `unsupported` where the file has results of another category: two tasks go by one name.
inline void require_own_file(const std::filesystem::path& file, const glossa::TaskSpec& task) {
  for (const glossa::TaskScores& scores : read_kept(file))
    if (scores.category != task.category)
      throw glossa::Error(glossa::ErrorKind::unsupported,
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

/// What the subset's scores were of that others of its name are not; "" where they are of the same.
[[nodiscard]] inline std::string other_source(const glossa::ScoreSource& old, const glossa::ScoreSource& source) {
  if (old == source) return "";
  if (old == glossa::ScoreSource{}) return "data that is not told";
  if (old.version != source.version) return "another version";
  if (old.settings != source.settings) return "other settings";
  return old.data != source.data ? "other data" : "other prompts";
}

/// The same of a split, which also has more subsets than the new one may have.
[[nodiscard]] inline std::string other_source(const glossa::TaskScores& old, const glossa::TaskScores& scores) {
  if (old.category != scores.category) return "another task";
  if (old.revision != scores.revision) return "another revision of the data";
  for (const glossa::TaskScores::Subset& subset : old.subsets) {
    const auto own = std::find_if(scores.subsets.begin(), scores.subsets.end(),
                                  [&](const auto& one) { return one.name == subset.name; });
    if (own == scores.subsets.end()) return "subset " + subset.name + ", too";
    if (std::string other = other_source(subset.source, own->source); !other.empty()) return other;
  }
  return "";
}

/// Writes what a task scores, and tells which splits are no more in its file, those that write_result() leaves out, and
/// whether what it had of this split was something else.
inline void keep_scores(const std::filesystem::path& results, const glossa::ResultModel& model,
                        const glossa::TaskScores& scores) {
  const std::filesystem::path file = glossa::result_file(results, model, scores.task);
  const std::vector<glossa::TaskScores> before = read_kept(file);
  glossa::write_result(results, model, scores);
  const std::vector<glossa::TaskScores> after = read_kept(file);
  for (const glossa::TaskScores& old : before) {
    if (std::none_of(after.begin(), after.end(), [&](const auto& one) { return one.split == old.split; }))
      std::cerr << "glossa: " << file.string() << " has no results of " << old.split
                << " any more: they were of other settings, prompts or data, or of another version\n";
    if (old.split != scores.split) continue;
    if (const std::string other = other_source(old, scores); !other.empty())
      std::cerr << "glossa: " << file.string() << " had results of " << old.split
                << ", which these have taken the place of: they were of " << other << '\n';
  }
}

}  // namespace tool
