// An offset comes in; the bytes from there on go out, of a file or of what stands in for one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace glossa::detail {

/// Bytes by position. Const functions may be called by any number of threads at once.
class ByteSource {
 public:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;

  /// What errors call it.
  [[nodiscard]] virtual const std::string& name() const noexcept = 0;
  [[nodiscard]] virtual std::uint64_t size() const noexcept = 0;
  /// Fills `out` with `count` bytes from `offset`. Errors: `io` where there are fewer.
  virtual void read(std::uint64_t offset, void* out, std::size_t count) const = 0;
};

}  // namespace glossa::detail
