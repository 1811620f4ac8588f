// What writes files comes in, and runs as on a disk that is full.
#pragma once

#include <csignal>
#include <cstdint>

#if !defined(_WIN32)
#include <sys/resource.h>
#endif

namespace test {

/// Calls write() while no file may grow beyond `bytes`.
template <class Write>
void with_full_disk(std::uint64_t bytes, Write&& write) {
#if defined(_WIN32)
  (void)bytes;
  write();
#else
  struct Limit {
    explicit Limit(std::uint64_t most) : handler(std::signal(SIGXFSZ, SIG_IGN)) {
      ::getrlimit(RLIMIT_FSIZE, &before);
      struct rlimit less = before;
      less.rlim_cur = most;
      ::setrlimit(RLIMIT_FSIZE, &less);
    }
    ~Limit() {
      ::setrlimit(RLIMIT_FSIZE, &before);
      std::signal(SIGXFSZ, handler);
    }
    struct rlimit before {};
    void (*handler)(int);
  };
  const Limit limit(bytes);
  write();
#endif
}

}  // namespace test
