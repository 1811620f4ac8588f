// A coder and vectors come in; stored rows, and what a query makes of them, go out.
#pragma once

#include "index_cases.hpp"

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/kernels/dispatch.hpp>
#include <glossa/search/vector_coder.hpp>

#include <cmath>
#include <cstddef>
#include <map>
#include <numeric>
#include <span>
#include <vector>

namespace test {

using glossa::detail::CodedQuery;
using glossa::detail::VectorCoder;

struct StoredRow {
  glossa::AlignedBuffer<std::byte> bytes;
};

[[nodiscard]] inline StoredRow stored(const VectorCoder& coder, std::span<const float> vector) {
  StoredRow row{glossa::AlignedBuffer<std::byte>(coder.row_bytes())};
  coder.encode(vector, row.bytes.data());
  return row;
}

[[nodiscard]] inline std::vector<float> decoded(const VectorCoder& coder, const StoredRow& row) {
  std::vector<float> out(coder.dims());
  coder.decode(row.bytes.data(), out.data());
  return out;
}

[[nodiscard]] inline CodedQuery query_of(const VectorCoder& coder, const StoredRow& row) {
  CodedQuery query;
  coder.query_of_row(row.bytes.data(), query);
  return query;
}

/// The kernels of a level, looked up once: asking the processor takes long on virtual machines.
[[nodiscard]] inline const glossa::detail::CodeSumKernels& kernels_of_level(glossa::CpuLevel level) {
  static std::map<glossa::CpuLevel, glossa::detail::CodeSumKernels> known;
  const auto there = known.find(level);
  if (there != known.end()) return there->second;
  return known.emplace(level, glossa::detail::kernels_of<float>(level).codes).first->second;
}

/// Where the kernels are the least and the most that the processor has.
[[nodiscard]] inline const std::vector<glossa::CpuLevel>& levels_apart() {
  static const std::vector<glossa::CpuLevel> levels{glossa::CpuLevel::portable, glossa::default_level()};
  return levels;
}

/// The similarity that a kernel's sum stands for; of a Euclidean distance minus its square.
[[nodiscard]] inline double coded_similarity(const VectorCoder& coder, const CodedQuery& query, const StoredRow& row,
                                             glossa::CpuLevel level) {
  const auto kernel = coder.sums(kernels_of_level(level));
  const std::byte* place = row.bytes.data();
  float sum = 0;
  kernel({query.values.data(), nullptr, 0, &place, 1, coder.number_bytes(), &sum});
  return static_cast<double>(query.similarity(query.key(sum, coder.terms(place))));
}

/// A vector in double, for bounds.
class Wide : public std::vector<double> {
 public:
  using std::vector<double>::vector;
  explicit Wide(std::span<const float> values) : std::vector<double>(values.begin(), values.end()) {}

  [[nodiscard]] double dot(const Wide& other) const { return std::inner_product(begin(), end(), other.begin(), 0.0); }
  [[nodiscard]] double length() const { return std::sqrt(dot(*this)); }
  /// Σ |x|
  [[nodiscard]] double sum() const {
    return std::accumulate(begin(), end(), 0.0, [](double total, double x) { return total + std::abs(x); });
  }
  [[nodiscard]] double most() const {
    return std::accumulate(begin(), end(), 0.0, [](double a, double b) { return std::max(a, std::abs(b)); });
  }
  [[nodiscard]] Wide minus(const Wide& other) const {
    Wide out(*this);
    for (std::size_t i = 0; i < size(); ++i) out[i] -= other[i];
    return out;
  }
  [[nodiscard]] Wide at_unit_length() const {
    Wide out(*this);
    if (const double own = length(); own != 0)
      for (double& value : out) value /= own;
    return out;
  }
};

}  // namespace test
