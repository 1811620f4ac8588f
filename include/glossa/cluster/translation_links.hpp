// Who is near to whom across two languages comes in; the links that translations may be go out, best first.
#pragma once

#include <glossa/cluster/neighbor_lists.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

namespace glossa::detail {

/// A vector of the one language, one of the other, and how much nearer they are to each other than to the rest.
struct TranslationLink {
  std::size_t a;
  std::size_t b;
  double margin;
  double cosine;           ///< of the centred vectors
  bool is_mutual = false;  ///< each is the other's best

  friend bool operator<(const TranslationLink& x, const TranslationLink& y) noexcept {
    return std::tuple(-x.margin, x.a, x.b) < std::tuple(-y.margin, y.a, y.b);
  }
};

enum class Margin {
  ratio,       ///< cosine over the mean cosine to the nearest of both (Artetxe & Schwenk 2019)
  difference,  ///< twice the cosine minus both means: CSLS (Conneau et al. 2018)
};

/// The mean score of each row's k nearest.
template <class T>
[[nodiscard]] std::vector<double> neighborhoods(const NeighborLists<T>& lists, std::size_t k) {
  std::vector<double> means(lists.rows());
  for (std::size_t row = 0; row < lists.rows(); ++row) {
    const auto nearest = lists[row].first(std::min(k, lists[row].size()));
    for (const auto& entry : nearest)
      means[row] += static_cast<double>(entry.score) / static_cast<double>(nearest.size());
  }
  return means;
}

/// All links in either direction, each once, best first, and told which are mutual. to_b: the nearest of each a; to_a:
/// of each b; in a set against itself both are the same, and a < b.
template <class T>
[[nodiscard]] std::vector<TranslationLink> ranked_links(const NeighborLists<T>& to_b, const NeighborLists<T>& to_a,
                                                        std::size_t k, Margin margin) {
  const bool same = &to_b == &to_a;
  const std::vector<double> a_means = neighborhoods(to_b, k);
  const std::vector<double> b_means = same ? a_means : neighborhoods(to_a, k);
  std::size_t most = 0;
  for (std::size_t a = 0; a < to_b.rows(); ++a) most += to_b[a].size();
  for (std::size_t b = 0; !same && b < to_a.rows(); ++b) most += to_a[b].size();
  std::vector<TranslationLink> links;
  links.reserve(most);
  const auto add = [&](std::size_t a, std::size_t b, double cosine) {
    if (same && a > b) std::swap(a, b);
    const double mean = (a_means[a] + b_means[b]) / 2;
    const double score = margin == Margin::ratio ? cosine / std::max(mean, 1e-6) : 2 * (cosine - mean);
    links.push_back({a, b, score, cosine});
  };
  for (std::size_t a = 0; a < to_b.rows(); ++a)
    for (const auto& entry : to_b[a]) add(a, entry.index, static_cast<double>(entry.score));
  if (!same)
    for (std::size_t b = 0; b < to_a.rows(); ++b)
      for (const auto& entry : to_a[b]) add(entry.index, b, static_cast<double>(entry.score));
  std::sort(links.begin(), links.end());
  const auto is_same_link = [](const TranslationLink& x, const TranslationLink& y) { return x.a == y.a && x.b == y.b; };
  links.erase(std::unique(links.begin(), links.end(), is_same_link), links.end());

  std::vector<bool> a_seen(to_b.rows());
  std::vector<bool> b_seen(same ? 0 : to_a.rows());
  std::vector<bool>& others = same ? a_seen : b_seen;
  for (TranslationLink& link : links) {
    link.is_mutual = !a_seen[link.a] && !others[link.b];
    a_seen[link.a] = others[link.b] = true;
  }
  return links;
}

/// Those that are mutual.
[[nodiscard]] inline std::vector<TranslationLink> mutual_links(std::vector<TranslationLink> links) {
  std::erase_if(links, [](const TranslationLink& link) { return !link.is_mutual; });
  return links;
}

/// Competitive linking (Melamed 2000): the best link is taken, and whoever has one takes no other. links: best first;
/// a_rows, b_rows: of how many each is; 0 for the latter where both are one set.
[[nodiscard]] inline std::vector<TranslationLink> competitive_links(std::vector<TranslationLink> links,
                                                                    std::size_t a_rows, std::size_t b_rows) {
  std::vector<bool> a_taken(a_rows);
  std::vector<bool> b_taken(b_rows);
  std::vector<bool>& others = b_rows == 0 ? a_taken : b_taken;
  std::erase_if(links, [&](const TranslationLink& link) {
    if (a_taken[link.a] || others[link.b]) return true;
    a_taken[link.a] = others[link.b] = true;
    return false;
  });
  return links;
}

}  // namespace glossa::detail
