// The text of a task file comes in; its task goes out, and the names of a task's subsets.
#pragma once

#include "error_of.hpp"
#include "paths.hpp"

#include <glossa/eval/task.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace test {

[[nodiscard]] inline std::vector<std::string> subset_names(const glossa::TaskSpec& task) {
  std::vector<std::string> names;
  for (const glossa::TaskSubset& subset : task.subsets) names.push_back(subset.name);
  return names;
}

/// A task file with the files a.jsonl and sub/de.jsonl beside it.
struct TaskFile {
  TemporaryFolder folder;
  explicit TaskFile(std::string_view json) {
    write_file(folder.path() / "task.json", json);
    write_file(folder.path() / "a.jsonl", "");
    write_file(folder.path() / "sub" / "de.jsonl", "");
  }
  [[nodiscard]] glossa::TaskSpec read() const { return glossa::read_task_file(folder.path() / "task.json"); }
  [[nodiscard]] glossa::Error error() const {
    return error_of([&] { (void)read(); });
  }
};

}  // namespace test
