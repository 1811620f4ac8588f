// Some centres come in; for each, the vectors within a distance of it go out.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/pair_distance.hpp>
#include <glossa/cluster/pair_sieve.hpp>
#include <glossa/cluster/row_products.hpp>
#include <glossa/cluster/run_executor.hpp>
#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/kernels/dispatch.hpp>
#include <glossa/kernels/packed_matrix.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace glossa::detail {

/// A few centres at a time are multiplied with all vectors, each of them once.
template <std::floating_point T>
class CentersInReach {
 public:
  static constexpr std::size_t kMost = 128;    ///< centres
  static constexpr std::size_t kMostNew = 64;  ///< of them, whose vectors are not known

  CentersInReach(const PairDistance<T>& distance, double limit, const ClusterRun& run)
      : distance_(distance),
        sieve_(distance, limit),
        kernels_(kernels_of<T>(choose_level(run.cpu_level))),
        executor_(executor_of(run)),
        rows_(kMost * distance.points().dims()),
        products_(kMost) {}

  void clear() noexcept {
    centers_.clear();
    members_.clear();
    news_.clear();
  }
  [[nodiscard]] const std::vector<std::size_t>& centers() const noexcept { return centers_; }
  /// How many were added as new ones.
  [[nodiscard]] std::size_t news() const noexcept { return news_.size(); }
  /// The vectors within the distance of a centre, by its place among all, in order; the centre is among its own where
  /// it is at a distance of itself that is. find() before.
  [[nodiscard]] std::vector<std::uint32_t>& members(std::size_t place) noexcept { return members_[place]; }

  void add(std::size_t center) {
    news_.push_back(centers_.size());
    add(center, {});
  }
  /// One whose vectors are known.
  void add(std::size_t center, std::vector<std::uint32_t> members) {
    const std::size_t dims = distance_.points().dims();
    std::copy_n(distance_.points()[center].data(), dims, rows_.data() + centers_.size() * dims);
    centers_.push_back(center);
    members_.push_back(std::move(members));
  }

  /// Whether a vector lies, as far as T can tell, within the distance of one of the centres.
  [[nodiscard]] bool is_near(std::size_t i) {
    row_products(kernels_, distance_.points()[i].data(), rows_.data(), centers_.size(), distance_.points().dims(),
                 products_.data());
    const ProductLimit<T> low = sieve_.out_below(i);
    for (std::size_t c = 0; c < centers_.size(); ++c)
      if (products_[c] >= low.constant + low.factor * sieve_.weights()[centers_[c]]) return true;
    return false;
  }

  /// Finds the vectors of the new centres.
  void find() {
    const Points<T>& points = distance_.points();
    const std::size_t columns = round_up(news_.size(), kernels_.panel);
    PackedMatrix<T> packed(points.dims(), columns, kernels_.panel);
    for (std::size_t c = 0; c < news_.size(); ++c)
      packed.set_columns_from_rows(c, 1, rows_.data() + news_[c] * points.dims(), points.dims());
    std::vector<T> weights;
    for (const std::size_t place : news_) weights.push_back(sieve_.weights()[centers_[place]]);

    const std::size_t blocks = (points.rows() + kBlock - 1) / kBlock;
    std::vector<std::vector<Hit>> hits(blocks);
    const std::size_t workers = workers_for(*executor_, blocks);
    std::vector<AlignedBuffer<T>> products(workers);
    parallel_for(*executor_, blocks, workers, [&](std::size_t block, std::size_t worker) {
      const std::size_t first = block * kBlock;
      const std::size_t rows = std::min(kBlock, points.rows() - first);
      T* out = products[worker].ensure(kBlock * columns);
      kernels_.multiply(
          {points[first].data(), points.dims(), rows, packed.panel(0), points.dims(), columns, out, columns});
      for (std::size_t r = 0; r < rows; ++r) judge(first + r, out + r * columns, weights.data(), hits[block]);
    });
    for (const auto& some : hits)
      for (const Hit& hit : some) members_[hit.place].push_back(hit.row);
  }

 private:
  static constexpr std::size_t kBlock = 256;

  struct Hit {
    std::uint32_t place;
    std::uint32_t row;
  };

  void judge(std::size_t row, const T* products, const T* weights, std::vector<Hit>& hits) const {
    const ProductLimit<T> low = sieve_.out_below(row);
    const ProductLimit<T> high = sieve_.in_from(row);
    for (std::size_t c = 0; c < news_.size(); ++c) {
      if (products[c] < low.constant + low.factor * weights[c]) continue;
      if (products[c] >= high.constant + high.factor * weights[c] || sieve_.is_within(row, centers_[news_[c]]))
        hits.push_back({static_cast<std::uint32_t>(news_[c]), static_cast<std::uint32_t>(row)});
    }
  }

  const PairDistance<T>& distance_;
  PairSieve<T> sieve_;
  Kernels<T> kernels_;
  std::shared_ptr<Executor> executor_;
  std::vector<std::size_t> centers_;
  std::vector<std::vector<std::uint32_t>> members_;  // of each centre
  std::vector<std::size_t> news_;                    // places of centres
  AlignedBuffer<T> rows_;                            // of the centres
  AlignedBuffer<T> products_;                        // of one vector with them
};

}  // namespace glossa::detail
