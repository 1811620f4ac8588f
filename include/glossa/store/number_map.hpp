// Numbers that grow come in, each with a place; the place of a number goes out in a step.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace glossa::detail {

/// Places by numbers that are given out in order and never again: blocks of them, which go when all in them are gone.
class NumberMap {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFFu;

  [[nodiscard]] std::uint32_t find(std::int64_t number) const noexcept {
    const auto at = static_cast<std::uint64_t>(number);
    if (at / kBlock >= blocks_.size() || blocks_[at / kBlock] == nullptr) return kNone;
    return blocks_[at / kBlock]->places[at % kBlock];
  }

  /// For a number that is not there.
  void add(std::int64_t number, std::uint32_t place) {
    const auto at = static_cast<std::uint64_t>(number);
    if (at / kBlock >= blocks_.size()) blocks_.resize(at / kBlock + 1);
    auto& block = blocks_[at / kBlock];
    if (block == nullptr) {
      block = std::make_unique<Block>();
      block->places.fill(kNone);
    }
    block->places[at % kBlock] = place;
    ++block->used;
    ++size_;
  }

  void remove(std::int64_t number) noexcept {
    const auto at = static_cast<std::uint64_t>(number);
    if (find(number) == kNone) return;
    auto& block = blocks_[at / kBlock];
    block->places[at % kBlock] = kNone;
    --size_;
    if (--block->used == 0) block.reset();
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    std::size_t used = 0;
    for (const auto& block : blocks_) used += block != nullptr ? 1 : 0;
    return used * sizeof(Block) + blocks_.capacity() * sizeof(blocks_[0]);
  }

 private:
  static constexpr std::size_t kBlock = 4096;
  struct Block {
    std::array<std::uint32_t, kBlock> places;
    std::size_t used = 0;
  };

  std::vector<std::unique_ptr<Block>> blocks_;
  std::size_t size_ = 0;
};

}  // namespace glossa::detail
