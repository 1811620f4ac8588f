// What scores come from, so that they are not taken for those of other data.
#pragma once

#include <string>

namespace glossa {

/// "" where it is not known, as of python mteb's results; hashes are 16 hexadecimal digits.
struct ScoreSource {
  std::string data{};      ///< hash of the bytes of the data files, and of how they are read, drawn from and scored
  std::string prompts{};   ///< hash of what stands before the texts
  std::string settings{};  ///< hash of how data is read, drawn from and scored: the same for all splits of a task
  std::string version{};   ///< of the protocols: scores of two versions may differ

  friend bool operator==(const ScoreSource&, const ScoreSource&) = default;
};

}  // namespace glossa
