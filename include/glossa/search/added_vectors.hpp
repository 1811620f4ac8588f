// Vectors from the outside come in, with their ids; they are checked, and those that count are told.
#pragma once

#include <glossa/core/embeddings.hpp>
#include <glossa/core/error.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

namespace glossa::detail {

/// Errors: `invalid_argument` for NaN or infinity.
inline void require_numbers(std::span<const float> values, const std::string& what) {
  if (std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); })) return;
  throw Error(ErrorKind::invalid_argument, {.field = what, .expected = "numbers", .found = "NaN or infinity"});
}

/// The rows that count: of those with the same id the last. Errors: `invalid_argument`.
[[nodiscard]] inline std::vector<std::size_t> checked_rows(std::span<const std::uint64_t> ids,
                                                           const Embeddings& vectors) {
  if (ids.size() != vectors.rows())
    throw Error(ErrorKind::invalid_argument,
                {.field = "add",
                 .expected = "an id for each of " + std::to_string(vectors.rows()) + " vectors",
                 .found = std::to_string(ids.size()) + " ids"});
  for (std::size_t r = 0; r < ids.size(); ++r)
    require_numbers(vectors[r], "the vector with id " + std::to_string(ids[r]));
  std::vector<std::size_t> rows;
  std::unordered_set<std::uint64_t> known;
  for (std::size_t r = ids.size(); r > 0; --r)
    if (known.insert(ids[r - 1]).second) rows.push_back(r - 1);
  std::reverse(rows.begin(), rows.end());
  return rows;
}

}  // namespace glossa::detail
