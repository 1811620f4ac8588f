// Vectors outside of a tree, side by side as the processor reads them; those that leave make room for the others.
#pragma once

#include <glossa/cluster/pair_distance.hpp>
#include <glossa/cluster/rough_rows.hpp>
#include <glossa/cluster/tree_edge.hpp>
#include <glossa/core/aligned_buffer.hpp>
#include <glossa/kernels/code_sums.hpp>
#include <glossa/kernels/operations.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace glossa::detail {

/// Slots in the order of the vectors' numbers: a byte a number of each vector, and what tells how near it is. When a
/// quarter has left, the others are moved together.
class FrontierSlots {
 public:
  template <std::floating_point T>
  explicit FrontierSlots(const PairDistance<T>& distance)
      : stride_(round_up(std::max<std::size_t>(distance.points().dims(), 1), kCodeBytes)),
        codes_(distance.rows() * stride_) {
    for (std::size_t i = 0; i < distance.rows(); ++i) {
      const std::span<std::uint8_t> codes(codes_.data() + i * stride_, stride_);
      const RoughScale scale = rough_codes(distance.points()[i], distance.square(i), 128, codes);
      slots_.push_back({std::numeric_limits<double>::infinity(), static_cast<std::uint32_t>(i), 0, true});
      scales_.push_back(scale.scale);
      lengths_.push_back(scale.length);
      errors_.push_back(scale.error);
    }
    bounds_.resize(distance.rows());
  }

  [[nodiscard]] std::size_t size() const noexcept { return slots_.size(); }
  [[nodiscard]] bool is_used(std::size_t slot) const noexcept { return slots_[slot].is_used; }
  [[nodiscard]] std::uint32_t vector(std::size_t slot) const noexcept { return slots_[slot].vector; }
  /// From the tree; infinite as long as no vector of it has been looked at.
  [[nodiscard]] double distance(std::size_t slot) const noexcept { return slots_[slot].distance; }
  [[nodiscard]] TreeEdge edge(std::size_t slot) const noexcept {
    return {slots_[slot].from, slots_[slot].vector, slots_[slot].distance};
  }
  /// What a product has to reach for its vector to come nearer.
  [[nodiscard]] float bound(std::size_t slot) const noexcept { return bounds_[slot]; }

  /// Arrays from a slot on, and the vectors' bytes: themselves and 128.
  [[nodiscard]] const std::byte* codes(std::size_t slot) const noexcept {
    return reinterpret_cast<const std::byte*>(codes_.data() + slot * stride_);
  }
  [[nodiscard]] std::size_t stride() const noexcept { return stride_; }
  [[nodiscard]] const float* scales(std::size_t slot) const noexcept { return scales_.data() + slot; }
  [[nodiscard]] const float* lengths(std::size_t slot) const noexcept { return lengths_.data() + slot; }
  [[nodiscard]] const float* errors(std::size_t slot) const noexcept { return errors_.data() + slot; }
  [[nodiscard]] const float* bounds(std::size_t slot) const noexcept { return bounds_.data() + slot; }

  void set_bound(std::size_t slot, float bound) noexcept { bounds_[slot] = bound; }
  void set_distance(std::size_t slot, double distance, std::uint32_t from) noexcept {
    slots_[slot].distance = distance;
    slots_[slot].from = from;
  }

  /// Different slots may be removed by several threads at once.
  void remove(std::size_t slot) noexcept {
    slots_[slot].is_used = false;
    bounds_[slot] = std::numeric_limits<float>::infinity();
  }

  /// Whether the slots have been moved.
  bool compact() {
    // To count them all is cheap beside what else a step costs, but not so cheap that every step should do it.
    if (++steps_ % kStepsBetween != 0) return false;
    const auto unused = static_cast<std::size_t>(
        std::count_if(slots_.begin(), slots_.end(), [](const Slot& slot) { return !slot.is_used; }));
    if (unused < kLeastUnused || 4 * unused < slots_.size()) return false;
    std::size_t to = 0;
    for (std::size_t from = 0; from < slots_.size(); ++from) {
      if (!slots_[from].is_used) continue;
      if (to != from) {
        std::copy_n(codes_.data() + from * stride_, stride_, codes_.data() + to * stride_);
        slots_[to] = slots_[from];
        scales_[to] = scales_[from];
        lengths_[to] = lengths_[from];
        errors_[to] = errors_[from];
        bounds_[to] = bounds_[from];
      }
      ++to;
    }
    slots_.resize(to);
    for (std::vector<float>* values : {&scales_, &lengths_, &errors_, &bounds_}) values->resize(to);
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

  std::size_t stride_;
  AlignedBuffer<std::uint8_t> codes_;
  std::vector<Slot> slots_;
  std::vector<float> scales_;
  std::vector<float> lengths_;
  std::vector<float> errors_;
  std::vector<float> bounds_;
  std::size_t steps_ = 0;
};

}  // namespace glossa::detail
