// Scratch memory that one call leaves goes to the next.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Objects that hold scratch memory, one for each call that is going on.
template <class T>
class ScratchPool {
 public:
  ScratchPool() { idle_.reserve(kMost); }

  /// An object for as long as this lives.
  class Lease {
   public:
    explicit Lease(ScratchPool& pool) : pool_(pool) {
      const std::lock_guard lock(pool_.lock_);
      if (pool_.idle_.empty()) {
        own_ = std::make_unique<T>();
      } else {
        own_ = std::move(pool_.idle_.back());
        pool_.idle_.pop_back();
      }
    }
    ~Lease() {
      const std::lock_guard lock(pool_.lock_);
      if (pool_.idle_.size() < kMost) pool_.idle_.push_back(std::move(own_));
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    [[nodiscard]] T& get() const noexcept { return *own_; }

   private:
    ScratchPool& pool_;
    std::unique_ptr<T> own_;
  };

 private:
  static constexpr std::size_t kMost = 64;  ///< what more threads than these leave behind is not worth its memory

  std::mutex lock_;
  std::vector<std::unique_ptr<T>> idle_;
};

}  // namespace glossa::detail
