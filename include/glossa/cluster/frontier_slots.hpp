// Vectors outside of a tree, side by side as the processor reads them; those that leave make room for the others.
#pragma once

#include <glossa/cluster/points.hpp>
#include <glossa/cluster/tree_edge.hpp>
#include <glossa/core/aligned_buffer.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace glossa::detail {

/// Slots in the order of the vectors' numbers. The vectors stay where they are until a quarter has left; then the
/// others are copied together.
template <std::floating_point T>
class FrontierSlots {
 public:
  explicit FrontierSlots(const Points<T>& points) : points_(points), rows_(points.data()), used_(points.rows()) {
    slots_.reserve(points.rows());
    for (std::size_t i = 0; i < points.rows(); ++i)
      slots_.push_back({std::numeric_limits<double>::infinity(), static_cast<std::uint32_t>(i), 0, true});
    bounds_.resize(points.rows());
  }

  [[nodiscard]] std::size_t size() const noexcept { return slots_.size(); }
  [[nodiscard]] bool is_used(std::size_t slot) const noexcept { return slots_[slot].is_used; }
  [[nodiscard]] std::uint32_t vector(std::size_t slot) const noexcept { return slots_[slot].vector; }
  /// From the tree; infinite as long as no vector of it has been looked at.
  [[nodiscard]] double distance(std::size_t slot) const noexcept { return slots_[slot].distance; }
  [[nodiscard]] TreeEdge edge(std::size_t slot) const noexcept {
    return {slots_[slot].from, slots_[slot].vector, slots_[slot].distance};
  }
  /// The vectors from a slot on, one after another.
  [[nodiscard]] const T* rows(std::size_t slot) const noexcept { return rows_ + slot * points_.dims(); }
  /// What a product has to reach for its vector to come nearer.
  [[nodiscard]] const T* bounds(std::size_t slot) const noexcept { return bounds_.data() + slot; }

  void set_bound(std::size_t slot, T bound) noexcept { bounds_[slot] = bound; }
  void set_distance(std::size_t slot, double distance, std::uint32_t from) noexcept {
    slots_[slot].distance = distance;
    slots_[slot].from = from;
  }

  /// Different slots may be removed by several threads at once.
  void remove(std::size_t slot) noexcept {
    slots_[slot].is_used = false;
    bounds_[slot] = std::numeric_limits<T>::infinity();
  }

  /// Whether the slots have been moved.
  bool compact() {
    // To count them all is cheap beside what else a step costs, but not so cheap that every step should do it.
    if (++steps_ % kStepsBetween != 0) return false;
    used_ = static_cast<std::size_t>(
        std::count_if(slots_.begin(), slots_.end(), [](const Slot& slot) { return slot.is_used; }));
    if (slots_.size() - used_ < kLeastUnused || 4 * (slots_.size() - used_) < slots_.size()) return false;
    const std::size_t dims = points_.dims();
    const bool is_first = copy_.empty();
    if (is_first) copy_ = AlignedBuffer<T>(used_ * dims);
    std::size_t to = 0;
    for (std::size_t from = 0; from < slots_.size(); ++from) {
      if (!slots_[from].is_used) continue;
      if (is_first || to != from) std::copy_n(rows(from), dims, copy_.data() + to * dims);
      slots_[to] = slots_[from];
      bounds_[to] = bounds_[from];
      ++to;
    }
    slots_.resize(to);
    bounds_.resize(to);
    rows_ = copy_.data();
    return true;
  }

 private:
  static constexpr std::size_t kStepsBetween = 64;
  static constexpr std::size_t kLeastUnused = 256;

  struct Slot {
    double distance;
    std::uint32_t vector;
    std::uint32_t from;
    bool is_used;
  };

  Points<T> points_;
  const T* rows_;
  AlignedBuffer<T> copy_;
  std::vector<Slot> slots_;
  std::vector<T> bounds_;
  std::size_t used_;
  std::size_t steps_ = 0;
};

}  // namespace glossa::detail
