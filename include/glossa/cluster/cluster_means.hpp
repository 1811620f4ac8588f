// Clusters of vectors come in as their means; the cluster nearest to one of them goes out.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/pair_distance.hpp>
#include <glossa/cluster/pair_sieve.hpp>
#include <glossa/cluster/row_products.hpp>
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
#include <vector>

namespace glossa::detail {

struct NearMean {
  std::uint32_t cluster;
  double distance;
};

/// The means of clusters as doubles, which decide, and as T, of which the products rule out most. With Metric::cosine,
/// of vectors of unit length: the mean cosine of two clusters' pairs is the product of these means. A cluster is named
/// by one of its vectors.
template <std::floating_point T>
class ClusterMeans {
 public:
  /// Each vector is a cluster.
  ClusterMeans(const PairDistance<T>& distance, const ClusterRun& run)
      : metric_(distance.metric()),
        dims_(distance.points().dims()),
        kernels_(kernels_of<T>(choose_level(run.cpu_level))),
        error_(2 * product_error<T>(dims_)),  // the means were rounded, too
        clusters_(distance.rows()),
        exact_(distance.rows() * dims_),
        rounded_(distance.rows() * dims_) {
    slots_.reserve(distance.rows());
    places_.reserve(distance.rows());
    for (std::size_t i = 0; i < distance.rows(); ++i) {
      const bool is_unit = metric_ == Metric::cosine && distance.length(i) > 0;
      const double scale = is_unit ? 1 / distance.length(i) : 1;
      for (std::size_t k = 0; k < dims_; ++k)
        exact_[i * dims_ + k] = static_cast<double>(distance.points()[i][k]) * scale;
      slots_.push_back({static_cast<std::uint32_t>(i), 1, T(0)});
      places_.push_back(static_cast<std::uint32_t>(i));
      round(i);
    }
    shares_.resize((slots_.size() + kShare - 1) / kShare);
  }

  [[nodiscard]] std::size_t clusters() const noexcept { return clusters_; }
  /// Parts of the work that a Crew can share.
  [[nodiscard]] std::size_t shares() const noexcept { return shares_.size(); }

  /// The lowest name.
  [[nodiscard]] std::uint32_t first() const noexcept {
    return std::find_if(slots_.begin(), slots_.end(), [](const Slot& slot) { return slot.size > 0; })->cluster;
  }

  /// The cluster nearest to one: of several `last`, else the lowest name. last: `cluster` for none. There are others.
  [[nodiscard]] NearMean nearest(std::uint32_t cluster, std::uint32_t last, Crew& crew) {
    const std::size_t own = places_[cluster];
    crew.for_each(shares_.size(), [&](std::size_t share, std::size_t) { estimate(share, own); });
    double most = std::numeric_limits<double>::infinity();
    for (const Share& share : shares_) most = std::min(most, share.most);
    NearMean best{cluster, std::numeric_limits<double>::infinity()};
    if (last != cluster) best = {last, distance(own, places_[last])};
    for (const Share& share : shares_)
      for (const Candidate& one : share.candidates) {
        if (one.least > most || slots_[one.slot].cluster == last) continue;
        const double found = distance(own, one.slot);
        if (found < best.distance || best.cluster == cluster) best = {slots_[one.slot].cluster, found};
      }
    return best;
  }

  /// x becomes part of y.
  void merge(std::uint32_t x, std::uint32_t y) {
    Slot& from = slots_[places_[x]];
    Slot& to = slots_[places_[y]];
    const double* other = exact_.data() + places_[x] * dims_;
    double* mean = exact_.data() + places_[y] * dims_;
    const auto a = static_cast<double>(from.size);
    const auto b = static_cast<double>(to.size);
    for (std::size_t k = 0; k < dims_; ++k) mean[k] = (a * other[k] + b * mean[k]) / (a + b);
    to.size += from.size;
    from.size = 0;
    round(places_[y]);
    --clusters_;
    if (slots_.size() - clusters_ >= kShare && 4 * (slots_.size() - clusters_) >= slots_.size()) compact();
  }

 private:
  static constexpr std::size_t kShare = 256;  ///< slots

  struct Slot {
    std::uint32_t cluster;
    std::uint32_t size;  ///< vectors; 0 where the slot's cluster has become part of another
    T square;            ///< of the mean's length; NaN where T cannot hold products with it
  };
  struct Candidate {
    std::size_t slot;
    double least;  ///< its distance at least
  };
  struct Share {
    std::array<T, kShare> products;
    double most = 0;  ///< the distance of its nearest at most
    std::vector<Candidate> candidates;
  };

  void round(std::size_t slot) {
    double square = 0;
    for (std::size_t k = slot * dims_; k < (slot + 1) * dims_; ++k) {
      rounded_[k] = narrowed<T>(exact_[k]);
      square += exact_[k] * exact_[k];
    }
    slots_[slot].square = is_ordinary<T>(square, dims_) ? static_cast<T>(square) : std::numeric_limits<T>::quiet_NaN();
  }

  /// What T says of a share's clusters: bounds of their distances from the one in slot `own`.
  void estimate(std::size_t number, std::size_t own) {
    Share& share = shares_[number];
    const std::size_t first = number * kShare;
    const std::size_t count = std::min(kShare, slots_.size() - first);
    row_products(kernels_, rounded_.data() + own * dims_, rounded_.data() + first * dims_, count, dims_,
                 share.products.data());
    share.candidates.clear();
    share.most = std::numeric_limits<double>::infinity();
    const auto square = static_cast<double>(slots_[own].square);
    for (std::size_t i = 0; i < count; ++i) {
      const Slot& slot = slots_[first + i];
      if (slot.size == 0 || first + i == own) continue;
      const auto product = static_cast<double>(share.products[i]);
      const auto other = static_cast<double>(slot.square);
      double least = 0;
      double most = 0;
      if (metric_ == Metric::cosine) {
        const double error = error_ * (1 + square + other);  // NaN where one of them is
        least = 1 - product - error;
        most = 1 - product + error;
      } else {
        const double value = square + other - 2 * product;
        const double error = 2 * error_ * (square + other);
        least = ward(std::max(value - error, 0.0), slots_[own].size, slot.size);
        most = ward(std::max(value + error, 0.0), slots_[own].size, slot.size);
        if (std::isnan(value)) least = most = value;
      }
      if (most < share.most) share.most = most;
      if (!(least > share.most)) share.candidates.push_back({first + i, std::isnan(least) ? 0 : least});
    }
  }

  [[nodiscard]] static double ward(double square, std::uint32_t a, std::uint32_t b) noexcept {
    const auto x = static_cast<double>(a);
    const auto y = static_cast<double>(b);
    return std::sqrt(2 * x * y / (x + y) * square);
  }

  [[nodiscard]] double distance(std::size_t i, std::size_t j) const noexcept {
    const double* a = exact_.data() + i * dims_;
    const double* b = exact_.data() + j * dims_;
    double sum = 0;
    if (metric_ == Metric::cosine) {
      for (std::size_t k = 0; k < dims_; ++k) sum += a[k] * b[k];
      return std::max(1 - sum, 0.0);  // rounded
    }
    for (std::size_t k = 0; k < dims_; ++k) sum += (a[k] - b[k]) * (a[k] - b[k]);
    return ward(sum, slots_[i].size, slots_[j].size);
  }

  /// Moves the clusters that are left together.
  void compact() {
    std::size_t to = 0;
    for (std::size_t from = 0; from < slots_.size(); ++from) {
      if (slots_[from].size == 0) continue;
      if (to != from) {
        std::copy_n(exact_.data() + from * dims_, dims_, exact_.data() + to * dims_);
        std::copy_n(rounded_.data() + from * dims_, dims_, rounded_.data() + to * dims_);
        slots_[to] = slots_[from];
      }
      places_[slots_[to].cluster] = static_cast<std::uint32_t>(to);
      ++to;
    }
    slots_.resize(to);
    shares_.resize((to + kShare - 1) / kShare);
  }

  Metric metric_;
  std::size_t dims_;
  Kernels<T> kernels_;
  double error_;
  std::size_t clusters_;
  AlignedBuffer<double> exact_;        // [slots, dims]
  AlignedBuffer<T> rounded_;           // the same
  std::vector<Slot> slots_;            // in the order of their names
  std::vector<std::uint32_t> places_;  // the slot of each name
  std::vector<Share> shares_;
};

}  // namespace glossa::detail
