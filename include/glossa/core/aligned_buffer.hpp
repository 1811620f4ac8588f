// A count of elements comes in; a 64-byte aligned, uninitialised array of them goes out.
#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace glossa {

/// Owns `size` elements of a trivial type on a 64-byte boundary (a cache line, and the widest SIMD register).
/// The alignment is a constant, not a compile flag's, so buffers may cross translation units built differently.
template <class T>
class AlignedBuffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  static constexpr std::size_t kAlignment = 64;

  AlignedBuffer() = default;
  explicit AlignedBuffer(std::size_t size) : data_(allocate(size)), size_(size) {}
  AlignedBuffer(AlignedBuffer&& other) noexcept : data_(std::move(other.data_)), size_(std::exchange(other.size_, 0)) {}
  AlignedBuffer& operator=(AlignedBuffer&& other) noexcept {
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }

  [[nodiscard]] T* data() noexcept { return data_.get(); }
  [[nodiscard]] const T* data() const noexcept { return data_.get(); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  T& operator[](std::size_t i) noexcept { return data_[i]; }
  const T& operator[](std::size_t i) const noexcept { return data_[i]; }

  /// Makes room for at least `size` elements; what was there is lost when it has to grow.
  T* ensure(std::size_t size) {
    if (size > size_) {
      data_.reset();  // freed first: the two need not fit side by side
      size_ = 0;
      data_ = allocate(size);
      size_ = size;
    }
    return data_.get();
  }

 private:
  struct Free {
    void operator()(T* p) const noexcept { ::operator delete (p, std::align_val_t{kAlignment}); }
  };
  using Owner = std::unique_ptr<T[], Free>;

  static Owner allocate(std::size_t size) {
    if (size == 0) return Owner{};
    // No object is larger; sizes above wrap around, here or where operator new rounds up to the alignment.
    if (size > static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max()) / sizeof(T)) throw std::bad_alloc();
    return Owner(static_cast<T*>(::operator new (size * sizeof(T), std::align_val_t{kAlignment})));
  }

  Owner data_;
  std::size_t size_ = 0;
};

}  // namespace glossa
