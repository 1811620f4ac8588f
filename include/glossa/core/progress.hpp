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

/// Called from one thread at a time, never with a lock of the library's held that a callback could need.
using ProgressCallback = std::function<void(const Progress&)>;

}  // namespace glossa
