// The kernels of every level of instructions that this processor has.
#pragma once

#include "catch.hpp"

#include <glossa/kernels/dispatch.hpp>
#include <glossa/kernels/packed_matrix.hpp>

#include <type_traits>
#include <vector>

namespace test {

/// Calls check(kernels) with the kernels of each level; for double, with the portable ones.
template <class T, class Check>
void for_each_level(Check&& check) {
  const std::vector<glossa::CpuLevel> levels =
      std::is_same_v<T, float> ? glossa::supported_levels() : std::vector{glossa::CpuLevel::portable};
  for (const glossa::CpuLevel level : levels) {
    INFO("level " << to_string(level));
    check(glossa::detail::kernels_of<T>(level));
  }
}

/// B from its rows, [depth, columns].
template <class T>
glossa::detail::PackedMatrix<T> pack(const std::vector<T>& b, std::size_t depth, std::size_t columns,
                                     std::size_t panel) {
  std::vector<T> transposed(b.size());
  for (std::size_t k = 0; k < depth; ++k)
    for (std::size_t j = 0; j < columns; ++j) transposed[j * depth + k] = b[k * columns + j];
  glossa::detail::PackedMatrix<T> packed(depth, columns, panel);
  packed.set_columns_from_rows(0, columns, transposed.data(), depth);
  return packed;
}

}  // namespace test
