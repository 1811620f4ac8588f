// Bytes come in; a complete file appears under its name, or nothing does.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace glossa::detail {

/// Writes to a temporary file in the target's folder, and renames it over the target in commit(). Whatever
/// happens before that leaves the target as it was; the temporary is removed.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path target) : target_(std::move(target)) {
    std::error_code code;
    if (std::filesystem::is_symlink(target_, code)) {  // the link stays; what it points to is replaced
      const auto resolved = std::filesystem::canonical(target_, code);
      if (!code) target_ = resolved;
    }
    // What a rename cannot or must not replace is found out before any work is done: the superuser's would put a
    // plain file in the place of /dev/null.
    const auto status = std::filesystem::status(target_, code);
    if (!target_.has_filename() || status.type() == std::filesystem::file_type::directory)
      fail("the name of a file is needed, not of a folder", "check the path");
    if (std::filesystem::exists(status) && status.type() != std::filesystem::file_type::regular)
      fail("a device or pipe cannot be replaced by a file", "check the path");
    // A random part keeps two writers of one target apart; nothing reads it, so its quality does not matter.
    temporary_ = target_;
    temporary_ += ".partial-" + std::to_string(std::random_device{}());
#if defined(_WIN32)
    file_ = _wfopen(temporary_.c_str(), L"wb");
#else
    file_ = std::fopen(temporary_.c_str(), "wb");
#endif
    if (file_ == nullptr) fail("cannot create a file beside it", "check that the folder exists and can be written");
  }

  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  ~AtomicFile() {
    if (file_ != nullptr) std::fclose(file_);
    std::error_code ignored;
    if (!committed_) std::filesystem::remove(temporary_, ignored);
  }

  void write(const void* data, std::size_t size) {
    if (size != 0 && std::fwrite(data, 1, size, file_) != size) fail("cannot write", "is the disk full?");
    written_ += size;
  }
  void write(std::string_view text) { write(text.data(), text.size()); }

  /// Replaces bytes that were written before, and goes on behind the last one.
  void rewrite(std::uint64_t offset, std::string_view text) {
    seek(offset);
    if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) fail("cannot write", "is the disk full?");
    seek(written_);
  }

  [[nodiscard]] std::uint64_t written() const noexcept { return written_; }

  /// Flushes to the disk and puts the file in place.
  void commit() {
    bool good = std::fflush(file_) == 0;
#if !defined(_WIN32)
    good = good && ::fsync(::fileno(file_)) == 0;
#endif
    good = std::fclose(file_) == 0 && good;
    file_ = nullptr;
    if (!good) fail("cannot write", "is the disk full?");
    std::error_code code;
    std::filesystem::rename(temporary_, target_, code);
    if (code) fail("cannot put the finished file in place: " + code.message(), "");
    committed_ = true;
  }

 private:
  void seek(std::uint64_t offset) {
#if defined(_WIN32)
    const bool good = _fseeki64(file_, static_cast<long long>(offset), SEEK_SET) == 0;
#else
    const bool good = ::fseeko(file_, static_cast<off_t>(offset), SEEK_SET) == 0;
#endif
    if (!good) fail("cannot seek", "");
  }

  [[noreturn]] void fail(const std::string& problem, const std::string& remedy) const {
    throw Error(ErrorKind::io, {.file = path_text(target_), .problem = problem, .remedy = remedy});
  }

  std::filesystem::path target_;
  std::filesystem::path temporary_;
  std::FILE* file_ = nullptr;
  std::uint64_t written_ = 0;
  bool committed_ = false;
};

}  // namespace glossa::detail
