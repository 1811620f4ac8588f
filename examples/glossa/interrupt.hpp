// Ctrl-C comes in; whether it was pressed goes out, so that work can stop in order.
#pragma once

#include <csignal>

namespace tool {

inline volatile std::sig_atomic_t interrupted = 0;

/// Makes SIGINT and SIGTERM set `interrupted` and interrupt blocking reads; a second one ends the process at once.
inline void catch_interrupts() {
  const auto handler = [](int signal) {
    interrupted = 1;
    std::signal(signal, SIG_DFL);
  };
#if defined(_WIN32)
  std::signal(SIGINT, handler);
  std::signal(SIGTERM, handler);
#else
  struct sigaction action {};
  action.sa_handler = handler;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
#endif
}

}  // namespace tool
