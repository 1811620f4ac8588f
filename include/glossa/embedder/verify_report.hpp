// What was checked of a model on this machine, and how far it is off.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace glossa {

/// The outcome of Embedder::verify().
struct VerifyReport {
  struct Check {
    std::string name;
    bool passed = false;
    std::string detail;
  };
  std::vector<Check> checks;         ///< what was checked
  std::vector<std::string> missing;  ///< what could not be, and why
  double smallest_cosine = 1;        ///< of all vectors compared
  double largest_deviation = 0;      ///< of any component

  /// Whether something could be checked, and all of it is right.
  [[nodiscard]] bool passed() const noexcept {
    return !checks.empty() &&
           std::all_of(checks.begin(), checks.end(), [](const Check& check) { return check.passed; });
  }
};

/// The file in a model folder that holds texts with their ids and vectors, written when the folder was made.
inline constexpr const char* kGoldenFile = "glossa_golden.json";

}  // namespace glossa
