// How far the work has come goes to a person's terminal: share, the time that is left, and rates.
#pragma once

#include "terminal.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

namespace tool {

/// Redraws one line of standard error, a few times a second; silent where that is not a terminal.
class ProgressBar {
 public:
  ProgressBar() : shown_(is_terminal()) {}
  ~ProgressBar() { clear(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// `bytes` of `all_bytes` (0: not known) of the input are done, which held `texts` texts of `tokens` tokens.
  void update(std::size_t texts, std::size_t tokens, double bytes, double all_bytes) {
    const auto now = Clock::now();
    if (!shown_ || now < next_) return;
    next_ = now + std::chrono::milliseconds(200);
    const double seconds = std::chrono::duration<double>(now - start_).count();
    std::vector<std::string> parts;  // the most telling ones first
    if (all_bytes > 0) {
      const double share = std::min(bytes / all_bytes, 1.0);
      parts.push_back(bar(share));
      if (share > 0) parts.push_back(clock(seconds / share - seconds) + " left");
    }
    parts.push_back(std::to_string(texts) + " texts");
    parts.push_back(rate(static_cast<double>(texts) / seconds) + " texts/s");
    parts.push_back(rate(static_cast<double>(tokens) / seconds) + " tokens/s");
    draw(parts);
  }

  /// `done` of `total` of a step of the work are done; the time that is left is not known.
  void update(const std::string& step, std::size_t done, std::size_t total) {
    const auto now = Clock::now();
    if (!shown_ || now < next_) return;
    next_ = now + std::chrono::milliseconds(200);
    std::vector<std::string> parts{step};
    if (total > 0)
      parts.insert(parts.begin(), bar(std::min(static_cast<double>(done) / static_cast<double>(total), 1.0)));
    draw(parts);
  }

  /// Removes the line.
  void clear() {
    if (drawn_) std::fputs("\r\x1b[K", stderr);
    drawn_ = false;
  }

 private:
  using Clock = std::chrono::steady_clock;

  void draw(const std::vector<std::string>& parts) {
    // A line that is wider than the terminal would wrap, and could not be redrawn.
    std::string line;
    for (const std::string& part : parts) {
      if (line.size() + part.size() + 2 >= columns()) break;
      line += (line.empty() ? "" : ", ") + part;
    }
    std::fputs(("\r\x1b[K" + line).c_str(), stderr);
    std::fflush(stderr);
    drawn_ = true;
  }

  /// Whether standard error is a terminal that can erase a line.
  static bool is_terminal() {
#if defined(_WIN32)
    return ::_isatty(2) != 0;
#else
    const char* kind = std::getenv("TERM");
    return ::isatty(2) != 0 && kind != nullptr && std::string_view(kind) != "dumb";
#endif
  }

  static std::size_t columns() {
    const std::size_t known = terminal_columns(2);
    return known == 0 ? 80 : known;
  }

  /// "[#####...............]  25 %"
  static std::string bar(double share) {
    const auto filled = static_cast<std::size_t>(share * 20);
    const std::string percent = std::to_string(static_cast<int>(share * 100));
    return "[" + std::string(filled, '#') + std::string(20 - filled, '.') + "] " +
           std::string(3 - percent.size(), ' ') + percent + " %";
  }

  static std::string rate(double value) { return std::to_string(static_cast<long long>(value + 0.5)); }

  /// "4:05", or "1:04:05" with hours.
  static std::string clock(double seconds) {
    const auto whole = static_cast<long long>(seconds + 0.5);
    const auto two_digits = [](long long value) { return (value < 10 ? "0" : "") + std::to_string(value); };
    const std::string rest = two_digits(whole % 60);
    if (whole < 3600) return std::to_string(whole / 60) + ":" + rest;
    return std::to_string(whole / 3600) + ":" + two_digits(whole / 60 % 60) + ":" + rest;
  }

  bool shown_;
  bool drawn_ = false;
  Clock::time_point start_ = Clock::now();
  Clock::time_point next_ = start_ + std::chrono::milliseconds(500);
};

}  // namespace tool
