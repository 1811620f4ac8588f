// Vectors and their classes come in, and then weights; how badly the weights tell the classes, and which way is better,
// go out.
#pragma once

#include <glossa/cluster/points.hpp>
#include <glossa/core/aligned_buffer.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/kernels.hpp>
#include <glossa/kernels/packed_matrix.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// Mean cross-entropy + penalty/2·‖W‖² of multinomial logistic regression with n vectors. Parameters: for each class
/// its weights [dims] and its intercept, which costs nothing. Two classes have one row: that of the second, whose
/// probability is its sigmoid. Products are in T, as scikit-learn's are in the numbers that it is given; the rest, and
/// the sums of losses, in double.
template <std::floating_point T>
class SoftmaxLoss {
 public:
  /// classes: of each vector, from 0 on.
  SoftmaxLoss(const Kernels<T>& kernels, const Points<T>& points, std::vector<std::size_t> classes, std::size_t count,
              double penalty)
      : kernels_(kernels),
        classes_(std::move(classes)),
        rows_(count == 2 ? 1 : count),
        size_(points.rows()),
        dims_(points.dims()),
        penalty_(penalty),
        samples_(dims_, round_up(size_, kernels.panel), kernels.panel),
        features_(size_, round_up(dims_, kernels.panel), kernels.panel),
        weights_(rows_ * (dims_ + 1)),
        scores_(rows_ * samples_.columns()),
        slopes_(rows_ * features_.columns()) {
    samples_.set_columns_from_rows(0, size_, points.data(), dims_);
    std::vector<T> turned(size_ * dims_);
    for (std::size_t i = 0; i < size_; ++i)
      for (std::size_t j = 0; j < dims_; ++j) turned[j * size_ + i] = points[i][j];
    features_.set_columns_from_rows(0, dims_, turned.data(), size_);
  }

  [[nodiscard]] std::size_t parameters() const noexcept { return rows_ * (dims_ + 1); }

  [[nodiscard]] double operator()(std::span<const double> parameters, std::span<double> gradient) {
    std::transform(parameters.begin(), parameters.end(), weights_.data(), [](double w) { return static_cast<T>(w); });
    const std::size_t width = samples_.columns();
    kernels_.multiply({weights_.data(), dims_ + 1, rows_, samples_.panel(0), dims_, width, scores_.data(), width});
    std::fill(gradient.begin(), gradient.end(), 0.0);
    const double loss = rows_ == 1 ? add_pairs(parameters, gradient) : add_classes(parameters, gradient);
    const std::size_t columns = features_.columns();
    kernels_.multiply({scores_.data(), width, rows_, features_.panel(0), size_, columns, slopes_.data(), columns});
    double squares = 0;
    for (std::size_t r = 0; r < rows_; ++r) {
      const std::size_t first = r * (dims_ + 1);
      for (std::size_t j = 0; j < dims_; ++j) {
        const double weight = parameters[first + j];
        squares += weight * weight;
        gradient[first + j] = static_cast<double>(slopes_[r * columns + j]) / count() + penalty_ * weight;
      }
      gradient[first + dims_] /= count();
    }
    return loss / count() + penalty_ / 2 * squares;
  }

 private:
  [[nodiscard]] double count() const noexcept { return static_cast<double>(size_); }

  /// A vector's score of a row; its place then takes the slope of its loss.
  [[nodiscard]] T& at(std::size_t row, std::size_t i) noexcept { return scores_[row * samples_.columns() + i]; }

  /// Sums losses, and the intercepts' slopes; scores become slopes.
  [[nodiscard]] double add_classes(std::span<const double> parameters, std::span<double> gradient) {
    std::vector<double> shares(rows_);
    double loss = 0;
    for (std::size_t i = 0; i < size_; ++i) {
      for (std::size_t r = 0; r < rows_; ++r)
        shares[r] = static_cast<double>(at(r, i)) + parameters[r * (dims_ + 1) + dims_];
      const double most = *std::max_element(shares.begin(), shares.end());
      const double right = shares[classes_[i]] - most;
      double sum = 0;
      for (double& share : shares) sum += share = std::exp(share - most);
      loss += std::log(sum) - right;
      for (std::size_t r = 0; r < rows_; ++r) {
        const double slope = shares[r] / sum - (r == classes_[i] ? 1 : 0);
        gradient[r * (dims_ + 1) + dims_] += slope;
        at(r, i) = static_cast<T>(slope);
      }
    }
    return loss;
  }

  /// The same of two classes.
  [[nodiscard]] double add_pairs(std::span<const double> parameters, std::span<double> gradient) {
    double loss = 0;
    for (std::size_t i = 0; i < size_; ++i) {
      const double score = static_cast<double>(at(0, i)) + parameters[dims_];
      const double tail = std::exp(-std::abs(score));  // no overflow, whatever the score
      loss += std::log1p(tail) + std::max(score, 0.0) - (classes_[i] == 1 ? score : 0);
      const double probability = (score >= 0 ? 1 : tail) / (1 + tail);
      const double slope = probability - (classes_[i] == 1 ? 1 : 0);
      gradient[dims_] += slope;
      at(0, i) = static_cast<T>(slope);
    }
    return loss;
  }

  Kernels<T> kernels_;
  std::vector<std::size_t> classes_;
  std::size_t rows_;
  std::size_t size_;
  std::size_t dims_;
  double penalty_;
  PackedMatrix<T> samples_;   // [dims, n]
  PackedMatrix<T> features_;  // [n, dims]
  AlignedBuffer<T> weights_;  // [rows, dims + 1]
  AlignedBuffer<T> scores_;   // [rows, n], filled up
  AlignedBuffer<T> slopes_;   // [rows, dims], filled up
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
