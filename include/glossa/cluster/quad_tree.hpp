// Points of a plane come in; sums over all of them, of which distant ones are taken together, go out.
#pragma once

#include <glossa/core/executor.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/kernels/dispatch.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/repulsion.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace glossa::detail {

/// A quadtree (Barnes & Hut 1986) over points sorted along Morton's curve: a cell is a range of them, its first child
/// the next cell, and `next` the first cell behind all that lie in it.
template <std::floating_point T>
class QuadTree {
 public:
  /// xs, ys: of `count` points. Cells seen under an angle of less than `angle`, their width over their distance, count
  /// as one point in their middle.
  void build(const T* xs, const T* ys, std::size_t count, double angle, Executor& executor) {
    T least_x = xs[0], most_x = xs[0], least_y = ys[0], most_y = ys[0];
    for (std::size_t i = 1; i < count; ++i) {
      least_x = std::min(least_x, xs[i]);
      most_x = std::max(most_x, xs[i]);
      least_y = std::min(least_y, ys[i]);
      most_y = std::max(most_y, ys[i]);
    }
    width_ = std::max(most_x - least_x, most_y - least_y);
    far_ = 1 / (angle * angle);
    T scale = static_cast<T>(kSide - 1) / width_;
    if (!std::isfinite(scale)) scale = 0;  // as good as in one place
    keys_.resize(count);
    const std::size_t shares = (count + kSome - 1) / kSome;
    parallel_for(executor, shares, [&](std::size_t share, std::size_t) {
      for (std::size_t i = share * kSome, end = std::min(count, i + kSome); i < end; ++i)
        keys_[i] = {spread(static_cast<std::uint32_t>((xs[i] - least_x) * scale)) |
                        spread(static_cast<std::uint32_t>((ys[i] - least_y) * scale)) << 1,
                    static_cast<std::uint32_t>(i)};
    });
    sort_keys();
    x_.resize(count);
    y_.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      x_[i] = xs[keys_[i].second];
      y_[i] = ys[keys_[i].second];
    }
    cells_.clear();
    add_cell(0, count, kLevels);
  }

  /// Point `i` in the tree's order is number order(i) of those that it was built from.
  [[nodiscard]] std::size_t order(std::size_t i) const noexcept { return keys_[i].second; }
  [[nodiscard]] std::size_t groups() const noexcept { return (x_.size() + kRepelled - 1) / kRepelled; }

  /// What pushes one point; the sum over all others of q, and of q² times the way from them; see Repulsion.
  struct Push {
    T x, y, weight;
  };
  struct Scratch {
    std::vector<T> x, y, mass;
  };

  /// The push on each point of a group: put(number of the point, push).
  template <class Put>
  void push_group(std::size_t group, const Kernels<T>& kernels, Scratch& scratch, Put&& put) const {
    const std::size_t begin = group * kRepelled;
    const std::size_t end = std::min(x_.size(), begin + kRepelled);
    std::array<T, kRepelled> x, y, force_x, force_y, weights;
    for (std::size_t i = 0; i < kRepelled; ++i) {  // the last group repeats its last point
      x[i] = x_[std::min(begin + i, end - 1)];
      y[i] = y_[std::min(begin + i, end - 1)];
    }
    gather(begin, end,
           {*std::min_element(x.begin(), x.end()), *std::max_element(x.begin(), x.end()),
            *std::min_element(y.begin(), y.end()), *std::max_element(y.begin(), y.end())},
           scratch);
    kernels.repel({x.data(), y.data(), scratch.x.data(), scratch.y.data(), scratch.mass.data(), scratch.x.size(),
                   end - begin, force_x.data(), force_y.data(), weights.data()});
    for (std::size_t i = begin; i < end; ++i)
      put(order(i), Push{force_x[i - begin], force_y[i - begin], weights[i - begin]});
  }

 private:
  static constexpr std::uint32_t kLevels = 16;
  static constexpr std::uint32_t kSide = 1U << kLevels;
  static constexpr std::size_t kLeaf = 8;
  static constexpr std::size_t kSome = 4096;

  struct Cell {
    T x, y, mass;  // middle of its points, and how many
    T limit;       // it counts as one point from this squared distance on
    std::uint32_t begin, end, next;
    bool is_leaf;
    bool is_point;  // too small to be divided: its points lie as good as in one place
  };
  struct Box {
    T least_x, most_x, least_y, most_y;
  };

  /// The lower 16 bits with gaps between them.
  static std::uint32_t spread(std::uint32_t v) noexcept {
    v = (v | v << 8) & 0x00FF00FF;
    v = (v | v << 4) & 0x0F0F0F0F;
    v = (v | v << 2) & 0x33333333;
    return (v | v << 1) & 0x55555555;
  }

  /// By radix, 11 bits at a time.
  void sort_keys() {
    sorted_.resize(keys_.size());
    for (int shift = 0; shift < 32; shift += 11) {
      std::array<std::uint32_t, 2048> begin{};
      for (const auto& key : keys_) ++begin[key.first >> shift & 2047];
      std::uint32_t sum = 0;
      for (std::uint32_t& count : begin) sum += std::exchange(count, sum);
      for (const auto& key : keys_) sorted_[begin[key.first >> shift & 2047]++] = key;
      keys_.swap(sorted_);
    }
  }

  /// Points [begin, end), whose keys have all but the lower 2·levels bits in common.
  void add_cell(std::size_t begin, std::size_t end, std::uint32_t levels) {
    const auto digit = [&](std::size_t i) { return keys_[i].first >> 2 * (levels - 1) & 3; };
    while (levels > 0 && end - begin > kLeaf && digit(begin) == digit(end - 1)) --levels;
    const std::size_t self = cells_.size();
    const double width = static_cast<double>(width_) / static_cast<double>(1U << (kLevels - levels));
    cells_.push_back({0, 0, static_cast<T>(end - begin), static_cast<T>(width * width * far_),
                      static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), 0,
                      levels == 0 || end - begin <= kLeaf, levels == 0 && end - begin > kLeaf});
    T x = 0, y = 0;
    if (cells_[self].is_leaf) {
      for (std::size_t i = begin; i < end; ++i) {
        x += x_[i];
        y += y_[i];
      }
    } else {
      for (std::size_t first = begin; first < end;) {
        const auto last = std::partition_point(
            keys_.begin() + static_cast<std::ptrdiff_t>(first), keys_.begin() + static_cast<std::ptrdiff_t>(end),
            [&, own = digit(first)](const auto& key) { return (key.first >> 2 * (levels - 1) & 3) == own; });
        const auto child = cells_.size();
        const auto stop = static_cast<std::size_t>(last - keys_.begin());
        add_cell(first, stop, levels - 1);
        x += cells_[child].x * cells_[child].mass;
        y += cells_[child].y * cells_[child].mass;
        first = stop;
      }
    }
    Cell& cell = cells_[self];
    cell.x = x / cell.mass;
    cell.y = y / cell.mass;
    cell.next = static_cast<std::uint32_t>(cells_.size());
  }

  /// The masses that points [begin, end), which lie in `box`, are pushed by, beside each other.
  void gather(std::size_t begin, std::size_t end, const Box& box, Scratch& masses) const {
    masses.x.clear();
    masses.y.clear();
    masses.mass.clear();
    const auto add = [&](T x, T y, T mass) {
      masses.x.push_back(x);
      masses.y.push_back(y);
      masses.mass.push_back(mass);
    };
    for (std::size_t at = 0; at < cells_.size();) {
      const Cell& cell = cells_[at];
      const T dx = std::max({box.least_x - cell.x, cell.x - box.most_x, T(0)});
      const T dy = std::max({box.least_y - cell.y, cell.y - box.most_y, T(0)});
      const std::size_t shared_begin = std::max<std::size_t>(cell.begin, begin);
      const std::size_t shared_end = std::min<std::size_t>(cell.end, end);
      const bool is_apart = shared_begin >= shared_end;
      if (cell.is_point || (is_apart && dx * dx + dy * dy > cell.limit)) {
        const T mass = is_apart ? cell.mass : cell.mass - static_cast<T>(shared_end - shared_begin);
        add(cell.x, cell.y, mass);
        at = cell.next;
      } else if (cell.is_leaf) {
        for (std::size_t i = cell.begin; i < cell.end; ++i)
          if (i < begin || i >= end) add(x_[i], y_[i], T(1));
        at = cell.next;
      } else {
        ++at;
      }
    }
  }

  T width_ = 0;
  double far_ = 4;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> keys_;  // place on the curve, number of the point
  std::vector<std::pair<std::uint32_t, std::uint32_t>> sorted_;
  std::vector<T> x_, y_;  // in the tree's order
  std::vector<Cell> cells_;
};

}  // namespace glossa::detail
