// A subset's scores in two runs come in; what both tell of the same items or runs goes out.
#pragma once

#include <glossa/eval/compared_runs.hpp>
#include <glossa/eval/mean_of.hpp>
#include <glossa/eval/task_scores.hpp>

#include <cmath>
#include <cstddef>
#include <vector>

namespace glossa::detail {

/// The same part of two runs, number for number.
struct PairedUnits {
  ComparedUnit unit = ComparedUnit::none;
  std::vector<double> a{};
  std::vector<double> b{};
};

/// Whether a score is the mean of these; result files keep scores to six places.
[[nodiscard]] inline bool make_up(const std::vector<double>& units, double score) {
  MeanOf mean;
  for (const double unit : units)
    if (std::isfinite(unit)) mean.add(unit);
  return std::abs(mean.value() - score) < 2e-6;
}

[[nodiscard]] inline PairedUnits pair_units(ComparedUnit unit, const std::vector<double>& a,
                                            const std::vector<double>& b) {
  PairedUnits paired{.unit = unit};
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!std::isfinite(a[i]) || !std::isfinite(b[i])) continue;
    paired.a.push_back(a[i]);
    paired.b.push_back(b[i]);
  }
  return paired.a.empty() ? PairedUnits{} : paired;
}

/// Items where they make up the scores of both, else the runs that do.
[[nodiscard]] inline PairedUnits paired_units(const TaskScores::Subset& a, const TaskScores::Subset& b) {
  const auto fits = [&](const std::vector<double>& own, const std::vector<double>& other) {
    return own.size() == other.size() && make_up(own, a.main_score) && make_up(other, b.main_score);
  };
  if (fits(a.items, b.items)) return pair_units(ComparedUnit::items, a.items, b.items);
  for (const auto& [name, runs] : a.runs) {
    const auto found = b.runs.find(name);
    if (found != b.runs.end() && fits(runs, found->second)) return pair_units(ComparedUnit::runs, runs, found->second);
  }
  return {};
}

}  // namespace glossa::detail
