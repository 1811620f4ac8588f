// A node comes in; it is joined to a graph, or taken out of it.
#pragma once

#include <glossa/search/graph_links.hpp>
#include <glossa/search/graph_search.hpp>
#include <glossa/search/row_store.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace glossa::detail {

/// Where walks begin: a node of the highest level. One number, so that both change at once.
class EntryPoint {
 public:
  EntryPoint() = default;
  explicit EntryPoint(std::uint32_t node) : value_(node) {}
  [[nodiscard]] std::uint32_t load() const noexcept { return value_.load(std::memory_order_acquire); }
  void store(std::uint32_t node) noexcept { value_.store(node, std::memory_order_release); }
  [[nodiscard]] std::mutex& lock() noexcept { return lock_; }

 private:
  std::atomic<std::uint32_t> value_{GraphLinks::kNone};
  std::mutex lock_;  // of who changes it
};

/// Joins nodes (algorithms 1 and 4 of Malkov & Yashunin 2018).
class GraphBuilder {
 public:
  GraphBuilder(const RowStore& store, GraphLinks& links, EntryPoint& entry, std::size_t candidates,
               GraphScratch& scratch)
      : store_(store),
        links_(links),
        entry_(entry),
        candidates_(candidates),
        scratch_(scratch),
        search_(store, links, scratch) {}

  /// A node that add_node() made room for, and that has no edges. query: its vector.
  void join(std::uint32_t node, const CodedQuery& query) {
    const std::size_t level = links_.level(node);
    std::unique_lock lock(entry_.lock(), std::defer_lock);
    std::uint32_t entry = entry_.load();
    if (entry == GraphLinks::kNone || level > links_.level(entry)) {  // this node will be the entry
      lock.lock();
      entry = entry_.load();
      if (entry == GraphLinks::kNone) return entry_.store(node);
      if (level <= links_.level(entry)) lock.unlock();
    }
    const std::size_t top = links_.level(entry);
    Candidate nearest = search_.candidate(query, entry);
    for (std::size_t l = top; l > level; --l) search_.descend(query, l, nearest);
    for (std::size_t l = std::min(top, level) + 1; l-- > 0;) {
      search_.fill_pool(query, l, candidates_, nearest);
      pool_.clear();
      for (const Candidate& found : scratch_.pool.all()) {
        if (found.node() == node) continue;  // edges from when it was another
        if (pool_.empty()) nearest = Candidate(found.key(), found.node());
        pool_.emplace_back(query.similarity(found.key()), found.node());
      }
      if (pool_.empty()) continue;
      choose(links_.m());
      const std::vector<std::uint32_t> neighbors = chosen_;
      {
        const std::lock_guard own(links_.node_lock(node));
        const std::vector<std::uint32_t> early = neighbors_of(node, l);  // other threads came before
        links_.set(node, l, neighbors);
        for (const std::uint32_t other : early)
          if (std::find(neighbors.begin(), neighbors.end(), other) == neighbors.end()) links_.append(node, l, other);
      }
      const std::vector<Candidate> ranked = pool_;
      bool is_reached = false;
      for (const std::uint32_t neighbor : neighbors) is_reached = connect(neighbor, l, node) || is_reached;
      if (!is_reached) force_edge_to(node, l, ranked);
    }
    if (lock.owns_lock()) entry_.store(node);
  }

  /// Takes a node out: those that it leads to are joined with each other, so that each can be reached without it.
  /// Nobody else may be here.
  void leave(std::uint32_t node) {
    if (entry_.load() == node) entry_.store(another_entry(node));
    for (std::size_t l = 0; l <= links_.level(node); ++l) {
      const std::vector<std::uint32_t> neighbors = neighbors_of(node, l);
      links_.set(node, l, {});
      for (const std::uint32_t neighbor : neighbors) {
        std::vector<std::uint32_t> others = neighbors_of(neighbor, l);
        if (std::find(others.begin(), others.end(), node) == others.end()) continue;
        others.insert(others.end(), neighbors.begin(), neighbors.end());
        std::sort(others.begin(), others.end());
        others.erase(std::unique(others.begin(), others.end()), others.end());
        std::erase_if(others, [&](std::uint32_t other) { return other == node || other == neighbor; });
        choose_for(neighbor, others, links_.most_neighbors(l));
        links_.set(neighbor, l, chosen_);
      }
      for (const std::uint32_t neighbor : neighbors) replace_edge_to(neighbor, l, neighbors);
    }
  }

 private:
  [[nodiscard]] std::vector<std::uint32_t> neighbors_of(std::uint32_t node, std::size_t level) const {
    const GraphLinks::List list = links_.neighbors(node, level);
    std::vector<std::uint32_t> out(list.size());
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = list[i];
    return out;
  }

  /// A node of the highest level that this one leads to.
  [[nodiscard]] std::uint32_t another_entry(std::uint32_t node) const {
    for (std::size_t l = links_.level(node) + 1; l-- > 0;) {
      std::uint32_t best = GraphLinks::kNone;
      for (const std::uint32_t neighbor : neighbors_of(node, l))
        if (best == GraphLinks::kNone || links_.level(neighbor) > links_.level(best)) best = neighbor;
      if (best != GraphLinks::kNone) return best;
    }
    return GraphLinks::kNone;
  }

  /// An edge from `node` to `other`; where it has too many, the most useful ones are kept. Whether this one is.
  bool connect(std::uint32_t node, std::size_t level, std::uint32_t other) {
    const std::lock_guard lock(links_.node_lock(node));
    std::vector<std::uint32_t> others = neighbors_of(node, level);
    if (std::find(others.begin(), others.end(), other) != others.end()) return true;
    if (links_.append(node, level, other)) return true;
    others.push_back(other);
    choose_for(node, others, links_.most_neighbors(level));
    links_.set(node, level, chosen_);
    return std::find(chosen_.begin(), chosen_.end(), other) != chosen_.end();
  }

  /// An edge to a node that lost one, from the most similar of `sources` that keeps it.
  void replace_edge_to(std::uint32_t node, std::size_t level, const std::vector<std::uint32_t>& sources) {
    rank(node, sources);
    const std::vector<Candidate> ranked = pool_;
    for (const Candidate& source : ranked)
      if (source.node() != node && connect(source.node(), level, node)) return;
    force_edge_to(node, level, ranked);
  }

  /// An edge that choose() would not have, from the most similar node that has room, or in the place of another: else
  /// nothing would lead to the node. With vectors of very different lengths that is common.
  void force_edge_to(std::uint32_t node, std::size_t level, const std::vector<Candidate>& ranked) {
    for (const Candidate& source : ranked) {
      const std::lock_guard lock(links_.node_lock(source.node()));
      if (source.node() != node && links_.append(source.node(), level, node)) return;
    }
    for (const Candidate& source : ranked) {
      if (source.node() == node) continue;
      const std::lock_guard lock(links_.node_lock(source.node()));
      std::vector<std::uint32_t> others = neighbors_of(source.node(), level);
      others.back() = node;
      return links_.set(source.node(), level, others);
    }
  }

  /// Chooses among `others` those that `node` is to lead to.
  void choose_for(std::uint32_t node, const std::vector<std::uint32_t>& others, std::size_t most) {
    rank(node, others);
    choose(most);
  }

  /// Fills the pool with `others` by their similarity to `node`.
  void rank(std::uint32_t node, const std::vector<std::uint32_t>& others) {
    CodedQuery& query = scratch_.row_query;
    store_.coder().query_of_row(store_.codes()[node], query);
    scratch_.nodes = others;
    search_.score_nodes(query);
    pool_.clear();
    for (std::size_t i = 0; i < others.size(); ++i) pool_.emplace_back(query.similarity(scratch_.keys[i]), others[i]);
    std::sort(pool_.begin(), pool_.end());
  }

  /// From the pool, whose keys are similarities to some node, best first: each that is more like that node than like
  /// any that was chosen before it. Edges then lead in different directions. Where these are fewer than m, the best of
  /// the others fill them up (the paper's keepPrunedConnections), without which vectors of very different lengths end
  /// on islands.
  void choose(std::size_t most) {
    chosen_.clear();
    covered_.clear();
    for (const Candidate& candidate : pool_) {
      if (chosen_.size() == most) break;
      if (!chosen_.empty()) {
        CodedQuery& query = scratch_.row_query;
        store_.coder().query_of_row(store_.codes()[candidate.node()], query);
        scratch_.nodes = chosen_;
        search_.score_nodes(query);
        const bool is_covered = std::any_of(scratch_.keys.begin(), scratch_.keys.end(),
                                            [&](float key) { return query.similarity(key) > candidate.key(); });
        if (is_covered) {
          covered_.push_back(candidate.node());
          continue;
        }
      }
      chosen_.push_back(candidate.node());
    }
    for (const std::uint32_t node : covered_)
      if (chosen_.size() < std::min(most, links_.m())) chosen_.push_back(node);
  }

  const RowStore& store_;
  GraphLinks& links_;
  EntryPoint& entry_;
  std::size_t candidates_;
  GraphScratch& scratch_;
  GraphSearch search_;
  std::vector<Candidate> pool_;  ///< what may be chosen, by similarity
  std::vector<std::uint32_t> chosen_;
  std::vector<std::uint32_t> covered_;
};

}  // namespace glossa::detail
