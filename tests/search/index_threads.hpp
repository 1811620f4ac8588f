// Threads that add, remove, search and save at once, as checks of a type.
#pragma once

#include "catch.hpp"
#include "index_files.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace test {

/// The vector that an id is added with, whenever it is: a torn one would show in its score.
[[nodiscard]] inline std::vector<float> vector_of(std::uint64_t id, std::size_t dims) {
  return random_values<float>(dims, static_cast<unsigned>(id) + 1);
}

/// What went wrong in other threads, told when they have ended: Catch2's macros are for one thread at a time.
class Complaints {
 public:
  void add(const std::string& what) {
    const std::lock_guard lock(lock_);
    ++complaints_[what];
  }
  void check() const {
    for (const auto& [what, times] : complaints_) FAIL_CHECK(what << ", " << times << " times");
  }

 private:
  std::mutex lock_;
  std::map<std::string, int> complaints_;
};

/// Eight threads, from an empty index on: each hit has the score of its id's vector, each file that is saved is whole.
template <glossa::Index T>
void check_threads(const glossa::IndexOptions& options, int rounds) {
  constexpr std::size_t kDims = 24;
  constexpr std::uint64_t kIds = 400;
  constexpr std::size_t kAtOnce = 25;
  const TemporaryFolder folder;
  T index = make_index<T>(options);
  Complaints complaints;
  const bool is_exact = options.vectors == glossa::VectorForm::f32;
  const auto check_hits = [&](std::span<const float> query, const std::vector<glossa::Neighbor>& hits) {
    if (hits.size() > 8) complaints.add("more hits than were asked for");
    Ids ids;
    for (const auto& hit : hits) {
      ids.push_back(hit.id);
      if (hit.id >= kIds) return complaints.add("an id that was never added");
      const double score = naive_similarity(query, vector_of(hit.id, kDims), options.metric);
      if (std::abs(score - static_cast<double>(hit.score)) > (is_exact ? 2e-6 : 0.05))
        complaints.add("a score that is not of the id's vector");
    }
    std::sort(ids.begin(), ids.end());
    if (std::adjacent_find(ids.begin(), ids.end()) != ids.end()) complaints.add("an id that was found twice");
  };
  std::atomic<bool> stop{false};
  const auto some_ids = [&](std::mt19937& random) {
    Ids ids(kAtOnce);
    for (auto& id : ids) id = random() % kIds;
    return ids;
  };
  std::vector<std::function<void(unsigned)>> tasks(8);
  tasks[0] = tasks[1] = [&](unsigned seed) {
    std::mt19937 random(seed);
    for (int round = 0; round < rounds; ++round) {
      const Ids ids = some_ids(random);
      glossa::Embeddings rows(ids.size(), kDims);
      for (std::size_t r = 0; r < ids.size(); ++r) {
        const auto vector = vector_of(ids[r], kDims);
        std::copy(vector.begin(), vector.end(), rows[r].begin());
      }
      index.add(ids, rows);
    }
  };
  tasks[2] = [&](unsigned seed) {
    std::mt19937 random(seed);
    for (int round = 0; round < rounds; ++round)
      if (index.remove(some_ids(random)) > kAtOnce) complaints.add("more removed than were asked for");
  };
  tasks[3] = tasks[4] = [&](unsigned seed) {
    while (!stop) {
      const auto query = vector_of(seed++ % kIds, kDims);
      check_hits(query, index.search(query, 8));
    }
  };
  tasks[5] = [&](unsigned seed) {
    while (!stop) {
      const auto queries = any_rows(6, kDims, seed++);
      const auto found = index.search(queries, 8, {.filter = [](std::uint64_t id) { return id % 3 != 0; }});
      for (std::size_t q = 0; q < queries.rows(); ++q)
        for (const auto& hit : found[q])
          if (hit.id % 3 == 0) complaints.add("a hit that the filter keeps out");
    }
  };
  tasks[6] = [&](unsigned) {
    while (!stop) {
      if (index.size() > kIds) complaints.add("a size that there cannot be");
      if (index.dims() != 0 && index.dims() != kDims) complaints.add("another length of vectors");
      (void)index.contains(7);
      (void)index.memory_bytes();
      std::this_thread::yield();
    }
  };
  tasks[7] = [&](unsigned) {
    do {
      index.save(folder.path() / "index");
      const T loaded = T::load(folder.path() / "index", {.threads = 1});
      if (loaded.size() == 0) continue;
      const auto query = vector_of(3, kDims);
      check_hits(query, loaded.search(query, 8));
    } while (!stop);
  };
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < tasks.size(); ++t)
    threads.emplace_back([&, t] {
      try {
        tasks[t](100 * t);
      } catch (const std::exception& error) {
        complaints.add(std::string("an exception: ") + error.what());
      }
    });
  for (std::size_t t = 0; t < 3; ++t) threads[t].join();
  stop = true;
  for (std::size_t t = 3; t < threads.size(); ++t) threads[t].join();
  complaints.check();
  std::size_t there = 0;
  for (std::uint64_t id = 0; id < kIds; ++id) there += index.contains(id) ? 1 : 0;
  CHECK(index.size() == there);
  const auto all = index.search(vector_of(1, kDims), kIds, thorough());
  CHECK(all.size() == there);
  for (const auto& hit : all) CHECK(index.contains(hit.id));
}

/// The first vectors decide on the length; of two threads that bring different ones, one is refused.
template <glossa::Index T>
void check_first_vectors_of_two_threads() {
  for (int round = 0; round < 20; ++round) {
    T index = make_index<T>({.threads = 1});
    std::atomic<int> refused{0};
    std::vector<std::thread> threads;
    for (const std::size_t dims : {8u, 9u})
      threads.emplace_back([&, dims] {
        try {
          add_rows(index, 100 * dims, 10, dims, 1);
        } catch (const glossa::Error& error) {
          refused += error.kind() == glossa::ErrorKind::invalid_argument ? 1 : 100;
        }
      });
    for (std::thread& thread : threads) thread.join();
    CHECK(refused == 1);
    CHECK(index.size() == 10);
    CHECK(index.contains(100 * index.dims()));
  }
}

}  // namespace test
