// Damaged files of every kind of index, as checks of a type: each is refused in order, or makes an index that works.
#pragma once

#include "../model/damage.hpp"
#include "index_files.hpp"

#include <cmath>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

namespace test {

/// Does with a loaded index what can be done; its hits may be wrong. Sanitizers watch. Saving waits for the disk, and
/// so not all do.
template <glossa::Index T>
void exercise(T& index, const std::filesystem::path& scratch, bool saves) {
  const std::size_t dims = index.dims() == 0 ? 3 : index.dims();
  if (dims > 4096) return;
  const auto queries = any_rows(5, dims, 1);
  const auto check = [&](const std::vector<glossa::Neighbor>& hits, std::size_t k) {
    if (hits.size() > k || hits.size() > index.size()) FAIL_CHECK("more hits than there can be");
  };
  check(index.search(queries[0], 3), 3);
  check(index.search(queries[1], 1000, thorough()), 1000);
  check(index.search(queries[1], 4, {.filter = [](std::uint64_t id) { return id % 2 == 0; }}), 4);
  for (const auto& hits : index.search(queries, 5)) check(hits, 5);
  (void)index.contains(1);
  (void)index.memory_bytes();
  (void)index.remove(Ids{1, 2, 3, 4000000000});
  index.add(Ids{1, 5, 77, 78, 5}, queries);
  for (std::uint64_t id = 100; id < 108; ++id)
    index.add(Ids{id}, embeddings_of(1, dims, random_values<float>(dims, 9)));
  (void)index.remove(Ids{78, 101});
  for (const auto& hits : index.search(queries, 5)) check(hits, 5);
  if (!saves) return;
  index.save(scratch);
  const T again = T::load(scratch, {});
  if (again.size() != index.size()) FAIL_CHECK("another number of vectors came back");
  check(again.search(queries[2], 5), 5);
}

/// Loads `bytes` as an index and exercises what comes of it.
template <glossa::Index T>
void try_damaged(DamageTrial& trial, const TemporaryFolder& folder, const std::string& bytes, bool verify) {
  const auto path = folder.path() / "index";
  overwrite(path, bytes);
  std::optional<T> index;
  trial(path.string(), bytes, [&] { index.emplace(T::load(path, {.verify = verify, .threads = 1})); });
  if (!index) return;
  try {
    exercise(*index, folder.path() / "scratch", trial.accepted() % 20 == 1);
  } catch (const glossa::Error&) {  // in order
  } catch (const std::exception& error) {
    FAIL_CHECK("another exception from an index that was loaded: " << error.what());
  }
}

template <glossa::Index T>
[[nodiscard]] std::string small_index_file(const glossa::IndexOptions& options, std::size_t rows,
                                           std::size_t dims = 5) {
  const TemporaryFolder folder;
  T index = make_index<T>(options);
  add_rows(index, 0, rows, dims, 1);
  index.remove(Ids{2});
  index.save(folder.path() / "index");
  return read_file(folder.path() / "index");
}

/// Every byte flipped that matters, with the checksums as they were and made right, and numbers of all sizes.
template <glossa::Index T>
void check_flipped_bytes(const glossa::IndexOptions& options, std::size_t count, unsigned seed, std::size_t rows = 12) {
  const std::string good = small_index_file<T>(options, rows);
  const TemporaryFolder folder;
  DamageTrial unchanged;
  DamageTrial corrected;
  std::mt19937 random(seed);
  for (std::size_t i = 0; i < count; ++i) {
    std::string bytes = good;
    for (std::size_t flips = 1 + random() % 3; flips > 0; --flips) {
      // Half of them in the header and the numbers behind it, which are few and matter most.
      const std::size_t at = random() % (random() % 2 == 0 ? bytes.size() : std::min<std::size_t>(1024, bytes.size()));
      bytes[at] = static_cast<char>(random() % 3 == 0 ? random() : bytes[at] ^ 1 << random() % 8);
    }
    if (i % 2 == 0) {
      try_damaged<T>(unchanged, folder, bytes, i % 8 != 0);
    } else {
      try_damaged<T>(corrected, folder, with_right_checksums(bytes), i % 8 != 1);
    }
  }
  INFO(unchanged.refused() << " refused and " << unchanged.accepted() << " accepted as they were, "
                           << corrected.refused() << " and " << corrected.accepted() << " with checksums made right");
  CHECK(unchanged.refused() > count / 4);
  CHECK(corrected.accepted() > count / 20);
}

/// Sizes, offsets, names and parameters exchanged for others, stretches lost, doubled and moved.
template <glossa::Index T>
void check_strange_numbers(const glossa::IndexOptions& options, std::size_t count, unsigned seed,
                           std::size_t rows = 12) {
  const std::string good = small_index_file<T>(options, rows);
  const TemporaryFolder folder;
  DamageTrial trial;
  for_each_damage(good, seed, count,
                  [&](const std::string& bytes) { try_damaged<T>(trial, folder, with_right_checksums(bytes), true); });
  std::mt19937_64 random(seed);
  for (std::size_t i = 0; i < count; ++i) {  // sections that lie over each other, or have changed places
    std::string bytes = good;
    auto header = index_header(bytes);
    const std::size_t sections = header.sections;
    auto& one = header.table[random() % sections];
    const auto& other = header.table[random() % sections];
    switch (random() % 5) {
      case 0: one.offset = other.offset; break;
      case 1: std::swap(one.name, header.table[random() % sections].name); break;
      case 2: one.bytes = other.bytes; break;
      case 3: one.offset = random() % (bytes.size() / 64 + 2) * 64; break;
      default: header.sections = static_cast<std::uint32_t>(random() % (sections + 3)); break;
    }
    set_index_header(bytes, header);
    try_damaged<T>(trial, folder, with_right_checksums(bytes), true);
  }
  INFO(trial.refused() << " refused, " << trial.accepted() << " accepted");
  CHECK(trial.refused() > count / 2);
}

/// A file that is cut anywhere is refused, even where the header says that it is whole.
template <glossa::Index T>
void check_cut_files(const glossa::IndexOptions& options, std::size_t count, std::size_t rows = 12) {
  const std::string good = small_index_file<T>(options, rows);
  const TemporaryFolder folder;
  DamageTrial cut;
  DamageTrial corrected;
  for_each_truncation(good, count, [&](const std::string& bytes) {
    try_damaged<T>(cut, folder, bytes, false);
    try_damaged<T>(corrected, folder, with_right_checksums(bytes), true);
  });
  CHECK(cut.accepted() == 0);
  CHECK(corrected.refused() > 0);
}

}  // namespace test
