// Definitions of top_k's functions; see core/linkage.hpp.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/search/exact_search.hpp>
#include <glossa/search/top_k.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace glossa {

GLOSSA_INLINE TopK::TopK(const Embeddings& queries, std::size_t k, const SearchOptions& options)
    : search_(std::make_unique<detail::ExactSearch>(queries.values(), queries.rows(), queries.dims(), k, options)) {}
GLOSSA_INLINE TopK::TopK(std::span<const float> query, std::size_t k, const SearchOptions& options)
    : search_(std::make_unique<detail::ExactSearch>(query, 1, query.size(), k, options)) {}
GLOSSA_INLINE TopK::TopK(TopK&&) noexcept = default;
GLOSSA_INLINE TopK& TopK::operator=(TopK&&) noexcept = default;
GLOSSA_INLINE TopK::~TopK() = default;

GLOSSA_INLINE void TopK::add(std::span<const float> rows, std::size_t first_index) {
  const std::size_t dims = search_->dims();
  if (dims == 0 ? !rows.empty() : rows.size() % dims != 0)
    throw Error(ErrorKind::invalid_argument, {.field = "rows",
                                              .expected = "whole rows of " + std::to_string(dims) + " values",
                                              .found = std::to_string(rows.size()) + " values"});
  search_->add(rows.data(), dims == 0 ? 0 : rows.size() / dims, first_index);
}

GLOSSA_INLINE void TopK::add(const Embeddings& rows, std::size_t first_index) {
  if (!rows.empty() && search_->queries() > 0) detail::require_same_size("top_k", search_->dims(), rows.dims());
  search_->add(rows.values().data(), rows.rows(), first_index);
}

GLOSSA_INLINE std::vector<std::vector<Hit>> TopK::hits() const {
  std::vector<std::vector<Hit>> all(search_->queries());
  for (std::size_t q = 0; q < all.size(); ++q) all[q] = search_->best(q).sorted();
  return all;
}

GLOSSA_INLINE std::vector<Hit> TopK::hits(std::size_t query) const {
  if (query >= search_->queries())
    throw Error(
        ErrorKind::invalid_argument,
        {.field = "query", .expected = "below " + std::to_string(search_->queries()), .found = std::to_string(query)});
  return search_->best(query).sorted();
}

GLOSSA_INLINE std::vector<Hit> top_k(std::span<const float> query, const Embeddings& corpus, std::size_t k,
                                     const SearchOptions& options) {
  TopK best(query, k, options);
  best.add(corpus, 0);
  return std::move(best.hits().front());
}

GLOSSA_INLINE std::vector<std::vector<Hit>> top_k(const Embeddings& queries, const Embeddings& corpus, std::size_t k,
                                                  const SearchOptions& options) {
  TopK best(queries, k, options);
  best.add(corpus, 0);
  return best.hits();
}

}  // namespace glossa
