// Rows in bytes and centres come in; the few centres that may be the nearest to each row go out.
#pragma once

#include <glossa/cluster/center_scores.hpp>
#include <glossa/cluster/double_sums.hpp>
#include <glossa/cluster/nearest_center.hpp>
#include <glossa/cluster/pair_sieve.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/cluster/rough_products.hpp>
#include <glossa/cluster/rough_rows.hpp>
#include <glossa/cluster/run_tools.hpp>
#include <glossa/cluster/steady_rows.hpp>
#include <glossa/core/aligned_buffer.hpp>
#include <glossa/kernels/centers.hpp>
#include <glossa/kernels/kernels.hpp>
#include <glossa/kernels/operations.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace glossa::detail {

/// The rows less their middle, in bytes; empty where products of bytes are no faster, and where they take more room
/// than `most_bytes`, with what is known of rows that stay where they are.
template <class T>
[[nodiscard]] RoughRows rough_rows(const MeasuredRows<T>& rows, const RunTools<T>& tools, double most_bytes) {
  const Points<T>& points = rows.points();
  if (rough_multiply(tools.float_kernels(), points.dims()) == nullptr ||
      RoughRows::bytes(points.rows(), points.dims()) + SteadyRows::bytes(points.rows()) > most_bytes)
    return {};
  RoughRows rough(points.rows(), points.dims());
  std::vector<std::vector<T>> moved(tools.workers(), std::vector<T>(points.dims()));
  const auto code_row = tools.float_kernels().codes.int8_row;
  tools.for_shares(points.rows(), [&](std::size_t, std::size_t first, std::size_t count, std::size_t worker) {
    for (std::size_t row = first; row < first + count; ++row) {
      const auto square = static_cast<double>(rows.square(row));
      if constexpr (std::same_as<T, float>) {
        if (has_rough_codes(square, points.dims())) {
          rough.set(row, points[row], rows.origin(), square, code_row);
          continue;
        }
      }
      std::transform(points[row].begin(), points[row].end(), rows.origin().begin(), moved[worker].begin(),
                     std::minus<T>());
      rough.set(row, std::span<const T>(moved[worker]), square);
    }
  });
  return rough;
}

/// Scores of rows against centres, as CenterScores has them, of bytes: |x - c|² = |x - m|² - 2·score with
/// score = (x - m)·(c - m) - |c - m|²/2. With x - m = ŷ + r and c - m = ĉ + s, whose ŷ and ĉ are what the bytes stand
/// for, a score is off by |r|·|c - m| + |ŷ|·|s| at most.
template <class T>
class RoughCenters {
 public:
  static constexpr std::size_t kRows = CenterScores<T>::kRows;  ///< of a tile

  /// rows: not empty. chosen: the centres that count; in order.
  RoughCenters(const Points<T>& centers, std::vector<std::uint32_t> chosen, std::span<const T> origin,
               const RoughRows& rows, const RunTools<T>& tools)
      : rows_(rows),
        kernels_(tools.float_kernels()),
        chosen_(std::move(chosen)),
        distance_off_(2 * static_cast<double>(centers.dims() + 8) * kDoubleUnit) {
    columns_.clear(round_up(chosen_.size(), kScoreColumns), rows.stride());
    biases_.assign(columns_.columns(),
                   -std::numeric_limits<float>::infinity());  // what fills them up is never the best
    lengths_.assign(columns_.columns(), 0.0F);
    errors_.assign(columns_.columns(), 0.0F);
    slacks_.assign(columns_.columns(), 0.0F);
    RoughRows own(1, centers.dims());
    std::vector<T> moved(centers.dims());
    for (std::size_t c = 0; c < chosen_.size(); ++c) {
      const std::span<const T> center = centers[chosen_[c]];
      std::transform(center.begin(), center.end(), origin.begin(), moved.begin(), std::minus<T>());
      const double square = squared_distance(center, origin);
      own.set(0, std::span<const T>(moved), square);
      columns_.set(c, own.codes(0), own.scales()[0]);
      biases_[c] = narrowed<float>(-square / 2);
      lengths_[c] = own.lengths()[0];
      errors_[c] = own.errors()[0];
      slacks_[c] = narrowed<float>((8 * kUnit + distance_off_) * square) + 8 * std::numeric_limits<float>::min();
      holds_ = holds_ && !std::isnan(own.scales()[0]);
    }
  }

  struct Scratch {
    AlignedBuffer<std::uint8_t> codes;
    AlignedBuffer<float> products;
    std::array<float, kRows> scales;
    std::array<std::size_t, kRows> ends;
    std::array<float, kRows> least;
    std::array<float, kRows> next;
    std::array<float, kRows> floors;
  };

  /// For each of at most kRows rows, of which scratch.floors[r] tells a score that another centre has at least, the
  /// centres that may be nearer, one after another in `out`, those of the r-th row ending at scratch.ends[r]; no other
  /// centre's score is more than scratch.next[r], and the nearest one's no less than scratch.least[r]. Returns how many
  /// there are in all. out: room for rows.size() · stride().
  std::size_t candidates(std::span<const std::uint32_t> rows, Scratch& scratch, std::uint32_t* out) const {
    multiply(rows, scratch);
    std::size_t total = 0;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const std::size_t row = rows[r];
      if (!holds_ || std::isnan(rows_.scales()[row])) {  // no number tells
        std::copy(chosen_.begin(), chosen_.end(), out + total);
        total += chosen_.size();
        scratch.least[r] = -std::numeric_limits<float>::infinity();
        scratch.next[r] = std::numeric_limits<float>::infinity();
      } else {
        const std::size_t some = kernels_.centers.contenders(
            {scratch.products.data() + r * columns_.columns(), biases_.data(), lengths_.data(), errors_.data(),
             slacks_.data(), columns_.columns(), rows_.errors()[row], rows_.lengths()[row] + rows_.errors()[row],
             row_slack(rows_.lengths()[row]), scratch.floors[r], out + total, &scratch.least[r], &scratch.next[r]});
        for (const std::size_t end = total + some; total < end; ++total) out[total] = chosen_[out[total]];
      }
      scratch.ends[r] = total;
    }
    return total;
  }

  [[nodiscard]] std::size_t stride() const noexcept { return columns_.columns(); }

 private:
  static constexpr double kUnit = static_cast<double>(std::numeric_limits<float>::epsilon()) / 2;

  void multiply(std::span<const std::uint32_t> rows, Scratch& scratch) const {
    float* products = scratch.products.ensure(kRows * columns_.columns());
    const std::uint8_t* codes = rows_.codes(rows.front());
    const float* scales = rows_.scales() + rows.front();
    if (rows.back() - rows.front() + 1 != rows.size()) {  // they do not lie one after another
      std::uint8_t* copies = scratch.codes.ensure(kRows * rows_.stride());
      for (std::size_t r = 0; r < rows.size(); ++r) {
        std::copy_n(rows_.codes(rows[r]), rows_.stride(), copies + r * rows_.stride());
        scratch.scales[r] = rows_.scales()[rows[r]];
      }
      codes = copies;
      scales = scratch.scales.data();
    }
    columns_.multiply(kernels_.codes.int8_product, codes, scales, rows.size(), products);
  }

  [[nodiscard]] float row_slack(float length) const noexcept {
    return narrowed<float>(distance_off_ * static_cast<double>(length) * static_cast<double>(length));
  }

  const RoughRows& rows_;
  Kernels<float> kernels_;
  std::vector<std::uint32_t> chosen_;
  double distance_off_;  // how far rounding may take a distance in double, which decides in the end
  RoughColumns columns_;
  std::vector<float> biases_;   // -|c - m|²/2
  std::vector<float> lengths_;  // of c - m
  std::vector<float> errors_;   // of what stands for it
  // What is lost where floats hold a bias and add it, are too small for that, and where double adds up distances; the
  // same of a row is row_slack(). The rest of the bound has room for what is lost of products.
  std::vector<float> slacks_;
  bool holds_ = true;
};

}  // namespace glossa::detail
