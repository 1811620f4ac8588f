// Where Weaviate is and how its collection is made.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/store/connectors/check_options.hpp>
#include <glossa/store/connectors/connection_options.hpp>
#include <glossa/store/connectors/json_api.hpp>

#include <cstddef>
#include <string>

namespace glossa {

/// Of the ConnectionOptions, address is "https://host:port"; the collection's first letter becomes a capital, as
/// Weaviate wants it; the name space is a tenant, and a collection has either tenants or, with an empty name space,
/// none.
struct WeaviateOptions {
  ConnectionOptions connection{};
  bool is_flat = false;  ///< looks at all vectors, which suits small tenants; else through a graph
};

namespace detail {

inline constexpr std::size_t kMostWeaviateHits = 10'000;  // QUERY_MAXIMUM_RESULTS

[[nodiscard]] constexpr const char* weaviate_name(Metric metric) noexcept {
  switch (metric) {
    case Metric::dot: return "dot";
    case Metric::euclidean: return "l2-squared";
    case Metric::manhattan: return "manhattan";
    default: return "cosine";
  }
}

[[nodiscard]] inline std::string weaviate_class(std::string collection) {
  char& first = collection.front();
  if (first >= 'a' && first <= 'z') first = static_cast<char>(first - 'a' + 'A');
  return collection;
}

inline void check_options(const WeaviateOptions& options) {
  check_options(options.connection, 64);
  if (options.connection.collection.front() == '_')
    throw Error(ErrorKind::invalid_argument, {.field = "ConnectionOptions::collection",
                                              .expected = "a letter first",
                                              .found = options.connection.collection});
  require_header_text("ConnectionOptions::api_key", options.connection.api_key);
  (void)checked_url(options.connection);
}

}  // namespace detail
}  // namespace glossa
