// Some centres come in; for each, the vectors within a distance of it go out.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/pair_distance.hpp>
#include <glossa/cluster/pair_sieve.hpp>
#include <glossa/cluster/pair_tiles.hpp>
#include <glossa/cluster/row_products.hpp>
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

/// A few centres at a time are multiplied with all vectors.
template <std::floating_point T>
class CentersInReach {
 public:
  static constexpr std::size_t kMost = 64;  ///< centres at a time

  CentersInReach(const PairDistance<T>& distance, double limit, const ClusterRun& run)
      : distance_(distance),
        sieve_(distance, limit),
        kernels_(kernels_of<T>(choose_level(run.cpu_level))),
        executor_(executor_of(run)),
        rows_(kMost * distance.points().dims()),
        products_(kMost) {}

  void clear() noexcept { centers_.clear(); }
  [[nodiscard]] bool is_full() const noexcept { return centers_.size() == kMost; }
  [[nodiscard]] const std::vector<std::size_t>& centers() const noexcept { return centers_; }

  void add(std::size_t center) {
    const std::size_t dims = distance_.points().dims();
    std::copy_n(distance_.points()[center].data(), dims, rows_.data() + centers_.size() * dims);
    centers_.push_back(center);
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

  /// The vectors within the distance of each centre, in order; each centre is among its own where it is at a distance
  /// of itself that is.
  [[nodiscard]] std::vector<std::vector<std::uint32_t>> find() {
    const Points<T>& points = distance_.points();
    const std::size_t columns = round_up(centers_.size(), kernels_.panel);
    PackedMatrix<T> packed(points.dims(), columns, kernels_.panel);
    packed.set_columns_from_rows(0, centers_.size(), rows_.data(), points.dims());
    std::vector<T> weights;
    for (const std::size_t center : centers_) weights.push_back(sieve_.weights()[center]);

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
    std::vector<std::vector<std::uint32_t>> found(centers_.size());
    for (const auto& some : hits)
      for (const Hit& hit : some) found[hit.center].push_back(hit.row);
    return found;
  }

 private:
  static constexpr std::size_t kBlock = 256;

  struct Hit {
    std::uint32_t center;
    std::uint32_t row;
  };

  void judge(std::size_t row, const T* products, const T* weights, std::vector<Hit>& hits) const {
    const ProductLimit<T> low = sieve_.out_below(row);
    const ProductLimit<T> high = sieve_.in_from(row);
    for (std::size_t c = 0; c < centers_.size(); ++c) {
      if (products[c] < low.constant + low.factor * weights[c]) continue;
      if (products[c] >= high.constant + high.factor * weights[c] || sieve_.is_within(row, centers_[c]))
        hits.push_back({static_cast<std::uint32_t>(c), static_cast<std::uint32_t>(row)});
    }
  }

  const PairDistance<T>& distance_;
  PairSieve<T> sieve_;
  Kernels<T> kernels_;
  std::shared_ptr<Executor> executor_;
  std::vector<std::size_t> centers_;
  AlignedBuffer<T> rows_;      // of the centres
  AlignedBuffer<T> products_;  // of one vector with them
};

}  // namespace glossa::detail
