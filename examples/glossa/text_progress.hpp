// How far an evaluation and one call of its encoder are comes in; how far the evaluation is with that goes out.
#pragma once

#include <glossa/core/progress.hpp>

#include <algorithm>

namespace tool {

/// A protocol has its texts embedded in several calls, each of which tells its own progress from 0 on.
class TextProgress {
 public:
  /// What the evaluation tells between calls.
  void begin_call(const glossa::Progress& texts) { before_ = texts; }

  [[nodiscard]] glossa::Progress in_call(const glossa::Progress& own) const {
    return {.done = std::min(before_.done + own.done, before_.total), .total = before_.total, .tokens = own.tokens};
  }

 private:
  glossa::Progress before_{};
};

}  // namespace tool
