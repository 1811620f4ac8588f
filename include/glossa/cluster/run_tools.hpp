// How an algorithm is to run comes in; its kernels and threads go out.
#pragma once

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/run_executor.hpp>
#include <glossa/cluster/shares.hpp>
#include <glossa/core/executor.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/kernels/dispatch.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

namespace glossa::detail {

/// What a run of an algorithm on numbers of type T works with.
template <class T>
class RunTools {
 public:
  /// Errors: `invalid_argument` for too many threads; `unsupported` for a level that the processor lacks.
  explicit RunTools(const ClusterRun& run)
      : level_(choose_level(run.cpu_level)),
        kernels_(kernels_of<T>(level_)),
        executor_(executor_of(run)),
        concurrency_(std::max<std::size_t>(executor_->concurrency(), 1)),
        progress_(run.progress) {}

  [[nodiscard]] const Kernels<T>& kernels() const noexcept { return kernels_; }
  /// For what is computed in less than T, too.
  [[nodiscard]] Kernels<float> float_kernels() const { return kernels_of<float>(level_); }

  void tell(std::size_t done, std::size_t total) const {
    if (progress_) progress_({done, total, 0});
  }

  /// Rows of a share: what one thread does at a time, and what sums are made of, so that they do not depend on how many
  /// threads there are.
  static constexpr std::size_t kShare = kSharedItems;

  [[nodiscard]] static constexpr std::size_t shares(std::size_t rows) noexcept { return (rows + kShare - 1) / kShare; }

  /// Calls body(share, first, count, worker) for all shares of `rows` rows.
  template <class Body>
  void for_shares(std::size_t rows, Body&& body) const {
    for_each(shares(rows), [&](std::size_t share, std::size_t worker) {
      body(share, share * kShare, std::min(kShare, rows - share * kShare), worker);
    });
  }

  /// Calls body(index, worker) for every index below `count`.
  template <class Body>
  void for_each(std::size_t count, Body&& body) const {
    parallel_for(*executor_, count, std::min(concurrency_, count), std::forward<Body>(body));
  }

  /// Workers are numbered below this.
  [[nodiscard]] std::size_t workers() const noexcept { return concurrency_; }

 private:
  CpuLevel level_;
  Kernels<T> kernels_;
  std::shared_ptr<Executor> executor_;
  std::size_t concurrency_;  // asked for once: it may change
  ProgressCallback progress_;
};

}  // namespace glossa::detail
