// A query comes in; a walk along the edges of a graph goes to the nodes that are most like it.
#pragma once

#include <glossa/kernels/code_sums.hpp>
#include <glossa/kernels/target.hpp>
#include <glossa/search/graph_links.hpp>
#include <glossa/search/row_store.hpp>
#include <glossa/search/visited_set.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <queue>
#include <span>
#include <utility>
#include <vector>

namespace glossa::detail {

/// A node and how alike it is to what is looked for: a key of CodedQuery, or a similarity.
struct GraphNode {
  float key = 0;
  std::uint32_t node = 0;
  bool expanded = false;

  /// Better ones first; of equal ones the lower node.
  friend bool operator<(const GraphNode& a, const GraphNode& b) noexcept {
    return a.key != b.key ? a.key > b.key : a.node < b.node;
  }
};

/// What one search needs, kept for the next.
struct GraphScratch {
  VisitedSet visited;
  std::vector<GraphNode> pool;  ///< what was found, best first
  std::vector<std::uint32_t> nodes;
  std::vector<const std::byte*> places;
  std::vector<float> keys;
  CodedQuery row_query;
};

/// Walks for one query.
class GraphSearch {
 public:
  GraphSearch(const RowStore& store, const GraphLinks& links, GraphScratch& scratch)
      : store_(store), links_(links), scratch_(scratch), sums_(store.coder().sums(store.kernels().codes)) {}

  /// keys of scratch.nodes.
  void score_nodes(const CodedQuery& query) {
    const std::size_t count = scratch_.nodes.size();
    scratch_.places.resize(count);
    scratch_.keys.resize(count);
    for (std::size_t i = 0; i < count; ++i) scratch_.places[i] = store_.codes()[scratch_.nodes[i]];
    const std::size_t bytes = store_.codes().row_bytes();
    sums_({query.values.data(), nullptr, 0, scratch_.places.data(), count, bytes, scratch_.keys.data()});
    if (!store_.coder().has_terms()) return;
    for (std::size_t i = 0; i < count; ++i)
      scratch_.keys[i] = query.key(scratch_.keys[i], store_.terms(scratch_.nodes[i]));
  }

  [[nodiscard]] float key_of(const CodedQuery& query, std::uint32_t node) {
    scratch_.nodes.assign(1, node);
    score_nodes(query);
    return scratch_.keys[0];
  }

  /// Goes to better neighbours on one level as long as there are any.
  void descend(const CodedQuery& query, std::size_t level, GraphNode& nearest) {
    for (bool moved = true; moved;) {
      moved = false;
      scratch_.nodes.clear();
      links_.for_each(nearest.node, level, [&](std::uint32_t neighbor) { scratch_.nodes.push_back(neighbor); });
      score_nodes(query);
      for (std::size_t i = 0; i < scratch_.nodes.size(); ++i)
        if (scratch_.keys[i] > nearest.key) {
          nearest = {scratch_.keys[i], scratch_.nodes[i], false};
          moved = true;
        }
    }
  }

  /// Fills the pool with the best `count` nodes of a level that a walk from `start` meets (algorithm 2 of the paper,
  /// with one list for the candidates and what was found).
  void fill_pool(const CodedQuery& query, std::size_t level, std::size_t count, const GraphNode& start) {
    std::vector<GraphNode>& pool = scratch_.pool;
    scratch_.visited.clear();
    scratch_.visited.insert(start.node);
    pool.assign(1, start);
    for (std::size_t next = 0; next < pool.size();) {
      pool[next].expanded = true;
      expand(query, pool[next].node, level);
      std::size_t first_new = next + 1;
      for (std::size_t i = 0; i < scratch_.nodes.size(); ++i) {
        const GraphNode found{scratch_.keys[i], scratch_.nodes[i], false};
        if (pool.size() == count) {
          if (!(found < pool.back())) continue;
          pool.pop_back();
        }
        const auto at = std::upper_bound(pool.begin(), pool.end(), found);
        first_new = std::min(first_new, static_cast<std::size_t>(at - pool.begin()));
        pool.insert(at, found);
      }
      next = first_new;
      while (next < pool.size() && pool[next].expanded) ++next;
      if (next < pool.size()) GLOSSA_PREFETCH(links_.place(pool[next].node));
    }
  }

  /// The same for nodes that `passes`; the others are walked through. False where more than `limit` nodes were looked
  /// at.
  template <class Passes>
  bool fill_pool(const CodedQuery& query, std::size_t count, const GraphNode& start, std::size_t limit,
                 Passes&& passes) {
    std::vector<GraphNode>& found = scratch_.pool;  // a heap with the worst in front
    std::vector<GraphNode> open{start};             // a heap with the best in front
    const auto worse = [](const GraphNode& a, const GraphNode& b) { return b < a; };
    scratch_.visited.clear();
    scratch_.visited.insert(start.node);
    found.clear();
    if (passes(start.node)) found.push_back(start);
    while (!open.empty()) {
      std::pop_heap(open.begin(), open.end(), worse);
      const GraphNode node = open.back();
      open.pop_back();
      if (found.size() == count && found.front() < node) break;
      if (scratch_.visited.size() > limit) return false;
      expand(query, node.node, 0);
      for (std::size_t i = 0; i < scratch_.nodes.size(); ++i) {
        const GraphNode other{scratch_.keys[i], scratch_.nodes[i], false};
        if (found.size() == count && !(other < found.front())) continue;
        open.push_back(other);
        std::push_heap(open.begin(), open.end(), worse);
        if (!passes(other.node)) continue;
        if (found.size() == count) {
          std::pop_heap(found.begin(), found.end());
          found.pop_back();
        }
        found.push_back(other);
        std::push_heap(found.begin(), found.end());
      }
    }
    std::sort_heap(found.begin(), found.end());
    return true;
  }

 private:
  /// The neighbours that are new, with their keys.
  void expand(const CodedQuery& query, std::uint32_t node, std::size_t level) {
    scratch_.nodes.clear();
    const std::size_t bytes = store_.codes().row_bytes();
    links_.for_each(node, level, [&](std::uint32_t neighbor) {
      if (!scratch_.visited.insert(neighbor)) return;
      scratch_.nodes.push_back(neighbor);
      const std::byte* place = store_.codes()[neighbor];
      for (std::size_t at = 0; at < bytes; at += 64) GLOSSA_PREFETCH(place + at);
    });
    if (store_.coder().has_terms())
      for (const std::uint32_t neighbor : scratch_.nodes) GLOSSA_PREFETCH(store_.all_terms()[neighbor]);
    score_nodes(query);
  }

  const RowStore& store_;
  const GraphLinks& links_;
  GraphScratch& scratch_;
  void (*sums_)(const CodeSums&);
};

}  // namespace glossa::detail
