// How often each label occurs in two labellings comes in; the information that they share by chance goes out.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace glossa::detail {

/// log(n!) of all n up to `most`, summed with compensation (Kahan 1965). std::lgamma would write a global variable.
[[nodiscard]] inline std::vector<double> log_factorials(std::size_t most) {
  std::vector<double> logs(most + 1);
  double lost = 0;
  for (std::size_t n = 2; n <= most; ++n) {
    const double term = std::log(static_cast<double>(n)) - lost;
    logs[n] = logs[n - 1] + term;
    lost = (logs[n] - logs[n - 1]) - term;
  }
  return logs;
}

/// The mean mutual information of all labellings with these counts (Vinh, Epps & Bailey 2010): each cell of their table
/// is hypergeometric. rows, columns: sum to `total`.
[[nodiscard]] inline double expected_information(const std::vector<std::size_t>& rows,
                                                 const std::vector<std::size_t>& columns, std::size_t total) {
  const std::vector<double> logs = log_factorials(total);
  double sum = 0;
  for (const std::size_t a : rows)
    for (const std::size_t b : columns) {
      const double all_ways = logs[a] + logs[b] + logs[total - a] + logs[total - b] - logs[total];
      const double by_chance = static_cast<double>(a) / static_cast<double>(total) * static_cast<double>(b);
      for (std::size_t both = std::max<std::size_t>(a + b > total ? a + b - total : 0, 1); both <= std::min(a, b);
           ++both) {
        const double ways = logs[both] + logs[a - both] + logs[b - both] + logs[total + both - a - b];
        const auto count = static_cast<double>(both);
        sum += count / static_cast<double>(total) * std::log(count / by_chance) * std::exp(all_ways - ways);
      }
    }
  return sum;
}

}  // namespace glossa::detail
