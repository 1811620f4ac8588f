// A process that is killed while it saves an index leaves the file that was there, or the whole new one. POSIX alone.
#pragma once

#include "catch.hpp"
#include "index_files.hpp"

#include <cstddef>
#include <filesystem>
#include <random>
#include <vector>

#if !defined(_WIN32)
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

namespace test {

/// A child saves two indexes in turn under one name, and is killed `rounds` times at any moment; what is there then is
/// one of the two, whole.
template <glossa::Index T>
void check_killed_while_saving(const glossa::IndexOptions& options, int rounds) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "index";
  glossa::IndexOptions alone = options;
  alone.threads = 1;  // threads do not live on in a child
  T first = make_index<T>(alone);
  T second = make_index<T>(alone);
  add_rows(first, 0, 3000, 40, 1);
  add_rows(second, 10000, 5000, 40, 2);
  const auto query = cone_rows(1, 40, 3);
  const auto hits_of_first = first.search(query[0], 10);
  const auto hits_of_second = second.search(query[0], 10);
  first.save(path);
  std::mt19937 random(4);
  int firsts = 0;
  int unfinished = 0;  // kills in the middle of a file, of which a part is left beside the whole one
  int round = 0;
  // On a slow machine more of them, and later ones, until either file was seen.
  for (; round < rounds || (round < 12 * rounds && (firsts == 0 || firsts == round)); ++round) {
    const unsigned latest = 12000 * (1 + static_cast<unsigned>(round / rounds));
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      try {
        while (true) {
          second.save(path);
          first.save(path);
        }
      } catch (...) {
        ::_exit(1);
      }
    }
    ::usleep(static_cast<useconds_t>(200 + random() % latest));
    ::kill(child, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));  // and not by itself, with an error
    const T loaded = T::load(path, {.threads = 1});
    const auto hits = loaded.search(query[0], 10);
    const bool is_first = loaded.size() == 3000;
    REQUIRE((is_first ? hits == hits_of_first : loaded.size() == 5000 && hits == hits_of_second));
    firsts += is_first ? 1 : 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
      if (entry.path() != path) {
        ++unfinished;
        std::filesystem::remove(entry.path());
      }
  }
  INFO(firsts << " times the first, " << round - firsts << " the second, " << unfinished << " in the middle");
  CHECK(firsts > 0);
  CHECK(firsts < round);
  CHECK(unfinished > 0);
}

}  // namespace test
#endif
