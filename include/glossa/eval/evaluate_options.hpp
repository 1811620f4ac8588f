// How tasks are evaluated: prompts, seed, threads, and who is told how far it is.
#pragma once

#include <glossa/core/executor.hpp>
#include <glossa/core/progress.hpp>
#include <glossa/eval/read_options.hpp>
#include <glossa/eval/task.hpp>
#include <glossa/eval/task_category.hpp>
#include <glossa/kernels/cpu_level.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

namespace glossa {

/// A snapshot of an evaluation.
struct EvaluateProgress {
  std::string_view subset{};  ///< the name of the one that is evaluated
  std::size_t done = 0;       ///< subsets before it
  std::size_t subsets = 0;    ///< in all
  Progress texts{};           ///< of this subset: how many are embedded
};

struct EvaluateOptions {
  /// The model's prompts: Embedder::info().prompts. They stand before the texts of tasks with roles (uses_prompts()),
  /// where neither the task nor its category says otherwise.
  TaskPrompts prompts{};
  /// Prompts of categories, with or without roles: each that is told stands before the texts of the category's tasks
  /// that do not tell their own.
  std::map<TaskCategory, TaskPrompts> category_prompts{};
  std::uint32_t seed = 42;
  std::size_t threads = 0;               ///< of what comes after the embedding; 0: available_threads()
  std::shared_ptr<Executor> executor{};  ///< runs that in place of threads of its own
  std::optional<CpuLevel> cpu_level{};   ///< instructions for it; by default default_level()
  /// Called now and then, by one thread at a time. What it throws ends the call: that is how one cancels.
  std::function<void(const EvaluateProgress&)> progress{};
  ReadWatch watch{};  ///< the same while data is read
};

}  // namespace glossa
