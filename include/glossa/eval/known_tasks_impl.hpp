// Definitions of known_tasks and find_task; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/eval/known_scores.hpp>
#include <glossa/eval/known_task.hpp>
#include <glossa/eval/known_tasks.hpp>
#include <glossa/eval/task.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace glossa {
namespace detail {

[[nodiscard]] inline TaskSpec spec_of(const KnownTask& known, TaskCategory category) {
  TaskSpec task{.name = std::string(known.name), .category = category};
  const KnownSettings& settings = known.settings;
  task.split = settings.split;
  task.main_metric = settings.metric.empty() ? default_metric(category) : settings.metric;
  for (std::string_view rest = known.languages; !rest.empty();) {
    const std::string_view language = rest.substr(0, rest.find(' '));
    task.languages.emplace_back(language);
    rest.remove_prefix(std::min(rest.size(), language.size() + 1));
  }
  task.samples_per_label = settings.samples_per_label;
  task.ignore_identical_ids = settings.ignore_identical_ids;
  task.averages_p_values = settings.averages_p_values;
  task.most_texts = settings.most_texts;
  task.most_levels = settings.most_levels;
  task.text_share = settings.text_share;
  task.draws_data = settings.draws_data;
  task.revision = known.revision;
  for (const KnownTag& tag : kKnownTags)
    if (tag.task == known.name) task.tags.emplace(tag.usual, tag.own);
  task.stems = {std::string(known.stem)};
  if (!known.short_stem.empty()) task.stems.emplace_back(known.short_stem);
  for (const KnownScore& score : kKnownScores)
    if (score.task == known.name)
      task.published.push_back(
          {std::string(kPublishedModel), std::string(score.subset), score.score, score.subsets, task.split});
  return task;
}

[[nodiscard]] inline std::string ascii_letters(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c >= 'A' && c <= 'Z') out += static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) out += c;
  }
  return out;
}

/// Known names that have `name` in them or that it has in it, whatever the case; at most five.
[[nodiscard]] inline std::string names_near(std::string_view name) {
  const std::string own = ascii_letters(name);
  std::string names;
  std::size_t count = 0;
  for (const KnownTasks& group : kKnownTasks)
    for (const KnownTask& known : group.tasks) {
      const std::string other = ascii_letters(known.name);
      const bool is_near = own.size() > 2 && (other.find(own) != std::string::npos || own.starts_with(other));
      if (is_near && ++count <= 5) names.append(names.empty() ? "" : ", ").append(known.name);
    }
  return names;
}

}  // namespace detail

GLOSSA_INLINE std::vector<TaskSpec> known_tasks() {
  std::vector<TaskSpec> tasks;
  for (const detail::KnownTasks& group : detail::kKnownTasks)
    for (const detail::KnownTask& known : group.tasks) tasks.push_back(detail::spec_of(known, group.category));
  return tasks;
}

GLOSSA_INLINE TaskSpec find_task(std::string_view name) {
  for (const detail::KnownTasks& group : detail::kKnownTasks)
    for (const detail::KnownTask& known : group.tasks)
      if (known.name == name) return detail::spec_of(known, group.category);
  const std::string similar = detail::names_near(name);
  throw Error(ErrorKind::not_found, {.field = "task",
                                     .problem = "no task of this name is known",
                                     .expected = similar.empty() ? "a name of known_tasks()" : similar,
                                     .found = std::string(name),
                                     .remedy = "check the name, or describe the task in a task file"});
}

}  // namespace glossa
