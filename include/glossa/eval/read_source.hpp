// A subset and the hashes of what was read of its files come in; what scores say of their source goes out.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/evaluate_options.hpp>
#include <glossa/eval/score_source.hpp>
#include <glossa/eval/task_spec.hpp>

#include <cstdint>
#include <filesystem>
#include <map>

namespace glossa::detail {

/// Files as they were read: ReadOptions::hashes.
using FileHashes = std::map<std::filesystem::path, std::uint64_t>;

/// score_source(), with what was read of the files in place of what is there now.
[[nodiscard]] ScoreSource source_of_read(const TaskSpec& task, const TaskSubset& subset, const EvaluateOptions& options,
                                         const FileHashes& read);

}  // namespace glossa::detail

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/score_source_impl.hpp>
#endif
