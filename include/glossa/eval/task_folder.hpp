// A folder comes in; what in it is a task's data goes out, and what there is of other splits.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/folder_entries.hpp>
#include <glossa/eval/data_rows.hpp>
#include <glossa/eval/known_task.hpp>
#include <glossa/eval/known_tasks.hpp>
#include <glossa/eval/split_names.hpp>
#include <glossa/eval/subset_languages.hpp>
#include <glossa/eval/task_category.hpp>
#include <glossa/eval/task_spec.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Whether there is data of one subset at `path`.
[[nodiscard]] inline bool is_task_data(const std::filesystem::path& path, const TaskSpec& task) {
  std::error_code code;
  if (std::filesystem::is_directory(path, code))
    return !data_file(path / (task.category == TaskCategory::retrieval ? "corpus" : task.split)).empty() ||
           (task.category == TaskCategory::reranking && !data_file(path / "corpus").empty());
  return is_data_name(path) && std::filesystem::is_regular_file(path, code);
}

/// The longest end of `stem` that names languages: "deu-eng" of "tatoeba-deu-eng"; "" where there is none.
[[nodiscard]] inline std::string_view subset_in(std::string_view stem) {
  while (true) {
    if (!languages_of_subset(stem).empty()) return stem;
    const std::size_t dash = stem.find('-');
    if (dash == std::string_view::npos) return {};
    stem.remove_prefix(dash + 1);
  }
}

/// The languages that a subset's name tells, by the task's tags.
[[nodiscard]] inline std::vector<std::string> languages_in(const TaskSpec& task, std::string_view name) {
  std::vector<std::string> languages = languages_of_subset(name);
  for (std::string& language : languages)
    if (const auto own = task.tags.find(language); own != task.tags.end()) language = own->second;
  return languages;
}

[[nodiscard]] inline TaskSubset subset_at(const std::filesystem::path& path, std::string_view name,
                                          const TaskSpec& task) {
  TaskSubset subset{.data = path};
  if (!task.languages.empty() || name.empty()) {
    subset.languages = task.languages;
  } else {
    subset.name = name;
    subset.languages = languages_in(task, name);
  }
  return subset;
}

/// Whether data in these languages, as its name tells, may be the task's.
[[nodiscard]] inline bool may_be_in(const std::vector<std::string>& languages, const TaskSpec& task) {
  return !languages.empty() && (task.languages.empty() || task.languages == languages);
}

/// Whether a file of this stem is called after the data set, alone or with more behind it: "stsb-de" after "stsb".
[[nodiscard]] inline bool is_called_after(std::string_view stem, std::string_view data_set) {
  return stem.starts_with(data_set) && (stem.size() == data_set.size() || stem[data_set.size()] == '-');
}

/// Whether the file is rather called after a data set of a longer name, which another known task has.
[[nodiscard]] inline bool is_of_longer_name(std::string_view stem, std::string_view data_set) {
  for (const KnownTasks& group : kKnownTasks)
    for (const KnownTask& known : group.tasks)
      if (known.stem.size() > data_set.size() && is_called_after(stem, known.stem)) return true;
  return false;
}

/// Adds the file or folder at `path` where it is called after one of the task's data sets. Errors: `corrupt_file`
/// where what is behind that names no languages: it would be left out of the score without a word.
inline void add_named(const std::filesystem::path& path, const TaskSpec& task, std::vector<TaskSubset>& named) {
  const std::string stem = data_stem(path);
  for (const std::string& own : task.stems) {
    if (!is_called_after(stem, own) || is_of_longer_name(stem, own)) continue;
    if (stem == own) {
      named.push_back(subset_at(path, "", task));
      continue;
    }
    const std::string rest = stem.substr(own.size() + 1);
    const std::vector<std::string> languages = languages_of_subset(rest);
    if (languages.empty())
      throw Error(ErrorKind::corrupt_file,
                  {.file = path_text(path),
                   .problem = "it is called after the data set of " + task.name + ", but for no language that is known",
                   .expected = own + "-de, or " + own + "-deu-eng for two",
                   .found = rest,
                   .remedy = "rename it or move it away, or name the data of each subset in a task file"});
    if (may_be_in(languages, task)) named.push_back(subset_at(path, rest, task));
  }
}

/// Whether the folder at `path` would be a subset's, had it the task's split and not others alone. Of retrieval the
/// reader tells.
[[nodiscard]] inline bool lacks_split(const std::filesystem::path& path, const TaskSpec& task) {
  return task.category != TaskCategory::retrieval && !is_task_data(path, task) && !split_files(path).empty();
}

/// Refuses subsets of which some lack the split, which would be left out of the score without a word; where all do they
/// are none. Errors: `not_found`.
inline void require_split(const TaskSpec& task, std::vector<TaskSubset>& subsets) {
  const auto lacks = [&](const TaskSubset& subset) { return lacks_split(subset.data, task); };
  const auto lacking = std::find_if(subsets.begin(), subsets.end(), lacks);
  if (lacking == subsets.end()) return;
  if (std::all_of(subsets.begin(), subsets.end(), lacks)) {
    subsets.clear();
    return;
  }
  throw Error(
      ErrorKind::not_found,
      {.file = path_text(lacking->data),
       .field = lacking->name,
       .problem = "there is no split " + task.split + " of this subset of " + task.name + ", as there is of others",
       .expected = task.split + ".jsonl",
       .found = splits_there(lacking->data),
       .remedy = "add it, move the folder away, or name the data of each subset in a task file"});
}

/// What of a folder is a task's, and what beside it is not.
struct FolderData {
  std::vector<TaskSubset> subsets{};
  std::vector<std::filesystem::path> left_out{};
};

/// Those of the folder's entries that belong to the task: called after its data set, if it has a name; else those that
/// are called after languages; else, for a task of the user's, all, but none where some are called as splits are: of
/// these the task's is not there, and the others are not to be scored in its place. Data beside the latter two is told.
[[nodiscard]] inline FolderData entries_in(const std::filesystem::path& folder, const TaskSpec& task) {
  std::vector<TaskSubset> named;
  FolderData in_languages;
  FolderData all;
  for (const std::filesystem::path& path : folder_entries(folder)) {
    const bool lacks = lacks_split(path, task);
    if (!lacks && !is_task_data(path, task)) continue;
    const std::string stem = data_stem(path);
    add_named(path, task, named);
    const std::vector<std::string> languages = languages_of_subset(stem);
    if (may_be_in(languages, task)) in_languages.subsets.push_back(subset_at(path, stem, task));
    if (languages.empty()) in_languages.left_out.push_back(path);
    if (lacks || is_of_other_split(path, task.split)) {
      all.left_out.push_back(path);
    } else if (task.stems.empty()) {
      all.subsets.push_back({stem, languages_in(task, subset_in(stem)), path});
    }
  }
  require_split(task, named);
  if (!named.empty()) return {std::move(named), {}};
  require_split(task, in_languages.subsets);
  if (!in_languages.subsets.empty()) return in_languages;
  if (all.subsets.empty() || (data_file(folder / task.split).empty() && !split_files(folder).empty())) return {};
  return all;
}

/// The same, sorted by name. Errors: `corrupt_file` where two are of one name; those of require_split().
[[nodiscard]] inline FolderData subsets_in(const std::filesystem::path& folder, const TaskSpec& task) {
  FolderData data = entries_in(folder, task);
  std::vector<TaskSubset>& found = data.subsets;
  std::sort(found.begin(), found.end(), [](const TaskSubset& a, const TaskSubset& b) { return a.name < b.name; });
  for (std::size_t i = 1; i < found.size(); ++i)
    if (found[i].name == found[i - 1].name)
      throw Error(ErrorKind::corrupt_file, {.file = path_text(folder),
                                            .field = found[i].name,
                                            .problem = "there is data of one subset twice",
                                            .found = path_text(found[i - 1].data) + " and " + path_text(found[i].data),
                                            .remedy = "remove one, or name the data in a task file"});
  return data;
}

}  // namespace glossa::detail
