// glossa eval tasks: the tasks that are known by name go out.
#include "eval_arguments.hpp"
#include "eval_json.hpp"

#include <glossa/eval/plain_table.hpp>
#include <glossa/eval/table_format.hpp>
#include <glossa/eval/task.hpp>

#include <iostream>
#include <string>
#include <vector>

namespace tool {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

OrderedJson task_json(const glossa::TaskSpec& task) {
  OrderedJson out{{"task", task.name},         {"category", std::string(to_string(task.category))},
                  {"split", task.split},       {"main_score", task.main_metric},
                  {"revision", task.revision}, {"languages", task.languages},
                  {"files", task.stems},       {"published", OrderedJson::array()}};
  for (const glossa::PublishedScore& one : task.published)
    out["published"].push_back({{"model", one.model}, {"subset", one.subset}, {"score", one.score}});
  return out;
}

}  // namespace

int eval_tasks(const TasksArguments& arguments) {
  const auto format = arguments.markdown ? glossa::TableFormat::markdown : glossa::TableFormat::text;
  glossa::detail::PlainTable table(format, {"Task", "Category", "Languages", "Split", "Score", "Files"}, 6);
  for (const glossa::TaskSpec& task : glossa::known_tasks()) {
    const std::string category(to_string(task.category));
    if (!arguments.category.empty() && arguments.category != category) continue;
    if (arguments.json) std::cout << json_text(task_json(task));
    table.add({task.name, category, task.languages.empty() ? "several" : joined(task.languages), task.split,
               task.main_metric, joined(task.stems)});
  }
  if (!arguments.json) std::cout << table.text();
  return 0;
}

}  // namespace tool
