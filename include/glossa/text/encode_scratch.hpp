// A tokenizer's calls come in, from any threads; each gets buffers that no other call is using.
#pragma once

#include <glossa/text/piece_model.hpp>
#include <glossa/text/word_batch.hpp>
#include <glossa/text/word_cache.hpp>

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace glossa::detail {

/// What encoding a text needs besides the text, and what it leaves to the next one.
struct EncodeScratch {
  PieceScratch pieces;
  std::vector<Piece> segmented;
  std::vector<TokenId> ids;
  std::string word;
  std::string rewritten;
  WordCache words;
  WordBatch batch;

  /// Gives back what only a very long word or text needed.
  void trim() {
    constexpr std::size_t kMost = 1u << 16;
    pieces.hidden = nullptr;
    if (pieces.nodes.capacity() > kMost) pieces.nodes = {};
    if (pieces.labels.capacity() > kMost) pieces.labels = {};
    if (pieces.reversed.capacity() > kMost) pieces.reversed = {};
    if (segmented.capacity() > kMost) segmented = {};
    if (ids.capacity() > kMost) ids = {};
    if (word.capacity() > kMost) word = {};
    if (rewritten.capacity() > kMost) rewritten = {};
  }
};

/// Keeps as many buffers as there were calls at once.
class EncodeScratchPool {
 public:
  class Lease {
   public:
    explicit Lease(EncodeScratchPool& pool) : pool_(pool), scratch_(pool.take()) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { pool_.give_back(std::move(scratch_)); }
    [[nodiscard]] EncodeScratch& operator*() const noexcept { return *scratch_; }

   private:
    EncodeScratchPool& pool_;
    std::unique_ptr<EncodeScratch> scratch_;
  };

 private:
  static constexpr std::size_t kMostKept = 64;

  std::unique_ptr<EncodeScratch> take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) {
      idle_.reserve(kMostKept);  // so that giving back cannot fail
      return std::make_unique<EncodeScratch>();
    }
    auto scratch = std::move(idle_.back());
    idle_.pop_back();
    return scratch;
  }

  void give_back(std::unique_ptr<EncodeScratch> scratch) noexcept {
    scratch->trim();
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kMostKept) idle_.push_back(std::move(scratch));
  }

  std::mutex mutex_;
  std::vector<std::unique_ptr<EncodeScratch>> idle_;  // the last one used comes first: its words are in the caches
};

}  // namespace glossa::detail
