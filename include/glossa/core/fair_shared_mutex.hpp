// Readers and writers come in; readers pass together, writers alone, and nobody waits forever.
#pragma once

#include <mutex>
#include <shared_mutex>

namespace glossa::detail {

/// std::shared_mutex with a gate: a writer that waits keeps later readers out, which on some systems would else pass
/// it for as long as others hold the lock. Works with std::unique_lock and std::shared_lock.
class FairSharedMutex {
 public:
  void lock() {
    gate_.lock();
    mutex_.lock();
  }
  void unlock() {
    mutex_.unlock();
    gate_.unlock();
  }
  void lock_shared() {
    const std::lock_guard gate(gate_);
    mutex_.lock_shared();
  }
  void unlock_shared() { mutex_.unlock_shared(); }

 private:
  std::mutex gate_;
  std::shared_mutex mutex_;
};

}  // namespace glossa::detail
