// Where a Milvus is and how its collection is made.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/store/connectors/check_options.hpp>
#include <glossa/store/connectors/connection_options.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace glossa {

/// How Milvus looks for vectors: as it likes, at all of them, or through a graph.
enum class MilvusIndex { automatic, flat, hnsw };

/// Of the ConnectionOptions, address is host:port; api_key is a token, or "user:password"; the name space is the value
/// of the collection's partition key.
struct MilvusOptions {
  ConnectionOptions connection{};
  std::string database{};  ///< empty: the server's default
  MilvusIndex index = MilvusIndex::automatic;
  std::size_t hnsw_m = 16;
  std::size_t hnsw_ef_construction = 200;
};

namespace detail {

inline constexpr std::size_t kLongestMilvusText = 65'535;  // bytes of a VARCHAR
inline constexpr std::size_t kLongestMilvusJson = 65'536;
inline constexpr std::size_t kMostMilvusTags = 4096;
inline constexpr std::size_t kMostMilvusHits = 16'384;       // of a search or a query
inline constexpr std::size_t kMostMilvusBytes = 32'000'000;  // of an upsert; Milvus takes 64 MB

[[nodiscard]] constexpr const char* milvus_name(Metric metric) noexcept {
  return metric == Metric::dot ? "IP" : metric == Metric::euclidean ? "L2" : "COSINE";
}

inline void check_options(const MilvusOptions& options) {
  check_options(options.connection, 200);
  require_metric(options.connection.metric, {Metric::cosine, Metric::dot, Metric::euclidean}, "Milvus");
  if (!options.database.empty()) require_plain_name("MilvusOptions::database", options.database, 200);
  const std::string& address = options.connection.address;
  if (address.compare(0, 5, "unix:") != 0)
    require_safe_key(options.connection, std::string_view(address).substr(0, address.rfind(':')),
                     options.connection.tls.enabled);
  if (options.connection.dims > 32'768)
    throw Error(ErrorKind::invalid_argument, {.field = "ConnectionOptions::dims",
                                              .expected = "at most 32768",
                                              .found = std::to_string(options.connection.dims)});
  if (options.connection.tls.enabled && !options.connection.tls.verify)
    throw Error(ErrorKind::unsupported, {.field = "TlsOptions::verify",
                                         .problem = "gRPC always verifies certificates",
                                         .remedy = "name the authority's certificate in ca_file"});
}

}  // namespace detail
}  // namespace glossa
