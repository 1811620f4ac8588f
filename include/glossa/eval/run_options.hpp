// A task and the options of its evaluation come in; those of its protocol go out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/eval/evaluate_options.hpp>
#include <glossa/eval/protocol_options.hpp>
#include <glossa/eval/subset_data.hpp>
#include <glossa/eval/task.hpp>
#include <glossa/eval/task_category.hpp>

#include <optional>
#include <string>

namespace glossa::detail {

/// The prompt of a role: the task's own, else its category's, else the model's where the category has roles, else none.
[[nodiscard]] inline std::string prompt_of(const TaskSpec& task, const EvaluateOptions& options, const char* role,
                                           std::optional<std::string> TaskPrompts::*prompt) {
  if (task.prompts.*prompt) return *(task.prompts.*prompt);
  if (const auto found = options.category_prompts.find(task.category);
      found != options.category_prompts.end() && found->second.*prompt)
    return *(found->second.*prompt);
  if (!uses_prompts(task.category)) return "";
  if (options.prompts.*prompt) return *(options.prompts.*prompt);
  throw Error(ErrorKind::invalid_argument,
              {.field = std::string("prompts.") + role,
               .problem = "it is not known what stands before texts of this role",
               .expected = "the model's prompt, or \"\" for none",
               .remedy = "set EvaluateOptions::prompts, EvaluateOptions::category_prompts or TaskSpec::prompts"});
}

[[nodiscard]] inline ProtocolOptions protocol_options(const TaskSpec& task, const EvaluateOptions& options) {
  ProtocolOptions protocol = protocol_settings(task);
  protocol.query_prompt = prompt_of(task, options, "query", &TaskPrompts::query);
  protocol.passage_prompt = prompt_of(task, options, "passage", &TaskPrompts::passage);
  protocol.seed = options.seed;
  protocol.threads = options.threads;
  protocol.executor = options.executor;
  protocol.cpu_level = options.cpu_level;
  return protocol;
}

}  // namespace glossa::detail
