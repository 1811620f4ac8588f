// A child process fills a store and is killed; what it had acknowledged has to be there and whole, or gone. POSIX
// alone.
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
#include <map>
#include <ostream>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#if !defined(_WIN32)
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

namespace test {

inline constexpr std::size_t kKillBatch = 5;   ///< documents that are written together
inline constexpr std::size_t kKillChunks = 4;  ///< of each document
inline constexpr std::size_t kKillDims = 32;

/// What a step does, as calls of write(batch) and remove(batch): most write a batch of their own, one in four another
/// one anew, too, and one in four removes one.
template <class Write, class Remove>
void each_part_of(std::size_t step, Write&& write, Remove&& remove) {
  if (step % 4 == 3) return remove(step - 2);
  write(step);
  if (step % 4 == 2) write(step - 2);
}

/// The documents that have to be there, by their numbers, and the step that wrote each.
using KillDocuments = std::map<std::size_t, std::size_t>;
inline void follow_step(KillDocuments& documents, std::size_t step) {
  const auto each = [](std::size_t batch, auto&& take) {
    for (std::size_t i = batch * kKillBatch; i < (batch + 1) * kKillBatch; ++i) take(i);
  };
  each_part_of(
      step, [&](std::size_t batch) { each(batch, [&](std::size_t i) { documents[i] = step; }); },
      [&](std::size_t batch) { each(batch, [&](std::size_t i) { documents.erase(i); }); });
}

/// Fills a store by steps, a transaction each; now and then the index is updated. done(step) is called when a step has
/// returned.
inline void fill_store(const std::filesystem::path& path, std::size_t first, std::size_t steps,
                       const std::function<void(std::size_t)>& done) {
  glossa::DocumentStore store(path, store_embedder(), {.index_after = 150, .threads = 1});
  for (std::size_t step = first; step < first + steps; ++step) {
    std::vector<glossa::EmbeddedDocument> documents;
    std::vector<std::string> gone;
    const auto write = [&](std::size_t batch) {
      for (std::size_t i = batch * kKillBatch; i < (batch + 1) * kKillBatch; ++i) {
        glossa::EmbeddedDocument own;
        own.document = any_document(i, 40);
        own.document.metadata["step"] = static_cast<std::int64_t>(step);
        const std::size_t part = own.document.text.size() / kKillChunks;
        for (std::size_t c = 0; c < kKillChunks; ++c) own.chunks.push_back({{c * part, (c + 1) * part}, {}, 9});
        own.vectors = random_values<float>(kKillChunks * kKillDims, static_cast<unsigned>(step * 31 + i));
        documents.push_back(std::move(own));
      }
    };
    each_part_of(step, write, [&](std::size_t batch) {
      for (std::size_t i = batch * kKillBatch; i < (batch + 1) * kKillBatch; ++i) gone.push_back(any_document(i).id);
    });
    if (gone.empty()) {
      store.upsert(documents);
    } else {
      (void)store.remove(gone);
    }
    done(step);
  }
}

/// After how many steps a store is what it is: `steps` or more, which `documents` are those of and will be those of;
/// what is wrong with it is appended to `broken`.
inline std::size_t steps_of(glossa::DocumentStore& store, std::size_t steps, std::size_t most, KillDocuments& documents,
                            std::string& broken) {
  KillDocuments found;
  for (const auto& own : store.documents({}, 1000000)) {
    const auto number = static_cast<std::size_t>(std::get<std::int64_t>(own.metadata.at("number")));
    found[number] = static_cast<std::size_t>(std::get<std::int64_t>(own.metadata.at("step")));
    if (own.chunks != kKillChunks) broken += "a document's chunks; ";
  }
  while (documents != found && steps < most) follow_step(documents, steps++);
  if (documents != found) broken += "not what any number of whole steps leaves; ";
  return steps;
}

/// What is wrong with what a store says of itself and finds.
inline std::string broken_parts_of(glossa::DocumentStore& store) {
  std::string broken;
  const auto stats = store.stats();
  if (stats.indexed_chunks + stats.unindexed_chunks != stats.chunks)
    broken += "vectors without chunks, or chunks without vectors; ";
  if (stats.chunks != stats.documents * kKillChunks) broken += "half a document; ";
  const std::vector<float> query = random_values<float>(kKillDims, 7);
  for (const auto& hit : store.search("cat museo protein", query, {.k = 50}))
    if (hit.text.empty()) broken += "a hit without a text; ";
  return broken;
}

/// What is wrong with a store that nobody writes to: chunks without a document, hits that its database alone does not
/// give.
inline std::string broken_at_rest(const std::filesystem::path& path) {
  const TemporaryFolder folder;
  const auto copy = folder.path() / "store";
  std::filesystem::create_directory(copy);
  for (const auto& entry : std::filesystem::directory_iterator(path))
    if (!entry.path().filename().string().starts_with("index."))
      std::filesystem::copy_file(entry.path(), copy / entry.path().filename());
  std::string broken;
  const auto found = [&](const std::filesystem::path& own) {
    glossa::DocumentStore store(own, store_embedder(), {.threads = 1});
    std::vector<std::tuple<std::string, std::size_t, double>> hits;
    for (const auto& hit : store.search("cat museo protein", {.k = 50, .mode = glossa::SearchMode::lexical})) {
      hits.emplace_back(hit.document, hit.bytes.begin, hit.score);
      if (store.chunks(hit.document).size() != kKillChunks) broken += "a hit of no document; ";
    }
    for (const auto& own_document : store.documents({}, 1000000))
      if (store.chunks(own_document.id).size() != kKillChunks) broken += "half a document; ";
    return hits;
  };
  const auto with_index = found(path);
  if (with_index.empty() || with_index != found(copy)) broken += "other hits by words without the index's files; ";
  return broken;
}

struct KillReport {
  std::string broken{};
  std::size_t rounds = 0;
  std::size_t acknowledged = 0;    ///< steps
  std::size_t unacknowledged = 0;  ///< steps that were committed though nobody was told
  double slowest_open = 0;         ///< seconds, with a first search
};
inline std::ostream& operator<<(std::ostream& out, const KillReport& report) {
  return out << report.rounds << " kills, " << report.acknowledged << " steps acknowledged, " << report.unacknowledged
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
  KillDocuments documents;  // after these
  for (int round = 0; round < rounds; ++round, ++report.rounds) {
    int ends[2];
    if (::pipe(ends) != 0) return report.broken += "no pipe", report;
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(ends[0]);
      try {
        fill_store(path, next, 100000, [&](std::size_t step) {
          const auto number = static_cast<std::uint64_t>(step + 1);
          if (::write(ends[1], &number, sizeof number) != sizeof number) ::_exit(1);
        });
      } catch (const std::exception& error) {
        const std::string said = error.what();
        [[maybe_unused]] const auto ignored = ::write(2, said.data(), said.size());
      }
      ::_exit(1);
    }
    ::close(ends[1]);
    // Some steps later, on a slow machine too, and at any moment of the next one.
    std::uint64_t number = 0;
    std::size_t acknowledged = next;
    const auto read_one = [&] {
      if (::read(ends[0], &number, sizeof number) != sizeof number) return false;
      acknowledged = static_cast<std::size_t>(number);
      return true;
    };
    for (std::size_t steps = random() % 6; steps > 0; --steps) {
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
      {
        glossa::DocumentStore store(path, store_embedder(), {.threads = 1});
        report.broken += broken_parts_of(store);
        report.slowest_open = std::max(report.slowest_open,
                                       std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
        while (next < acknowledged) follow_step(documents, next++), ++report.acknowledged;
        const std::size_t steps = steps_of(store, next, next + 1, documents, report.broken);
        report.unacknowledged += steps - next;
        next = steps;
      }
      if (!documents.empty()) report.broken += broken_at_rest(path);
    } catch (const std::exception& error) {
      report.broken += error.what();
      return report;
    }
  }
  return report;
}

}  // namespace test
#endif
