// Queries come in; an index that looks for one at a time looks for all of them.
#pragma once

#include <glossa/core/parallel_for.hpp>
#include <glossa/search/index.hpp>
#include <glossa/search/row_store.hpp>

#include <cstddef>
#include <shared_mutex>
#include <span>
#include <vector>

namespace glossa::detail {

/// The hits of each of queries [count, dims], several at a time. search(query) is called with the store's lock held
/// shared, where there is something to look for.
template <class Search>
[[nodiscard]] std::vector<std::vector<Neighbor>> search_each(const RowStore& store, const float* queries,
                                                             std::size_t count, std::size_t dims, std::size_t k,
                                                             Search&& search) {
  std::vector<std::vector<Neighbor>> out(count);
  const auto one = [&](std::size_t q, std::size_t) {
    const std::shared_lock lock(store.lock());
    const std::span<const float> query(queries + q * dims, dims);
    if (!store.has_nothing_for(query, k)) out[q] = search(query);
  };
  if (count == 1) {
    one(0, 0);
  } else {
    parallel_for(store.executor(), count, one);
  }
  return out;
}

}  // namespace glossa::detail
