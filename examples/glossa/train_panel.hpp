// Evaluations that were asked for come in; what the model in training scores on them goes out.
#pragma once

#include "eval_tasks.hpp"

#include <glossa/core/error.hpp>
#include <glossa/eval/task.hpp>
#include <glossa/eval/task_category.hpp>
#include <glossa/train/evaluate_trainer.hpp>
#include <glossa/train/trainer.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace tool {

/// Tasks such as "sts=data/stsb-de.jsonl", read once before training so that faults in their data are told then.
class TrainPanel {
 public:
  /// Errors: `invalid_argument` for what is no CATEGORY=PATH; those of the data.
  explicit TrainPanel(const std::vector<std::string>& given) {
    for (const std::string& one : given) {
      const std::size_t at = one.find('=');
      const std::string category = one.substr(0, at);
      if (at == std::string::npos || at + 1 == one.size() || !glossa::category_named(category))
        throw glossa::Error(glossa::ErrorKind::invalid_argument, {.field = "--evaluate",
                                                                  .expected = "such as sts=stsb-de.jsonl",
                                                                  .found = one,
                                                                  .remedy = "see glossa eval for categories and data"});
      const std::string path = one.substr(at + 1);
      tasks_.push_back(with_data(task_of_category(category, path), path, ""));
    }
    check_all(tasks_);
  }

  [[nodiscard]] bool empty() const noexcept { return tasks_.empty(); }

  /// Evaluates all; the mean of the main scores. Ctrl-C does not end it: the step that it is of needs its score to go
  /// into a checkpoint, and a second one ends the process.
  double evaluate(const glossa::Trainer& trainer) {
    scores_.clear();
    double sum = 0;
    for (const glossa::TaskSpec& task : tasks_) {
      const double score = glossa::evaluate(task, trainer).main_score();
      scores_.emplace_back(task.name, score);
      sum += score;
    }
    return sum / static_cast<double>(tasks_.size());
  }

  /// Of the last evaluation, by the tasks' names.
  [[nodiscard]] const std::vector<std::pair<std::string, double>>& scores() const noexcept { return scores_; }

 private:
  std::vector<glossa::TaskSpec> tasks_;
  std::vector<std::pair<std::string, double>> scores_;
};

}  // namespace tool
