// Which of a task's files are read, and what they call their fields.
#pragma once

#include <map>
#include <string>

namespace glossa {

struct ReadOptions {
  std::string split = "test";  ///< what is scored: the name of a file in the task's folder
  /// What the files call a field, where that is not the name that the reader has for it: {"sentence1", "premise"}.
  std::map<std::string, std::string> fields{};
};

}  // namespace glossa
