// Ctrl-C comes in; whether it was pressed goes out, so that work can stop in order. A signal that would end it out of
// order is ignored.
#pragma once

#include <glossa/core/error.hpp>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>

#if !defined(_WIN32)
#include <poll.h>
#include <unistd.h>
#endif

namespace tool {

inline std::atomic<int> interrupted{0};  // which a handler may write and every thread read
static_assert(std::atomic<int>::is_always_lock_free);

#if !defined(_WIN32)
/// Its first end can be read once Ctrl-C was pressed. A signal that comes just before a blocking read, or on another
/// thread, would not end that read; poll() on this pipe misses none.
inline int interrupt_pipe[2] = {-1, -1};
#endif

/// Makes SIGINT and SIGTERM set `interrupted`; a second one ends the process at once.
inline void catch_interrupts() {
#if defined(_WIN32)
  const auto handler = [](int signal) {
    interrupted = 1;
    std::signal(signal, SIG_DFL);
  };
  std::signal(SIGINT, handler);
  std::signal(SIGTERM, handler);
#else
  if (::pipe(interrupt_pipe) != 0) interrupt_pipe[0] = interrupt_pipe[1] = -1;
  struct sigaction action {};
  action.sa_handler = [](int signal) {
    const int saved = errno;
    interrupted = 1;
    [[maybe_unused]] const auto ignored = ::write(interrupt_pipe[1], "", 1);
    std::signal(signal, SIG_DFL);
    errno = saved;
  };
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
#endif
}

/// A file that grows beyond the limit of `ulimit -f` makes its writing fail, as a full disk does, and does not end the
/// process, which tells the file's name and removes what it had begun.
inline void ignore_file_limit_signal() {
#ifdef SIGXFSZ
  std::signal(SIGXFSZ, SIG_IGN);
#endif
}

/// Errors: `cancelled` where Ctrl-C was pressed.
inline void stop_if_interrupted() {
  if (interrupted) throw glossa::Error(glossa::ErrorKind::cancelled, {.problem = "interrupted"});
}

/// Waits until `descriptor` can be read or Ctrl-C is pressed, or until `most` has passed: then false.
inline bool wait_for_input([[maybe_unused]] int descriptor,
                           [[maybe_unused]] std::optional<std::chrono::milliseconds> most = {}) {
#if !defined(_WIN32)
  struct pollfd waiting[] = {{descriptor, POLLIN, 0}, {interrupt_pipe[0], POLLIN, 0}};
  return ::poll(waiting, 2, most ? static_cast<int>(most->count()) : -1) != 0;
#else
  return true;
#endif
}

}  // namespace tool
