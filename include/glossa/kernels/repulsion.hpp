// What t-SNE asks of the kernels: the operands.
#pragma once

#include <cstddef>

namespace glossa::detail {

/// Points that repulsion is summed for at a time.
inline constexpr std::size_t kRepelled = 16;

/// kRepelled points (x, y) against `count` masses at (mass_x, mass_y), and the first `own` of the points against each
/// other. With q = 1 / (1 + squared distance), sums q·mass to `weights`, and q²·mass times the way from the mass to the
/// point to `force_x`, `force_y`. Nothing is its own neighbour: q would be 1, against which the others are small.
template <class T>
struct Repulsion {
  const T* x;
  const T* y;
  const T* mass_x;
  const T* mass_y;
  const T* mass;
  std::size_t count;
  std::size_t own;
  T* force_x;
  T* force_y;
  T* weights;
};

}  // namespace glossa::detail
