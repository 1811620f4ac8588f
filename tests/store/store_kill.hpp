// A child process fills a store and is killed; what it had acknowledged has to be there, and whole. POSIX alone.
#pragma once

#include "random_values.hpp"
#include "store_cases.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#if !defined(_WIN32)
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

namespace test {

inline constexpr std::size_t kKillBatch = 5;   ///< documents of a call
inline constexpr std::size_t kKillChunks = 4;  ///< of each document
inline constexpr std::size_t kKillDims = 32;

/// Fills a store by calls of kKillBatch documents; now and then the index is updated. done(call) is called when a call
/// has returned.
inline void fill_store(const std::filesystem::path& path, std::size_t first, std::size_t calls,
                       const std::function<void(std::size_t)>& done) {
  glossa::DocumentStore store(path, store_embedder(), {.index_after = 150, .threads = 1});
  for (std::size_t call = first; call < first + calls; ++call) {
    std::vector<glossa::EmbeddedDocument> documents;
    for (std::size_t i = 0; i < kKillBatch; ++i) {
      glossa::EmbeddedDocument own;
      own.document = any_document(call * kKillBatch + i, 40);
      own.document.metadata["call"] = static_cast<std::int64_t>(call);
      const std::size_t part = own.document.text.size() / kKillChunks;
      for (std::size_t c = 0; c < kKillChunks; ++c) own.chunks.push_back({{c * part, (c + 1) * part}, {}, 9});
      own.vectors = random_values<float>(kKillChunks * kKillDims, static_cast<unsigned>(call * 31 + i));
      documents.push_back(std::move(own));
    }
    store.upsert(documents);
    done(call);
  }
}

/// What is wrong with a store, in words; "" if nothing is.
inline std::string broken_parts_of(glossa::DocumentStore& store) {
  std::string broken;
  const auto stats = store.stats();
  if (stats.indexed_chunks + stats.unindexed_chunks != stats.chunks)
    broken += "vectors without chunks, or chunks without vectors; ";
  if (stats.chunks != stats.documents * kKillChunks) broken += "half a document; ";
  const auto documents = store.documents({}, 1000000);
  std::vector<std::size_t> of_call(1000000 / kKillBatch);
  for (const auto& own : documents) {
    if (own.chunks != kKillChunks || store.chunks(own.id).size() != kKillChunks) broken += "a document's chunks; ";
    ++of_call[static_cast<std::size_t>(std::get<std::int64_t>(own.metadata.at("call")))];
  }
  for (const std::size_t count : of_call)
    if (count != 0 && count != kKillBatch) broken += "half a call; ";
  const std::vector<float> query = random_values<float>(kKillDims, 7);
  for (const auto& hit : store.search(query, {.k = 50}))
    if (hit.text.empty()) broken += "a hit without a text; ";
  return broken;
}

struct KillReport {
  std::string broken{};
  std::size_t rounds = 0;
  std::size_t acknowledged = 0;    ///< calls
  std::size_t unacknowledged = 0;  ///< calls that were committed though nobody was told
  double slowest_open = 0;         ///< seconds, with a first search
};
inline std::ostream& operator<<(std::ostream& out, const KillReport& report) {
  return out << report.rounds << " kills, " << report.acknowledged << " calls acknowledged, " << report.unacknowledged
             << " more were there, slowest open " << report.slowest_open << " s; broken: " << report.broken;
}

/// Kills a child that goes on filling one store, `rounds` times at any moment, and looks at what is there each time.
inline KillReport kill_while_storing(int rounds, unsigned seed) {
  KillReport report;
  const TemporaryFolder folder;
  const auto path = folder.path() / "store";
  (void)store_embedder().fingerprint();
  std::mt19937 random(seed);
  std::size_t next = 0;
  for (int round = 0; round < rounds; ++round, ++report.rounds) {
    int ends[2];
    if (::pipe(ends) != 0) return report.broken += "no pipe", report;
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(ends[0]);
      try {
        fill_store(path, next, 100000, [&](std::size_t call) {
          const auto number = static_cast<std::uint64_t>(call + 1);
          if (::write(ends[1], &number, sizeof number) != sizeof number) ::_exit(1);
        });
      } catch (const std::exception& error) {
        const std::string said = error.what();
        [[maybe_unused]] const auto ignored = ::write(2, said.data(), said.size());
      }
      ::_exit(1);
    }
    ::close(ends[1]);
    // Some calls later, on a slow machine too, and at any moment of the next one.
    std::uint64_t number = 0;
    std::size_t acknowledged = next;
    const auto read_one = [&] {
      if (::read(ends[0], &number, sizeof number) != sizeof number) return false;
      acknowledged = static_cast<std::size_t>(number);
      return true;
    };
    for (std::size_t calls = random() % 6; calls > 0; --calls) {
      pollfd waiting{ends[0], POLLIN, 0};
      if (::poll(&waiting, 1, 10000) <= 0 || !read_one()) break;
    }
    ::usleep(static_cast<useconds_t>(random() % 40000));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (!WIFSIGNALED(status)) report.broken += "the child ended by itself; ";
    while (read_one()) {
    }
    ::close(ends[0]);
    if (!std::filesystem::exists(path / "store.sqlite")) {
      if (acknowledged > 0) report.broken += "the store is gone; ";
      continue;
    }
    const auto start = std::chrono::steady_clock::now();
    try {
      glossa::DocumentStore store(path, store_embedder(), {.threads = 1});
      report.broken += broken_parts_of(store);
      report.slowest_open = std::max(report.slowest_open,
                                     std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
      const std::size_t documents = store.stats().documents;
      if (documents < acknowledged * kKillBatch) report.broken += "something acknowledged is lost; ";
      if (documents > (acknowledged + 1) * kKillBatch) report.broken += "more than was written; ";
      report.acknowledged += acknowledged - next;
      report.unacknowledged += documents / kKillBatch - acknowledged;
      next = documents / kKillBatch;
    } catch (const std::exception& error) {
      report.broken += error.what();
      return report;
    }
  }
  return report;
}

}  // namespace test
#endif
