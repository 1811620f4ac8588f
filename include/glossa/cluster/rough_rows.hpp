// Vectors come in; they go out in a byte a number, with how far a product of such is from the true one at most.
#pragma once

#include <glossa/cluster/double_sums.hpp>
#include <glossa/cluster/pair_sieve.hpp>
#include <glossa/core/aligned_buffer.hpp>
#include <glossa/kernels/code_sums.hpp>
#include <glossa/kernels/operations.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

namespace glossa::detail {

/// Products of bytes are summed in 32 bits.
inline constexpr std::size_t kMostRoughDims = 65536;

/// x = scale · q + rest, with q of whole numbers from -127 to 127. Lengths and errors have room for the rounding of
/// what is computed with them in floats.
struct RoughScale {
  float scale;   ///< NaN where floats do not hold products with the vector
  float length;  ///< of x
  float error;   ///< the rest's length
};

/// The greatest magnitude among some numbers that floats have room for.
template <class T>
[[nodiscard]] float greatest_magnitude(std::span<const T> values) noexcept {
  float most[kSumLanes] = {};
  std::size_t i = 0;
  for (; i + kSumLanes <= values.size(); i += kSumLanes)
    for (std::size_t lane = 0; lane < kSumLanes; ++lane) {
      const float magnitude = std::abs(static_cast<float>(values[i + lane]));
      most[lane] = magnitude > most[lane] ? magnitude : most[lane];
    }
  for (; i < values.size(); ++i) most[0] = std::max(most[0], std::abs(static_cast<float>(values[i])));
  return *std::max_element(most, most + kSumLanes);
}

/// Whether rough vectors can be made of one of this squared length.
[[nodiscard]] inline bool has_rough_codes(double square, std::size_t dims) noexcept {
  return dims <= kMostRoughDims && is_ordinary<float>(square, dims);
}

/// rest: the square of the rest's length, added up in floats: each term is rounded three times, and sums have dims + 8
/// of them. 2e-6, which is 33 times what one rounding takes, is for what is rounded of x itself (a difference, or a
/// double), of scale · q, and of the product of two such vectors with its bound, when all is computed in floats.
[[nodiscard]] inline RoughScale rough_scale(float scale, double rest, double square, std::size_t dims) noexcept {
  const double length = std::sqrt(square);
  return {scale, static_cast<float>(length * 1.000001),
          static_cast<float>(std::sqrt(rest) * (1 + 1e-7 * static_cast<double>(dims + 8)) + 2e-6 * length)};
}

/// Writes q, plus `zero`, as bytes. codes: [round_up(dims, kCodeBytes)]. square: of the vector's length.
template <class T, class Byte>
[[nodiscard]] RoughScale rough_codes(std::span<const T> vector, double square, int zero,
                                     std::span<Byte> codes) noexcept {
  constexpr float kShift = 12582912.0F;  // 1.5 · 2^23: a float that is as large has no digits behind the point
  const std::size_t dims = vector.size();
  std::fill(codes.begin() + static_cast<std::ptrdiff_t>(dims), codes.end(), static_cast<Byte>(zero));
  constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
  if (!has_rough_codes(square, dims)) {
    std::fill_n(codes.begin(), dims, static_cast<Byte>(zero));
    if (!(square < 1)) return {kNone, kNone, kNone};
    const auto length = static_cast<float>(std::sqrt(square) * 1.000001);
    return {0, length, length};  // next to nothing, all of which is rest
  }
  const float most = greatest_magnitude(vector);
  const float scale = most / 127;
  const float inverse = 127 / most;
  float sums[kSumLanes] = {};
  const auto add = [&](std::size_t i, float& sum) {
    const float value = static_cast<float>(vector[i]);
    const float code = (value * inverse + kShift) - kShift;
    codes[i] = static_cast<Byte>(static_cast<int>(code) + zero);
    const float difference = value - code * scale;
    sum += difference * difference;
  };
  std::size_t i = 0;
  for (; i + kSumLanes <= dims; i += kSumLanes)
    for (std::size_t lane = 0; lane < kSumLanes; ++lane) add(i + lane, sums[lane]);
  for (; i < dims; ++i) add(i, sums[0]);
  return rough_scale(scale, std::accumulate(sums, sums + kSumLanes, 0.0), square, dims);
}

/// Vectors in bytes, one after another, each plus 128.
class RoughRows {
 public:
  static constexpr int kZero = 128;

  RoughRows() = default;
  /// Makes room for vectors all of which are then set.
  RoughRows(std::size_t rows, std::size_t dims)
      : stride_(round_up(dims, kCodeBytes)), codes_(rows * stride_), scales_(rows), lengths_(rows), errors_(rows) {}

  /// That they take.
  [[nodiscard]] static double bytes(std::size_t rows, std::size_t dims) noexcept {
    return static_cast<double>(rows) * static_cast<double>(round_up(dims, kCodeBytes) + 3 * sizeof(float));
  }

  /// square: of its length.
  template <class T>
  void set(std::size_t i, std::span<const T> vector, double square) noexcept {
    set(i, rough_codes(vector, square, kZero, std::span(codes_.data() + i * stride_, stride_)));
  }
  /// The same of vector - origin, by a kernel.
  void set(std::size_t i, std::span<const float> vector, std::span<const float> origin, double square,
           void (*code_row)(const RowToCode&)) noexcept {
    float scale = 0;
    float rest = 0;
    std::uint8_t* codes = codes_.data() + i * stride_;
    std::fill_n(codes + vector.size(), stride_ - vector.size(), std::uint8_t{kZero});
    code_row({vector.data(), origin.data(), vector.size(), reinterpret_cast<std::byte*>(codes), &scale, &rest});
    set(i, rough_scale(scale, static_cast<double>(rest), square, vector.size()));
  }

  [[nodiscard]] bool empty() const noexcept { return scales_.empty(); }
  /// Bytes from one to the next.
  [[nodiscard]] std::size_t stride() const noexcept { return stride_; }
  [[nodiscard]] const std::uint8_t* codes(std::size_t i) const noexcept { return codes_.data() + i * stride_; }
  /// Of each; see RoughScale.
  [[nodiscard]] const float* scales() const noexcept { return scales_.data(); }
  [[nodiscard]] const float* lengths() const noexcept { return lengths_.data(); }
  [[nodiscard]] const float* errors() const noexcept { return errors_.data(); }

 private:
  void set(std::size_t i, const RoughScale& own) noexcept {
    scales_[i] = own.scale;
    lengths_[i] = own.length;
    errors_[i] = own.error;
  }

  std::size_t stride_ = 0;
  AlignedBuffer<std::uint8_t> codes_;
  std::vector<float> scales_;
  std::vector<float> lengths_;
  std::vector<float> errors_;
};

}  // namespace glossa::detail
