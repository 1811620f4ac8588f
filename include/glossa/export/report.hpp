// What an export has written.
#pragma once

#include <cstdint>
#include <filesystem>

namespace glossa {

/// What an export has written.
struct ExportReport {
  std::filesystem::path graph;  ///< the graph's file, in the output folder
  std::uint64_t bytes = 0;      ///< of the graph and its tensors
};

}  // namespace glossa
