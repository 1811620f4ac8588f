// Definitions of task's functions; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/folder_entries.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/eval/split_names.hpp>
#include <glossa/eval/task.hpp>
#include <glossa/eval/task_category.hpp>
#include <glossa/eval/task_folder.hpp>

#include <cstddef>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

/// What a folder with data of the category is called, beside those of others.
[[nodiscard]] inline std::string_view category_folder(TaskCategory category) {
  return to_string(category == TaskCategory::clustering_fast ? TaskCategory::clustering : category);
}

/// The task with what of the folder is its data.
[[nodiscard]] inline TaskSpec with_folder(TaskSpec task, const std::filesystem::path& folder) {
  FolderData data = subsets_in(folder, task);
  task.subsets = std::move(data.subsets);
  task.left_out = std::move(data.left_out);
  return task;
}

/// The task with the split that its judgements are of, where there is one only and another was expected.
[[nodiscard]] inline TaskSpec with_split(TaskSpec task) {
  if (task.category != TaskCategory::retrieval && task.category != TaskCategory::reranking) return task;
  std::set<std::string> splits;
  for (const TaskSubset& subset : task.subsets)
    for (const std::filesystem::path& path : folder_entries(subset.data / "qrels"))
      if (is_data_name(path)) splits.insert(data_stem(path));
  if (splits.size() == 1) task.split = *splits.begin();
  return task;
}

}  // namespace detail

GLOSSA_INLINE TaskSpec attach_data(TaskSpec task, const std::filesystem::path& path) {
  std::error_code code;
  const bool is_folder = std::filesystem::is_directory(path, code);
  if (detail::is_task_data(path, task) || (!is_folder && detail::is_there(path))) {
    task.subsets = {detail::subset_at(path, detail::subset_in(detail::data_stem(path)), task)};
    return detail::with_split(std::move(task));
  }
  if (is_folder) task = detail::with_folder(std::move(task), path);
  if (!task.subsets.empty()) return detail::with_split(std::move(task));
  if (const std::filesystem::path inner = path / detail::category_folder(task.category);
      std::filesystem::is_directory(inner, code)) {
    task = detail::with_folder(std::move(task), inner);
    if (detail::is_task_data(inner, task)) task.subsets = {detail::subset_at(inner, "", task)};
    if (!task.subsets.empty()) return detail::with_split(std::move(task));
  }
  const std::string own = task.stems.empty() ? "" : task.stems[0] + "-";
  std::string splits = detail::splits_there(path);
  if (splits.empty()) splits = detail::splits_there(path / detail::category_folder(task.category));
  throw Error(ErrorKind::not_found,
              {.file = detail::path_text(path),
               .problem = !is_folder       ? "no such file or folder"
                          : splits.empty() ? "there is no data of " + task.name + " in the folder"
                                           : "there is no split " + task.split + " of " + task.name + " in the folder",
               .expected = task.category == TaskCategory::retrieval
                               ? "corpus.jsonl, queries.jsonl and qrels/" + task.split + ".tsv"
                               : task.split + ".jsonl, or files such as " + own + "de.jsonl",
               .found = splits,
               .remedy = "check the path and the split, or name the data in a task file"});
}

}  // namespace glossa
