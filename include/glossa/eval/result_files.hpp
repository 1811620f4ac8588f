// Scores come in; files in python mteb's format go out, and back.
#pragma once

#include <glossa/eval/task_scores.hpp>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace glossa {

/// The model that scores belong to, for mteb's model_meta.json.
struct ResultModel {
  std::string name;                                ///< "organization/model"
  std::string revision = "no_revision_available";  ///< of the weights, as mteb writes it where it is not known
  std::optional<std::size_t> dims{};
  std::optional<std::size_t> max_tokens{};
  std::optional<std::size_t> parameters{};
  std::optional<double> memory_mb{};
  std::string settings{};  ///< what scores depend on beside the weights, such as "int8"; part of the revision's folder
};

/// The folder of a model's results: `<results>/<organization__model>/<revision>`, with "-<settings>" behind the
/// revision where there are any, so that runs of several precisions lie side by side.
[[nodiscard]] std::filesystem::path result_folder(const std::filesystem::path& results, const ResultModel& model);

/// The file of a task's results in it: `<task>.json`. Errors: `invalid_argument` for names that cannot be files' names.
[[nodiscard]] std::filesystem::path result_file(const std::filesystem::path& results, const ResultModel& model,
                                                std::string_view task);

/// Makes the folder and writes model_meta.json into it: what cannot be written is told before anything is evaluated.
/// Returns result_folder(). Errors: `invalid_argument` for names that cannot be files' names, `io`.
std::filesystem::path make_result_folder(const std::filesystem::path& results, const ResultModel& model);

/// Writes `<task>.json` as mteb's TaskResult.to_disk() does (scores rounded to six places; NaN as null, but for main
/// scores, with which mteb counts; "und-Zyyy" for the language of subsets that tell none, without which mteb has no
/// score of them, and which read_result() leaves out), model_meta.json beside it, and the single items' scores, where
/// there are any, to `items/<task>.json`. Each file appears whole or not at all; folders are made. Splits of the task
/// that the file has already stay, but for those of another category, of another revision of the data set, of other
/// settings or prompts or of another version (ScoreSource), which this call leaves out. Returns the path of
/// `<task>.json`. Errors: `invalid_argument` for names that cannot be files' names, `io`; `corrupt_file` where the file
/// is there and damaged.
std::filesystem::path write_result(const std::filesystem::path& results, const ResultModel& model,
                                   const TaskScores& scores);

/// Reads a result file, of glossa or of python mteb from version 1.11 on; one TaskScores for each split. The items'
/// scores are read where they lie beside it. Where mteb's file does not tell the category, it is that of the known
/// task, or else nothing is known about it and it is taken from the names of the scores. Errors: `not_found`, `io`;
/// `corrupt_file` naming the field.
[[nodiscard]] std::vector<TaskScores> read_result(const std::filesystem::path& path);

/// All results of a folder (see result_folder()), by task. Errors: as above; `not_found` where there is none;
/// `corrupt_file` where two files are of one task.
[[nodiscard]] std::vector<TaskScores> read_results(const std::filesystem::path& folder);

}  // namespace glossa

#include <glossa/core/linkage.hpp>
#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/read_results_impl.hpp>
#include <glossa/eval/write_results_impl.hpp>
#endif
