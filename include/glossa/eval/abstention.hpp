// How sure a search was of each query, and how well it did, come in; whether the one tells the other goes out.
#pragma once

#include <glossa/core/linkage.hpp>

#include <span>

namespace glossa {

/// How sure a search was of its answer, by the scores of all documents that it gave; all 0 where it gave none.
struct Confidence {
  double max = 0;
  double std = 0;    ///< their standard deviation, divided by their number
  double diff1 = 0;  ///< the best less the second best; 0 where there is none
};

/// scores: in any order.
[[nodiscard]] Confidence confidence_of(std::span<const float> scores);

/// The normalised area under the abstention curve (Gisserot-Boukhlef et al. 2024, arXiv 2402.12997), as python mteb
/// has it: the mean metric when 0, 10 … 90 % of the queries, those of the least confidence, are left out. 1 where
/// confidence orders queries as their metric does, 0 where leaving out changes nothing, below 0 where it harms.
/// confidence, metric: one a query; of those with one confidence, each counts as their mean. NaN where all metrics are
/// the same. Errors: `invalid_argument` for lists of different lengths, none, NaN or infinity.
[[nodiscard]] double abstention_area(std::span<const double> confidence, std::span<const double> metric);

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/abstention_impl.hpp>
#endif
