// The clusters of a condensed tree come in; those that make the result go out.
#pragma once

#include <glossa/cluster/condensed_tree.hpp>
#include <glossa/cluster/hdbscan_options.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Chooses clusters, by their number less that of the vectors; `result()[c]` is not 0 where c is chosen.
class ClusterChoice {
 public:
  ClusterChoice(const CondensedClusters& all, const HdbscanOptions& options)
      : all_(all), options_(options), is_chosen_(all.count()) {
    if (options.selection == ClusterSelection::leaf) {
      choose_leaves();
    } else {
      choose_most_stable();
    }
    // What was the only choice, because there was no other, is no matter of distance.
    const bool is_root = is_chosen_[0] != 0;
    if (options.epsilon > 0 && all.count() > 1 && !is_root) keep_together();
  }

  [[nodiscard]] std::vector<char> result() && { return std::move(is_chosen_); }

 private:
  /// Leaves of a tree that splits at all.
  void choose_leaves() {
    for (std::size_t c = 1; c < all_.count(); ++c) is_chosen_[c] = all_.children[c].empty() ? 1 : 0;
  }

  /// Campello et al. (2015): from the leaves up, a cluster is chosen in place of those below it unless they are more
  /// stable together.
  void choose_most_stable() {
    std::vector<double> stability = all_.stability;
    const std::size_t first = options_.allow_single_cluster ? 0 : 1;
    for (std::size_t c = all_.count(); c-- > first;) {  // children have higher numbers than their parents
      double below = 0;
      for (const std::size_t child : all_.children[c]) below += stability[child];
      const bool is_too_large = options_.max_cluster_size != 0 && all_.size[c] > options_.max_cluster_size;
      if (below > stability[c] || is_too_large) {
        stability[c] = below;
      } else {
        clear_below(c);
        is_chosen_[c] = 1;
      }
    }
  }

  void clear_below(std::size_t cluster) {
    std::vector<std::size_t> open = all_.children[cluster];
    while (!open.empty()) {
      const std::size_t c = open.back();
      open.pop_back();
      is_chosen_[c] = 0;
      open.insert(open.end(), all_.children[c].begin(), all_.children[c].end());
    }
  }

  /// Malzer & Baum (2020): a cluster that was born at a smaller distance than epsilon gives way to the one above it
  /// that was not.
  void keep_together() {
    std::vector<char> kept(all_.count());
    for (std::size_t c = 0; c < all_.count(); ++c)
      if (is_chosen_[c] != 0) kept[1 / all_.birth[c] < options_.epsilon ? born_at_epsilon(c) : c] = 1;
    is_chosen_ = std::move(kept);
  }

  [[nodiscard]] std::size_t born_at_epsilon(std::size_t c) const {
    while (true) {
      const std::size_t parent = all_.parent[c];
      if (parent == 0) return options_.allow_single_cluster ? parent : c;
      if (1 / all_.birth[parent] > options_.epsilon) return parent;
      c = parent;
    }
  }

  const CondensedClusters& all_;
  const HdbscanOptions& options_;
  std::vector<char> is_chosen_;
};

}  // namespace glossa::detail
