// A function comes in; it runs in a process of its own, and the JSON that it returned goes out.
#pragma once

#include "json_line.hpp"
#include "tool_error.hpp"

#include <glossa/core/error.hpp>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <exception>
#include <functional>
#include <limits>
#include <string>

#if !defined(_WIN32)
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

namespace tool {

/// The most resident memory that this process has had so far, in MB; NaN where the system does not tell.
[[nodiscard]] inline double peak_memory_mb() {
#if defined(_WIN32)
  return std::numeric_limits<double>::quiet_NaN();
#else
  struct rusage usage {};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) return std::numeric_limits<double>::quiet_NaN();
#if defined(__APPLE__)
  return static_cast<double>(usage.ru_maxrss) / 1e6;
#else
  return static_cast<double>(usage.ru_maxrss) * 1024 / 1e6;
#endif
#endif
}

/// Runs `work`, which must not throw, in a child of this process. Errors: `io`, also where the system ended the child.
[[nodiscard]] inline std::string text_from_child(const std::function<std::string()>& work) {
#if defined(_WIN32)
  return work();
#else
  const auto fail = [](const std::string& problem) -> void {
    throw glossa::Error(glossa::ErrorKind::io, {.problem = problem, .remedy = "is there memory for another process?"});
  };
  int ends[2] = {-1, -1};
  if (::pipe(ends) != 0) fail(std::string("cannot make a pipe: ") + std::strerror(errno));
  const pid_t child = ::fork();
  if (child < 0) {
    ::close(ends[0]);
    ::close(ends[1]);
    fail(std::string("cannot start a process: ") + std::strerror(errno));
  }
  if (child == 0) {
    ::close(ends[0]);
    const std::string out = work();
    for (std::size_t at = 0; at < out.size();) {
      const auto put = ::write(ends[1], out.data() + at, out.size() - at);
      if (put < 0 && errno != EINTR) ::_exit(1);
      if (put > 0) at += static_cast<std::size_t>(put);
    }
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string out;
  char buffer[4096];
  while (true) {
    const auto got = ::read(ends[0], buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    out.append(buffer, static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    fail(WIFSIGNALED(status) ? "the process that ran it was ended by signal " + std::to_string(WTERMSIG(status))
                             : "the process that ran it failed");
  return out;
#endif
}

/// What `work` returns, or the error that it throws, as JSON.
[[nodiscard]] inline std::string attempted(const std::function<OrderedJson()>& work) {
  OrderedJson out;
  const auto fail = [&](glossa::ErrorKind kind, const glossa::ErrorFacts& facts) {
    out = {{"kind", static_cast<int>(kind)}};
    out["facts"] = {facts.file, facts.field, facts.problem, facts.expected, facts.found, facts.remedy};
  };
  try {
    out = {{"done", work()}};
  } catch (const glossa::Error& error) {
    fail(error.kind(), tool_error(error).facts());
  } catch (const std::exception& error) {
    fail(glossa::ErrorKind::io, {.problem = error.what()});
  }
  return out.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

/// Runs `work` in a child of this process, which must not have started a thread yet, so that the memory of one run does
/// not count for the next. Where there are no such children, runs it here. Errors: those of `work`; `io`, also where
/// the system ended the child.
[[nodiscard]] inline OrderedJson run_in_child(const std::function<OrderedJson()>& work) {
  const OrderedJson out = OrderedJson::parse(text_from_child([&] { return attempted(work); }));
  if (out.contains("done")) return out["done"];
  const auto fact = [&](std::size_t i) { return out["facts"][i].get<std::string>(); };
  throw glossa::Error(static_cast<glossa::ErrorKind>(out["kind"].get<int>()), {.file = fact(0),
                                                                               .field = fact(1),
                                                                               .problem = fact(2),
                                                                               .expected = fact(3),
                                                                               .found = fact(4),
                                                                               .remedy = fact(5)});
}

}  // namespace tool
