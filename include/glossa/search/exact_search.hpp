// Queries and rows come in; the best rows of each query go out, as double precision has them.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/core/thread_pool.hpp>
#include <glossa/kernels/dispatch.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/kernels/packed_matrix.hpp>
#include <glossa/search/best_hits.hpp>
#include <glossa/search/metric.hpp>
#include <glossa/search/search_options.hpp>
#include <glossa/search/sieve.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace glossa::detail {

/// See TopK. Many queries are multiplied with a block of rows as a matrix; few, each with every row.
class ExactSearch {
 public:
  ExactSearch(std::span<const float> queries, std::size_t count, std::size_t dims, std::size_t k,
              const SearchOptions& options)
      : options_(options),
        kernels_(kernels_of<float>(choose_level(options.cpu_level))),
        queries_count_(count),
        count_(k == 0 ? 0 : count),
        k_(k),
        dims_(dims),
        queries_(queries.begin(), queries.end()),
        executor_(options.executor) {
    if (!executor_ && options.threads != 0) executor_ = std::make_shared<ThreadPool>(options.threads);
    for (std::size_t q = 0; q < count_; ++q) sieves_.emplace_back(query(q), options.metric);
    if (options.metric != Metric::manhattan && count_ >= kFewQueries) {
      packed_ = PackedMatrix<float>(dims, round_up(count_, kernels_.panel), kernels_.panel);
      packed_.set_columns_from_rows(0, count_, queries_.data(), dims);
    }
  }

  [[nodiscard]] std::size_t queries() const noexcept { return queries_count_; }
  [[nodiscard]] std::size_t dims() const noexcept { return dims_; }

  /// names: by what each row is told and ties are broken; null: by its index.
  void add(const float* rows, std::size_t count, std::size_t first_index, const std::uint64_t* names = nullptr) {
    names_ = names;
    names_first_ = first_index;
    if (count_ == 0 || count == 0) return;
    const std::size_t blocks = (count + kBlock - 1) / kBlock;
    // A thread costs more than a small corpus.
    const bool small = count * dims_ < kSmall / count_;
    if (!small && !executor_) executor_ = std::make_shared<ThreadPool>();
    const std::size_t workers = small ? 1 : workers_for(*executor_, blocks);
    while (crew_.size() < workers) {
      crew_.emplace_back(count_, k_);
      for (std::size_t q = 0; q < count_; ++q) set_limit(q, crew_.back());
    }
    const auto scan_block = [&](std::size_t block, std::size_t worker) {
      const std::size_t first = block * kBlock;
      scan(rows + first * dims_, std::min(kBlock, count - first), first_index + first, crew_[worker]);
    };
    if (workers > 1) return parallel_for(*executor_, blocks, workers, scan_block);
    for (std::size_t block = 0; block < blocks; ++block) scan_block(block, 0);
  }

  /// The best rows of query q.
  [[nodiscard]] BestHits best(std::size_t q) const {
    BestHits best(k_);
    if (q < count_)
      for (const Worker& worker : crew_) best.add(worker.best[q]);
    return best;
  }

 private:
  static constexpr std::size_t kBlock = 256;      ///< rows that stay in the second-level cache for all queries
  static constexpr std::size_t kFewQueries = 4;   ///< from here on, a matrix product is faster
  static constexpr std::size_t kQueries = 128;    ///< of a matrix product at a time
  static constexpr std::size_t kSmall = 1 << 18;  ///< multiplications that one thread does alone

  struct Worker {
    Worker(std::size_t queries, std::size_t k) : best(queries, BestHits(k)) { limits.resize(queries); }
    std::vector<BestHits> best;
    SieveLimits limits;
    AlignedBuffer<float> products;
    AlignedBuffer<float> squares;
  };

  [[nodiscard]] std::span<const float> query(std::size_t q) const noexcept {
    return std::span(queries_).subspan(q * dims_, dims_);
  }

  void scan(const float* rows, std::size_t count, std::size_t first_index, Worker& worker) const {
    float* squares = worker.squares.ensure(kBlock);
    const auto take = [&](std::size_t q, std::size_t r) { consider(q, first_index + r, rows + r * dims_, worker); };
    if (options_.metric == Metric::manhattan) {
      float* sums = worker.products.ensure(kBlock);
      for (std::size_t q = 0; q < count_; ++q) {
        kernels_.row_sums.absolute_differences({query(q).data(), rows, dims_, count, dims_, sums});
        for (std::size_t r = 0; r < count; ++r)
          if (!worker.limits.rules_out_distance(q, sums[r])) take(q, r);
      }
    } else if (packed_.columns() == 0) {
      float* sums = worker.products.ensure(kBlock);
      for (std::size_t q = 0; q < count_; ++q) {
        kernels_.row_sums.products({query(q).data(), rows, dims_, count, dims_, sums, squares});
        for (std::size_t r = 0; r < count; ++r)
          if (!worker.limits.rules_out(q, 1, sums + r, squares[r])) take(q, r);
      }
    } else {
      const std::size_t width = std::min(round_up(kQueries, kernels_.panel), packed_.columns());
      float* products = worker.products.ensure(kBlock * width);
      kernels_.row_sums.products({queries_.data(), rows, dims_, count, dims_, products, squares});
      for (std::size_t first = 0; first < count_; first += width) {
        const std::size_t columns = std::min(width, packed_.columns() - first);
        const std::size_t queries = std::min(columns, count_ - first);
        kernels_.multiply({rows, dims_, count, packed_.panel(first), dims_, columns, products, width});
        for (std::size_t r = 0; r < count; ++r) {
          const float* sums = products + r * width;
          if (worker.limits.rules_out(first, queries, sums, squares[r])) continue;
          for (std::size_t q = 0; q < queries; ++q)
            if (!worker.limits.rules_out(first + q, 1, sums + q, squares[r])) take(first + q, r);
        }
      }
    }
  }

  /// A row that floats cannot rule out.
  void consider(std::size_t q, std::size_t index, const float* row, Worker& worker) const {
    if (options_.filter && !options_.filter(index)) return;
    const std::uint64_t name = names_ == nullptr ? index : names_[index - names_first_];
    worker.best[q].add({exact_similarity(query(q), {row, dims_}, options_.metric), name});
    set_limit(q, worker);
  }

  void set_limit(std::size_t q, Worker& worker) const {
    worker.limits.set(q, sieves_[q].limit(worker.best[q].threshold()));
  }

  SearchOptions options_;
  Kernels<float> kernels_;
  std::size_t queries_count_;
  std::size_t count_;  // of the queries that are looked for: none for k = 0
  std::size_t k_;
  std::size_t dims_;
  std::vector<float> queries_;
  const std::uint64_t* names_ = nullptr;  // while rows are added
  std::size_t names_first_ = 0;
  PackedMatrix<float> packed_;
  std::vector<Sieve> sieves_;
  std::shared_ptr<Executor> executor_;  // null until a corpus is worth asking the system how many threads there are
  std::vector<Worker> crew_;
};

}  // namespace glossa::detail
