// Ids come and go; each has a slot meanwhile, and slots that are given up are used again.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/search/growing_rows.hpp>
#include <glossa/search/index_file.hpp>
#include <glossa/search/slot_table.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Which slot an id has. A slot is free, claimed for an id whose row is being written, or taken: its row can be found.
/// While a row is written in place of another, that one stays taken. For several threads at once, but for the
/// constructors.
class SlotBook {
 public:
  SlotBook() = default;

  /// Slots [0, slots) of a file. Errors: `corrupt_file`.
  void load(const IndexFile& file, std::size_t slots) {
    file_ = file.name();
    ids_ = GrowingRows(sizeof(std::uint64_t), file.section("ids", slots * sizeof(std::uint64_t)));
    states_ = GrowingRows(1, file.section("states", slots));
    slots_ = slots;
    for (std::size_t slot = 0; slot < slots; ++slot) {
      const auto state = std::to_integer<unsigned>(*states_[slot]);
      if (state > 1) file.damaged("states", "a row is neither there nor free", "");
      if (state == 1) ++size_;
      if (state == 0) free_.push_back(static_cast<std::uint32_t>(slot));
    }
    has_table_ = false;
  }

  [[nodiscard]] const GrowingRows& ids() const noexcept { return ids_; }
  [[nodiscard]] const GrowingRows& states() const noexcept { return states_; }
  /// Slots that are taken.
  [[nodiscard]] std::size_t size() const noexcept { return size_.load(std::memory_order_relaxed); }
  /// Slots that were ever claimed.
  [[nodiscard]] std::size_t slots() const noexcept { return slots_.load(std::memory_order_acquire); }
  [[nodiscard]] std::uint64_t id(std::size_t slot) const noexcept { return *ids_.as<std::uint64_t>(slot); }
  [[nodiscard]] bool is_taken(std::size_t slot) const noexcept { return state(slot).load(std::memory_order_acquire); }

  /// The slot where an id's row is, or will be.
  [[nodiscard]] std::optional<std::uint32_t> find(std::uint64_t id) const {
    const std::lock_guard lock(lock_);
    return table().find(id, IdOf{ids_});
  }
  /// The slots of those ids that have a row that can be found.
  [[nodiscard]] std::vector<std::uint32_t> find_all(std::span<const std::uint64_t> ids) const {
    const std::lock_guard lock(lock_);
    (void)table();
    std::vector<std::uint32_t> out;
    out.reserve(ids.size());
    // Ids that were added one after another mostly have slots like that, or nearly so, as several threads add: looking
    // there first saves the table's two far reads.
    std::uint64_t before = 0;
    std::uint64_t slot_before = 0;
    for (const std::uint64_t id : ids) {
      std::optional<std::uint32_t> slot;
      if (!out.empty() && id > before && id - before < slots()) {
        const std::uint64_t guess = slot_before + (id - before);
        for (const std::uint64_t at : {guess, guess + 1, guess - 1, guess + 2, guess - 2})
          if (!slot && at < slots() && this->id(at) == id && is_taken(at)) slot = static_cast<std::uint32_t>(at);
      }
      if (!slot) {
        slot = table_.find(id, IdOf{ids_});
        if (slot) slot = row_of(*slot);
      }
      if (!slot) continue;
      out.push_back(*slot);
      before = id;
      slot_before = *slot;
    }
    return out;
  }
  /// Whether an id has a row that can be found.
  [[nodiscard]] bool contains(std::uint64_t id) const {
    const std::lock_guard lock(lock_);
    const std::optional<std::uint32_t> slot = table().find(id, IdOf{ids_});
    return slot && (is_taken(*slot) || replaced_.contains(*slot));
  }
  [[nodiscard]] bool has_free_slot() const {
    const std::lock_guard lock(lock_);
    return !free_.empty();
  }
  /// Makes the table of ids, where there is none yet, since a search does without.
  void prepare() const {
    const std::lock_guard lock(lock_);
    (void)table();
  }

  struct Claim {
    std::uint32_t slot = 0;
    bool recycled = false;  ///< it held a row before
  };

  /// Claims a slot for an id: a free one, unless a fresh one is asked for, for which make_room(slot) is called. Where
  /// memory runs out, nothing has changed. Errors: `unsupported` where there are too many.
  template <class MakeRoom>
  [[nodiscard]] Claim claim(std::uint64_t id, bool fresh, MakeRoom&& make_room) {
    const std::lock_guard lock(lock_);
    table().make_room(IdOf{ids_});
    reserve_free(2 * (claims_ + 1));
    Claim out{static_cast<std::uint32_t>(slots_.load(std::memory_order_relaxed)), !fresh && !free_.empty()};
    if (out.recycled) {
      out.slot = free_.back();
    } else {
      if (out.slot >= kMostSlots)
        throw Error(ErrorKind::unsupported,
                    {.field = "add", .expected = "at most " + std::to_string(kMostSlots) + " vectors"});
      ids_.grow_to(std::size_t{out.slot} + 1);
      states_.grow_to(std::size_t{out.slot} + 1);
      make_room(out.slot);
    }
    const std::optional<std::uint32_t> before = table_.find(id, IdOf{ids_});
    if (const auto old = before ? row_of(*before) : std::nullopt) replaced_.emplace(out.slot, *old);
    if (before) replaced_.erase(*before);  // who was at it gives its slot back
    if (before) table_.remove(id, IdOf{ids_});
    if (out.recycled) {
      free_.pop_back();
    } else {
      *states_.as<unsigned char>(out.slot) = 0;
      slots_.store(std::size_t{out.slot} + 1, std::memory_order_release);
    }
    *ids_.as<std::uint64_t>(out.slot) = id;
    table_.add(id, out.slot, IdOf{ids_});
    ++claims_;
    return out;
  }

  /// Whether publish() will take a row away at the same moment.
  [[nodiscard]] bool replaces_a_row(std::uint32_t slot) const {
    const std::lock_guard lock(lock_);
    return replaced_.contains(slot);
  }

  /// From now on a claimed slot is taken, and the one that it replaces is free; unless the id was removed or claimed
  /// again meanwhile.
  void publish(std::uint32_t slot) noexcept {
    const std::lock_guard lock(lock_);
    --claims_;
    if (table_.find(id(slot), IdOf{ids_}) != slot) return free_.push_back(slot);
    state(slot).store(1, std::memory_order_release);
    size_.fetch_add(1, std::memory_order_relaxed);
    const auto old = replaced_.find(slot);
    if (old == replaced_.end()) return;
    give_up(old->second);
    replaced_.erase(old);
  }

  /// Gives a claimed slot back; a row that it was to replace stays.
  void abandon(std::uint32_t slot) noexcept {
    const std::lock_guard lock(lock_);
    --claims_;
    free_.push_back(slot);
    if (table_.find(id(slot), IdOf{ids_}) != slot) return;
    table_.remove(id(slot), IdOf{ids_});
    const auto old = replaced_.find(slot);
    if (old == replaced_.end()) return;
    table_.add(id(old->second), old->second, IdOf{ids_});
    replaced_.erase(old);
  }

  /// Takes an id out. False where it is not there.
  bool remove(std::uint64_t id) {
    const std::lock_guard lock(lock_);
    const std::optional<std::uint32_t> slot = table().find(id, IdOf{ids_});
    if (!slot) return false;
    reserve_free(2 * claims_ + 1);
    table_.remove(id, IdOf{ids_});
    if (const auto row = row_of(*slot)) give_up(*row);
    replaced_.erase(*slot);
    return true;
  }

  [[nodiscard]] std::size_t memory_bytes() const {
    const std::lock_guard lock(lock_);
    return slots() * (ids_.row_bytes() + states_.row_bytes()) + table_.bytes() +
           free_.capacity() * sizeof(std::uint32_t);
  }

  static constexpr std::size_t kMostSlots = 0x7FFFFFF0u;

 private:
  struct IdOf {
    const GrowingRows& ids;
    [[nodiscard]] std::uint64_t operator()(std::uint32_t slot) const noexcept { return *ids.as<std::uint64_t>(slot); }
  };

  [[nodiscard]] std::atomic_ref<unsigned char> state(std::size_t slot) const noexcept {
    return std::atomic_ref(*const_cast<unsigned char*>(states_.as<unsigned char>(slot)));
  }

  /// The taken slot behind one of the table's: itself, or what it replaces.
  [[nodiscard]] std::optional<std::uint32_t> row_of(std::uint32_t slot) const {
    if (is_taken(slot)) return slot;
    const auto old = replaced_.find(slot);
    return old == replaced_.end() ? std::nullopt : std::optional(old->second);
  }

  void give_up(std::uint32_t slot) noexcept {
    state(slot).store(0, std::memory_order_release);
    size_.fetch_sub(1, std::memory_order_relaxed);
    free_.push_back(slot);
  }

  /// Each claim can end in two slots more that are free, and nothing may fail then.
  void reserve_free(std::size_t more) {
    if (free_.capacity() < free_.size() + more) free_.reserve(2 * free_.size() + more + 16);
  }

  [[nodiscard]] SlotTable& table() const {
    if (has_table_) return table_;
    table_ = {};
    table_.reserve(size());
    for (std::size_t slot = 0; slot < slots(); ++slot) {
      if (!is_taken(slot)) continue;
      if (table_.find(id(slot), IdOf{ids_}))
        throw Error(ErrorKind::corrupt_file, {.file = file_,
                                              .field = "ids",
                                              .problem = "two vectors have the id " + std::to_string(id(slot)),
                                              .remedy = "build the index again"});
      table_.add(id(slot), static_cast<std::uint32_t>(slot), IdOf{ids_});
    }
    has_table_ = true;
    return table_;
  }

  std::string file_;
  GrowingRows ids_{sizeof(std::uint64_t)};
  GrowingRows states_{1};
  std::atomic<std::size_t> slots_{0};
  std::atomic<std::size_t> size_{0};
  mutable std::mutex lock_;  // of what follows, and of changes to the above
  mutable SlotTable table_;  // the slots that are claimed, or taken and not being replaced, by their ids
  mutable bool has_table_ = true;
  std::unordered_map<std::uint32_t, std::uint32_t> replaced_;  // claimed slot -> taken slot with the same id
  std::vector<std::uint32_t> free_;
  std::size_t claims_ = 0;
};

}  // namespace glossa::detail
