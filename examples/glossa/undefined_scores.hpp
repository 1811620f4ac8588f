// Scores come in; why some of them are no numbers goes out.
#pragma once

#include <glossa/eval/task_category.hpp>
#include <glossa/eval/task_scores.hpp>

#include <cmath>
#include <string>
#include <vector>

namespace tool {

/// When a category's main score is not defined.
[[nodiscard]] inline std::string when_undefined(glossa::TaskCategory category) {
  switch (category) {
    case glossa::TaskCategory::sts:
      return "a correlation needs two pairs at least, not all of one score and not all equally alike to the model";
    case glossa::TaskCategory::summarization:
      return "a correlation needs summaries of a text that are not all of one relevance, and not all equally alike to "
             "the model";
    default: return "it is not defined for this data";
  }
}

/// A line for each subset whose main score is not defined, and with it the mean of the task.
[[nodiscard]] inline std::vector<std::string> undefined_scores(const std::vector<glossa::TaskScores>& all) {
  std::vector<std::string> lines;
  for (const glossa::TaskScores& scores : all)
    for (const glossa::TaskScores::Subset& subset : scores.subsets)
      if (std::isnan(subset.main_score))
        lines.push_back(scores.task + " (" + scores.split + ": " + subset.name +
                        ") has no score: " + when_undefined(scores.category));
  return lines;
}

}  // namespace tool
