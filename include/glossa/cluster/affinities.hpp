// Neighbours with their distances come in; how strongly t-SNE draws each two of them together goes out.
#pragma once

#include <glossa/cluster/nearest_rows.hpp>
#include <glossa/cluster/shares.hpp>
#include <glossa/core/executor.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace glossa::detail {

/// A symmetric matrix of which most elements are 0. The others of row i are begin[i] to begin[i + 1].
template <std::floating_point T>
struct Affinities {
  std::vector<std::size_t> begin;
  std::vector<std::uint32_t> columns;
  std::vector<T> values;
};

/// The probability that a row picks each of its neighbours: a Gaussian of their distances, as wide as makes the
/// distribution's perplexity, 2 to the power of its entropy, the one asked for. squares: of the distances, ascending.
inline void pick_probabilities(std::span<const double> squares, double perplexity, std::vector<double>& out) {
  constexpr int kRounds = 200;
  constexpr double kEnough = 1e-7;
  const double target = std::log(perplexity);
  double beta = 1;  // 1 / (2 · width²)
  double least = 0;
  double most = std::numeric_limits<double>::infinity();
  // Scaled by the mean, so that the search does not depend on the vectors' lengths.
  double mean = 0;
  std::size_t found = 0;
  for (const double square : squares)
    if (std::isfinite(square)) mean += square, ++found;
  mean = found > 0 ? (mean - static_cast<double>(found) * squares[0]) / static_cast<double>(found) : 0;
  if (mean > 0) beta = 1 / mean;
  out.resize(squares.size());
  for (int round = 0; round < kRounds; ++round) {
    double sum = 0;
    double moment = 0;
    for (std::size_t j = 0; j < squares.size(); ++j) {
      const double further = squares[j] - squares[0];
      out[j] = std::isfinite(further) ? std::exp(-beta * further) : 0.0;
      if (out[j] > 0) moment += out[j] * further;
      sum += out[j];
    }
    for (double& value : out) value /= sum;
    const double entropy = std::log(sum) + beta * moment / sum;
    if (std::abs(entropy - target) < kEnough || mean == 0) return;
    (entropy > target ? least : most) = beta;
    beta = std::isinf(most) ? beta * 2 : (least + most) / 2;
    if (!std::isfinite(beta)) return;  // there are more equal neighbours than the perplexity asks for
  }
}

/// p(i, j) = (p(j | i) + p(i | j)) / (2 · rows): what van der Maaten & Hinton (2008) make of those. `report` is called
/// from time to time, and may throw.
template <std::floating_point T>
[[nodiscard]] Affinities<T> affinities_of(const NearestRows& nearest, std::size_t rows, double perplexity,
                                          Executor& executor, const std::function<void()>& report) {
  constexpr std::size_t kStretch = 8192;  // rows between two reports
  const std::size_t count = nearest.count;
  std::vector<T> given(rows * count);
  const auto pick = [&](std::size_t i) {
    std::vector<double> probabilities;
    if (count > 0 && std::isfinite(nearest.squares_of(i)[0]))
      pick_probabilities(nearest.squares_of(i), perplexity, probabilities);
    for (std::size_t j = 0; j < probabilities.size(); ++j)
      given[i * count + j] = static_cast<T>(probabilities[j] / (2 * static_cast<double>(rows)));
  };
  for (std::size_t first = 0; first < rows; first += kStretch) {
    report();
    for_shares(executor, std::min(kStretch, rows - first), [&](std::size_t i) { pick(first + i); });
  }
  report();
  // Each edge is written at both of its ends; where both rows picked each other, the two become one.
  std::vector<std::size_t> begin(rows + 1);
  const auto for_edges = [&](auto&& body) {
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t j = 0; j < count; ++j)
        if (const std::uint32_t other = nearest.indices_of(i)[j]; other != i) body(i, other, given[i * count + j]);
  };
  for_edges([&](std::size_t i, std::size_t other, T) { ++begin[i + 1], ++begin[other + 1]; });
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  std::vector<std::pair<std::uint32_t, T>> edges(begin.back());
  std::vector<std::size_t> next(begin.begin(), begin.end() - 1);
  for_edges([&](std::size_t i, std::size_t other, T value) {
    edges[next[i]++] = {static_cast<std::uint32_t>(other), value};
    edges[next[other]++] = {static_cast<std::uint32_t>(i), value};
  });
  std::vector<std::size_t> kept(rows);
  for_shares(executor, rows, [&](std::size_t i) {
    const auto first = edges.begin() + static_cast<std::ptrdiff_t>(begin[i]);
    const auto last = edges.begin() + static_cast<std::ptrdiff_t>(begin[i + 1]);
    std::sort(first, last);
    auto to = first;
    for (auto from = first; from != last; ++to) {
      *to = *from++;
      if (from != last && from->first == to->first) to->second += (from++)->second;
    }
    kept[i] = static_cast<std::size_t>(to - first);
  });
  report();
  Affinities<T> result;
  result.begin.resize(rows + 1);
  for (std::size_t i = 0; i < rows; ++i) {
    result.begin[i + 1] = result.begin[i] + kept[i];
    for (std::size_t at = begin[i]; at < begin[i] + kept[i]; ++at) {
      result.columns.push_back(edges[at].first);
      result.values.push_back(edges[at].second);
    }
  }
  return result;
}

}  // namespace glossa::detail
