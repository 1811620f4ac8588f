// Pairs of things that belong together come in; the sets that they make go out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Union-find by Galler and Fischer (1964), with paths halved on the way (van Leeuwen & van der Weide 1977). A set is
/// named by its smallest member, so that the names do not depend on the order of the pairs.
class DisjointSets {
 public:
  explicit DisjointSets(std::size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), 0U); }

  [[nodiscard]] std::size_t size() const noexcept { return parent_.size(); }

  [[nodiscard]] std::size_t find(std::size_t i) noexcept {
    auto at = static_cast<std::uint32_t>(i);
    while (parent_[at] != at) at = parent_[at] = parent_[parent_[at]];
    return at;
  }

  void join(std::size_t a, std::size_t b) noexcept {
    a = find(a);
    b = find(b);
    if (a > b) std::swap(a, b);
    parent_[b] = static_cast<std::uint32_t>(a);
  }

 private:
  std::vector<std::uint32_t> parent_;
};

}  // namespace glossa::detail
