// What several threads have done comes in; calls of one function, one at a time, go out.
#pragma once

#include <glossa/core/progress.hpp>

#include <cstddef>
#include <mutex>

namespace glossa::detail {

/// Tells a caller how far a call is.
class ProgressReporter {
 public:
  ProgressReporter(const ProgressCallback& callback, std::size_t total) : callback_(callback) {
    progress_.total = total;
  }

  /// count(progress) adds to what has been done, one thread at a time; then the callback is called, unless another
  /// thread is about it, which then tells this as well. What the callback throws is thrown here.
  template <class Count>
  void add(Count&& count) {
    std::unique_lock lock(mutex_);
    count(progress_);
    has_news_ = true;
    // One thread calls back at a time, and without the lock: the callback may wait for work that ends in here again.
    if (!callback_ || is_calling_back_) return;
    is_calling_back_ = true;
    while (has_news_) {
      has_news_ = false;
      const Progress now = progress_;
      lock.unlock();
      callback_(now);  // if it throws, the job ends and nobody calls back again
      lock.lock();
    }
    is_calling_back_ = false;
  }

 private:
  const ProgressCallback& callback_;
  std::mutex mutex_;
  Progress progress_;
  bool has_news_ = false;  // progress_ has changed since the last callback
  bool is_calling_back_ = false;
};

}  // namespace glossa::detail
