// glossa eval tasks: the tasks that are known by name go out.
#include "eval_arguments.hpp"
#include "eval_json.hpp"

#include <glossa/eval/plain_table.hpp>
#include <glossa/eval/table_format.hpp>
#include <glossa/eval/task.hpp>
#include <glossa/eval/task_category.hpp>

#include <algorithm>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace tool {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

OrderedJson task_json(const glossa::TaskSpec& task) {
  OrderedJson out{{"task", task.name},
                  {"category", std::string(to_string(task.category))},
                  {"split", task.split},
                  {"main_score", task.main_metric},
                  {"revision", task.revision},
                  {"languages", task.languages},
                  {"files", task.stems},
                  {"draws_data", task.draws_data},
                  {"experiments", task.experiments}};
  switch (task.category) {
    case glossa::TaskCategory::classification: out["samples_per_label"] = task.samples_per_label; break;
    case glossa::TaskCategory::clustering_fast:
      out["most_texts"] = task.most_texts;
      out["text_share"] = task.text_share;
      out["most_levels"] = task.most_levels;
      break;
    case glossa::TaskCategory::retrieval: out["ignore_identical_ids"] = task.ignore_identical_ids; break;
    case glossa::TaskCategory::summarization: out["averages_p_values"] = task.averages_p_values; break;
    default: break;
  }
  out["published"] = OrderedJson::array();
  for (const glossa::PublishedScore& one : task.published)
    out["published"].push_back(
        {{"model", one.model}, {"subset", one.subset}, {"split", one.split}, {"score", one.score}});
  return out;
}

/// A task's languages in a table: a terminal has no place for many, which --json and --markdown have.
std::string languages_of(const glossa::TaskSpec& task, glossa::TableFormat format) {
  const bool is_short = task.languages.size() < 2 || format == glossa::TableFormat::markdown;
  return task.languages.empty() || !is_short ? "several" : joined(task.languages);
}

/// A table of the tasks of one category, under its name.
std::string table_of(glossa::TaskCategory category, const std::vector<glossa::TaskSpec>& tasks,
                     glossa::TableFormat format) {
  glossa::detail::PlainTable table(format, {"Task", "Languages", "Split", "Score", "Files"}, 5);
  for (const glossa::TaskSpec& task : tasks)
    if (task.category == category)
      table.add({task.name, languages_of(task, format), task.split, task.main_metric,
                 joined(task.stems) + (task.draws_data ? " *" : "")});
  const bool is_markdown = format == glossa::TableFormat::markdown;
  return (is_markdown ? "## " : "") + std::string(to_string(category)) + "\n\n" + table.text();
}

}  // namespace

int eval_tasks(const TasksArguments& arguments) {
  std::vector<glossa::TaskSpec> tasks;
  for (glossa::TaskSpec& task : glossa::known_tasks())
    if (arguments.category.empty() || arguments.category == to_string(task.category)) tasks.push_back(std::move(task));
  if (arguments.json) {
    for (const glossa::TaskSpec& task : tasks) std::cout << json_text(task_json(task));
    return 0;
  }
  const auto format = arguments.markdown ? glossa::TableFormat::markdown : glossa::TableFormat::text;
  std::vector<glossa::TaskCategory> categories;  // in the order of the tasks
  for (const glossa::TaskSpec& task : tasks)
    if (std::find(categories.begin(), categories.end(), task.category) == categories.end()) {
      std::cout << (categories.empty() ? "" : "\n") << table_of(task.category, tasks, format);
      categories.push_back(task.category);
    }
  if (std::any_of(tasks.begin(), tasks.end(), [](const auto& task) { return task.draws_data; }))
    std::cout << "\n"
              << (arguments.markdown ? "\\" : "")
              << "* mteb draws by chance what it scores when it loads the data: give what its task holds then.\n";
  return 0;
}

}  // namespace tool
