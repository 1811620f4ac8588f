// What every kind of index promises of its files, as checks of a type.
#pragma once

#include "catch.hpp"
#include "error_of.hpp"
#include "index_bytes.hpp"
#include "index_cases.hpp"
#include "paths.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace test {

/// Calls check(options) for every form, metric and finer copy.
template <class Check>
void for_each_kind_of_rows(Check&& check) {
  for (const auto metric : kIndexMetrics)
    for (const auto form : kForms) {
      check(glossa::IndexOptions{.metric = metric, .vectors = form});
      for (const auto fine : kForms) {
        if (!is_finer(fine, form)) continue;
        INFO(to_string(form) << ", " << to_string(metric) << ", then " << to_string(fine));
        check(glossa::IndexOptions{.metric = metric, .vectors = form, .rescore = fine, .model = "e5"});
      }
    }
}

/// `count` vectors with the ids first, first + 1, …
template <glossa::Index T>
void add_rows(T& index, std::uint64_t first, std::size_t count, std::size_t dims, unsigned seed) {
  Ids ids(count);
  for (std::size_t r = 0; r < count; ++r) ids[r] = first + r;
  index.add(ids, cone_rows(count, dims, seed));
}

/// A file brings back what was saved; changing what was loaded leaves it alone.
template <glossa::Index T>
void check_round_trip(const glossa::IndexOptions& options, std::size_t dims) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "index";
  T index = make_index<T>(options);
  add_rows(index, 0, 150, dims, 1);
  index.remove(Ids{3, 4, 149});
  add_rows(index, 1000, 2, dims, 2);
  index.save(path);
  const std::string bytes = read_file(path);
  const auto queries = cone_rows(6, dims, 3);
  const auto hits = index.search(queries, 20, thorough());
  for (const bool verify : {true, false}) {
    T loaded = T::load(path, {.verify = verify});
    CHECK(loaded.size() == 149);
    CHECK(loaded.dims() == dims);
    CHECK(loaded.options().metric == options.metric);
    CHECK(loaded.options().vectors == options.vectors);
    CHECK(loaded.options().rescore == options.rescore);
    CHECK(loaded.options().model == options.model);
    CHECK(loaded.contains(5));
    CHECK_FALSE(loaded.contains(4));
    CHECK(loaded.search(queries, 20, thorough()) == hits);
    if (!verify) continue;
    CHECK(loaded.remove(Ids{0, 1, 2, 3}) == 3);  // of which one was not there
    add_rows(loaded, 10, 5, dims, 4);            // replaced
    add_rows(loaded, 2000, 40, dims, 5);         // new, in the places of removed ones and behind
    CHECK(loaded.size() == 186);
    CHECK(read_file(path) == bytes);
    const auto changed = loaded.search(queries, 20, thorough());
    loaded.save(folder.path() / "second");
    const T again = T::load(folder.path() / "second", {});
    CHECK(again.size() == 186);
    CHECK(again.search(queries, 20, thorough()) == changed);
    loaded.save(path);  // over the file that it lies in
    CHECK(loaded.search(queries, 20, thorough()) == changed);
    CHECK(T::load(path, {}).search(queries, 20, thorough()) == changed);
    std::filesystem::remove(path);  // it is mapped: not to be written to
    write_file(path, bytes);
  }
}

/// An index with nothing in it, before the first vector and after the last, comes back and takes vectors.
template <glossa::Index T>
void check_empty_files(const glossa::IndexOptions& options) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "index";
  T index = make_index<T>(options);
  index.save(path);
  {
    T loaded = T::load(path, {});
    CHECK(loaded.size() == 0);
    CHECK(loaded.dims() == 0);
    CHECK(loaded.search(std::vector<float>{1, 2}, 3).empty());
    add_rows(loaded, 0, 30, 6, 1);
    CHECK(loaded.search(cone_rows(1, 6, 2)[0], 3).size() == 3);
  }
  add_rows(index, 0, 3, 6, 1);
  index.remove(Ids{0, 1, 2});
  index.save(path);
  T loaded = T::load(path, {});
  CHECK(loaded.size() == 0);
  CHECK(loaded.dims() == 6);
  CHECK(loaded.search(cone_rows(1, 6, 2)[0], 3).empty());
  add_rows(loaded, 5, 30, 6, 1);
  CHECK(loaded.search(cone_rows(1, 6, 2)[0], 3).size() == 3);
}

/// Attachments are kept for the caller, and are no part of what is saved next.
template <class T>
void check_attachments() {
  const TemporaryFolder folder;
  const auto path = folder.path() / "index";
  T index = make_index<T>({});
  add_rows(index, 0, 5, 3, 1);
  const std::string names = "first\nsecond";
  const std::string long_one(200000, 'x');
  index.save(path, {{"names", std::as_bytes(std::span(names))},
                    {"a", std::as_bytes(std::span(long_one))},
                    {"nothing", {}},
                    {"codes", std::as_bytes(std::span(names))}});  // as the index calls a part of its own
  const T loaded = T::load(path, {});
  const auto text = [](std::span<const std::byte> bytes) {
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };
  CHECK(text(loaded.attachment("names")) == names);
  CHECK(text(loaded.attachment("a")) == long_one);
  CHECK(loaded.attachment("nothing").empty());
  CHECK(text(loaded.attachment("codes")) == names);
  CHECK(loaded.attachment("none").empty());
  CHECK(loaded.attachment("").empty());
  CHECK(index.attachment("names").empty());
  loaded.save(path, {{"names", loaded.attachment("names")}});
  const T again = T::load(path, {});
  CHECK(text(again.attachment("names")) == names);
  CHECK(again.attachment("a").empty());
  const std::string before = read_file(path);
  glossa::IndexAttachments many;
  for (char c = 'a'; c <= 'i'; ++c) many[std::string(1, c)] = {};
  for (const glossa::IndexAttachments& wrong :
       {glossa::IndexAttachments{{"", {}}}, glossa::IndexAttachments{{"tooolong", {}}},
        glossa::IndexAttachments{{std::string("a\0b", 3), {}}}, many}) {
    const glossa::Error error = error_of([&] { index.save(path, wrong); });
    CHECK(error.kind() == glossa::ErrorKind::invalid_argument);
    CHECK(error.field() == "attachments");
  }
  CHECK(read_file(path) == before);
}

/// What is no index of this kind is refused by name. `other`: a file with an index of another kind.
template <glossa::Index T>
void check_wrong_files() {
  const TemporaryFolder folder;
  const auto path = folder.path() / "index";
  const auto refused = [&](glossa::ErrorKind kind) {
    for (const bool verify : {true, false}) {
      const glossa::Error error = error_of([&] { (void)T::load(path, {.verify = verify}); });
      INFO(error.what());
      CHECK(error.kind() == kind);
      CHECK(error.file() == path.string());
    }
  };
  refused(glossa::ErrorKind::not_found);
  for (const std::string& bytes : {std::string(), std::string("GLOSSAIX"), std::string(5000, '\0'),
                                   std::string("PK\3\4") + std::string(5000, 'x')}) {
    write_file(path, bytes);
    refused(glossa::ErrorKind::corrupt_file);
  }
  T index = make_index<T>({});
  add_rows(index, 0, 5, 3, 1);
  index.save(path);
  const std::string good = read_file(path);
  const auto with_header = [&](auto&& change) {
    std::string bytes = good;
    auto header = index_header(bytes);
    change(header);
    set_index_header(bytes, header);
    write_file(path, bytes);
  };
  with_header([](auto& header) { header.version = 2; });
  refused(glossa::ErrorKind::unsupported);
  with_header([](auto& header) { header.kind = header.kind == 1 ? 2 : 1; });
  refused(glossa::ErrorKind::invalid_argument);
  for (const std::uint32_t kind : {0u, 4u, 0xFFFFFFFFu}) {
    with_header([&](auto& header) { header.kind = kind; });
    refused(glossa::ErrorKind::corrupt_file);
  }
  with_header([](auto& header) { header.sections = IndexFileHeader::kSections + 1; });
  refused(glossa::ErrorKind::corrupt_file);
  write_file(path, good + '\0');
  refused(glossa::ErrorKind::corrupt_file);
  write_file(path, good);
  CHECK(T::load(path, {}).size() == 5);
  CHECK(error_of([&] { (void)T::load(folder.path(), {}); }).kind() == glossa::ErrorKind::invalid_argument);
  CHECK(error_of([&] { (void)T::load(path, {.threads = 100000}); }).field() == "threads");
}

/// A place that takes no file is named, with what to do; what was there stays.
template <glossa::Index T>
void check_places_that_take_no_file() {
  const TemporaryFolder folder;
  write_file(folder.path() / "file", "x");
  T index = make_index<T>({});
  add_rows(index, 0, 5, 3, 1);
  std::vector<std::filesystem::path> places{folder.path() / "missing" / "index", folder.path() / "file" / "index",
                                            folder.path(), folder.path() / ""};
#if defined(__linux__)
  for (const char* place : {"/proc/index", "/dev/full", "/dev/null"}) places.emplace_back(place);
#endif
  for (const auto& place : places) {
    const glossa::Error error = error_of([&] { index.save(place); });
    INFO(error.what());
    CHECK(error.kind() == glossa::ErrorKind::io);
    CHECK(error.file() == place.string());
    CHECK_FALSE(error.facts().remedy.empty());
  }
  CHECK(read_file(folder.path() / "file") == "x");
  CHECK(index.size() == 5);
}

}  // namespace test
