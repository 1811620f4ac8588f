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

}  // namespace

int eval_tasks(const TasksArguments& arguments) {
  const auto format = arguments.markdown ? glossa::TableFormat::markdown : glossa::TableFormat::text;
  glossa::detail::PlainTable table(format, {"Task", "Category", "Languages", "Split", "Score", "Files"}, 6);
  bool any_draws = false;
  for (const glossa::TaskSpec& task : glossa::known_tasks()) {
    const std::string category(to_string(task.category));
    if (!arguments.category.empty() && arguments.category != category) continue;
    if (arguments.json) std::cout << json_text(task_json(task));
    table.add({task.name, category, task.languages.empty() ? "several" : joined(task.languages), task.split,
               task.main_metric, joined(task.stems) + (task.draws_data ? " *" : "")});
    any_draws = any_draws || task.draws_data;
  }
  if (arguments.json) return 0;
  std::cout << table.text();
  if (any_draws)
    std::cout << (arguments.markdown ? "\n\\" : "")
              << "* mteb draws by chance what it scores when it loads the data: give what its task holds then.\n";
  return 0;
}

}  // namespace tool
