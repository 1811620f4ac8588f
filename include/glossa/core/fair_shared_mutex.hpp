// Readers and writers come in; readers pass together, writers alone, and each in its turn.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <shared_mutex>

namespace glossa::detail {

/// std::shared_mutex behind a gate that lets threads through in the order of their coming: readers that never stop keep
/// no writer out, nor a writer in a loop any reader. Works with std::unique_lock and std::shared_lock. A thread that
/// holds it shared must not ask for it again: a writer may stand between.
class FairSharedMutex {
 public:
  void lock() {
    enter();
    mutex_.lock();
  }
  void unlock() {
    mutex_.unlock();
    leave();
  }
  void lock_shared() {
    enter();
    mutex_.lock_shared();
    leave();
  }
  void unlock_shared() { mutex_.unlock_shared(); }

 private:
  void enter() {
    std::unique_lock gate(gate_);
    const std::uint64_t ticket = next_++;
    turn_.wait(gate, [&] { return ticket == serving_; });
  }
  void leave() {
    bool others_wait = false;
    {
      const std::lock_guard gate(gate_);
      others_wait = ++serving_ != next_;
    }
    if (others_wait) turn_.notify_all();
  }

  std::shared_mutex mutex_;
  std::mutex gate_;
  std::condition_variable turn_;
  std::uint64_t next_ = 0;
  std::uint64_t serving_ = 0;
};

}  // namespace glossa::detail
