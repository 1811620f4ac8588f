// An open file comes in; its bytes go out as one span of the address space.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>

#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <utility>

#if !defined(_WIN32)
#include <sys/mman.h>
#endif

namespace glossa::detail {

/// What may be done with the bytes of a mapping.
enum class MapMode {
  read,
  copy_on_write,  ///< they can be changed; the file is not: a page that is written to is copied first
};

/// A mapping. The file must not shrink while it is mapped (the system then raises SIGBUS on access); code that has to
/// survive that reads through FileReader instead.
class MappedFile {
 public:
  MappedFile() = default;

  explicit MappedFile(const FileReader& file, MapMode mode = MapMode::read)
      : size_(static_cast<std::size_t>(file.size())), mode_(mode) {
    if (size_ == 0) return;
    const bool writable = mode == MapMode::copy_on_write;
#if defined(_WIN32)
    const HANDLE mapping =
        CreateFileMappingW(file.handle(), nullptr, writable ? PAGE_WRITECOPY : PAGE_READONLY, 0, 0, nullptr);
    if (mapping != nullptr) {
      data_ = MapViewOfFile(mapping, writable ? FILE_MAP_COPY : FILE_MAP_READ, 0, 0, 0);
      CloseHandle(mapping);
    }
    const bool mapped = data_ != nullptr;
#else
#if defined(MAP_NORESERVE)
    constexpr int kPrivate = MAP_PRIVATE | MAP_NORESERVE;  // no memory is set aside for pages that may never be written
#else
    constexpr int kPrivate = MAP_PRIVATE;
#endif
    data_ = ::mmap(nullptr, size_, writable ? PROT_READ | PROT_WRITE : PROT_READ, writable ? kPrivate : MAP_SHARED,
                   file.handle(), 0);
    const bool mapped = data_ != MAP_FAILED;
#endif
    if (!mapped) {
      data_ = nullptr;
      throw Error(ErrorKind::io,
                  {.file = file.name(),
                   .problem = "cannot map the file into memory",
                   .expected = std::to_string(size_) + " bytes of address space",
                   .remedy = "raise the limit on it (ulimit -v), or copy the file to a disk that can be mapped"});
    }
  }

  MappedFile(MappedFile&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)), mode_(other.mode_) {}
  MappedFile& operator=(MappedFile&& other) noexcept {
    if (this != &other) {
      unmap();
      data_ = std::exchange(other.data_, nullptr);
      size_ = std::exchange(other.size_, 0);
      mode_ = other.mode_;
    }
    return *this;
  }
  ~MappedFile() { unmap(); }

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept {
    return {static_cast<const std::byte*>(data_), data_ == nullptr ? 0 : size_};
  }

  /// The same, to be changed; empty unless mapped with MapMode::copy_on_write.
  [[nodiscard]] std::span<std::byte> writable_bytes() const noexcept {
    if (data_ == nullptr || mode_ != MapMode::copy_on_write) return {};
    return {static_cast<std::byte*>(data_), size_};
  }

 private:
  void unmap() noexcept {
    if (data_ == nullptr) return;
#if defined(_WIN32)
    UnmapViewOfFile(data_);
#else
    ::munmap(data_, size_);
#endif
    data_ = nullptr;
  }

  void* data_ = nullptr;
  std::size_t size_ = 0;
  MapMode mode_ = MapMode::read;
};

}  // namespace glossa::detail
