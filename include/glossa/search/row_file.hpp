// How the rows of an index, and what they are, lie in its file.
#pragma once

#include <glossa/search/growing_rows.hpp>
#include <glossa/search/index.hpp>
#include <glossa/search/index_file.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace glossa::detail {

/// The section "params".
struct RowParams {
  std::uint32_t metric = 0;
  std::uint32_t vectors = 0;
  std::uint32_t rescore = 0;  ///< 0: no finer copy; else its form + 1
  std::uint32_t has_unit_rows = 0;
  std::uint64_t dims = 0;
  std::uint64_t slots = 0;
};

inline void save_options(IndexWriter& writer, const IndexOptions& options, RowParams params) {
  params.metric = static_cast<std::uint32_t>(options.metric);
  params.vectors = static_cast<std::uint32_t>(options.vectors);
  params.rescore = options.rescore ? static_cast<std::uint32_t>(*options.rescore) + 1 : 0;
  writer.values("params", std::span<const RowParams>(&params, 1));
  writer.section("model", std::as_bytes(std::span(options.model)));
}

/// Errors: `corrupt_file`.
[[nodiscard]] inline IndexOptions read_options(const IndexFile& file, const IndexLoadOptions& load) {
  const auto params = file.value<RowParams>("params");
  if (params.metric > static_cast<std::uint32_t>(Metric::euclidean))
    file.damaged("params", "there is no such metric", "");
  if (params.vectors > 4 || params.rescore > 5) file.damaged("params", "there is no such form of vectors", "");
  IndexOptions options;
  options.metric = static_cast<Metric>(params.metric);
  options.vectors = static_cast<VectorForm>(params.vectors);
  if (params.rescore != 0) options.rescore = static_cast<VectorForm>(params.rescore - 1);
  if (options.rescore && !is_finer(*options.rescore, options.vectors))
    file.damaged("params", "the copy to score again from is no finer", "");
  const std::span<const std::byte> model = file.section("model");
  options.model.assign(reinterpret_cast<const char*>(model.data()), model.size());
  options.threads = load.threads;
  options.executor = load.executor;
  options.cpu_level = load.cpu_level;
  return options;
}

/// Errors: `corrupt_file`.
[[nodiscard]] inline std::vector<float> read_mean(const IndexFile& file, const char* name, std::size_t dims) {
  std::vector<float> mean(dims);
  const std::span<const std::byte> bytes = file.section(name, dims * sizeof(float));
  std::memcpy(mean.data(), bytes.data(), bytes.size());
  if (!std::all_of(mean.begin(), mean.end(), [](float value) { return std::isfinite(value); }))
    file.damaged(name, "a number is not finite", "");
  return mean;
}

/// Writes some rows, in this order.
inline void save_rows(IndexWriter& writer, const char* name, const GrowingRows& rows,
                      std::span<const std::uint32_t> order) {
  if (rows.row_bytes() == 0) return;
  writer.begin(name);
  for (std::size_t i = 0; i < order.size();) {
    std::size_t count = 1;
    const std::size_t run = rows.run_from(order[i]);
    while (i + count < order.size() && count < run && order[i + count] == order[i] + count) ++count;
    writer.add({rows[order[i]], count * rows.row_bytes()});
    i += count;
  }
  writer.end();
}

}  // namespace glossa::detail
