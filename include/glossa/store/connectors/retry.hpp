// Something that may fail in passing comes in; it is tried again, after longer and longer waits, or its error goes out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/store/connectors/connection_options.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>

namespace glossa::detail {

/// Thrown by a try that may succeed the next time: the server is away, slow, busy or restarting.
struct PassingFailure {
  std::string problem;
  std::optional<std::chrono::milliseconds> wait{};  ///< what the server asked for
};

/// The wait after `failed` tries; `draw` is from [0, 1).
[[nodiscard]] inline std::chrono::milliseconds retry_wait(const RetryOptions& options, std::size_t failed,
                                                          std::optional<std::chrono::milliseconds> asked, double draw) {
  const auto longest = static_cast<double>(options.longest_wait.count());
  if (asked) return std::chrono::milliseconds(std::min(asked->count(), options.longest_wait.count()));
  const auto first = static_cast<double>(options.first_wait.count());
  const double grown = first > 0 ? first * std::pow(options.growth, static_cast<double>(failed - 1)) : 0;
  const double wait = std::min(grown, longest) * (1 - options.jitter * draw);
  return std::chrono::milliseconds(static_cast<std::chrono::milliseconds::rep>(wait));
}

/// What `attempt()` returns. Errors: `io` naming `address` and the last problem, after all tries failed; others at
/// once.
template <class F>
auto with_retries(const RetryOptions& options, const std::string& address, F&& attempt) -> decltype(attempt()) {
  for (std::size_t failed = 1;; ++failed) {
    std::optional<std::chrono::milliseconds> asked;
    try {
      return attempt();
    } catch (const PassingFailure& failure) {
      if (failed >= options.tries)
        throw Error(ErrorKind::io,
                    {.file = address,
                     .problem = failure.problem + " (" + std::to_string(failed) + (failed == 1 ? " try)" : " tries)"),
                     .remedy = "see whether the server runs and can be reached, and try again"});
      asked = failure.wait;
    }
    const double draw = static_cast<double>(std::random_device{}()) / 4294967296.0;
    const auto wait = retry_wait(options, failed, asked, draw);
    if (options.sleep) {
      options.sleep(wait);
    } else {
      std::this_thread::sleep_for(wait);
    }
  }
}

}  // namespace glossa::detail
