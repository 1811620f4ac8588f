// Where Pinecone is and how its index is made.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/store/connectors/check_options.hpp>
#include <glossa/store/connectors/connection_options.hpp>
#include <glossa/store/connectors/json_api.hpp>

#include <algorithm>
#include <cstddef>
#include <string>

namespace glossa {

/// Of the ConnectionOptions, address may be empty: https://api.pinecone.io. The collection is an index, in whose name _
/// becomes -, so it has lower-case letters, digits and _ inside; the name space is a namespace of it.
struct PineconeOptions {
  ConnectionOptions connection{};
  std::string cloud = "aws";  ///< where an index is made that is not there: aws, gcp or azure
  std::string region = "us-east-1";
  /// Pinecone keeps what it is sent, and finds it a little later: reads wait, up to the time-out, for what was written
  /// through this store before.
  bool waits_for_writes = true;
};

namespace detail {

inline constexpr std::size_t kMostPineconeHits = 10'000;

[[nodiscard]] constexpr const char* pinecone_name(Metric metric) noexcept {
  return metric == Metric::dot ? "dotproduct" : metric == Metric::euclidean ? "euclidean" : "cosine";
}

[[nodiscard]] inline std::string pinecone_index(const std::string& collection) {
  std::string out = collection;
  std::replace(out.begin(), out.end(), '_', '-');
  return out;
}

inline void check_options(const PineconeOptions& options) {
  check_options(options.connection, 45);
  require_metric(options.connection.metric, {Metric::cosine, Metric::dot, Metric::euclidean}, "Pinecone");
  const std::string& name = options.connection.collection;
  const bool fits = name.front() != '_' && name.back() != '_' &&
                    std::none_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!fits)
    throw Error(ErrorKind::invalid_argument, {.field = "ConnectionOptions::collection",
                                              .expected = "lower-case letters and digits, and _ inside",
                                              .found = name});
  if (options.connection.dims > 20'000)
    throw Error(ErrorKind::invalid_argument, {.field = "ConnectionOptions::dims",
                                              .expected = "at most 20000",
                                              .found = std::to_string(options.connection.dims)});
  require_header_text("ConnectionOptions::api_key", options.connection.api_key);
  (void)checked_url(options.connection);
}

}  // namespace detail
}  // namespace glossa
