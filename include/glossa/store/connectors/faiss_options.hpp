// How a store of Faiss is made: flat, or lists of short codes (IVF-PQ).
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/search/metric.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace glossa {

enum class FaissKind {
  flat,    ///< every vector, in full
  ivf_pq,  ///< vectors as pq_parts · pq_bits / 8 bytes in lists, of which a search looks at some
};

struct FaissOptions {
  std::size_t dims = 0;
  Metric metric = Metric::cosine;  ///< manhattan: flat alone
  FaissKind kind = FaissKind::flat;
  std::size_t lists = 256;
  std::size_t pq_parts = 0;    ///< has to divide dims; 0: dims / 8 or the greatest below that does
  std::size_t pq_bits = 8;     ///< 4 to 12
  std::size_t train_rows = 0;  ///< so many records are gathered, and searched one by one, first; 0: 39 a centre
  std::size_t probes = 16;     ///< lists that a search looks at
  std::size_t rescored = 4;    ///< with keep_vectors: k · rescored candidates are scored again, exactly
  bool keep_vectors = true;    ///< without, find() gives vectors as the index holds them, close to what came in
  std::uint32_t seed = 1;      ///< of the centres
};

namespace detail {

[[nodiscard]] inline std::size_t pq_parts_of(const FaissOptions& options) {
  if (options.pq_parts != 0) return options.pq_parts;
  std::size_t parts = options.dims < 8 ? options.dims : options.dims / 8;
  while (options.dims % parts != 0) --parts;
  return parts;
}

[[nodiscard]] inline std::size_t least_train_rows(const FaissOptions& options) {
  const std::size_t codes = std::size_t{1} << options.pq_bits;
  return options.lists > codes ? options.lists : codes;
}

[[nodiscard]] inline std::size_t train_rows_of(const FaissOptions& options) {
  return options.train_rows == 0 ? 39 * least_train_rows(options) : options.train_rows;
}

inline void check_options(const FaissOptions& options) {
  const auto refuse = [](const char* field, const std::string& expected, std::size_t found) {
    throw Error(ErrorKind::invalid_argument, {.field = field, .expected = expected, .found = std::to_string(found)});
  };
  if (options.dims == 0 || options.dims > 65'536) refuse("FaissOptions::dims", "1 to 65536", options.dims);
  if (options.kind == FaissKind::flat) return;
  if (options.metric == Metric::manhattan)
    throw Error(ErrorKind::unsupported, {.field = "FaissOptions::metric",
                                         .expected = "cosine, dot or euclidean with ivf_pq",
                                         .found = to_string(options.metric)});
  if (options.lists == 0 || options.lists > 1u << 20) refuse("FaissOptions::lists", "1 to 1048576", options.lists);
  if (options.pq_bits < 4 || options.pq_bits > 12) refuse("FaissOptions::pq_bits", "4 to 12", options.pq_bits);
  if (options.dims % pq_parts_of(options) != 0)
    refuse("FaissOptions::pq_parts", "a divisor of " + std::to_string(options.dims), options.pq_parts);
  if (options.probes == 0) refuse("FaissOptions::probes", "at least 1", 0);
  if (options.rescored == 0) refuse("FaissOptions::rescored", "at least 1", 0);
  const std::size_t least = least_train_rows(options);
  if (train_rows_of(options) < least)
    refuse("FaissOptions::train_rows", "at least " + std::to_string(least), options.train_rows);
}

}  // namespace detail
}  // namespace glossa
