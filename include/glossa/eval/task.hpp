// What is to be evaluated, and how: a task's category, data, languages and settings.
#pragma once

#include <glossa/eval/task_category.hpp>

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace glossa {

/// What stands before texts in place of what uses_prompts() tells; "" for nothing.
struct TaskPrompts {
  std::optional<std::string> query{};    ///< before queries; in categories without roles, before every text
  std::optional<std::string> passage{};  ///< before documents and candidates
};

/// A part of a task with data of its own, such as a language; mteb calls it hf_subset.
struct TaskSubset {
  std::string name = "default";
  std::vector<std::string> languages{};  ///< "deu-Latn": ISO 639-3 and ISO 15924
  std::filesystem::path data{};          ///< what the category's read_ function takes
};

/// What somebody else scored.
struct PublishedScore {
  std::string model;
  std::string subset;  ///< "": the mean of all
  double score = 0;
  std::size_t subsets =
      0;  ///< how many "all" are, beside others' means of which it is not shown; 0: those that there are
};

struct TaskSpec {
  std::string name;
  TaskCategory category = TaskCategory::sts;
  std::string split = "test";
  std::string main_metric{};             ///< of the scores, the one that counts
  std::vector<std::string> languages{};  ///< of a task whose data is one set, in one language or in several
  std::vector<TaskSubset> subsets{};     ///< empty until attach_data()
  TaskPrompts prompts{};                 ///< empty: as uses_prompts() tells
  std::size_t samples_per_label = 8;     ///< classification: of each label, what one experiment learns from
  std::size_t experiments =
      0;  ///< of classification, and clusterings (of each set); 0: as mteb has it, ten, or one of each set
  std::size_t most_texts = 0;         ///< clustering_fast: so many at most are drawn; 0: all as they come
  std::size_t most_levels = 0;        ///< clustering_fast: so many levels of labels at most count; 0: all
  double text_share = 0;              ///< clustering_fast: this share of them is drawn; 0: all
  bool ignore_identical_ids = false;  ///< retrieval: the document that has the query's id is left out
  bool averages_p_values = false;     ///< summarization, as its first version has it: means of rho and p together
  /// Of known tasks: mteb leaves to chance what it scores of the data set when it loads it, by generators that are not
  /// here. To have its scores give the data that its task holds then ("dataset"), and not the files of the data set.
  bool draws_data = false;
  /// The task's own tags of languages, by those of languages_of_subset().
  std::map<std::string, std::string> tags{};
  std::map<std::string, std::string> fields{};  ///< see ReadOptions
  std::string revision = "local";               ///< of the data set
  std::vector<std::string> stems{};             ///< what the data set's files are called: "stsb" of stsb-de.jsonl
  std::vector<PublishedScore> published{};
};

/// Finds a task's data: fills TaskSpec::subsets. `path` is the data of one subset (a file, or a folder with the files
/// of the split, or with corpus, queries and qrels), or a folder with several of those, which are named by a language
/// ("de.jsonl", "tha_Thai/"), a pair of them ("deu-eng.jsonl"), or these behind the data set's name
/// ("stsb-de.jsonl"); or a folder with such a one in it that is called after the category ("sts/", "clustering/").
/// Subsets are sorted by name. Where judgements in qrels are of one split alone, that is the task's.
/// Errors: `not_found` where there is no such data; `invalid_argument` for two files of one subset, and for one that is
/// called after the data set and no language.
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
/// of {"model", "subset"?, "score"}). "task" in place of "category" takes all settings from the known task of that
/// name, whose category a "category" beside it has to be. Errors: `not_found`, `io`; `corrupt_file` naming the field,
/// unknown ones too, also in objects: keys of "fields" are those of the category's reader, keys of "languages" subsets
/// that are there (where neither data nor split is told by `options`).
[[nodiscard]] TaskSpec read_task_file(const std::filesystem::path& path, const TaskFileOptions& options = {});

/// The known tasks of MTEB, without data: category, split, languages, revision, settings and published scores.
[[nodiscard]] std::vector<TaskSpec> known_tasks();

/// The known task of this name. Errors: `not_found`, with the names that come near it.
[[nodiscard]] TaskSpec find_task(std::string_view name);

/// The languages that a subset's name tells: {"deu-Latn"} of "de", "deu", "de-AT" and "deu_Latn", two of "deu-eng";
/// none of "default".
[[nodiscard]] std::vector<std::string> languages_of_subset(std::string_view name);

}  // namespace glossa

#include <glossa/core/linkage.hpp>
#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/known_tasks_impl.hpp>
#include <glossa/eval/task_file_impl.hpp>
#include <glossa/eval/task_impl.hpp>
#endif
