// The weights of a linear layer and the moments of its inputs come in; rounded weights go out whose outputs for such
// inputs stay close.
#pragma once

#include <glossa/encoder/calibration_error.hpp>
#include <glossa/kernels/isa.hpp>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// The order in which elements of the input are taken, last ones first: blocks by their share of the moments, the
/// largest last, and so within each. What is rounded first can be made up for by most others.
[[nodiscard]] inline std::vector<std::size_t> rounding_order(const std::vector<double>& moments, std::size_t size,
                                                             std::size_t block) {
  const auto share = [&](std::size_t i) { return moments[i * size + i]; };
  std::vector<double> shares((size + block - 1) / block, 0.0);
  for (std::size_t i = 0; i < size; ++i) shares[i / block] += share(i);
  std::vector<std::size_t> order(size);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const std::size_t of_a = a / block;
    const std::size_t of_b = b / block;
    return of_a == of_b                   ? share(a) < share(b)
           : shares[of_a] != shares[of_b] ? shares[of_a] < shares[of_b]
                                          : of_a < of_b;
  });
  return order;
}

/// The inverse of the lower Cholesky factor of the moments in this order, row-major. A hundredth of their mean is added
/// to the diagonal: it keeps apart what the texts did not.
[[nodiscard]] inline std::vector<double> inverse_factor(const std::vector<double>& moments,
                                                        const std::vector<std::size_t>& order) {
  using Matrix = Eigen::Map<Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
  const std::size_t size = order.size();
  double mean = 0;
  for (std::size_t i = 0; i < size; ++i) mean += moments[i * size + i] / static_cast<double>(size);
  const double damping = mean > 0 ? 0.01 * mean : 1.0;
  std::vector<double> sorted(size * size);
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < size; ++j) sorted[i * size + j] = moments[order[i] * size + order[j]];
    sorted[i * size + i] += damping;
  }
  const auto side = static_cast<Eigen::Index>(size);
  Matrix view(sorted.data(), side, side);
  Eigen::LLT<Eigen::Ref<Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>> factor(view);
  std::vector<double> inverse(size * size, 0.0);
  Matrix out(inverse.data(), side, side);
  out.setIdentity();
  factor.matrixL().solveInPlace(out);
  if (factor.info() != Eigen::Success || !out.allFinite()) throw activations_not_finite();
  return inverse;
}

/// GPTQ (Frantar et al. 2022): weights are rounded one element of the input after another, and those that are still to
/// come take over what was lost, so that Σ |W·x - rounded(W)·x|² stays small over the inputs that `moments` were taken
/// of. weights: [columns, size]; Grid::kBlock neighbours have a scale in common, for which what Grid::for_each_scale()
/// offers is tried. put(column, first element, scale, integers) takes the blocks.
template <class Grid, class Put>
void round_calibrated(const std::vector<double>& moments, const std::vector<float>& weights, std::size_t size,
                      Put&& put) {
  using Matrix = Eigen::Map<Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
  constexpr std::size_t kBlock = Grid::kBlock;
  const std::size_t columns = weights.size() / size;
  const std::vector<std::size_t> order = rounding_order(moments, size, kBlock);
  std::vector<double> inverse = inverse_factor(moments, order);
  std::vector<double> rest(weights.size());  // in that order
  for (std::size_t j = 0; j < columns; ++j)
    for (std::size_t k = 0; k < size; ++k) rest[j * size + k] = static_cast<double>(weights[j * size + order[k]]);

  std::vector<double> errors(columns * kBlock);
  std::array<double, kBlock> left;
  std::array<double, kBlock> lost;
  std::array<typename Grid::Integer, kBlock> integers;
  for (std::size_t end = size; end > 0;) {
    const std::size_t first = order[end - 1] / kBlock * kBlock;
    const std::size_t count = std::min(kBlock, size - first);
    const std::size_t begin = end - count;
    for (std::size_t j = 0; j < columns; ++j) {
      const double* row = rest.data() + j * size + begin;
      double least = std::numeric_limits<double>::infinity();
      typename Grid::Scale best{};
      std::array<typename Grid::Integer, kBlock> best_integers{};
      Grid::for_each_scale(std::span<const double>(row, count), [&](typename Grid::Scale scale) {
        std::copy(row, row + count, left.begin());
        double sum = 0;
        for (std::size_t k = count; k-- > 0 && sum < least;) {
          const double* factors = inverse.data() + (begin + k) * size + begin;
          double value = 0;
          integers[order[begin + k] - first] = Grid::round(left[k], scale, value);
          lost[k] = (left[k] - value) / factors[k];
          sum += lost[k] * lost[k];
          for (std::size_t i = 0; i < k; ++i) left[i] -= lost[k] * factors[i];
        }
        if (sum < least) {
          least = sum;
          best = scale;
          best_integers = integers;
          std::copy(lost.begin(), lost.begin() + count, errors.begin() + static_cast<std::ptrdiff_t>(j * count));
        }
        return sum == 0;
      });
      put(j, first, best, std::span<const typename Grid::Integer>(best_integers.data(), count));
    }
    const auto height = static_cast<Eigen::Index>(columns);
    const auto width = static_cast<Eigen::Index>(count);
    const auto before = static_cast<Eigen::Index>(begin);
    const auto side = static_cast<Eigen::Index>(size);
    if (begin > 0)
      Matrix(rest.data(), height, side).leftCols(before).noalias() -=
          Matrix(errors.data(), height, width) * Matrix(inverse.data(), side, side).block(before, 0, width, before);
    end = begin;
  }
}

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
