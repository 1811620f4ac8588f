// Definition of check_data; see core/linkage.hpp.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/check_data.hpp>
#include <glossa/eval/protocol_options.hpp>
#include <glossa/eval/subset_data.hpp>
#include <glossa/eval/task.hpp>

#include <utility>
#include <vector>

namespace glossa {

GLOSSA_INLINE std::vector<DataGaps> check_data(const TaskSpec& task, const ReadWatch& watch) {
  detail::require_subsets(task);
  const ProtocolOptions options = detail::protocol_settings(task);
  std::vector<DataGaps> gaps;
  for (const TaskSubset& subset : task.subsets) {
    DataGaps own{.subset = subset.name};
    detail::with_checked_data(task, subset, options, detail::read_options(task, watch), [&own](const auto& data) {
      if constexpr (requires { data.documents_missing; }) {
        own.documents_missing = data.documents_missing;
        own.queries_left_out = data.queries_left_out;
      }
    });
    if (own.documents_missing > 0 || own.queries_left_out > 0) gaps.push_back(std::move(own));
  }
  return gaps;
}

}  // namespace glossa
