// Labels come in; the members of each cluster go out.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/core/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace glossa::detail {

/// The members of clusters 0 to the largest label, in their order. Errors: `invalid_argument` where `count` things do
/// not have a label each, or a label cannot be one of theirs.
[[nodiscard]] inline std::vector<std::vector<std::size_t>> members_of(std::span<const std::int32_t> labels,
                                                                      std::size_t count) {
  if (labels.size() != count)
    throw Error(ErrorKind::invalid_argument,
                {.field = "labels", .expected = std::to_string(count), .found = std::to_string(labels.size())});
  std::vector<std::vector<std::size_t>> members;
  for (std::size_t i = 0; i < count; ++i) {
    const std::int32_t label = labels[i];
    if (label == kNoise) continue;
    if (label < kNoise || static_cast<std::size_t>(label) >= count)
      throw Error(ErrorKind::invalid_argument,
                  {.field = "labels[" + std::to_string(i) + "]",
                   .expected = "-1 for noise, or a number from 0 on that is less than the number of labels",
                   .found = std::to_string(label)});
    members.resize(std::max(members.size(), static_cast<std::size_t>(label) + 1));
    members[static_cast<std::size_t>(label)].push_back(i);
  }
  return members;
}

}  // namespace glossa::detail
