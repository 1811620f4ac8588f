// Scores come in; tables of them for people go out.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/table_format.hpp>
#include <glossa/eval/task_scores.hpp>

#include <span>
#include <string>

namespace glossa {

/// Three tables: tasks with their subsets, beside what others score on them; categories with both means (over tasks,
/// and over categories); languages by category, where there are any. Scores are in hundredths, as on the leaderboard,
/// and "-" where there is none. Names may have anything in them: they stay on their lines and in their cells.
[[nodiscard]] std::string score_table(std::span<const TaskScores> scores, TableFormat format = TableFormat::text);

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/score_table_impl.hpp>
#endif
