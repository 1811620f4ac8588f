// Whether the larger goldens are beside the source tree.
#pragma once

#include "catch.hpp"
#include "paths.hpp"

#include <cstdlib>
#include <string>

namespace test {

/// Without them a case that needs them has nothing to compare with, and says so; where CI is set it fails.
/// instead: what covers the same then.
inline bool has_shared_goldens(const std::string& instead = "nothing was checked") {
  if (!shared().empty()) return true;
  const std::string message = "the shared goldens are not beside the source tree; " + instead;
  if (std::getenv("CI") != nullptr) FAIL(message);
  WARN(message);
  return false;
}

}  // namespace test
