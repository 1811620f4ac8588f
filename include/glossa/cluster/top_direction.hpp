// Two symmetric matrices come in; the direction in which the one is largest beside the other goes out.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace glossa::detail {

/// A symmetric matrix of doubles, all of it stored.
class SymmetricMatrix {
 public:
  explicit SymmetricMatrix(std::size_t size) : size_(size), values_(size * size) {}

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] double& operator()(std::size_t i, std::size_t j) noexcept { return values_[i * size_ + j]; }
  [[nodiscard]] double operator()(std::size_t i, std::size_t j) const noexcept { return values_[i * size_ + j]; }

  /// Adds factor · x·xᵀ to the lower half; mirror() fills the other.
  void add_square(std::span<const double> x, double factor) noexcept {
    for (std::size_t i = 0; i < size_; ++i) {
      const double scaled = factor * x[i];
      double* row = values_.data() + i * size_;
      for (std::size_t j = 0; j <= i; ++j) row[j] += scaled * x[j];
    }
  }
  void mirror() noexcept {
    for (std::size_t i = 0; i < size_; ++i)
      for (std::size_t j = 0; j < i; ++j) (*this)(j, i) = (*this)(i, j);
  }
  [[nodiscard]] double trace() const noexcept {
    double sum = 0;
    for (std::size_t i = 0; i < size_; ++i) sum += (*this)(i, i);
    return sum;
  }
  [[nodiscard]] std::vector<double> times(std::span<const double> x) const {
    std::vector<double> out(size_);
    for (std::size_t i = 0; i < size_; ++i)
      for (std::size_t j = 0; j < size_; ++j) out[i] += (*this)(i, j) * x[j];
    return out;
  }

  /// Cholesky: makes this L with L·Lᵀ = what it was, a positive definite matrix; its upper half is not used then.
  void factorize() noexcept {
    for (std::size_t j = 0; j < size_; ++j) {
      for (std::size_t i = j; i < size_; ++i) {
        double sum = (*this)(i, j);
        for (std::size_t k = 0; k < j; ++k) sum -= (*this)(i, k) * (*this)(j, k);
        (*this)(i, j) = i == j ? std::sqrt(sum) : sum / (*this)(j, j);
      }
    }
  }
  /// Solves L·Lᵀ·y = x in place.
  void solve(std::span<double> x) const noexcept {
    for (std::size_t i = 0; i < size_; ++i) {
      for (std::size_t k = 0; k < i; ++k) x[i] -= (*this)(i, k) * x[k];
      x[i] /= (*this)(i, i);
    }
    for (std::size_t i = size_; i-- > 0;) {
      for (std::size_t k = i + 1; k < size_; ++k) x[i] -= (*this)(k, i) * x[k];
      x[i] /= (*this)(i, i);
    }
  }

 private:
  std::size_t size_;
  std::vector<double> values_;
};

struct TopDirection {
  std::vector<double> direction;
  double ratio = 0;  ///< of the two matrices along it
};

/// The u that makes uᵀ·W·u / uᵀ·T·u largest, by power iteration on T⁻¹·W. T must be positive definite.
[[nodiscard]] inline TopDirection top_direction(const SymmetricMatrix& w, SymmetricMatrix t) {
  const std::size_t size = w.size();
  t.factorize();
  TopDirection top;
  top.direction.assign(size, 0);
  for (std::size_t i = 0; i < size; ++i)  // at right angles to nothing in particular
    top.direction[i] = 1 + 0.5 * std::sin(static_cast<double>(i + 1));
  for (int round = 0; round < 1000; ++round) {
    std::vector<double> next = w.times(top.direction);
    t.solve(next);
    double product = 0;
    double square = 0;
    double before = 0;
    for (std::size_t i = 0; i < size; ++i) {
      product += next[i] * top.direction[i];
      square += next[i] * next[i];
      before += top.direction[i] * top.direction[i];
    }
    if (!(square > 0)) return top;
    const double cosine = product / std::sqrt(square * before);
    top.ratio = product / before;
    const double scale = 1 / std::sqrt(square);
    for (std::size_t i = 0; i < size; ++i) top.direction[i] = next[i] * scale;
    if (1 - cosine < 1e-12) break;
  }
  return top;
}

}  // namespace glossa::detail
