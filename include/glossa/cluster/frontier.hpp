// A growing tree's newest vector comes in; the vector outside of it that is nearest to the tree goes out.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/frontier_slots.hpp>
#include <glossa/cluster/pair_distance.hpp>
#include <glossa/cluster/pair_sieve.hpp>
#include <glossa/cluster/rough_rows.hpp>
#include <glossa/cluster/row_products.hpp>
#include <glossa/cluster/tree_edge.hpp>
#include <glossa/core/aligned_buffer.hpp>
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
#include <type_traits>
#include <vector>

namespace glossa::detail {

/// The vectors outside of a tree, with how far each is from it. Products of bytes, and then of floats, tell which of
/// them the newest vector of the tree may bring nearer; double decides. Bytes are a quarter of what floats have to be
/// read, and reading is what most of the time goes to. A vector at its own core distance cannot come nearer and is
/// looked at no more: in a dense set, that is most of them.
template <std::floating_point T>
class Frontier {
 public:
  /// All but vector 0, the tree. core: the vectors' core distances, or none.
  Frontier(const PairDistance<T>& distance, std::span<const double> core, const ClusterRun& run)
      : distance_(distance),
        core_(core),
        kernels_(kernels_of<float>(choose_level(run.cpu_level))),
        error_(product_error<float>(distance.points().dims())),
        slots_(distance),
        newest_codes_(slots_.stride()) {
    for (std::size_t i = 0; i < slots_.size(); ++i) set_bound(i);
    slots_.remove(0);
    shares_.resize(count_shares());
  }

  /// Parts of the work that a Crew can share.
  [[nodiscard]] std::size_t shares() const noexcept { return shares_.size(); }

  /// `newest` has just come to the tree. Takes the nearest vector out of here.
  [[nodiscard]] TreeEdge advance(std::uint32_t newest, Crew& crew) {
    newest_scale_ = rough_codes(distance_.points()[newest], distance_.square(newest), 0,
                                std::span(newest_codes_.data(), newest_codes_.size()));
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
    std::array<float, kShare> products;
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
    const auto own = pair_weight<float>(distance_, slots_.vector(slot));
    const double distance = slots_.distance(slot);
    if (std::isnan(own)) return slots_.set_bound(slot, own);
    const double cosine = 1 - distance;
    slots_.set_bound(
        slot, narrowed<float>(distance_.metric() == Metric::cosine
                                  ? (cosine - error_ * (1 + std::abs(cosine))) * static_cast<double>(own)
                                  : (0.5 - error_) * static_cast<double>(own) - (0.5 + error_) * distance * distance));
  }

  void approach(std::size_t number, std::uint32_t newest) {
    Share& share = shares_[number];
    const std::size_t first = number * kShare;
    const std::size_t count = std::min(kShare, slots_.size() - first);
    kernels_.codes.int8({newest_codes_.data(), slots_.codes(first), slots_.stride(), nullptr, count, slots_.stride(),
                         share.products.data()});
    const bool by_length = distance_.metric() == Metric::cosine;
    const auto own = pair_weight<float>(distance_, newest);
    const ProductLimit<float> limit{by_length ? 0.0F : static_cast<float>(0.5 - error_) * own, by_length ? own : 1.0F};
    for (std::size_t at = 0; at < count;) {
      const std::size_t end = std::min(at + kChunk, count);
      if (end - at == kChunk && !some_may_reach<kChunk>(share.products.data() + at, first + at, limit)) {
        at = end;
        continue;
      }
      for (; at < end; ++at)
        if (some_may_reach<1>(share.products.data() + at, first + at, limit) && slots_.is_used(first + at) &&
            may_reach(first + at, newest, limit))
          come_nearer(first + at, newest, share);
    }
    if (!share.is_stale) return;
    share.is_stale = false;
    share.nearest = kNone;
    for (std::size_t slot = first; slot < first + count; ++slot)
      if (slots_.is_used(slot) && (share.nearest == kNone || slots_.distance(slot) < slots_.distance(share.nearest)))
        share.nearest = slot;
  }

  /// Whether one of kWidth slots may come nearer by products of bytes: what these stand for, and as much as they may be
  /// too low.
  template <std::size_t kWidth>
  [[nodiscard]] bool some_may_reach(const float* products, std::size_t slot, ProductLimit<float> limit) const noexcept {
    const float* scales = slots_.scales(slot);
    const float* lengths = slots_.lengths(slot);
    const float* errors = slots_.errors(slot);
    const float* bounds = slots_.bounds(slot);
    const float scale = newest_scale_.scale;
    const float error = newest_scale_.error;
    const float length = newest_scale_.length + newest_scale_.error;
    int some = 0;
    for (std::size_t i = 0; i < kWidth; ++i) {
      const float most = products[i] * (scale * scales[i]) + error * lengths[i] + length * errors[i];
      some |= static_cast<int>(!(most < limit.constant + limit.factor * bounds[i]));
    }
    return some != 0;
  }

  /// The same of one slot, by a product of floats.
  [[nodiscard]] bool may_reach(std::size_t slot, std::uint32_t newest, ProductLimit<float> limit) const {
    if constexpr (std::is_same_v<T, float>) {
      const Points<float>& points = distance_.points();
      float product = 0;
      row_products(kernels_, points[newest].data(), points[slots_.vector(slot)].data(), 1, points.dims(), &product);
      return !(product < limit.constant + limit.factor * slots_.bound(slot));
    } else {
      return true;
    }
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
  Kernels<float> kernels_;
  double error_;
  FrontierSlots slots_;
  AlignedBuffer<std::int8_t> newest_codes_;
  RoughScale newest_scale_{};
  std::vector<Share> shares_;
  std::priority_queue<TreeEdge, std::vector<TreeEdge>, Later> settled_;  // cannot come nearer
};

}  // namespace glossa::detail
