// A task with its data comes in; an error goes out where it could not be evaluated, before a model is asked.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/read_options.hpp>
#include <glossa/eval/task.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace glossa {

/// What a subset's judgements lack: it is scored, but may not be what it was taken for.
struct DataGaps {
  std::string subset;                 ///< TaskSubset::name
  std::size_t documents_missing = 0;  ///< judgements of documents that are not there, and count as not found
  std::size_t queries_left_out = 0;   ///< queries without judgements in the split
};

/// Reads the data of all of a task's subsets, and looks whether its protocol can score it: what is wrong at the end of
/// the last file is told before the first text is embedded. One subset at a time is in memory. Errors, as evaluate()
/// has them later: `invalid_argument` for a task without data and for a main metric that the protocol does not have;
/// `corrupt_file`, naming file and field, for data that it cannot score, such as queries without candidates; those of
/// the category's read_ function; what `watch` throws. Returns the subsets that have gaps.
std::vector<DataGaps> check_data(const TaskSpec& task, const ReadWatch& watch = {});

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/check_data_impl.hpp>
#endif
