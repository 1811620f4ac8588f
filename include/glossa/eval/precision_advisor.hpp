// What each precision scores, how fast it is and what memory it takes come in; which to use goes out, and why.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/table_format.hpp>

#include <cstddef>
#include <limits>
#include <span>
#include <string>

namespace glossa {

/// A model in one precision on the user's own data.
struct PrecisionTrial {
  std::string precision;                                        ///< "int8"
  double score = 0;                                             ///< the mean over the tasks' main scores
  double texts_per_second = 0;                                  ///< embedded
  double memory_mb = std::numeric_limits<double>::quiet_NaN();  ///< the process's at its most; NaN: not known
  std::string problem{};  ///< why there is no trial, such as weights that are of another precision
};

struct AdviceOptions {
  double largest_loss = 0.01;  ///< of the score against the reference's, at most: one point in a hundred
  double same_speed = 0.05;    ///< trials that are slower by no more than this share count as fast as the fastest
};

struct PrecisionAdvice {
  std::size_t chosen = 0;     ///< an index of the trials
  std::size_t reference = 0;  ///< what losses are counted from
  std::string reason;         ///< a sentence for people
};

/// The rule: of the trials that score at least the reference's score less `largest_loss`, the fastest; where others are
/// as fast, that of the least memory. The reference is the first trial that has a score. Errors: `invalid_argument`
/// where no trial has one, and for options out of range.
[[nodiscard]] PrecisionAdvice advise_precision(std::span<const PrecisionTrial> trials,
                                               const AdviceOptions& options = {});

/// The trials with their losses, the chosen one marked, and the reason.
[[nodiscard]] std::string advice_table(std::span<const PrecisionTrial> trials, const PrecisionAdvice& advice,
                                       TableFormat format = TableFormat::text);

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/precision_advisor_impl.hpp>
#endif
