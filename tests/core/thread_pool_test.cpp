// Loops on a pool visit every index once, whoever calls them and whatever their bodies throw.
#include "catch.hpp"

#include <glossa/core/parallel_for.hpp>
#include <glossa/core/thread_pool.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <filesystem>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using glossa::parallel_for;
using glossa::ThreadPool;

namespace {

/// Runs the loop and says whether every index was visited once and no worker was in two calls at a time.
bool visits_each_once(glossa::Executor& executor, std::size_t count) {
  std::vector<std::atomic<int>> visits(count);
  std::vector<std::atomic<int>> busy(executor.concurrency());
  std::atomic<int> faults{0};
  parallel_for(executor, count, [&](std::size_t i, std::size_t worker) {
    if (worker >= std::min(executor.concurrency(), count) || busy[worker].fetch_add(1) != 0) ++faults;
    ++visits[i];
    --busy[worker];
  });
  for (const auto& visit : visits)
    if (visit != 1) ++faults;
  return faults == 0;
}

/// Runs its tasks one after another, the last one first.
class Backwards final : public glossa::Executor {
 public:
  [[nodiscard]] std::size_t concurrency() const noexcept override { return 3; }
  void run(std::size_t count, const std::function<void(std::size_t)>& task) override {
    while (count-- > 0) task(count);
  }
};

}  // namespace

TEST_CASE("every index is visited once, with any number of threads") {
  for (const std::size_t threads : {1u, 2u, 3u, 8u}) {
    ThreadPool pool(threads);
    CHECK(pool.concurrency() == threads);
    for (const std::size_t count : {0u, 1u, 2u, 3u, 7u, 8u, 9u, 1000u}) {
      CAPTURE(threads, count);
      CHECK(visits_each_once(pool, count));
    }
  }
}

TEST_CASE("an executor may run tasks in any order and on its own threads") {
  Backwards executor;
  for (const std::size_t count : {0u, 1u, 2u, 100u}) CHECK(visits_each_once(executor, count));
}

TEST_CASE("a pool calls each task once and no task for a count of zero") {
  ThreadPool pool(4);
  std::vector<std::atomic<int>> calls(50);
  pool.run(50, [&](std::size_t i) { ++calls[i]; });
  for (const auto& call : calls) CHECK(call == 1);
  pool.run(0, [&](std::size_t) { ++calls[0]; });
  CHECK(calls[0] == 1);
}

TEST_CASE("the first exception ends the loop and reaches the caller") {
  for (const std::size_t threads : {1u, 4u}) {
    ThreadPool pool(threads);
    std::atomic<std::size_t> visited{0};
    constexpr std::size_t kCount = 1'000'000;
    const auto loop = [&] {
      parallel_for(pool, kCount, [&](std::size_t i, std::size_t) {
        ++visited;
        if (i == 10) throw std::runtime_error("index 10");
        std::this_thread::sleep_for(std::chrono::microseconds(50));
      });
    };
    CHECK_THROWS_AS(loop(), std::runtime_error);
    CHECK(visited > 10);
    CHECK(visited < kCount / 100);
    CHECK(visits_each_once(pool, 100));  // the pool is as good as before
  }
}

TEST_CASE("where every iteration throws, one exception comes back") {
  ThreadPool pool(4);
  for (int round = 0; round < 20; ++round) {
    try {
      parallel_for(pool, 100, [](std::size_t i, std::size_t) { throw i; });
      FAIL("nothing was thrown");
    } catch (const std::size_t index) {
      CHECK(index < 100);
    }
  }
}

TEST_CASE("a loop inside a loop on the same pool finishes") {
  ThreadPool pool(3);
  std::vector<std::atomic<int>> visits(20 * 30 * 5);
  parallel_for(pool, 20, [&](std::size_t a, std::size_t) {
    parallel_for(pool, 30, [&](std::size_t b, std::size_t) {
      parallel_for(pool, 5, [&](std::size_t c, std::size_t) { ++visits[(a * 30 + b) * 5 + c]; });
    });
  });
  for (const auto& visit : visits) REQUIRE(visit == 1);
}

TEST_CASE("several threads can use one pool at the same time") {
  ThreadPool pool(3);
  std::atomic<int> good{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 6; ++caller)
    callers.emplace_back([&] {
      for (std::size_t round = 0; round < 50; ++round) good += visits_each_once(pool, round);
    });
  for (std::thread& caller : callers) caller.join();
  CHECK(good == 300);
}

TEST_CASE("a pool of one runs everything on the thread that calls") {
  ThreadPool pool(1);
  const auto self = std::this_thread::get_id();
  std::vector<std::size_t> order;
  parallel_for(pool, 5, [&](std::size_t i, std::size_t worker) {
    CHECK(std::this_thread::get_id() == self);
    CHECK(worker == 0);
    order.push_back(i);
  });
  CHECK(order == std::vector<std::size_t>{0, 1, 2, 3, 4});
}

TEST_CASE("as many tasks run at the same time as the pool has threads") {
  ThreadPool pool(4);
  std::atomic<int> arrived{0};
  std::atomic<int> met{0};
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  pool.run(4, [&](std::size_t) {
    ++arrived;
    while (arrived < 4 && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
    met += arrived == 4;
  });
  CHECK(met == 4);
}

TEST_CASE("a pool of no stated size takes the threads that are available") {
  CHECK(ThreadPool().concurrency() == glossa::available_threads());
}

TEST_CASE("an idle pool uses no processor time") {
  ThreadPool pool(8);
  REQUIRE(visits_each_once(pool, 1000));
  const std::clock_t before = std::clock();  // of all threads of the process
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  CHECK(static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC < 0.05);
}

#if defined(__linux__)
TEST_CASE("threads start with the first job and end with their pool") {
  const auto threads = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"), std::filesystem::directory_iterator());
  };
  const auto before = threads();
  {
    ThreadPool pool(5);
    CHECK(threads() == before);
    REQUIRE(visits_each_once(pool, 1));  // the caller does that alone
    CHECK(threads() == before);
    REQUIRE(visits_each_once(pool, 100));
    CHECK(threads() == before + 4);
    REQUIRE(visits_each_once(pool, 100));
    CHECK(threads() == before + 4);
  }
  CHECK(threads() == before);
}
#endif
