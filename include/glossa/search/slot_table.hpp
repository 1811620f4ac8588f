// Ids of the user's own come in; the places of their vectors go out.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace glossa::detail {

/// From ids to slots, with the ids kept by the caller: four bytes a place, of which at most two thirds are taken.
/// Linear probing; what is removed leaves no mark (Knuth, volume 3, section 6.4, algorithm R).
class SlotTable {
 public:
  /// id_of(slot): the id that was added with it.
  template <class IdOf>
  [[nodiscard]] std::optional<std::uint32_t> find(std::uint64_t id, IdOf&& id_of) const {
    if (places_.empty()) return std::nullopt;
    for (std::size_t at = home_of(id); places_[at] != kEmpty; at = next(at))
      if (id_of(places_[at]) == id) return places_[at];
    return std::nullopt;
  }

  /// What add() does that can run out of memory.
  template <class IdOf>
  void make_room(IdOf&& id_of) {
    if (3 * (size_ + 1) > 2 * places_.size()) grow(id_of);
  }

  /// The id must not be there.
  template <class IdOf>
  void add(std::uint64_t id, std::uint32_t slot, IdOf&& id_of) {
    make_room(id_of);
    put(id, slot);
    ++size_;
  }

  template <class IdOf>
  void remove(std::uint64_t id, IdOf&& id_of) {
    if (places_.empty()) return;
    std::size_t hole = home_of(id);
    while (places_[hole] != kEmpty && id_of(places_[hole]) != id) hole = next(hole);
    if (places_[hole] == kEmpty) return;
    --size_;
    for (std::size_t at = next(hole); places_[at] != kEmpty; at = next(at)) {
      const std::size_t home = home_of(id_of(places_[at]));
      if (((at - home) & mask()) < ((at - hole) & mask())) continue;  // it can be found where it is
      places_[hole] = places_[at];
      hole = at;
    }
    places_[hole] = kEmpty;
  }

  void reserve(std::size_t count) {
    if (size_ == 0 && 3 * count > 2 * places_.size()) places_.assign(std::bit_ceil(count + count / 2 + 16), kEmpty);
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return places_.size() * sizeof(std::uint32_t); }

 private:
  static constexpr std::uint32_t kEmpty = 0xFFFFFFFFu;

  [[nodiscard]] std::size_t mask() const noexcept { return places_.size() - 1; }
  [[nodiscard]] std::size_t next(std::size_t at) const noexcept { return (at + 1) & mask(); }
  /// Stafford's variant 13 of the 64-bit finaliser.
  [[nodiscard]] std::size_t home_of(std::uint64_t id) const noexcept {
    id = (id ^ id >> 30) * 0xBF58476D1CE4E5B9u;
    id = (id ^ id >> 27) * 0x94D049BB133111EBu;
    return static_cast<std::size_t>(id ^ id >> 31) & mask();
  }
  void put(std::uint64_t id, std::uint32_t slot) {
    std::size_t at = home_of(id);
    while (places_[at] != kEmpty) at = next(at);
    places_[at] = slot;
  }
  template <class IdOf>
  void grow(IdOf&& id_of) {
    std::vector<std::uint32_t> old(places_.empty() ? 16 : 2 * places_.size(), kEmpty);
    old.swap(places_);
    for (const std::uint32_t slot : old)
      if (slot != kEmpty) put(id_of(slot), slot);
  }

  std::vector<std::uint32_t> places_;
  std::size_t size_ = 0;
};

}  // namespace glossa::detail
