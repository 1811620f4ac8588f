// A task with its data comes in; some of the texts that a model has to embed for it go out.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/read_options.hpp>
#include <glossa/eval/task.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace glossa {

/// At most `most` texts of the task, at equal distances over all of its subsets' data, without prompts: what a speed
/// on the user's own data is measured with. Errors: those of the category's read_ function; `invalid_argument` for a
/// task without data; what `watch` throws.
[[nodiscard]] std::vector<std::string> sample_texts(const TaskSpec& task, std::size_t most,
                                                    const ReadWatch& watch = {});

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/task_texts_impl.hpp>
#endif
