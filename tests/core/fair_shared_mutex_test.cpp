// A lock for readers and writers: nobody waits forever, and writers are alone.
#include "catch.hpp"

#include <glossa/core/fair_shared_mutex.hpp>

#include <atomic>
#include <chrono>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <vector>

using glossa::detail::FairSharedMutex;

TEST_CASE("a writer gets in while readers never stop") {
  FairSharedMutex mutex;
  std::atomic<bool> stop{false};
  std::atomic<int> reading{0};
  std::atomic<long> reads{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i)
    readers.emplace_back([&] {
      while (!stop) {
        const std::shared_lock lock(mutex);
        ++reading;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));  // so that some reader always holds the lock
        --reading;
        ++reads;
      }
    });
  while (reads < 20) std::this_thread::yield();
  std::atomic<bool> done{false};
  int disturbed = 0;
  std::thread writer([&] {
    for (int i = 0; i < 30; ++i) {
      const std::unique_lock lock(mutex);
      if (reading != 0) ++disturbed;
    }
    done = true;
  });
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!done && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const bool got_in = done;
  stop = true;
  for (std::thread& reader : readers) reader.join();
  writer.join();
  CHECK(got_in);
  CHECK(disturbed == 0);
}

TEST_CASE("readers pass together") {
  FairSharedMutex mutex;
  const std::shared_lock first(mutex);
  std::atomic<bool> passed{false};
  std::thread other([&] {
    const std::shared_lock second(mutex);
    passed = true;
  });
  other.join();  // waits forever where readers do not
  CHECK(passed);
}

TEST_CASE("what writers write is whole for readers and other writers") {
  FairSharedMutex mutex;
  long left = 0;
  long right = 0;
  std::atomic<int> torn{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 400; ++i)
        if (t < 4) {
          const std::unique_lock lock(mutex);
          ++left;
          ++right;
        } else {
          const std::shared_lock lock(mutex);
          if (left != right) ++torn;
        }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(torn == 0);
  CHECK(left == 1600);
  CHECK(right == 1600);
}
