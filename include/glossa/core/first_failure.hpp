// Exceptions of several threads come in; the first one goes out, to the thread that waits for them.
#pragma once

#include <atomic>
#include <exception>
#include <mutex>
#include <utility>

namespace glossa {

/// Keeps the first exception that any thread gives it.
class FirstFailure {
 public:
  /// Takes the exception that is being handled.
  void capture() noexcept {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::current_exception();
    failed_.store(true, std::memory_order_relaxed);
  }

  /// Whether there is one: a hint to the threads that still work.
  [[nodiscard]] bool failed() const noexcept { return failed_.load(std::memory_order_relaxed); }

  /// Throws it, if there is one, and forgets it. When the other threads are done.
  void rethrow() {
    if (!failed()) return;
    failed_.store(false, std::memory_order_relaxed);
    std::rethrow_exception(std::exchange(failure_, nullptr));
  }

 private:
  std::mutex mutex_;
  std::exception_ptr failure_;
  std::atomic<bool> failed_{false};
};

}  // namespace glossa
