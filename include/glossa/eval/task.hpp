// Names, files and folders come in; what is to be evaluated, and how, goes out.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/subset_languages.hpp>
#include <glossa/eval/task_spec.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace glossa {

/// Finds a task's data: fills TaskSpec::subsets and left_out. `path` is the data of one subset (a file, or a folder
/// with the files of the split, or with corpus, queries and qrels), or a folder with several of those, which are named
/// by a language
/// ("de.jsonl", "tha_Thai/"), a pair of them ("deu-eng.jsonl"), or these behind the data set's name
/// ("stsb-de.jsonl"); or a folder with such a one in it that is called after the category ("sts/", "clustering/").
/// Subsets are sorted by name. Where judgements in qrels are of one split alone, that is the task's.
/// Errors: `not_found` where there is no such data, or files of other splits ("train.jsonl") in its place, or in that
/// of one of its subsets; `corrupt_file` for two files of one subset, and for one that is called after the data set
/// and no language.
[[nodiscard]] TaskSpec attach_data(TaskSpec task, const std::filesystem::path& path);

/// What is taken in place of what a task file says.
struct TaskFileOptions {
  std::filesystem::path data{};  ///< of "data", which may be missing then; see attach_data()
  std::string split{};
};

/// Reads a task file: a JSON object with "name", "category" and "data" (a path, or an object of paths by subset;
/// relative to the file's folder); and where they differ from the defaults "split", "main_score", "languages" (a list,
/// or an object of lists by subset), "prompts" {"query", "passage"}, "samples_per_label", "experiments", "most_texts",
/// "most_levels", "text_share", "ignore_identical_ids", "averages_p_values", "fields", "revision", "published" (a list
/// of {"model", "subset"?, "split"? (by default the task's own), "score"}). "task" in place of "category" takes all
/// settings from the known task of that name, whose category a "category" beside it has to be. Errors: `not_found`,
/// `io`; `corrupt_file` naming the field, unknown ones too, also in objects: keys of "fields" are those of the
/// category's reader, keys of "languages" subsets that are there (where neither data nor split is told by `options`).
[[nodiscard]] TaskSpec read_task_file(const std::filesystem::path& path, const TaskFileOptions& options = {});

/// The known tasks of MTEB, without data: category, split, languages, revision, settings and published scores.
[[nodiscard]] std::vector<TaskSpec> known_tasks();

/// The known task of this name. Errors: `not_found`, with the names that come near it.
[[nodiscard]] TaskSpec find_task(std::string_view name);

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/known_tasks_impl.hpp>
#include <glossa/eval/task_file_impl.hpp>
#include <glossa/eval/task_impl.hpp>
#endif
