// Definition of check_data; see core/linkage.hpp.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/check_data.hpp>
#include <glossa/eval/protocol_options.hpp>
#include <glossa/eval/subset_data.hpp>
#include <glossa/eval/task.hpp>

namespace glossa {

GLOSSA_INLINE void check_data(const TaskSpec& task) {
  detail::require_subsets(task);
  const ProtocolOptions options = detail::protocol_settings(task);
  for (const TaskSubset& subset : task.subsets) detail::with_checked_data(task, subset, options, [](const auto&) {});
}

}  // namespace glossa
