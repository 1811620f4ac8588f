// Which of a task's files are read, what they call their fields, and who is asked whether to go on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

namespace glossa {

/// Called now and then while files are read. What it throws ends the reading: that is how one cancels.
using ReadWatch = std::function<void()>;

struct ReadOptions {
  std::string split = "test";  ///< what is scored: the name of a file in the task's folder
  /// What the files call a field, where that is not the name that the reader has for it: {"sentence1", "premise"}.
  std::map<std::string, std::string> fields{};
  ReadWatch watch{};
  /// Where it is told, the hash of every file that was read is put there: of what was read, and not of what is there by
  /// then.
  std::map<std::filesystem::path, std::uint64_t>* hashes = nullptr;
};

}  // namespace glossa
