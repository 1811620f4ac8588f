// How far a computation has come goes to a person's terminal, and Ctrl-C to the computation.
#pragma once

#include "interrupt.hpp"
#include "progress_bar.hpp"

#include <glossa/core/error.hpp>
#include <glossa/core/progress.hpp>

#include <string>

namespace tool {

/// Callbacks for one step after the other; all of them end their step where Ctrl-C was pressed.
class StepProgress {
 public:
  /// A callback that tells how far step `name` is; this must outlive it.
  [[nodiscard]] glossa::ProgressCallback step(const std::string& name) {
    return [this, name](const glossa::Progress& progress) {
      if (interrupted) throw glossa::Error(glossa::ErrorKind::cancelled, {.problem = "interrupted"});
      bar_.update(name, progress.done, progress.total);
    };
  }
  /// Removes the bar.
  void finish() { bar_.clear(); }

 private:
  ProgressBar bar_;
};

}  // namespace tool
