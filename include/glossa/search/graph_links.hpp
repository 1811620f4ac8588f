// The edges of a graph in levels come in, node by node; they can be read while others change.
#pragma once

#include <glossa/core/parallel_for.hpp>
#include <glossa/search/growing_rows.hpp>
#include <glossa/search/index_file.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Lists of neighbours. A node is on the levels from 0 to its own; on level 0 it has at most 2·m neighbours, on others
/// m. A list is written by one thread at a time and read by any: who reads while it changes sees some of the old and
/// some of the new neighbours, each of which is a node.
class GraphLinks {
 public:
  static constexpr std::size_t kMostLevels = 32;
  static constexpr std::uint32_t kNone = 0xFFFFFFFFu;

  explicit GraphLinks(std::size_t m)
      : m_(m), base_(row_bytes(2 * m)), upper_(row_bytes(m)), levels_(1), first_upper_(sizeof(std::uint32_t)) {}

  /// Those of a file, for `nodes` nodes. Errors: `corrupt_file` for anything that could lead out of the graph.
  GraphLinks(const IndexFile& file, std::size_t m, std::size_t nodes, std::size_t upper_lists, Executor& executor)
      : m_(m),
        base_(row_bytes(2 * m), file.section("links", nodes * row_bytes(2 * m))),
        upper_(row_bytes(m), file.section("uplinks", upper_lists * row_bytes(m))),
        levels_(1, file.section("levels", nodes)),
        first_upper_(sizeof(std::uint32_t), file.section("upfirst", nodes * sizeof(std::uint32_t))),
        upper_lists_(upper_lists) {
    std::vector<bool> has_owner(upper_lists);
    std::size_t owned = 0;
    for (std::size_t node = 0; node < nodes; ++node) {
      const std::size_t level = this->level(static_cast<std::uint32_t>(node));
      const std::size_t first = *first_upper_.as<std::uint32_t>(node);
      if (level >= kMostLevels || (level > 0 && (first > upper_lists || level > upper_lists - first)))
        file.damaged("levels", "a node's lists lie outside of the file", "");
      owned += level;
      for (std::size_t list = first; level > 0 && list < first + level; ++list) {
        if (has_owner[list]) file.damaged("levels", "two nodes have the same list", "");
        has_owner[list] = true;
      }
    }
    if (owned != upper_lists) file.damaged("levels", "a list belongs to no node", "");
    constexpr std::size_t kShare = 1 << 14;
    parallel_for(executor, (nodes + kShare - 1) / kShare, [&](std::size_t share, std::size_t) {
      for (std::size_t node = share * kShare; node < std::min(nodes, (share + 1) * kShare); ++node)
        check(file, static_cast<std::uint32_t>(node), nodes);
    });
  }

  [[nodiscard]] std::size_t m() const noexcept { return m_; }
  [[nodiscard]] std::size_t most_neighbors(std::size_t level) const noexcept { return level == 0 ? 2 * m_ : m_; }
  [[nodiscard]] std::size_t level(std::uint32_t node) const noexcept { return *levels_.as<std::uint8_t>(node); }
  [[nodiscard]] std::size_t upper_lists() const noexcept { return upper_lists_; }

  /// Makes room for a node of this level, which no list names yet.
  void add_node(std::uint32_t node, std::size_t level) {
    const std::lock_guard lock(growing_);
    for (GrowingRows* rows : {&base_, &levels_, &first_upper_}) rows->grow_to(std::size_t{node} + 1);
    upper_.grow_to(upper_lists_ + level);
    *levels_.as<std::uint8_t>(node) = static_cast<std::uint8_t>(level);
    *first_upper_.as<std::uint32_t>(node) = static_cast<std::uint32_t>(upper_lists_);
    upper_lists_ += level;
    for (std::size_t l = 0; l <= level; ++l) count_of(list(node, l)).store(0, std::memory_order_relaxed);
  }

  /// A list of neighbours, read while it may change.
  class List {
   public:
    explicit List(std::uint32_t* list) noexcept : list_(list), size_(count_of(list).load(std::memory_order_acquire)) {}
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::uint32_t operator[](std::size_t i) const noexcept {
      return std::atomic_ref(list_[i + 1]).load(std::memory_order_acquire);
    }

   private:
    std::uint32_t* list_;
    std::size_t size_;
  };

  [[nodiscard]] List neighbors(std::uint32_t node, std::size_t level) const noexcept {
    return List(const_cast<GraphLinks*>(this)->list(node, level));
  }

  /// The address of a node's list, to be fetched ahead.
  [[nodiscard]] const void* place(std::uint32_t node) const noexcept { return base_[node]; }

  /// Replaces a list. With node_lock().
  void set(std::uint32_t node, std::size_t level, std::span<const std::uint32_t> neighbors) noexcept {
    std::uint32_t* own = list(node, level);
    for (std::size_t i = 0; i < neighbors.size(); ++i)
      std::atomic_ref(own[i + 1]).store(neighbors[i], std::memory_order_release);
    count_of(own).store(static_cast<std::uint32_t>(neighbors.size()), std::memory_order_release);
  }

  /// False where the list is full. With node_lock().
  bool append(std::uint32_t node, std::size_t level, std::uint32_t neighbor) noexcept {
    std::uint32_t* own = list(node, level);
    const std::uint32_t count = count_of(own).load(std::memory_order_relaxed);
    if (count >= most_neighbors(level)) return false;
    std::atomic_ref(own[count + 1]).store(neighbor, std::memory_order_release);
    count_of(own).store(count + 1, std::memory_order_release);
    return true;
  }

  /// Held while a node's lists are changed; other nodes may share it.
  [[nodiscard]] std::mutex& node_lock(std::uint32_t node) noexcept { return locks_[node % locks_.size()]; }

  [[nodiscard]] std::size_t memory_bytes(std::size_t nodes) const {
    const std::lock_guard lock(growing_);
    return nodes * (base_.row_bytes() + levels_.row_bytes() + first_upper_.row_bytes()) +
           upper_lists_ * upper_.row_bytes();
  }

  [[nodiscard]] const GrowingRows& base() const noexcept { return base_; }
  [[nodiscard]] const GrowingRows& upper() const noexcept { return upper_; }
  [[nodiscard]] const GrowingRows& levels() const noexcept { return levels_; }
  [[nodiscard]] const GrowingRows& first_upper() const noexcept { return first_upper_; }

 private:
  static std::size_t row_bytes(std::size_t neighbors) noexcept { return (neighbors + 1) * sizeof(std::uint32_t); }

  static std::atomic_ref<std::uint32_t> count_of(std::uint32_t* list) noexcept { return std::atomic_ref(*list); }

  [[nodiscard]] std::uint32_t* list(std::uint32_t node, std::size_t level) noexcept {
    if (level == 0) return base_.as<std::uint32_t>(node);
    return upper_.as<std::uint32_t>(*first_upper_.as<std::uint32_t>(node) + level - 1);
  }

  void check(const IndexFile& file, std::uint32_t node, std::size_t nodes) const {
    for (std::size_t l = 0; l <= level(node); ++l) {
      const List list = neighbors(node, l);
      if (list.size() > most_neighbors(l)) file.damaged("links", "a node has too many neighbours", "");
      for (std::size_t i = 0; i < list.size(); ++i)
        if (list[i] >= nodes || level(list[i]) < l) file.damaged("links", "a neighbour does not exist", "");
    }
  }

  std::size_t m_;
  GrowingRows base_;         ///< [count, 2·m neighbours]
  GrowingRows upper_;        ///< [count, m neighbours], level by level, node by node
  GrowingRows levels_;       ///< of each node
  GrowingRows first_upper_;  ///< its first list in upper_
  std::size_t upper_lists_ = 0;
  mutable std::mutex growing_;
  std::array<std::mutex, 4096> locks_;
};

}  // namespace glossa::detail
