// A growing tree's newest vector comes in; the vector outside of it that is nearest to the tree goes out.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/frontier_slots.hpp>
#include <glossa/cluster/pair_distance.hpp>
#include <glossa/cluster/pair_sieve.hpp>
#include <glossa/cluster/row_products.hpp>
#include <glossa/cluster/tree_edge.hpp>
#include <glossa/core/crew.hpp>
#include <glossa/kernels/dispatch.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <queue>
#include <span>
#include <vector>

namespace glossa::detail {

/// The vectors outside of a tree, with how far each is from it. Products of T tell which of them the newest vector of
/// the tree may bring nearer; double decides. A vector at its own core distance cannot come nearer and is looked at no
/// more: in a dense set, that is most of them.
template <std::floating_point T>
class Frontier {
 public:
  /// All but vector 0, the tree. core: the vectors' core distances, or none.
  Frontier(const PairDistance<T>& distance, std::span<const double> core, const ClusterRun& run)
      : distance_(distance),
        core_(core),
        kernels_(kernels_of<T>(choose_level(run.cpu_level))),
        error_(product_error<T>(distance.points().dims())),
        slots_(distance.points()) {
    for (std::size_t i = 0; i < distance.rows(); ++i) weights_.push_back(pair_weight(distance, i));
    for (std::size_t i = 0; i < slots_.size(); ++i) set_bound(i);
    slots_.remove(0);
    shares_.resize(count_shares());
  }

  /// Parts of the work that a Crew can share.
  [[nodiscard]] std::size_t shares() const noexcept { return shares_.size(); }

  /// `newest` has just come to the tree. Takes the nearest vector out of here.
  [[nodiscard]] TreeEdge advance(std::uint32_t newest, Crew& crew) {
    crew.for_each(shares_.size(), [&](std::size_t share, std::size_t) { approach(share, newest); });
    std::size_t nearest = kNone;
    for (Share& share : shares_) {
      for (const TreeEdge& edge : share.settled) settled_.push(edge);
      share.settled.clear();
      if (share.nearest != kNone && (nearest == kNone || slots_.distance(share.nearest) < slots_.distance(nearest)))
        nearest = share.nearest;
    }
    if (nearest != kNone && (settled_.empty() || Later{}(settled_.top(), slots_.edge(nearest)))) {
      const TreeEdge edge = slots_.edge(nearest);
      take_out(nearest);
      tidy();
      return edge;
    }
    const TreeEdge edge = settled_.top();
    settled_.pop();
    tidy();
    return edge;
  }

 private:
  static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t kShare = 256;  ///< slots
  static constexpr std::size_t kChunk = 16;

  struct Share {
    std::size_t nearest = kNone;  ///< the first slot of the least distance
    bool is_stale = true;         ///< whether `nearest` has to be looked for
    std::vector<TreeEdge> settled;
    std::array<T, kShare> products;
  };

  /// Whether an edge comes to the tree after another one.
  struct Later {
    bool operator()(const TreeEdge& a, const TreeEdge& b) const noexcept {
      return a.distance != b.distance ? a.distance > b.distance : a.to > b.to;
    }
  };

  [[nodiscard]] std::size_t count_shares() const noexcept { return (slots_.size() + kShare - 1) / kShare; }
  [[nodiscard]] double core(std::size_t i) const noexcept { return core_.empty() ? 0 : core_[i]; }

  void set_bound(std::size_t slot) {
    const std::uint32_t i = slots_.vector(slot);
    const double weight = static_cast<double>(weights_[i]);
    const double distance = slots_.distance(slot);
    if (distance_.metric() == Metric::cosine) {
      const double cosine = 1 - distance;
      slots_.set_bound(
          slot, std::isnan(weight) ? weights_[i] : narrowed<T>((cosine - error_ * (1 + std::abs(cosine))) * weight));
    } else {
      slots_.set_bound(slot, std::isnan(weight)
                                 ? weights_[i]
                                 : narrowed<T>((0.5 - error_) * weight - (0.5 + error_) * distance * distance));
    }
  }

  void approach(std::size_t number, std::uint32_t newest) {
    Share& share = shares_[number];
    const std::size_t first = number * kShare;
    const std::size_t count = std::min(kShare, slots_.size() - first);
    T* products = share.products.data();
    row_products(kernels_, distance_.points()[newest].data(), slots_.rows(first), count, distance_.points().dims(),
                 products);
    const bool by_length = distance_.metric() == Metric::cosine;
    const ProductLimit<T> limit{by_length ? T(0) : static_cast<T>(0.5 - error_) * weights_[newest],
                                by_length ? weights_[newest] : T(1)};
    const T* bounds = slots_.bounds(first);
    for (std::size_t at = 0; at < count;) {
      const std::size_t end = std::min(at + kChunk, count);
      if (end - at == kChunk && !some_reach<T, kChunk>(products + at, bounds + at, limit)) {
        at = end;
        continue;
      }
      for (; at < end; ++at)
        if (!(products[at] < limit.constant + limit.factor * bounds[at]) && slots_.is_used(first + at))
          come_nearer(first + at, newest, share);
    }
    if (!share.is_stale) return;
    share.is_stale = false;
    share.nearest = kNone;
    for (std::size_t slot = first; slot < first + count; ++slot)
      if (slots_.is_used(slot) && (share.nearest == kNone || slots_.distance(slot) < slots_.distance(share.nearest)))
        share.nearest = slot;
  }

  /// The vector in a slot may be nearer to `newest` than to the tree so far.
  void come_nearer(std::size_t slot, std::uint32_t newest, Share& share) {
    const std::uint32_t i = slots_.vector(slot);
    const double distance = std::max({core(newest), core(i), distance_(newest, i)});
    if (!(distance < slots_.distance(slot))) return;
    slots_.set_distance(slot, distance, newest);
    if (!core_.empty() && distance <= core(i)) {
      share.settled.push_back(slots_.edge(slot));
      share.is_stale |= share.nearest == slot;
      slots_.remove(slot);
      return;
    }
    set_bound(slot);
    if (share.is_stale) return;
    if (share.nearest == kNone || distance < slots_.distance(share.nearest) ||
        (distance == slots_.distance(share.nearest) && slot < share.nearest))
      share.nearest = slot;
  }

  void take_out(std::size_t slot) {
    slots_.remove(slot);
    shares_[slot / kShare].is_stale = true;
  }

  void tidy() {
    if (!slots_.compact()) return;
    shares_.resize(count_shares());
    for (Share& share : shares_) share.is_stale = true;
  }

  const PairDistance<T>& distance_;
  std::span<const double> core_;
  Kernels<T> kernels_;
  double error_;
  std::vector<T> weights_;
  FrontierSlots<T> slots_;
  std::vector<Share> shares_;
  std::priority_queue<TreeEdge, std::vector<TreeEdge>, Later> settled_;  // cannot come nearer
};

}  // namespace glossa::detail
