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

/// See TopK. Many queries are multiplied with a block of rows as a matrix; few, each with every row. Workers share out
/// the rows, and each has a list for each query; where these would be long, they share out the queries, and there is
/// one.
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
    if (!small && shares_out_queries()) return add_by_queries(rows, count, first_index);
    const std::size_t workers = small ? 1 : workers_for(*executor_, blocks);
    make_lists(workers);
    const auto scan_block = [&](std::size_t block, std::size_t worker) {
      const std::size_t first = block * kBlock;
      scan({rows + first * dims_, std::min(kBlock, count - first), first_index + first}, lists_[worker],
           desks_[worker]);
    };
    if (workers > 1) return parallel_for(*executor_, blocks, workers, scan_block);
    for (std::size_t block = 0; block < blocks; ++block) scan_block(block, 0);
  }

  /// The best rows of query q.
  [[nodiscard]] BestHits best(std::size_t q) const {
    BestHits best(k_);
    if (q < count_)
      for (const Lists& lists : lists_) best.add(lists.best[q]);
    return best;
  }

 private:
  static constexpr std::size_t kBlock = 256;        ///< rows that stay in the second-level cache for all queries
  static constexpr std::size_t kFewQueries = 4;     ///< from here on, a matrix product is faster
  static constexpr std::size_t kQueries = 128;      ///< of a matrix product at a time
  static constexpr std::size_t kSmall = 1 << 18;    ///< multiplications that one thread does alone
  static constexpr std::size_t kManyQueries = 512;  ///< some dozens of workers can share them out
  static constexpr std::size_t kManyHits = std::size_t{1} << 20;  ///< 16 MiB: from here on they are there once

  /// What was found so far for each query, and what a row has to reach.
  struct Lists {
    Lists(std::size_t queries, std::size_t k) : best(queries, BestHits(k)) { limits.resize(queries); }
    std::vector<BestHits> best;
    SieveLimits limits;
  };
  /// What a worker writes on.
  struct Desk {
    AlignedBuffer<float> products;
    AlignedBuffer<float> squares;
  };
  /// Rows that follow one another, kBlock at most.
  struct RowBlock {
    const float* rows;
    std::size_t count;
    std::size_t first_index;
  };

  /// Makes what is missing for so many workers.
  void make_lists(std::size_t workers) {
    while (lists_.size() < workers) {
      lists_.emplace_back(count_, k_);
      for (std::size_t q = 0; q < count_; ++q) set_limit(q, lists_.back());
    }
    if (desks_.size() < workers) desks_.resize(workers);
  }

  /// Whether lists are long, and of so many queries that these keep many workers busy.
  [[nodiscard]] bool shares_out_queries() const noexcept {
    return executor_->concurrency() > 1 && packed_.columns() != 0 && count_ >= kManyQueries && count_ >= kManyHits / k_;
  }

  /// Gives each worker some of the queries at a time, for all rows.
  void add_by_queries(const float* rows, std::size_t count, std::size_t first_index) {
    const std::size_t share = (count_ + executor_->concurrency() - 1) / executor_->concurrency();
    const std::size_t width = round_up(std::min(kQueries, share), kernels_.panel);
    const std::size_t groups = (count_ + width - 1) / width;
    const std::size_t workers = workers_for(*executor_, groups);
    make_lists(1);
    if (desks_.size() < workers) desks_.resize(workers);
    parallel_for(*executor_, groups, workers, [&](std::size_t group, std::size_t worker) {
      for (std::size_t first = 0; first < count; first += kBlock) {
        const RowBlock block{rows + first * dims_, std::min(kBlock, count - first), first_index + first};
        find_squares(block, desks_[worker], width);
        scan_queries(block, group * width, width, lists_[0], desks_[worker]);
      }
    });
  }

  [[nodiscard]] std::span<const float> query(std::size_t q) const noexcept {
    return std::span(queries_).subspan(q * dims_, dims_);
  }

  /// Looks at all queries.
  void scan(const RowBlock& block, Lists& lists, Desk& desk) const {
    if (options_.metric == Metric::manhattan) {
      float* sums = desk.products.ensure(kBlock);
      for (std::size_t q = 0; q < count_; ++q) {
        kernels_.row_sums.absolute_differences({query(q).data(), block.rows, dims_, block.count, dims_, sums});
        for (std::size_t r = 0; r < block.count; ++r)
          if (!lists.limits.rules_out_distance(q, sums[r])) consider(q, block, r, lists);
      }
    } else if (packed_.columns() == 0) {
      float* sums = desk.products.ensure(kBlock);
      float* squares = desk.squares.ensure(kBlock);
      for (std::size_t q = 0; q < count_; ++q) {
        kernels_.row_sums.products({query(q).data(), block.rows, dims_, block.count, dims_, sums, squares});
        for (std::size_t r = 0; r < block.count; ++r)
          if (!lists.limits.rules_out(q, 1, sums + r, squares[r])) consider(q, block, r, lists);
      }
    } else {
      const std::size_t width = std::min(round_up(kQueries, kernels_.panel), packed_.columns());
      find_squares(block, desk, width);
      for (std::size_t first = 0; first < count_; first += width) scan_queries(block, first, width, lists, desk);
    }
  }

  /// Writes Σ row² of each row to the desk, which then has room for the products with so many queries.
  void find_squares(const RowBlock& block, Desk& desk, std::size_t width) const {
    float* products = desk.products.ensure(kBlock * width);
    float* squares = desk.squares.ensure(kBlock);
    kernels_.row_sums.products({queries_.data(), block.rows, dims_, block.count, dims_, products, squares});
  }

  /// Looks at the queries [first, first + width), by a product of matrices; see find_squares().
  void scan_queries(const RowBlock& block, std::size_t first, std::size_t width, Lists& lists, Desk& desk) const {
    float* products = desk.products.ensure(kBlock * width);
    const float* squares = desk.squares.ensure(kBlock);
    const std::size_t columns = std::min(width, packed_.columns() - first);
    const std::size_t queries = std::min(columns, count_ - first);
    kernels_.multiply({block.rows, dims_, block.count, packed_.panel(first), dims_, columns, products, width});
    for (std::size_t r = 0; r < block.count; ++r) {
      const float* sums = products + r * width;
      if (lists.limits.rules_out(first, queries, sums, squares[r])) continue;
      for (std::size_t q = 0; q < queries; ++q)
        if (!lists.limits.rules_out(first + q, 1, sums + q, squares[r])) consider(first + q, block, r, lists);
    }
  }

  /// Row r of the block, which floats cannot rule out.
  void consider(std::size_t q, const RowBlock& block, std::size_t r, Lists& lists) const {
    const std::size_t index = block.first_index + r;
    if (options_.filter && !options_.filter(index)) return;
    const std::uint64_t name = names_ == nullptr ? index : names_[index - names_first_];
    lists.best[q].add({exact_similarity(query(q), {block.rows + r * dims_, dims_}, options_.metric), name});
    set_limit(q, lists);
  }

  void set_limit(std::size_t q, Lists& lists) const {
    lists.limits.set(q, sieves_[q].limit(lists.best[q].threshold()));
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
  std::vector<Lists> lists_;
  std::vector<Desk> desks_;
};

}  // namespace glossa::detail
