// A data file comes in; its lines go out, one at a time.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/hash64.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace glossa::detail {

/// The longest line that is read; a file without ends of lines is no data file.
inline constexpr std::size_t kLongestDataLine = std::size_t{256} << 20;

/// Lines end with "\n" or "\r\n", the last one with the file. A byte order mark before the first one is left out.
class TextLines {
 public:
  /// Errors: those of FileReader; `unsupported` for files that are compressed or not text.
  explicit TextLines(const std::filesystem::path& path) : file_(path), buffer_(8192 * Hash64::kBlock) {
    fill();
    const std::string_view head = buffered();
    if (head.starts_with("\x1F\x8B")) refuse("the file is compressed", "unpack it first (gunzip)");
    if (head.starts_with("PK\x03\x04")) refuse("the file is an archive", "unpack it first (unzip)");
    if (head.starts_with("PAR1"))
      refuse("the file is in Parquet's format",
             "write it as JSON lines (in Python, with pandas: to_json(..., "
             "orient='records', lines=True, force_ascii=False))");
    if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF"))
      refuse("the file is in UTF-16", "convert it to UTF-8 (iconv -f UTF-16 -t UTF-8)");
    if (head.starts_with("\xEF\xBB\xBF")) at_ = 3;
  }

  /// Puts the next line without its end into `line`; false at the end of the file.
  bool next(std::string& line) {
    line.clear();
    bool any = false;
    while (fill()) {
      any = true;
      const std::size_t end = buffered().find('\n');
      line += buffered().substr(0, end);
      at_ = end == std::string_view::npos ? filled_ : at_ + end + 1;
      if (line.size() > kLongestDataLine) refuse("a line is too long", "is this the right file?");
      if (end != std::string_view::npos) break;
    }
    if (!any) return false;
    while (line.ends_with('\r')) line.pop_back();
    ++number_;
    return true;
  }

  /// The hash of what was read so far.
  [[nodiscard]] std::uint64_t file_hash() const noexcept { return hash_.value(); }
  [[nodiscard]] const std::string& file() const noexcept { return file_.name(); }
  /// The number of the line that next() gave last, from 1.
  [[nodiscard]] std::size_t number() const noexcept { return number_; }
  /// The file and that line, for messages.
  [[nodiscard]] std::string place() const { return place(number_); }
  [[nodiscard]] std::string place(std::size_t line) const { return file() + ", line " + std::to_string(line); }

 private:
  [[nodiscard]] std::string_view buffered() const noexcept { return {buffer_.data() + at_, filled_ - at_}; }

  /// Reads where nothing is left in the buffer; false at the end.
  bool fill() {
    if (at_ < filled_) return true;
    const std::uint64_t left = file_.size() - position_;
    at_ = 0;
    filled_ = static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer_.size()));
    file_.read(position_, buffer_.data(), filled_);
    position_ += filled_;
    hash_.add(buffer_.data(), filled_);
    return filled_ > 0;
  }

  [[noreturn]] void refuse(const std::string& problem, const std::string& remedy) const {
    throw Error(ErrorKind::unsupported,
                {.file = number_ > 0 ? place(number_ + 1) : file(), .problem = problem, .remedy = remedy});
  }

  FileReader file_;
  std::vector<char> buffer_;
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
  Hash64 hash_;
  std::uint64_t position_ = 0;  // of what is to be read next
  std::size_t number_ = 0;
};

/// Refuses a line with a carriage return in it: the end of a line to old programs, to Python and to pandas. Errors:
/// `corrupt_file`.
[[noreturn]] inline void refuse_return(const TextLines& lines, std::size_t line) {
  throw Error(ErrorKind::corrupt_file, {.file = lines.place(line),
                                        .problem = "there is a carriage return within the line",
                                        .expected = "lines that end with \"\\n\" or \"\\r\\n\"",
                                        .remedy = "put ends of lines in their place (tr '\\r' '\\n')"});
}

}  // namespace glossa::detail
