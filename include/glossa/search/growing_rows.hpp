// Rows of bytes come in, one after another; they stay where they are, however many follow.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <limits>
#include <new>
#include <span>
#include <utility>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace glossa::detail {

/// Rows of one length, in blocks each of which is as large as all before it together, so that a row never moves and
/// memory that holds none is not touched. The first rows may lie in a mapped file. Growing is for one thread at a time,
/// while others may use the rows that there are.
class GrowingRows {
 public:
  explicit GrowingRows(std::size_t row_bytes = 0, std::span<std::byte> base = {})
      : row_bytes_(row_bytes), base_(base.data()), base_rows_(row_bytes == 0 ? 0 : base.size() / row_bytes) {}
  GrowingRows(GrowingRows&& other) noexcept
      : row_bytes_(other.row_bytes_),
        base_(std::exchange(other.base_, nullptr)),
        base_rows_(std::exchange(other.base_rows_, 0)) {
    for (std::size_t b = 0; b < kBlocks; ++b) blocks_[b] = other.blocks_[b].exchange(nullptr);
  }
  GrowingRows& operator=(GrowingRows&& other) noexcept {
    std::swap(row_bytes_, other.row_bytes_);
    std::swap(base_, other.base_);
    std::swap(base_rows_, other.base_rows_);
    for (std::size_t b = 0; b < kBlocks; ++b) blocks_[b] = other.blocks_[b].exchange(blocks_[b]);
    return *this;
  }
  ~GrowingRows() {
    for (std::size_t b = 0; b < kBlocks; ++b)
      if (std::byte* block = blocks_[b].load()) ::operator delete (block, std::align_val_t{alignment_of(b)});
  }

  [[nodiscard]] std::size_t row_bytes() const noexcept { return row_bytes_; }
  /// Rows in the mapped file.
  [[nodiscard]] std::size_t base_rows() const noexcept { return base_rows_; }

  /// Makes room for rows [0, rows).
  void grow_to(std::size_t rows) {
    if (row_bytes_ == 0) return;
    for (std::size_t b = 0; b < kBlocks && base_rows_ + start_of(b) < rows; ++b)
      if (blocks_[b].load(std::memory_order_relaxed) == nullptr)
        blocks_[b].store(allocate(b), std::memory_order_release);
  }

  [[nodiscard]] std::byte* operator[](std::size_t row) noexcept { return place(row); }
  [[nodiscard]] const std::byte* operator[](std::size_t row) const noexcept { return place(row); }

  /// Row `row` of numbers of type T.
  template <class T>
  [[nodiscard]] T* as(std::size_t row) noexcept {
    return reinterpret_cast<T*>(place(row));
  }
  template <class T>
  [[nodiscard]] const T* as(std::size_t row) const noexcept {
    return reinterpret_cast<const T*>(place(row));
  }

  /// Rows from `row` on that lie one after another.
  [[nodiscard]] std::size_t run_from(std::size_t row) const noexcept {
    if (row < base_rows_) return base_rows_ - row;
    const std::size_t own = row - base_rows_;
    const std::size_t block = block_of(own);
    return start_of(block) + rows_of(block) - own;
  }

  /// Bytes of the blocks up to row `rows`; those of a mapped file belong to the file.
  [[nodiscard]] std::size_t bytes_of(std::size_t rows) const noexcept {
    return (rows < base_rows_ ? 0 : rows - base_rows_) * row_bytes_;
  }

 private:
  static constexpr std::size_t kFirst = 1024;  ///< rows of the first block
  static constexpr std::size_t kBlocks = 40;
  static constexpr std::size_t kLargePage = std::size_t{1} << 21;  ///< which random reads need

  static std::size_t block_of(std::size_t own) noexcept {
    return static_cast<std::size_t>(std::bit_width(own / kFirst));
  }
  static std::size_t start_of(std::size_t block) noexcept { return block == 0 ? 0 : kFirst << (block - 1); }
  static std::size_t rows_of(std::size_t block) noexcept { return block == 0 ? kFirst : kFirst << (block - 1); }

  [[nodiscard]] std::byte* place(std::size_t row) const noexcept {
    if (row < base_rows_) return base_ + row * row_bytes_;
    const std::size_t own = row - base_rows_;
    const std::size_t block = block_of(own);
    return blocks_[block].load(std::memory_order_acquire) + (own - start_of(block)) * row_bytes_;
  }

  /// Large blocks begin where a large page does.
  [[nodiscard]] std::size_t alignment_of(std::size_t block) const noexcept {
    return rows_of(block) >= 4 * kLargePage / row_bytes_ + 1 ? kLargePage : 64;
  }

  [[nodiscard]] std::byte* allocate(std::size_t block) const {
    const std::size_t rows = rows_of(block);
    if (rows > std::numeric_limits<std::size_t>::max() / 2 / row_bytes_) throw std::bad_alloc();
    const std::size_t bytes = rows * row_bytes_;
    auto* own = static_cast<std::byte*>(::operator new (bytes, std::align_val_t{alignment_of(block)}));
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    if (alignment_of(block) == kLargePage) ::madvise(own, bytes, MADV_HUGEPAGE);
#endif
    return own;
  }

  std::size_t row_bytes_;
  std::byte* base_;
  std::size_t base_rows_;
  std::array<std::atomic<std::byte*>, kBlocks> blocks_{};
};

}  // namespace glossa::detail
