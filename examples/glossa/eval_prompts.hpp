// What --prompt says comes in; prompts of categories and tasks go out.
#pragma once

#include "eval_arguments.hpp"

#include <glossa/core/error.hpp>
#include <glossa/core/hash64.hpp>
#include <glossa/eval/task.hpp>
#include <glossa/eval/task_category.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tool {

/// "retrieval.query=query: ".
struct PromptArgument {
  std::string scope;  ///< a category, by the name that it has here, or a task
  std::optional<glossa::TaskCategory> category{};
  bool is_passage = false;
  std::string text;  ///< may be ""

  [[nodiscard]] std::string place() const { return scope + (is_passage ? ".passage" : ".query"); }
  void set(glossa::TaskPrompts& prompts) const { (is_passage ? prompts.passage : prompts.query) = text; }
};

[[noreturn]] inline void refuse_prompt(const std::string& problem, const std::string& expected,
                                       const std::string& found, const std::string& remedy) {
  throw glossa::Error(
      glossa::ErrorKind::invalid_argument,
      {.field = "--prompt", .problem = problem, .expected = expected, .found = found, .remedy = remedy});
}

/// Where the scope of "SCOPE.ROLE=TEXT" ends: before the first ".query=" or ".passage=", for a task's name may have "="
/// and "." in it; else before the last "." that stands before "=". npos where there is none.
[[nodiscard]] inline std::size_t scope_end(const std::string& argument) {
  const std::size_t known = std::min(argument.find(".query="), argument.find(".passage="));
  if (known != std::string::npos) return known;
  const std::size_t end = argument.find('=');
  return end == std::string::npos ? end : argument.rfind('.', end);
}

/// Errors: `invalid_argument` for another form, and for another role.
[[nodiscard]] inline PromptArgument parse_prompt(const std::string& argument) {
  const std::string form = "SCOPE.ROLE=TEXT, such as \"retrieval.query=query: \"";
  const std::size_t dot = scope_end(argument);
  if (dot == std::string::npos || dot == 0)
    refuse_prompt("it does not tell what stands before which texts", form, argument,
                  "name a category or a task, then query or passage");
  const std::size_t end = argument.find('=', dot);
  PromptArgument prompt{.scope = argument.substr(0, dot), .text = argument.substr(end + 1)};
  const std::string role = argument.substr(dot + 1, end - dot - 1);
  prompt.is_passage = role == "passage";
  if (!prompt.is_passage && role != "query")
    refuse_prompt(
        "there is no such role", "query or passage", role,
        "query stands before queries, and before all texts where there are no roles; passage before documents "
        "and candidates");
  prompt.category = glossa::category_named(prompt.scope);
  if (prompt.category) prompt.scope = to_string(*prompt.category);
  if (prompt.category && prompt.is_passage && !glossa::uses_prompts(*prompt.category))
    refuse_prompt(prompt.scope + " has no passages: all of its texts are of one kind", prompt.scope + ".query", role,
                  "retrieval and reranking have both");
  return prompt;
}

/// All of them, by place. Errors: parse_prompt()'s; `invalid_argument` for two of one place.
[[nodiscard]] inline std::map<std::string, PromptArgument> parsed_prompts(const TaskArguments& arguments) {
  std::map<std::string, PromptArgument> prompts;
  for (const std::string& argument : arguments.prompts) {
    PromptArgument prompt = parse_prompt(argument);
    const std::string place = prompt.place();
    if (!prompts.emplace(place, std::move(prompt)).second)
      refuse_prompt("two stand before the same texts", "one for each role", place, "leave one of them out");
  }
  return prompts;
}

/// What --prompt says of categories: EvaluateOptions::category_prompts. Errors: parsed_prompts()'s.
[[nodiscard]] inline std::map<glossa::TaskCategory, glossa::TaskPrompts> category_prompts(
    const TaskArguments& arguments) {
  std::map<glossa::TaskCategory, glossa::TaskPrompts> prompts;
  for (const auto& [place, prompt] : parsed_prompts(arguments))
    if (prompt.category) prompt.set(prompts[*prompt.category]);
  return prompts;
}

/// The categories and names of tasks, for messages.
[[nodiscard]] inline std::string scopes_of(const std::vector<glossa::TaskSpec>& tasks) {
  std::vector<std::string> scopes;
  for (const glossa::TaskSpec& task : tasks)
    for (const std::string& scope : {std::string(to_string(task.category)), task.name})
      if (std::find(scopes.begin(), scopes.end(), scope) == scopes.end()) scopes.push_back(scope);
  std::string all;
  for (const std::string& scope : scopes) all += (all.empty() ? "" : ", ") + scope;
  return all;
}

/// Gives tasks the prompts that --prompt has for them by name. Errors: parsed_prompts()'s; `invalid_argument` for a
/// category that no task is of, and for what is neither a category nor a task.
inline void set_prompts(const TaskArguments& arguments, std::vector<glossa::TaskSpec>& tasks) {
  for (const auto& [place, prompt] : parsed_prompts(arguments)) {
    bool is_used = false;
    for (glossa::TaskSpec& task : tasks) {
      if (prompt.category ? task.category != *prompt.category : task.name != prompt.scope) continue;
      is_used = true;
      if (prompt.category) continue;
      if (prompt.is_passage && !glossa::uses_prompts(task.category))
        refuse_prompt(task.name + " has no passages: all of its texts are of one kind", task.name + ".query", "passage",
                      "retrieval and reranking have both");
      prompt.set(task.prompts);
    }
    if (!is_used)
      refuse_prompt(prompt.category ? "no task of this category is evaluated"
                                    : "there is no such category, and no task of this name is evaluated",
                    "one of " + scopes_of(tasks), prompt.scope, "correct the name, or leave the prompt out");
  }
}

/// What results with these prompts are told apart by, such as "-prompts1a2b3c4d"; "" for none.
[[nodiscard]] inline std::string prompt_settings(const TaskArguments& arguments) {
  std::string facts;
  for (const auto& [place, prompt] : parsed_prompts(arguments))
    for (const std::string& fact : {place, prompt.text}) facts += std::to_string(fact.size()) + ":" + fact;
  if (facts.empty()) return "";
  glossa::detail::Hash64 hash;
  hash.add(facts.data(), facts.size());
  return "-prompts" + glossa::detail::hex_text(hash.value()).substr(0, 8);
}

}  // namespace tool
