// Vectors come in; they go out in the form that an index keeps, and queries in the form that meets it.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/half.hpp>
#include <glossa/kernels/code_sums.hpp>
#include <glossa/kernels/operations.hpp>
#include <glossa/search/coded_query.hpp>
#include <glossa/search/metric.hpp>
#include <glossa/search/number_codes.hpp>
#include <glossa/search/vector_form.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numbers>
#include <span>
#include <vector>

namespace glossa::detail {

/// Turns vectors into one form. For Metric::cosine they are brought to unit length first, so that everything behind
/// is products. int8 and binary keep what differs from a mean: vectors of one model crowd in a cone (e5's cosines are
/// above 0.7), and what they share says nothing about which is nearer; products with it are kept as floats.
/// Numbers beyond ±1e15 are cut to that, and those beyond ±65504 in f16, so that products of finite vectors are finite.
/// keeps_length: rows are for decode() or ExactSearch, which divide by the lengths themselves; floats then stay as they
/// are.
class VectorCoder {
 public:
  VectorCoder() = default;
  VectorCoder(VectorForm form, Metric metric, std::size_t dims, bool keeps_length = false)
      : form_(form), metric_(metric), dims_(dims), keeps_length_(keeps_length) {}

  [[nodiscard]] VectorForm form() const noexcept { return form_; }
  [[nodiscard]] std::size_t dims() const noexcept { return dims_; }
  [[nodiscard]] bool has_mean() const noexcept { return form_ == VectorForm::int8 || form_ == VectorForm::binary; }
  /// Whether rows have terms other than {1, 0}. Those that keep their lengths are compared by other means.
  [[nodiscard]] bool has_terms() const noexcept {
    return has_mean() || (metric_ == Metric::euclidean && !keeps_length_);
  }
  [[nodiscard]] RowTerms terms(const std::byte* row) const noexcept {
    RowTerms out;
    if (has_terms()) std::memcpy(&out, row + number_bytes(), sizeof out);
    return out;
  }

  /// Bytes of a row: its numbers, and its terms where it has such.
  [[nodiscard]] std::size_t row_bytes() const noexcept { return number_bytes() + (has_terms() ? sizeof(RowTerms) : 0); }

  /// Bytes of a row's numbers, filled up with what adds nothing.
  [[nodiscard]] std::size_t number_bytes() const noexcept {
    switch (form_) {
      case VectorForm::f32: return round_up(dims_ * sizeof(float), kCodeBytes);
      case VectorForm::int8: return round_up(dims_, kCodeBytes);
      case VectorForm::binary: return round_up((dims_ + 7) / 8, kBitCodeBytes);
      default: return round_up(dims_ * sizeof(std::uint16_t), kCodeBytes);
    }
  }

  [[nodiscard]] const std::vector<float>& mean() const noexcept { return mean_; }
  void set_mean(std::vector<float> mean) {
    mean_ = std::move(mean);
    mean_square_ = exact_dot(mean_, mean_);
  }
  /// From rows [count, dims].
  void set_mean_of(const float* rows, std::size_t count) {
    std::vector<double> sums(dims_);
    std::vector<float> row(dims_);
    for (std::size_t r = 0; r < count; ++r) {
      prepare({rows + r * dims_, dims_}, row.data());
      for (std::size_t i = 0; i < dims_; ++i) sums[i] += static_cast<double>(row[i]);
    }
    std::vector<float> mean(dims_);
    for (std::size_t i = 0; i < dims_; ++i) mean[i] = static_cast<float>(sums[i] / static_cast<double>(count));
    set_mean(std::move(mean));
  }

  /// The kernel for rows of this form.
  [[nodiscard]] auto sums(const CodeSumKernels& kernels) const noexcept {
    switch (form_) {
      case VectorForm::bf16: return kernels.bf16;
      case VectorForm::f16: return kernels.f16;
      case VectorForm::int8: return kernels.int8;
      case VectorForm::binary: return kernels.bits;
      default: return kernels.f32;
    }
  }

  /// The vector at unit length, where the metric asks for it; one that is so to within rounding stays as it is. Else
  /// as it is, within the range of the form.
  void prepare(std::span<const float> vector, float* out) const {
    std::copy(vector.begin(), vector.end(), out);
    if (form_ == VectorForm::f32 && keeps_length_) return;
    if (metric_ != Metric::cosine) {
      for (std::size_t i = 0; i < dims_; ++i) out[i] = std::clamp(out[i], -kMost, kMost);
      return;
    }
    const double square = exact_dot(vector, vector);
    if (square == 0 || std::abs(square - 1) < 1e-6) return;
    const double factor = 1 / std::sqrt(square);
    for (std::size_t i = 0; i < dims_; ++i) out[i] = static_cast<float>(static_cast<double>(vector[i]) * factor);
  }

  /// Writes a row of row_bytes(). The vector's numbers are finite.
  void encode(std::span<const float> vector, std::byte* row) const {
    std::vector<float> x(dims_);
    prepare(vector, x.data());
    RowTerms terms;
    if (has_mean()) {
      terms.term = static_cast<float>(exact_dot(mean_, x) - mean_square_);
      for (std::size_t i = 0; i < dims_; ++i) x[i] -= mean_[i];
    }
    std::memset(row, form_ == VectorForm::int8 ? kZeroCode : 0, number_bytes());
    switch (form_) {
      case VectorForm::f32: std::memcpy(row, x.data(), dims_ * sizeof(float)); break;
      case VectorForm::bf16: put_halves(x, kMost, row, float_to_bfloat16, bfloat16_to_float); break;
      case VectorForm::f16: put_halves(x, 65504.0F, row, float_to_half, half_to_float); break;
      case VectorForm::int8: terms.scale = put_bytes(x, row, kZeroCode); break;
      case VectorForm::binary:
        terms.scale = static_cast<float>(std::sqrt(exact_dot(x, x)));
        put_bits(x, row);
        break;
    }
    // Of what was rounded: a vector then lies at no distance from itself, and those near it where they are.
    if (metric_ == Metric::euclidean) terms.term = static_cast<float>(-0.5 * exact_dot(x, x));
    if (has_terms()) std::memcpy(row + number_bytes(), &terms, sizeof terms);
  }

  /// What is left of the vector.
  void decode(const std::byte* row, float* out) const {
    const RowTerms terms = this->terms(row);
    for (std::size_t i = 0; i < dims_; ++i) {
      switch (form_) {
        case VectorForm::f32: std::memcpy(out + i, row + i * sizeof(float), sizeof(float)); break;
        case VectorForm::bf16: out[i] = bfloat16_to_float(half_at(row, i)); break;
        case VectorForm::f16: out[i] = half_to_float(half_at(row, i)); break;
        case VectorForm::int8:
          out[i] = mean_[i] + terms.scale * static_cast<float>(std::to_integer<int>(row[i]) - kZeroCode);
          break;
        case VectorForm::binary: {
          const bool is_set = (std::to_integer<unsigned>(row[i / 8]) >> i % 8 & 1u) != 0;
          const float size = terms.scale / std::sqrt(static_cast<float>(dims_));
          out[i] = mean_[i] + (is_set ? size : -size);
          break;
        }
      }
    }
  }

  /// A query from the outside.
  [[nodiscard]] CodedQuery query(std::span<const float> vector) const {
    std::vector<float> q(dims_);
    prepare(vector, q.data());
    CodedQuery coded;
    coded.values = AlignedBuffer<std::byte>(query_bytes());
    std::memset(coded.values.data(), 0, query_bytes());
    if (has_mean()) {
      coded.constant = static_cast<float>(exact_dot(mean_, q));
      for (std::size_t i = 0; i < dims_; ++i) q[i] -= mean_[i];
    }
    switch (form_) {
      case VectorForm::int8: coded.scale = put_bytes(q, coded.values.data(), 0); break;
      case VectorForm::binary:
        put_bits(q, coded.values.data());
        set_bit_scale(static_cast<float>(std::sqrt(exact_dot(q, q))), coded);
        break;
      default: std::memcpy(coded.values.data(), q.data(), dims_ * sizeof(float)); break;
    }
    if (metric_ == Metric::euclidean) {
      coded.factor = 2;
      coded.constant = static_cast<float>(-exact_dot(q, q));
    }
    return coded;
  }

  /// A stored row as a query, as good as its form allows.
  void query_of_row(const std::byte* row, CodedQuery& out) const {
    const RowTerms terms = this->terms(row);
    auto* values = out.values.ensure(query_bytes());
    out.offset = 0;
    out.scale = 1;
    out.factor = metric_ == Metric::euclidean ? 2.0F : 1.0F;
    if (metric_ == Metric::euclidean) {
      out.constant = 2 * terms.term;
    } else {
      out.constant = has_mean() ? static_cast<float>(static_cast<double>(terms.term) + mean_square_) : 0;
    }
    const auto put_floats = [&](auto&& value_of) {
      auto* floats = reinterpret_cast<float*>(values);
      for (std::size_t i = 0; i < query_bytes() / sizeof(float); ++i) floats[i] = value_of(half_at(row, i));
    };
    switch (form_) {
      case VectorForm::f32: std::memcpy(values, row, number_bytes()); break;
      case VectorForm::bf16: put_floats(bfloat16_to_float); break;
      case VectorForm::f16: put_floats(half_to_float); break;
      case VectorForm::int8:
        for (std::size_t i = 0; i < number_bytes(); i += 8) {
          std::uint64_t eight = 0;
          std::memcpy(&eight, row + i, sizeof eight);
          eight ^= 0x8080808080808080u;  // less 128 each
          std::memcpy(values + i, &eight, sizeof eight);
        }
        out.scale = terms.scale;
        break;
      case VectorForm::binary:
        std::memcpy(values, row, number_bytes());
        set_bit_scale(terms.scale, out);
        break;
    }
  }

 private:
  static constexpr int kZeroCode = 128;
  static constexpr float kMost = 1e15F;

  [[nodiscard]] std::size_t query_bytes() const noexcept {
    const bool has_halves = form_ == VectorForm::bf16 || form_ == VectorForm::f16;
    return has_halves ? 2 * number_bytes() : number_bytes();
  }

  /// Two vectors at an angle a agree in all but a/pi of their bits (Charikar 2002), which near a right angle makes the
  /// share of those that agree, less the others, 2/pi of the cosine.
  void set_bit_scale(float length, CodedQuery& out) const {
    out.offset = -static_cast<float>(8 * number_bytes() - dims_);  // the bits behind the last agree
    out.scale = length * static_cast<float>(std::numbers::pi / 2) / static_cast<float>(dims_);
  }

  VectorForm form_ = VectorForm::f32;
  Metric metric_ = Metric::cosine;
  std::size_t dims_ = 0;
  bool keeps_length_ = false;
  std::vector<float> mean_;
  double mean_square_ = 0;
};

}  // namespace glossa::detail
