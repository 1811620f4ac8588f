// What the command line says of tasks comes in; tasks with their data go out.
#pragma once

#include "eval_arguments.hpp"
#include "eval_prompts.hpp"
#include "eval_splits.hpp"
#include "interrupt.hpp"

#include <glossa/core/error.hpp>
#include <glossa/eval/check_data.hpp>
#include <glossa/eval/protocols/metric_names.hpp>
#include <glossa/eval/task.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace tool {

[[nodiscard]] inline bool is_folder(const std::filesystem::path& path) {
  std::error_code code;
  return std::filesystem::is_directory(path, code);
}

/// A path's last name, without the end that tells a file's format; of "." that of the folder that it is.
[[nodiscard]] inline std::string stem_of(const std::string& path) {
  const std::filesystem::path place = std::filesystem::absolute(path + "/").lexically_normal().parent_path();
  return (is_folder(place) ? place.filename() : place.stem()).string();
}

/// The known task that data of this name is of, such as SIB200Classification of "sib200-nld_Latn"; nullptr where there
/// is none. Of several that of the longest name, which is the most of the data's; clustering is looked for in its first
/// form, then in the fast one.
[[nodiscard]] inline const glossa::TaskSpec* task_of_stem(const std::vector<glossa::TaskSpec>& known,
                                                          glossa::TaskCategory category, std::string_view stem) {
  const glossa::TaskSpec* found = nullptr;
  std::size_t longest = 0;
  for (const glossa::TaskSpec& task : known)
    for (const std::string& own : task.stems) {
      const bool is_of = task.category == category && (stem == own || stem.starts_with(own + "-"));
      if (!is_of || own.size() <= longest) continue;
      found = &task;
      longest = own.size();
    }
  if (found == nullptr && category == glossa::TaskCategory::clustering)
    return task_of_stem(known, glossa::TaskCategory::clustering_fast, stem);
  return found;
}

/// A task for data whose category alone is told. Data of a known task takes over how that draws its samples.
[[nodiscard]] inline glossa::TaskSpec task_of_category(const std::string& name, const std::string& data) {
  glossa::TaskSpec task{.name = stem_of(data), .category = *glossa::category_named(name)};
  const std::vector<glossa::TaskSpec> all = glossa::known_tasks();
  if (const glossa::TaskSpec* known = task_of_stem(all, task.category, task.name)) {
    const bool differs = known->category != task.category ||
                         known->samples_per_label != glossa::TaskSpec{}.samples_per_label ||
                         known->ignore_identical_ids;
    task.category = known->category;
    task.samples_per_label = known->samples_per_label;
    task.most_texts = known->most_texts;
    task.most_levels = known->most_levels;
    task.text_share = known->text_share;
    task.ignore_identical_ids = known->ignore_identical_ids;
    if (differs) std::cerr << "glossa: " << task.name << " is scored as MTEB's " << known->name << '\n';
  }
  task.main_metric = glossa::default_metric(task.category);
  return task;
}

[[nodiscard]] inline bool is_task_file(const std::string& task) {
  std::error_code code;
  return task.ends_with(".json") || task.find('/') != std::string::npos || std::filesystem::is_regular_file(task, code);
}

/// Errors: `invalid_argument`, with the names that come near it.
[[nodiscard]] inline glossa::TaskSpec task_of_name(const std::string& name) {
  try {
    return glossa::find_task(name);
  } catch (const glossa::Error& error) {
    glossa::ErrorFacts facts = error.facts();
    facts.field = "--task";
    if (facts.expected.find("known_tasks") != std::string::npos) facts.expected = "a name that glossa eval tasks lists";
    throw glossa::Error(glossa::ErrorKind::invalid_argument, facts);
  }
}

/// Tells what the judgements of a task's subset lack.
inline void tell_gaps(const glossa::TaskSpec& task, const glossa::DataGaps& gaps) {
  const std::string name = "glossa: " + task.name + (gaps.subset == "default" ? "" : " (" + gaps.subset + ")") + ": ";
  if (gaps.documents_missing > 0)
    std::cerr << name
              << "judgements of documents that are not there, which count as not found: " << gaps.documents_missing
              << '\n';
  if (gaps.queries_left_out > 0)
    std::cerr << name << "queries without judgements in " << task.split
              << ", which are left out: " << gaps.queries_left_out << '\n';
}

/// Reads the data of all tasks, so that what is wrong with the last one's is told before a model is loaded, and what is
/// missing. Errors: those of check_data(); `cancelled` where Ctrl-C was pressed.
inline void check_all(const std::vector<glossa::TaskSpec>& tasks) {
  for (const glossa::TaskSpec& task : tasks) {
    stop_if_interrupted();
    for (const glossa::DataGaps& gaps : glossa::check_data(task, stop_if_interrupted)) tell_gaps(task, gaps);
  }
  stop_if_interrupted();
}

[[noreturn]] inline void refuse_tasks(const std::string& option, const std::string& problem,
                                      const std::string& remedy) {
  throw glossa::Error(glossa::ErrorKind::invalid_argument, {.field = option, .problem = problem, .remedy = remedy});
}

/// A task file's task with the data of a split; "": its own. Errors: those of read_task_file() and require_folders();
/// `corrupt_file` for a score that its category does not have.
[[nodiscard]] inline glossa::TaskSpec task_of_file(const std::string& file, const std::string& path,
                                                   const std::string& split) {
  glossa::TaskSpec task = glossa::read_task_file(file, {.data = path, .split = split});
  if (!glossa::detail::has_metric(task.category, task.main_metric))
    throw glossa::Error(glossa::ErrorKind::corrupt_file,
                        {.file = file,
                         .field = "main_score",
                         .problem = std::string(to_string(task.category)) + " has no score of this name",
                         .expected = "one such as " + std::string(glossa::default_metric(task.category)),
                         .found = task.main_metric,
                         .remedy = "correct it, or leave it out"});
  const auto is_file = [](const glossa::TaskSubset& subset) { return !is_folder(subset.data); };
  if (!split.empty() && std::any_of(task.subsets.begin(), task.subsets.end(), is_file))  // which has no split to lack
    require_folders(task, glossa::read_task_file(file, {.data = path, .split = {}}).split);
  return task;
}

/// A task with the data of a split; "": its own, or that which stands in for it, which is told. Errors: those of
/// attach_data() and require_folders().
[[nodiscard]] inline glossa::TaskSpec with_data(glossa::TaskSpec task, const std::string& path,
                                                const std::string& split) {
  const std::string own = task.split;
  if (!split.empty()) task.split = split;  // a folder of splits that has it not is refused
  const std::string wanted = task.split;
  task = glossa::attach_data(std::move(task), path);
  if (!split.empty()) task.split = split;
  require_folders(task, own);
  if (task.split != wanted)
    std::cerr << "glossa: " << task.name << " is scored on its split " << task.split
              << ", for there are no judgements of " << wanted << "; --split takes another\n";
  return task;
}

/// Tasks, each once for each of the splits.
class TaskList {
 public:
  explicit TaskList(const TaskArguments& arguments) : arguments_(arguments), splits_(wanted_splits(arguments)) {}

  /// Adds what of_split(split) gives. Errors: its own; require_alike()'s; `invalid_argument` for two of one name.
  template <class OfSplit>
  void add(const OfSplit& of_split) {
    std::vector<glossa::TaskSpec> own;
    for (const std::string& split : splits_) own.push_back(of_split(split));
    require_alike(own);
    for (const glossa::TaskSpec& other : tasks_)
      if (other.name == own[0].name) refuse_tasks("--task", other.name + " is given twice", "give each task once");
    std::vector<std::string> before;
    for (glossa::TaskSpec& task : own) {
      task.splits_before = before;
      before.push_back(task.split);
      if (arguments_.samples_per_label) task.samples_per_label = *arguments_.samples_per_label;
      if (arguments_.experiments) task.experiments = *arguments_.experiments;
      tasks_.push_back(std::move(task));
    }
  }

  [[nodiscard]] std::vector<glossa::TaskSpec> take() && { return std::move(tasks_); }

 private:
  const TaskArguments& arguments_;
  std::vector<std::string> splits_;
  std::vector<glossa::TaskSpec> tasks_;
};

/// The tasks that are named, with their data. Errors: see chosen_tasks().
[[nodiscard]] inline std::vector<glossa::TaskSpec> named_tasks(const TaskArguments& arguments) {
  const std::vector<std::string>& data = arguments.data;
  TaskList tasks(arguments);
  const auto add = [&](const glossa::TaskSpec& task, const std::string& path) {
    tasks.add([&](const std::string& split) { return with_data(task, path, split); });
  };
  if (!arguments.category.empty()) {
    if (data.empty()) refuse_tasks("--data", "it is missing", "add the file or the folder of the data");
    for (const std::string& path : data) add(task_of_category(arguments.category, path), path);
    return std::move(tasks).take();
  }
  if (arguments.tasks.empty())
    refuse_tasks("--task", "nothing tells what to evaluate",
                 "add --task with a task file or a name of glossa eval tasks, or --category and --data");
  if (data.size() > 1 && data.size() != arguments.tasks.size())
    refuse_tasks(
        "--data",
        "there are " + std::to_string(arguments.tasks.size()) + " tasks, and data for " + std::to_string(data.size()),
        "give one --data for all tasks, or one for each");
  for (std::size_t i = 0; i < arguments.tasks.size(); ++i) {
    const std::string& name = arguments.tasks[i];
    const std::string path = data.empty() ? "" : data[data.size() == 1 ? 0 : i];
    if (is_task_file(name)) {
      tasks.add([&](const std::string& split) { return task_of_file(name, path, split); });
      continue;
    }
    const glossa::TaskSpec known = task_of_name(name);
    if (path.empty()) refuse_tasks("--data", name + " is known, but where its data is is not", "add --data");
    add(known, path);
  }
  return std::move(tasks).take();
}

/// Tells what of the data's folder is not scored.
inline void tell_left_out(const glossa::TaskSpec& task) {
  for (const std::filesystem::path& path : task.left_out)
    std::cerr << "glossa: " << task.name << " is scored without " << path.string()
              << ", which is called after no language or is of another split than " << task.split << '\n';
}

/// The tasks of the command line, with their data and prompts; the splits of one task one after another. Errors: those
/// of task files, known names and data; `invalid_argument` for what is missing, for two tasks of one name, for splits
/// that cannot be taken together, and for prompts of no task.
[[nodiscard]] inline std::vector<glossa::TaskSpec> chosen_tasks(const TaskArguments& arguments) {
  std::vector<glossa::TaskSpec> tasks = named_tasks(arguments);
  set_prompts(arguments, tasks);
  for (const glossa::TaskSpec& task : tasks) tell_left_out(task);
  return tasks;
}

}  // namespace tool
