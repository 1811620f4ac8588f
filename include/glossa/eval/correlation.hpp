// Two lists of numbers for the same things come in; how well they go together goes out.
#pragma once

#include <glossa/core/linkage.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace glossa {

/// Pearson's correlation, from -1 to 1, as SciPy's pearsonr has it. NaN where it is not defined: for numbers that are
/// all the same, for fewer than two, and where one is NaN or infinite.
/// Errors: `invalid_argument` for lists of different lengths.
[[nodiscard]] double pearson(std::span<const double> x, std::span<const double> y);

/// Spearman's correlation: Pearson's of the average ranks, as SciPy's spearmanr has it. Infinities have ranks; with NaN
/// it is NaN. Errors: see pearson().
[[nodiscard]] double spearman(std::span<const double> x, std::span<const double> y);

/// The two-sided p-value of a correlation of `count` pairs: how likely one as far from 0 is where x and y have nothing
/// to do with each other, by Student's t distribution, as SciPy's pearsonr and spearmanr have it. 1 for two pairs; NaN
/// for fewer, and for NaN. Errors: `invalid_argument` for a correlation below -1 or above 1.
[[nodiscard]] double correlation_p(double correlation, std::size_t count);

/// The rank of each number, from 1 for the smallest; equal ones share the mean of theirs. All NaN where one is.
[[nodiscard]] std::vector<double> average_ranks(std::span<const double> values);

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/correlation_impl.hpp>
#endif
