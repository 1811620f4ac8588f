// What scores come from, so that they are not taken for those of other data.
#pragma once

#include <string>

namespace glossa {

/// Hashes of 16 hexadecimal digits; "" where it is not known, as of python mteb's results.
struct ScoreSource {
  std::string data{};     ///< the bytes of the data files, and how they are read, drawn from and scored
  std::string prompts{};  ///< what stands before the texts

  friend bool operator==(const ScoreSource&, const ScoreSource&) = default;
};

}  // namespace glossa
