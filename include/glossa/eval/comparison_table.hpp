// A comparison of two runs comes in; tables of it for people go out.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/score_comparison.hpp>
#include <glossa/eval/table_format.hpp>

#include <string>

namespace glossa {

/// What the runs are called.
struct ComparedNames {
  std::string a = "A";
  std::string b = "B";
};

/// Which run is A and which B; tasks with their subsets, both scores, the difference, its interval and p; categories
/// with both means; and what the tables leave open. Scores are in hundredths. Names may have anything in them.
[[nodiscard]] std::string comparison_table(const ScoreComparison& comparison, const ComparedNames& names = {},
                                           TableFormat format = TableFormat::text);

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/comparison_table_impl.hpp>
#endif
