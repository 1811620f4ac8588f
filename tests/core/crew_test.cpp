// Loops that a crew shares visit every index once, with as many helpers as come and whatever their bodies throw.
#include "catch.hpp"

#include <glossa/core/crew.hpp>
#include <glossa/core/thread_pool.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

using glossa::Crew;
using glossa::ThreadPool;

namespace {

/// Runs `work` as the leader of the crew on a pool.
void lead(ThreadPool& pool, Crew& crew, const std::function<void()>& work) {
  pool.run(crew.members(), [&](std::size_t) { crew.lead_or_help(work); });
}

}  // namespace

TEST_CASE("a crew visits every index once, and no worker is in two calls at a time") {
  for (const std::size_t members : {1u, 2u, 3u, 7u}) {
    ThreadPool pool(members);
    for (int round = 0; round < 20; ++round) {
      Crew crew(members);
      std::atomic<int> faults{0};
      std::atomic<int> leaders{0};
      lead(pool, crew, [&] {
        ++leaders;
        for (const std::size_t count : {0u, 1u, 2u, 5u, 64u, 1000u}) {
          std::vector<int> visits(count);  // each element is one call's alone
          std::vector<std::atomic<int>> busy(members);
          crew.for_each(count, [&](std::size_t i, std::size_t worker) {
            if (worker >= members || busy[worker].fetch_add(1) != 0) ++faults;
            ++visits[i];
            --busy[worker];
          });
          if (std::any_of(visits.begin(), visits.end(), [](int n) { return n != 1; })) ++faults;
        }
      });
      CHECK(faults == 0);
      CHECK(leaders == 1);
    }
  }
}

TEST_CASE("a loop of more indices than a ticket holds is still a loop") {
  ThreadPool pool(3);
  Crew crew(3);
  std::vector<unsigned char> visits(200'001);
  lead(pool, crew, [&] { crew.for_each(visits.size(), [&](std::size_t i, std::size_t) { ++visits[i]; }); });
  CHECK(std::all_of(visits.begin(), visits.end(), [](unsigned char n) { return n == 1; }));
}

TEST_CASE("ranges cover a loop once") {
  ThreadPool pool(4);
  Crew crew(4);
  Crew alone;
  for (const std::size_t count : {0u, 1u, 3u, 8u, 1001u}) {
    std::vector<int> visits(count);
    const auto visit = [&](std::size_t begin, std::size_t end, std::size_t) {
      for (std::size_t i = begin; i < end; ++i) ++visits[i];
    };
    alone.for_each_range(count, visit);
    Crew shared(4);
    lead(pool, shared, [&] { shared.for_each_range(count, visit); });
    CHECK(std::accumulate(visits.begin(), visits.end(), std::size_t{0}) == 2 * count);
    CHECK(std::all_of(visits.begin(), visits.end(), [](int n) { return n == 2; }));
  }
}

TEST_CASE("what a helper writes the leader reads after the loop, and the next loop after that") {
  ThreadPool pool(2);
  Crew crew(2);
  std::size_t wrong = 0;
  lead(pool, crew, [&] {
    std::vector<std::size_t> values(64, 0);
    for (std::size_t round = 0; round < 5000; ++round) {
      crew.for_each(values.size(), [&](std::size_t i, std::size_t) { values[(i + round) % values.size()] += i; });
      for (std::size_t i = 0; i < values.size(); ++i) wrong += values[(i + round) % values.size()] < i;
    }
    wrong += std::accumulate(values.begin(), values.end(), std::size_t{0}) != std::size_t{5000} * 63 * 32;
  });
  CHECK(wrong == 0);
}

TEST_CASE("helpers that sleep through a pause wake for the next loop") {
  ThreadPool pool(3);
  Crew crew(3);
  std::atomic<std::size_t> visits{0};
  lead(pool, crew, [&] {
    for (int round = 0; round < 5; ++round) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      crew.for_each(30, [&](std::size_t, std::size_t) {
        std::this_thread::sleep_for(std::chrono::microseconds(100));
        ++visits;
      });
    }
  });
  CHECK(visits == 150);
}

TEST_CASE("a crew whose helpers come late, or never, does the work all the same") {
  Crew crew(5);
  std::size_t visits = 0;
  crew.lead_or_help([&] { crew.for_each(100, [&](std::size_t, std::size_t) { ++visits; }); });
  CHECK(visits == 100);
  bool led = false;
  crew.lead_or_help([&] { led = true; });  // too late: it returns at once
  CHECK_FALSE(led);
}

TEST_CASE("the first exception of a loop reaches the leader, and later loops run") {
  ThreadPool pool(3);
  for (const std::size_t at : {0u, 1u, 50u, 99u}) {
    Crew crew(3);
    std::atomic<std::size_t> visits{0};
    bool caught = false;
    lead(pool, crew, [&] {
      try {
        crew.for_each(100, [&](std::size_t i, std::size_t) {
          if (i == at) throw std::runtime_error("enough");
        });
      } catch (const std::runtime_error&) {
        caught = true;
      }
      crew.for_each(100, [&](std::size_t, std::size_t) { ++visits; });
    });
    CHECK(caught);
    CHECK(visits == 100);
  }
}

TEST_CASE("helpers are let go when the leader's work throws") {
  ThreadPool pool(3);
  Crew crew(3);
  std::atomic<int> caught{0};
  pool.run(3, [&](std::size_t) {
    try {
      crew.lead_or_help([&] {
        crew.for_each(10, [](std::size_t, std::size_t) {});
        throw std::runtime_error("enough");
      });
    } catch (const std::runtime_error&) {
      ++caught;
    }
  });
  CHECK(caught == 1);
}
