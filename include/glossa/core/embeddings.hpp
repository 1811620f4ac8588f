// Vectors of texts, with what is known about how each came to be.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/byte_range.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <new>
#include <span>
#include <utility>
#include <vector>

namespace glossa {

/// What became of one text.
struct Receipt {
  std::size_t tokens = 0;          ///< tokens of the whole text, its prompt and the model's special tokens included
  std::size_t used_tokens = 0;     ///< those that reached the model; in windows, overlaps count once
  std::size_t used_bytes = 0;      ///< bytes of the text that reached the model, from its start
  std::size_t unknown_tokens = 0;  ///< used tokens that the vocabulary lacks
  std::size_t windows = 1;         ///< stretches that were encoded on their own

  [[nodiscard]] bool truncated() const noexcept { return used_tokens < tokens; }
};

/// A stretch of a long text that was encoded on its own.
struct TextWindow {
  std::size_t text = 0;    ///< index of the text
  ByteRange bytes;         ///< in that text
  std::size_t tokens = 0;  ///< of the text itself, without prompt and special tokens; its weight in the text's vector
};

/// One vector: a contiguous range, and so whatever takes a std::span<const float> takes it.
class Embedding {
 public:
  Embedding() = default;
  Embedding(std::vector<float> values, Receipt receipt) : values_(std::move(values)), receipt_(receipt) {}

  [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
  [[nodiscard]] const float* data() const noexcept { return values_.data(); }
  [[nodiscard]] float operator[](std::size_t i) const noexcept { return values_[i]; }
  [[nodiscard]] auto begin() const noexcept { return values_.begin(); }
  [[nodiscard]] auto end() const noexcept { return values_.end(); }

  [[nodiscard]] const std::vector<float>& values() const noexcept { return values_; }
  [[nodiscard]] const Receipt& receipt() const noexcept { return receipt_; }

 private:
  std::vector<float> values_;
  Receipt receipt_;
};

/// N vectors of D floats in one block of memory: row-major, without gaps, 64-byte aligned.
class Embeddings {
 public:
  Embeddings() = default;
  Embeddings(std::size_t rows, std::size_t dims) : values_(product(rows, dims)), rows_(rows), dims_(dims) {}

  Embeddings(const Embeddings& other)
      : Embeddings(other.rows_, other.dims_, other.receipts_, other.windows_, other.window_values_) {
    std::copy(other.values().begin(), other.values().end(), values_.data());
  }
  Embeddings(Embeddings&& other) noexcept
      : values_(std::move(other.values_)),
        rows_(std::exchange(other.rows_, 0)),
        dims_(std::exchange(other.dims_, 0)),
        receipts_(std::move(other.receipts_)),
        windows_(std::move(other.windows_)),
        window_values_(std::move(other.window_values_)) {}
  Embeddings& operator=(Embeddings other) noexcept {
    swap(other);
    return *this;
  }
  ~Embeddings() = default;

  void swap(Embeddings& other) noexcept {
    std::swap(values_, other.values_);
    std::swap(rows_, other.rows_);
    std::swap(dims_, other.dims_);
    receipts_.swap(other.receipts_);
    windows_.swap(other.windows_);
    window_values_.swap(other.window_values_);
  }

  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t dims() const noexcept { return dims_; }
  [[nodiscard]] bool empty() const noexcept { return rows_ == 0; }

  /// Row i.
  [[nodiscard]] std::span<const float> operator[](std::size_t i) const noexcept {
    return {values_.data() + i * dims_, dims_};
  }
  [[nodiscard]] std::span<float> operator[](std::size_t i) noexcept { return {values_.data() + i * dims_, dims_}; }

  /// All rows, one after another.
  [[nodiscard]] std::span<const float> values() const noexcept { return {values_.data(), rows_ * dims_}; }
  [[nodiscard]] std::span<float> values() noexcept { return {values_.data(), rows_ * dims_}; }

  /// One receipt a row where an Embedder made the vectors, else empty.
  [[nodiscard]] const std::vector<Receipt>& receipts() const noexcept { return receipts_; }
  void set_receipts(std::vector<Receipt> receipts) noexcept { receipts_ = std::move(receipts); }

  /// The windows of all texts in order, where they were asked for (EmbedOptions::keep_windows), else empty.
  [[nodiscard]] const std::vector<TextWindow>& windows() const noexcept { return windows_; }
  /// The vector of windows()[i].
  [[nodiscard]] std::span<const float> window_vector(std::size_t i) const noexcept {
    return std::span<const float>(window_values_).subspan(i * dims_, dims_);
  }
  void set_windows(std::vector<TextWindow> windows, std::vector<float> values) noexcept {
    windows_ = std::move(windows);
    window_values_ = std::move(values);
  }

 private:
  Embeddings(std::size_t rows, std::size_t dims, std::vector<Receipt> receipts, std::vector<TextWindow> windows,
             std::vector<float> window_values)
      : values_(product(rows, dims)),
        rows_(rows),
        dims_(dims),
        receipts_(std::move(receipts)),
        windows_(std::move(windows)),
        window_values_(std::move(window_values)) {}

  static std::size_t product(std::size_t rows, std::size_t dims) {
    if (dims != 0 && rows > std::numeric_limits<std::size_t>::max() / dims) throw std::bad_alloc();
    return rows * dims;
  }

  AlignedBuffer<float> values_;
  std::size_t rows_ = 0;
  std::size_t dims_ = 0;
  std::vector<Receipt> receipts_;
  std::vector<TextWindow> windows_;
  std::vector<float> window_values_;
};

}  // namespace glossa
