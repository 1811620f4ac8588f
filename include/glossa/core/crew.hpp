// Short loops of one thread come in; other threads that have time run part of their iterations.
#pragma once

#include <glossa/core/first_failure.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <type_traits>

#if defined(__x86_64__) || defined(__i386__) || defined(_M_X64)
#include <immintrin.h>
#endif

namespace glossa {

/// Threads that share the loops of one of them, for work whose loops take microseconds each: too little to hand every
/// loop to an Executor. The tasks of one Executor::run() meet here; the first one that comes leads, and nobody ever
/// waits for a task that has not started. Between two loops a member looks for the next one for some microseconds, then
/// sleeps.
class Crew {
 public:
  /// A thread on its own.
  Crew() = default;

  /// `members`: how many tasks will call lead_or_help() at most.
  explicit Crew(std::size_t members) : members_(std::max<std::size_t>(members, 1)) {}

  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  /// Workers of a loop are numbered below this.
  [[nodiscard]] std::size_t members() const noexcept { return members_; }

  /// The first task to call this runs work(), whose loops the others help with until it has returned; then all do.
  /// What work() throws, its own task throws. work() must not run anything that might wait for the other tasks, such
  /// as a caller's function.
  template <class Work>
  void lead_or_help(Work&& work) {
    const std::size_t member = entered_.fetch_add(1, std::memory_order_acq_rel);
    if (member > 0) return help(member);
    const Dismissal dismissal{*this};
    work();
  }

  /// Calls body(index, worker) for every index below `count`; no two calls with the same worker overlap. For the task
  /// that leads, or a Crew of one. The first exception ends the loop and is rethrown here.
  template <class Body>
  void for_each(std::size_t count, Body&& body) {
    if (count < 2 || entered_.load(std::memory_order_relaxed) < 2) {
      for (std::size_t i = 0; i < count; ++i) body(i, std::size_t{0});
      return;
    }
    for (std::size_t first = 0; first < count; first += kMostIndices)
      share(std::min(kMostIndices, count - first), [&](std::size_t i, std::size_t worker) { body(first + i, worker); });
  }

  /// Calls body(begin, end, worker) for ranges that together are [0, count): two a member, or all at once where there
  /// is nobody to share with.
  template <class Body>
  void for_each_range(std::size_t count, Body&& body) {
    const std::size_t parts = members_ == 1 ? 1 : std::min(count, 2 * members_);
    for_each(parts, [&](std::size_t part, std::size_t worker) {
      body(part * count / parts, (part + 1) * count / parts, worker);
    });
  }

 private:
  /// A ticket holds, from its lowest bit on: the next index (16 bits), the loop's count (16), its number (32). Whoever
  /// exchanges it for one with the next index has claimed an index of a loop that is still going on, so what it read of
  /// the loop before that is that loop's.
  static constexpr std::size_t kMostIndices = 0xFFFF;
  static constexpr std::uint64_t kNextLoop = std::uint64_t{1} << 32;
  static constexpr std::uint64_t kDismissed = ~std::uint64_t{0};

  static constexpr bool has_index(std::uint64_t ticket) noexcept { return (ticket & 0xFFFF) < (ticket >> 16 & 0xFFFF); }

  using Call = void (*)(const void* body, std::size_t index, std::size_t worker);

  struct Dismissal {
    Crew& crew;
    ~Dismissal() { crew.publish(kDismissed); }
  };

  template <class Body>
  void share(std::size_t count, const Body& body) {
    body_.store(&body, std::memory_order_relaxed);
    call_.store(
        [](const void* at, std::size_t index, std::size_t worker) { (*static_cast<const Body*>(at))(index, worker); },
        std::memory_order_relaxed);
    left_.store(count, std::memory_order_relaxed);
    std::uint64_t ticket = (loop_ += kNextLoop) | static_cast<std::uint64_t>(count) << 16;
    publish(ticket);
    while (has_index(ticket)) {
      if (!ticket_.compare_exchange_weak(ticket, ticket + 1, std::memory_order_acq_rel)) continue;
      work_on(ticket, 0);
      ticket = ticket_.load(std::memory_order_acquire);
    }
    for (std::size_t turns = 0; left_.load(std::memory_order_acquire) > 0; ++turns) pause(turns);
    failure_.rethrow();
  }

  /// Runs the index that `ticket` names and that the caller has claimed.
  void work_on(std::uint64_t ticket, std::size_t worker) noexcept {
    const Call call = call_.load(std::memory_order_relaxed);
    const void* body = body_.load(std::memory_order_relaxed);
    if (!failure_.failed()) {
      try {
        call(body, static_cast<std::size_t>(ticket & 0xFFFF), worker);
      } catch (...) {
        failure_.capture();
      }
    }
    left_.fetch_sub(1, std::memory_order_acq_rel);
  }

  void help(std::size_t worker) noexcept {
    std::uint64_t ticket = ticket_.load(std::memory_order_acquire);
    while (ticket != kDismissed) {
      if (!has_index(ticket)) {
        ticket = next_ticket(ticket);
      } else if (ticket_.compare_exchange_weak(ticket, ticket + 1, std::memory_order_acq_rel)) {
        work_on(ticket, worker);
        ticket = ticket_.load(std::memory_order_acquire);
      }
    }
  }

  /// Waits until the ticket is another one.
  [[nodiscard]] std::uint64_t next_ticket(std::uint64_t old) noexcept {
    for (std::size_t turns = 0; turns < kTurnsAwake; ++turns) {
      const std::uint64_t ticket = ticket_.load(std::memory_order_acquire);
      if (ticket != old) return ticket;
      pause(turns);
    }
    asleep_.fetch_add(1, std::memory_order_seq_cst);
    ticket_.wait(old, std::memory_order_seq_cst);
    asleep_.fetch_sub(1, std::memory_order_relaxed);
    return ticket_.load(std::memory_order_acquire);
  }

  /// Who falls asleep says so before it looks at the ticket for the last time, and here the ticket is changed before
  /// anybody is looked for: one of the two sees the other.
  void publish(std::uint64_t ticket) noexcept {
    ticket_.store(ticket, std::memory_order_seq_cst);
    if (asleep_.load(std::memory_order_seq_cst) > 0) ticket_.notify_all();
  }

  /// Leaves the core's units to others for a moment; from some turn on, the core.
  static void pause(std::size_t turn) noexcept {
    if (turn > kTurnsOnCore) return std::this_thread::yield();
#if defined(__x86_64__) || defined(__i386__) || defined(_M_X64)
    _mm_pause();
#elif defined(__GNUC__) && defined(__aarch64__)
    __asm__ volatile("yield");
#endif
  }

  static constexpr std::size_t kTurnsOnCore = 1000;
  static constexpr std::size_t kTurnsAwake = 1200;

  std::size_t members_ = 1;
  std::atomic<std::size_t> entered_{0};
  std::uint64_t loop_ = 0;  // the leader's
  FirstFailure failure_;
  alignas(64) std::atomic<std::uint64_t> ticket_{0};
  std::atomic<std::uint32_t> asleep_{0};
  std::atomic<const void*> body_{nullptr};
  std::atomic<Call> call_{nullptr};
  alignas(64) std::atomic<std::size_t> left_{0};
};

}  // namespace glossa
