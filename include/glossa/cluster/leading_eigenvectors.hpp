// A symmetric matrix comes in; the eigenvectors of its largest eigenvalues go out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/executor.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/kernels/isa.hpp>

#include <Eigen/Core>
#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Eigenvalues, the largest first, and their eigenvectors, a row each.
struct Eigenpairs {
  std::vector<double> values;   ///< [count]
  std::vector<double> vectors;  ///< [count, side]
};

/// A number of the normal distribution (Box & Muller 1958); the standard library's differ between implementations.
[[nodiscard]] inline double normal_number(std::mt19937_64& random) {
  const auto uniform = [&] { return (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53; };
  const double radius = std::sqrt(-2 * std::log(uniform()));
  return radius * std::cos(6.283185307179586 * uniform());
}

inline namespace GLOSSA_ISA {

/// By Householder's and the QR method, all at once. Errors: `numeric` where that comes to no end.
[[nodiscard]] inline Eigenpairs dense_eigenvectors(const std::vector<double>& matrix, std::size_t side,
                                                   std::size_t count) {
  using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic>;
  const auto size = static_cast<Eigen::Index>(side);
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(Eigen::Map<const Matrix>(matrix.data(), size, size));
  if (solver.info() != Eigen::Success)
    throw Error(ErrorKind::numeric,
                {.field = "points", .problem = "their products have no eigenvectors", .remedy = "scale the vectors"});
  Eigenpairs pairs;
  for (std::size_t i = 0; i < count; ++i) {
    const Eigen::Index column = size - 1 - static_cast<Eigen::Index>(i);
    pairs.values.push_back(solver.eigenvalues()(column));
    for (Eigen::Index j = 0; j < size; ++j) pairs.vectors.push_back(solver.eigenvectors()(j, column));
  }
  return pairs;
}

/// Makes rows [count, side] orthonormal, one after another; what depends on those before it becomes a unit vector that
/// does not.
inline void orthonormalize(std::vector<double>& rows, std::size_t count, std::size_t side) {
  const auto dot = [&](const double* a, const double* b) { return std::inner_product(a, a + side, b, 0.0); };
  std::size_t spare = 0;
  for (std::size_t i = 0; i < count; ++i) {
    double* own = rows.data() + i * side;
    while (true) {
      const double before = std::sqrt(dot(own, own));
      for (int twice = 0; twice < 2; ++twice)
        for (std::size_t j = 0; j < i; ++j) {
          const double* other = rows.data() + j * side;
          const double share = dot(own, other);
          for (std::size_t k = 0; k < side; ++k) own[k] -= share * other[k];
        }
      const double length = std::sqrt(dot(own, own));
      if (length > 1e-12 * before) {
        for (std::size_t k = 0; k < side; ++k) own[k] /= length;
        break;
      }
      std::fill_n(own, side, 0.0);
      own[spare++ % side] = 1;
    }
  }
}

/// By subspace iteration with a few vectors more than asked for. `report` is called once a round, and may throw.
[[nodiscard]] inline Eigenpairs iterated_eigenvectors(const std::vector<double>& matrix, std::size_t side,
                                                      std::size_t count, std::uint64_t seed, Executor& executor,
                                                      const std::function<void()>& report) {
  constexpr std::size_t kSpare = 14;
  constexpr int kRounds = 300;
  constexpr double kEnough = 1e-9;
  const std::size_t width = std::min(count + kSpare, side);
  std::mt19937_64 random(seed);
  std::vector<double> basis(width * side);
  for (double& value : basis) value = normal_number(random);
  orthonormalize(basis, width, side);
  std::vector<double> image(width * side);
  Eigenpairs pairs;
  for (int round = 0; round < kRounds; ++round) {
    report();
    parallel_for(executor, side, [&](std::size_t row, std::size_t) {
      const double* own = matrix.data() + row * side;
      for (std::size_t i = 0; i < width; ++i)
        image[i * side + row] =
            std::inner_product(own, own + side, basis.begin() + static_cast<std::ptrdiff_t>(i * side), 0.0);
    });
    // Rayleigh & Ritz: the best eigenvectors within the basis.
    std::vector<double> small(width * width);
    for (std::size_t i = 0; i < width; ++i)
      for (std::size_t j = 0; j <= i; ++j)
        small[i * width + j] = small[j * width + i] =
            std::inner_product(basis.data() + i * side, basis.data() + (i + 1) * side, image.data() + j * side, 0.0);
    const Eigenpairs inner = dense_eigenvectors(small, width, width);
    const auto combine = [&](const std::vector<double>& rows) {
      std::vector<double> out(width * side);
      for (std::size_t i = 0; i < width; ++i)
        for (std::size_t j = 0; j < width; ++j)
          for (std::size_t k = 0; k < side; ++k) out[i * side + k] += inner.vectors[i * width + j] * rows[j * side + k];
      return out;
    };
    const std::vector<double> vectors = combine(basis);
    std::vector<double> images = combine(image);
    double worst = 0;
    for (std::size_t i = 0; i < count; ++i) {
      double square = 0;
      for (std::size_t k = 0; k < side; ++k) {
        const double rest = images[i * side + k] - inner.values[i] * vectors[i * side + k];
        square += rest * rest;
      }
      worst = std::max(worst, std::sqrt(square));
    }
    pairs.values.assign(inner.values.begin(), inner.values.begin() + static_cast<std::ptrdiff_t>(count));
    pairs.vectors.assign(vectors.begin(), vectors.begin() + static_cast<std::ptrdiff_t>(count * side));
    if (worst <= kEnough * std::abs(inner.values[0])) break;
    basis = std::move(images);
    orthonormalize(basis, width, side);
  }
  return pairs;
}

/// The `count` largest eigenvalues of matrix [side, side] with their eigenvectors. `report` is called where that takes
/// long, and may throw.
[[nodiscard]] inline Eigenpairs leading_eigenvectors(const std::vector<double>& matrix, std::size_t side,
                                                     std::size_t count, std::uint64_t seed, Executor& executor,
                                                     const std::function<void()>& report) {
  constexpr std::size_t kDense = 1024;
  return side <= kDense ? dense_eigenvectors(matrix, side, count)
                        : iterated_eigenvectors(matrix, side, count, seed, executor, report);
}

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
