// How far the work has come goes to a person's terminal: rate, share and the time that is left.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

namespace tool {

/// Redraws one line of standard error, a few times a second; silent where that is not a terminal.
class ProgressBar {
 public:
  ProgressBar()
#if defined(_WIN32)
      : shown_(::_isatty(2) != 0)
#else
      : shown_(::isatty(2) != 0)
#endif
  {
  }
  ~ProgressBar() { clear(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// `bytes` of `all_bytes` (0: not known) of the input are done, which held `texts` texts of `tokens` tokens.
  void update(std::size_t texts, std::size_t tokens, double bytes, double all_bytes) {
    const auto now = Clock::now();
    if (!shown_ || now < next_) return;
    next_ = now + std::chrono::milliseconds(200);
    const double seconds = std::chrono::duration<double>(now - start_).count();
    std::string line = "\r\x1b[K" + std::to_string(texts) + " texts, " + rate(static_cast<double>(texts) / seconds) +
                       " texts/s, " + rate(static_cast<double>(tokens) / seconds) + " tokens/s";
    if (all_bytes > 0) {
      const double share = bytes / all_bytes;
      const auto filled = static_cast<std::size_t>(share * 20);
      line += "  [" + std::string(filled, '#') + std::string(20 - filled, '.') + "] " +
              std::to_string(static_cast<int>(share * 100)) + " %";
      if (share > 0) line += ", " + clock(seconds / share - seconds) + " left";
    }
    std::fputs(line.c_str(), stderr);
    std::fflush(stderr);
    drawn_ = true;
  }

  /// Removes the line.
  void clear() {
    if (drawn_) std::fputs("\r\x1b[K", stderr);
    drawn_ = false;
  }

 private:
  using Clock = std::chrono::steady_clock;

  static std::string rate(double value) { return std::to_string(static_cast<long long>(value + 0.5)); }

  static std::string clock(double seconds) {
    const auto whole = static_cast<long long>(seconds + 0.5);
    const std::string rest = std::to_string(whole % 60);
    return std::to_string(whole / 60) + ":" + (rest.size() < 2 ? "0" : "") + rest;
  }

  bool shown_;
  bool drawn_ = false;
  Clock::time_point start_ = Clock::now();
  Clock::time_point next_ = start_ + std::chrono::milliseconds(500);
};

}  // namespace tool
