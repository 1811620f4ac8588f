// A path comes in; bytes at any offset go out, from any number of threads at once.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/byte_source.hpp>
#include <glossa/core/error.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#if defined(_WIN32)
#ifndef NOMINMAX
#define NOMINMAX
#endif
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>
#else
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace glossa::detail {

[[nodiscard]] inline std::string path_text(const std::filesystem::path& path) {
  const std::u8string text = path.u8string();
  return {text.begin(), text.end()};
}

/// Whether there is something of this name. Where the system does not say (no permission, a name too long), the answer
/// is yes: opening it then throws an Error with the reason, where std::filesystem::exists throws its own exceptions.
[[nodiscard]] inline bool is_there(const std::filesystem::path& path) {
  std::error_code code;
  return std::filesystem::status(path, code).type() != std::filesystem::file_type::not_found;
}

/// An open file, read by position. Unlike a mapping it cannot raise a signal when the file shrinks, and it
/// brings no more into memory than was asked for.
class FileReader final : public ByteSource {
 public:
#if defined(_WIN32)
  using Handle = HANDLE;
  static inline const Handle kNone = INVALID_HANDLE_VALUE;
#else
  using Handle = int;
  static constexpr Handle kNone = -1;
#endif

  FileReader() = default;

  /// Opens a regular file; `not_found` where there is none, `io` where it cannot be opened.
  explicit FileReader(const std::filesystem::path& path) : name_(path_text(path)) {
    std::error_code code;
    const auto status = std::filesystem::status(path, code);
    if (status.type() == std::filesystem::file_type::not_found)
      throw Error(ErrorKind::not_found, {.file = name_, .problem = "no such file", .remedy = "check the path"});
    if (status.type() == std::filesystem::file_type::directory)
      throw Error(ErrorKind::invalid_argument,
                  {.file = name_, .expected = "a file", .found = "a folder", .remedy = "check the path"});
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))  // a pipe would block
      throw Error(ErrorKind::invalid_argument,
                  {.file = name_, .expected = "a file", .found = "a device or pipe", .remedy = "check the path"});
    open(path);
  }

  FileReader(FileReader&& other) noexcept
      : name_(std::move(other.name_)), handle_(std::exchange(other.handle_, kNone)), size_(other.size_) {}
  FileReader& operator=(FileReader&& other) noexcept {
    if (this != &other) {
      close();
      name_ = std::move(other.name_);
      handle_ = std::exchange(other.handle_, kNone);
      size_ = other.size_;
    }
    return *this;
  }
  ~FileReader() override { close(); }

  [[nodiscard]] const std::string& name() const noexcept override { return name_; }
  [[nodiscard]] std::uint64_t size() const noexcept override { return size_; }
  [[nodiscard]] Handle handle() const noexcept { return handle_; }

  /// Fills `out` with `count` bytes from `offset`; fewer bytes than that in the file are an error.
  void read(std::uint64_t offset, void* out, std::size_t count) const override {
    auto* to = static_cast<unsigned char*>(out);
    while (count > 0) {
      const std::size_t got = read_some(offset, to, count);
      if (got == 0)
        throw Error(ErrorKind::io,
                    {.file = name_,
                     .problem = "the file ended early",
                     .expected = std::to_string(count) + " more bytes at offset " + std::to_string(offset),
                     .found = "end of file",
                     .remedy = "was it cut or replaced while in use?"});
      to += got;
      offset += got;
      count -= got;
    }
  }

 private:
#if defined(_WIN32)
  void open(const std::filesystem::path& path) {
    handle_ = CreateFileW(path.c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING,
                          FILE_ATTRIBUTE_NORMAL, nullptr);
    LARGE_INTEGER size;
    if (handle_ == kNone || !GetFileSizeEx(handle_, &size))
      throw Error(ErrorKind::io, {.file = name_,
                                  .problem = "cannot open (code " + std::to_string(GetLastError()) + ")",
                                  .remedy = "may this user read it, and does another program hold it open?"});
    size_ = static_cast<std::uint64_t>(size.QuadPart);
  }

  std::size_t read_some(std::uint64_t offset, void* out, std::size_t count) const {
    OVERLAPPED where{};
    where.Offset = static_cast<DWORD>(offset);
    where.OffsetHigh = static_cast<DWORD>(offset >> 32);
    DWORD got = 0;
    const DWORD want = count > (1u << 30) ? (1u << 30) : static_cast<DWORD>(count);
    if (!ReadFile(handle_, out, want, &got, &where) && GetLastError() != ERROR_HANDLE_EOF)
      throw Error(ErrorKind::io, {.file = name_,
                                  .problem = "cannot read (code " + std::to_string(GetLastError()) + ")",
                                  .remedy = kCannotRead});
    return got;
  }

  void close() noexcept {
    if (handle_ != kNone) CloseHandle(handle_);
    handle_ = kNone;
  }
#else
  void open(const std::filesystem::path& path) {
    do {
      handle_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    } while (handle_ == kNone && errno == EINTR);
    struct stat info {};
    if (handle_ == kNone || ::fstat(handle_, &info) != 0) {
      const int reason = errno;
      close();
      throw Error(ErrorKind::io, {.file = name_,
                                  .problem = std::string("cannot open: ") + std::strerror(reason),
                                  .remedy = remedy_for(reason)});
    }
    size_ = static_cast<std::uint64_t>(info.st_size);
  }

  static std::string remedy_for(int reason) {
    if (reason == EACCES || reason == EPERM) return "let this user read the file and enter the folders above it";
    if (reason == EMFILE || reason == ENFILE) return "close other files, or raise the limit on open ones (ulimit -n)";
    if (reason == ENAMETOOLONG) return "give a shorter path";
    return "check the path, and that the disk it leads to is there";
  }

  std::size_t read_some(std::uint64_t offset, void* out, std::size_t count) const {
    constexpr std::size_t kMost = std::size_t{1} << 30;  // some systems refuse larger single reads
    while (true) {
      const ssize_t got = ::pread(handle_, out, count < kMost ? count : kMost, static_cast<off_t>(offset));
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno != EINTR)
        throw Error(
            ErrorKind::io,
            {.file = name_, .problem = std::string("cannot read: ") + std::strerror(errno), .remedy = kCannotRead});
    }
  }

  void close() noexcept {
    if (handle_ != kNone) ::close(handle_);
    handle_ = kNone;
  }
#endif

  static constexpr const char* kCannotRead = "is the disk or network share all right? copy the file to a local disk";

  std::string name_;
  Handle handle_ = kNone;
  std::uint64_t size_ = 0;
};

/// The whole of a file; one larger than `most` bytes is refused before anything is read.
[[nodiscard]] inline AlignedBuffer<char> read_bytes(const std::filesystem::path& path, std::uint64_t most) {
  const FileReader file(path);
  if (file.size() > most)
    throw Error(ErrorKind::corrupt_file, {.file = file.name(),
                                          .problem = "the file is too large for what it should hold",
                                          .expected = "at most " + std::to_string(most) + " bytes",
                                          .found = std::to_string(file.size()),
                                          .remedy = "is another file in its place? fetch it again"});
  AlignedBuffer<char> bytes(static_cast<std::size_t>(file.size()));
  file.read(0, bytes.data(), bytes.size());
  return bytes;
}

[[nodiscard]] inline std::string_view view(const AlignedBuffer<char>& bytes) noexcept {
  return {bytes.data(), bytes.size()};
}

}  // namespace glossa::detail
