// Lines come in one at a time; they go out in chunks that are large enough to keep all threads busy.
#pragma once

#include "line_reader.hpp"

#include <chrono>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>

namespace tool {

/// When a chunk is full: enough to sort by length.
struct ChunkLimits {
  std::size_t lines = 8192;
  std::size_t bytes = std::size_t{4} << 20;
  /// Whether somebody may wait for the answer to the lines that have come.
  bool answers = true;
};

/// Hands lines to take(std::string& line), until the chunk is full or no more come; false where there were none left.
template <class Take>
bool read_lines(LineReader& reader, const ChunkLimits& limits, Take&& take) {
  // How long more lines are waited for, before those that have come are worked on. A file or a fast program fills the
  // chunk first.
  constexpr std::chrono::milliseconds kPatience(20);
  std::chrono::steady_clock::time_point deadline;
  std::size_t bytes = 0;
  std::size_t taken = 0;
  for (std::string line; taken < limits.lines && bytes < limits.bytes; ++taken) {
    if (taken > 0 && limits.answers && !reader.has_line_by(deadline)) break;
    if (!reader.next(line)) break;
    if (taken == 0) deadline = std::chrono::steady_clock::now() + kPatience;
    bytes += line.size();
    take(line);
  }
  return taken > 0;
}

}  // namespace tool
