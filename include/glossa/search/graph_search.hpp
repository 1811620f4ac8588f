// A query comes in; a walk along the edges of a graph goes to the nodes that are most like it.
#pragma once

#include <glossa/kernels/code_sums.hpp>
#include <glossa/kernels/target.hpp>
#include <glossa/search/candidate_pool.hpp>
#include <glossa/search/graph_links.hpp>
#include <glossa/search/row_store.hpp>
#include <glossa/search/visited_set.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace glossa::detail {

/// What one search needs, kept for the next.
struct GraphScratch {
  VisitedSet visited;
  CandidatePool pool;  ///< what was found
  std::vector<Candidate> open;
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
    place_nodes();
    score_places(query);
  }

  [[nodiscard]] Candidate candidate(const CodedQuery& query, std::uint32_t node) {
    scratch_.nodes.assign(1, node);
    score_nodes(query);
    return {scratch_.keys[0], node};
  }

  /// Goes to better neighbours on one level as long as there are any.
  void descend(const CodedQuery& query, std::size_t level, Candidate& nearest) {
    for (bool moved = true; moved;) {
      moved = false;
      const GraphLinks::List list = links_.neighbors(nearest.node(), level);
      scratch_.nodes.resize(list.size());
      for (std::size_t i = 0; i < list.size(); ++i) scratch_.nodes[i] = list[i];
      score_nodes(query);
      for (std::size_t i = 0; i < scratch_.nodes.size(); ++i) {
        const Candidate found(scratch_.keys[i], scratch_.nodes[i]);
        moved = moved || found < nearest;
        nearest = std::min(found, nearest);
      }
    }
  }

  /// Fills the pool with the best `count` nodes of a level that a walk from `start` meets (algorithm 2 of the paper,
  /// with one list for the candidates and what was found).
  void fill_pool(const CodedQuery& query, std::size_t level, std::size_t count, const Candidate& start) {
    CandidatePool& pool = scratch_.pool;
    begin(start);
    pool.reset(count);
    pool.insert(start);
    for (std::size_t next = 0; next < pool.size();) {
      const std::uint32_t node = pool[next].node();
      pool[next].set_expanded();
      if (next + 1 < pool.size()) GLOSSA_PREFETCH(links_.place(pool[next + 1].node()));
      expand(query, node, level);
      std::size_t first_new = next + 1;
      for (std::size_t i = 0; i < scratch_.nodes.size(); ++i)
        first_new = std::min(first_new, pool.insert({scratch_.keys[i], scratch_.nodes[i]}));
      next = first_new;
      while (next < pool.size() && pool[next].expanded()) ++next;
    }
  }

  /// The same for nodes that `passes`; the others are walked through. False where more than `limit` nodes were looked
  /// at.
  template <class Passes>
  bool fill_pool(const CodedQuery& query, std::size_t count, const Candidate& start, std::size_t limit,
                 Passes&& passes) {
    CandidatePool& found = scratch_.pool;
    std::vector<Candidate>& open = scratch_.open;  // a heap with the best in front
    const auto worse = [](const Candidate& a, const Candidate& b) { return b < a; };
    begin(start);
    open.assign(1, start);
    found.reset(count);
    if (passes(start.node())) found.insert(start);
    while (!open.empty()) {
      std::pop_heap(open.begin(), open.end(), worse);
      const Candidate node = open.back();
      open.pop_back();
      if (found.is_full() && found[count - 1] < node) break;
      if (scratch_.visited.size() > limit) return false;
      expand(query, node.node(), 0);
      for (std::size_t i = 0; i < scratch_.nodes.size(); ++i) {
        const Candidate other(scratch_.keys[i], scratch_.nodes[i]);
        if (found.is_full() && !(other < found[count - 1])) continue;
        open.push_back(other);
        std::push_heap(open.begin(), open.end(), worse);
        if (passes(other.node())) found.insert(other);
      }
    }
    return true;
  }

 private:
  void begin(const Candidate& start) {
    scratch_.visited.clear(store_.slots());
    scratch_.visited.insert(start.node());
  }

  void place_nodes() {
    const std::size_t count = scratch_.nodes.size();
    scratch_.places.resize(count);
    for (std::size_t i = 0; i < count; ++i) scratch_.places[i] = store_.codes()[scratch_.nodes[i]];
  }

  void score_places(const CodedQuery& query) {
    const VectorCoder& coder = store_.coder();
    const std::size_t count = scratch_.places.size();
    scratch_.keys.resize(count);
    sums_({query.values.data(), nullptr, 0, scratch_.places.data(), count, coder.number_bytes(), scratch_.keys.data()});
    if (!coder.has_terms()) return;
    for (std::size_t i = 0; i < count; ++i)
      scratch_.keys[i] = query.key(scratch_.keys[i], coder.terms(scratch_.places[i]));
  }

  /// The neighbours that are new, with their keys.
  void expand(const CodedQuery& query, std::uint32_t node, std::size_t level) {
    const GraphLinks::List list = links_.neighbors(node, level);
    scratch_.nodes.resize(list.size());
    scratch_.nodes.resize(scratch_.visited.insert(
        list.size(), [&](std::size_t i) { return list[i]; }, scratch_.nodes.data()));
    place_nodes();
    const std::size_t bytes = store_.codes().row_bytes();
    for (const std::byte* place : scratch_.places)
      for (std::size_t at = 0; at < bytes; at += 64) GLOSSA_PREFETCH(place + at);
    score_places(query);
  }

  const RowStore& store_;
  const GraphLinks& links_;
  GraphScratch& scratch_;
  void (*sums_)(const CodeSums&);
};

}  // namespace glossa::detail
