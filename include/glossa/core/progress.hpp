// How far a long call has come goes out to the caller's function.
#pragma once

#include <cstddef>
#include <functional>

namespace glossa {

/// A snapshot of a long-running call.
struct Progress {
  std::size_t done = 0;    ///< items finished
  std::size_t total = 0;   ///< items in all
  std::size_t tokens = 0;  ///< tokens encoded so far
};

/// Called by one thread at a time, with no lock of the library's held.
using ProgressCallback = std::function<void(const Progress&)>;

}  // namespace glossa
