// Two labellings of the same things come in; how well they agree, whatever the labels are called, goes out.
#pragma once

#include <glossa/core/linkage.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace glossa {

/// V-measure (Rosenberg & Hirschberg 2007) and its parts, each from 0 to 1.
struct VMeasure {
  double homogeneity = 1;   ///< 1: every cluster has members of one class only
  double completeness = 1;  ///< 1: all members of a class are in one cluster
  double v_measure = 1;     ///< (1 + beta)·h·c / (beta·h + c)
};

/// classes: what is true; clusters: what was found. beta: how much completeness counts beside homogeneity. All 1 for no
/// labels at all. Every label counts as a cluster, kNoise too, as in scikit-learn, whose numbers these are.
/// Errors: `invalid_argument` for labellings of different lengths, and for a beta that is negative or no
/// number.
[[nodiscard]] VMeasure v_measure(std::span<const std::int32_t> classes, std::span<const std::int32_t> clusters,
                                 double beta = 1);

/// How many pairs are together, or apart, in both labellings, corrected for chance (Hubert & Arabie 1985): 1 for the
/// same partition, about 0 for random ones, never below -0.5. Symmetric. Errors: see v_measure().
[[nodiscard]] double adjusted_rand_index(std::span<const std::int32_t> a, std::span<const std::int32_t> b);

/// Mutual information by the arithmetic mean of both entropies, from 0 to 1. Symmetric. 1 where both have one label
/// only, or none. Errors: see v_measure().
[[nodiscard]] double normalized_mutual_information(std::span<const std::int32_t> a, std::span<const std::int32_t> b);

/// Mutual information by the arithmetic mean of both entropies, less what both labellings would share by chance (Vinh,
/// Epps & Bailey 2010): 1 for the same partition, about 0 for random ones. Symmetric. 1 where both have one label only,
/// or none; 0 where one of them has. Errors: see v_measure().
[[nodiscard]] double adjusted_mutual_information(std::span<const std::int32_t> a, std::span<const std::int32_t> b);

/// Names as labels: numbers from 0 on, in the order in which the names first appear.
[[nodiscard]] std::vector<std::int32_t> number_labels(std::span<const std::string> names);

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/label_agreement_impl.hpp>
#endif
