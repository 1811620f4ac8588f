// Ranked items come in; some of them go out that are good and not alike.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace glossa::detail {

/// Maximal marginal relevance (Carbonell & Goldstein 1998): one after another, the item with the largest
/// λ · relevance - (1 - λ) · its largest similarity to those chosen before. Relevances are brought to 0 … 1 first;
/// similarity(a, b) is to be of that size. At most k indices.
template <class Similarity>
[[nodiscard]] std::vector<std::size_t> diverse_choice(std::span<const double> relevance, std::size_t k, double lambda,
                                                      Similarity&& similarity) {
  std::vector<std::size_t> chosen;
  if (relevance.empty()) return chosen;
  const auto [least, most] = std::minmax_element(relevance.begin(), relevance.end());
  const double range = *most - *least;
  std::vector<double> likeness(relevance.size(), 0);
  std::vector<bool> taken(relevance.size(), false);
  while (chosen.size() < std::min(k, relevance.size())) {
    std::size_t best = relevance.size();
    double best_value = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < relevance.size(); ++i) {
      if (taken[i]) continue;
      const double own = range > 0 ? (relevance[i] - *least) / range : 1;
      const double value = lambda * own - (1 - lambda) * likeness[i];
      if (value > best_value) {
        best = i;
        best_value = value;
      }
    }
    if (best == relevance.size()) break;  // NaN
    taken[best] = true;
    chosen.push_back(best);
    for (std::size_t i = 0; i < relevance.size(); ++i)
      if (!taken[i]) likeness[i] = std::max(chosen.size() == 1 ? -1.0 : likeness[i], similarity(i, best));
  }
  return chosen;
}

}  // namespace glossa::detail
