// A file or standard input comes in; its lines go out, one at a time and of any length.
#pragma once

#include "interrupt.hpp"
#include "stream_path.hpp"

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#if defined(_WIN32)
#include <fcntl.h>
#include <io.h>
#endif

namespace tool {

[[nodiscard]] inline bool is_blank(std::string_view line) noexcept {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

/// Reads lines that end with "\n" or "\r\n"; a NUL byte is a byte like any other. Ctrl-C ends a blocking read.
class LineReader {
 public:
  /// `path` "-" is standard input.
  explicit LineReader(const std::string& path) : name_(path == "-" ? "standard input" : path), buffer_(1 << 16) {
    if (path == "-") {
      descriptor_ = 0;
    } else {
      if (!is_stream(path))
        size_ = glossa::detail::FileReader(std::filesystem::path(path)).size();  // or says what is wrong
#if defined(_WIN32)
      descriptor_ = ::_open(path.c_str(), _O_RDONLY | _O_BINARY);
#else
      descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
#endif
      if (descriptor_ < 0) fail(std::strerror(errno));
    }
  }
  ~LineReader() {
#if defined(_WIN32)
    if (descriptor_ > 0) ::_close(descriptor_);
#else
    if (descriptor_ > 0) ::close(descriptor_);
#endif
  }
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  /// Puts the next line without its end into `line`; false at the end of the input.
  bool next(std::string& line) {
    line.clear();
    line.swap(head_);
    bool any = !line.empty();
    while (fill()) {
      any = true;
      const std::size_t end = buffered().find('\n');
      line += buffered().substr(0, end);
      at_ = end == std::string_view::npos ? filled_ : at_ + end + 1;
      if (end == std::string_view::npos) continue;
      if (line.ends_with('\r')) line.pop_back();
      ++number_;
      return true;
    }
    if (any) ++number_;
    return any;
  }

  /// Whether the next line was read already.
  [[nodiscard]] bool has_line() const noexcept { return buffered().find('\n') != std::string_view::npos; }

  /// Whether next() has something to give at once; waits for it until `deadline`.
  bool has_line_by(std::chrono::steady_clock::time_point deadline) {
    while (!has_line()) {
      head_ += buffered();
      at_ = filled_;
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
      if (!wait_for_input(descriptor_, std::max(left, std::chrono::milliseconds(0)))) return false;
      if (!fill()) return true;
    }
    return true;
  }

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// The number of the line that next() gave last, from 1.
  [[nodiscard]] std::size_t number() const noexcept { return number_; }
  /// Bytes read so far, and in all (0 where that is not known).
  [[nodiscard]] std::uint64_t position() const noexcept { return position_ - (filled_ - at_) - head_.size(); }
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

 private:
  [[nodiscard]] std::string_view buffered() const noexcept { return {buffer_.data() + at_, filled_ - at_}; }

  /// Reads where nothing is left in the buffer; false at the end, after which a terminal is not asked for more.
  bool fill() {
    if (at_ < filled_) return true;
    if (ended_) return false;
    while (true) {
      wait_for_input(descriptor_);
      if (interrupted) fail("interrupted");
#if defined(_WIN32)
      const auto got = ::_read(descriptor_, buffer_.data(), static_cast<unsigned>(buffer_.size()));
#else
      const auto got = ::read(descriptor_, buffer_.data(), buffer_.size());
#endif
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) fail(std::strerror(errno));
      at_ = 0;
      filled_ = static_cast<std::size_t>(got);
      position_ += filled_;
      ended_ = got == 0;
      return !ended_;
    }
  }

  [[noreturn]] void fail(const std::string& problem) const {
    throw glossa::Error(interrupted ? glossa::ErrorKind::cancelled : glossa::ErrorKind::io,
                        {.file = name_, .problem = problem});
  }

  std::string name_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  std::string head_;  // the start of the next line, where its end was not there yet
  std::vector<char> buffer_;
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
  std::uint64_t position_ = 0;
  std::size_t number_ = 0;
  bool ended_ = false;
};

}  // namespace tool
