// The approximate kinds of index, as the checks of every index make them.
#pragma once

#include "index_cases.hpp"

#include <glossa/search/hnsw_index.hpp>
#include <glossa/search/ivf_index.hpp>

namespace test {

/// With lists from 128 vectors on: by default there are none below some thousands.
template <>
[[nodiscard]] inline glossa::IvfIndex make_index<glossa::IvfIndex>(const glossa::IndexOptions& options) {
  return glossa::IvfIndex(options, {.lists = 4});
}

}  // namespace test
