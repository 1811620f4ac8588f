// Ids and slots against the standard library's table.
#include "catch.hpp"

#include <glossa/search/slot_table.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <unordered_map>
#include <vector>

using glossa::detail::SlotTable;

namespace {

/// The ids by their slots, as an index keeps them.
struct Ids {
  std::vector<std::uint64_t> of_slot;
  std::uint64_t operator()(std::uint32_t slot) const { return of_slot[slot]; }
};

}  // namespace

TEST_CASE("ids that come and go at random have the slots that the standard library's table gives them") {
  for (const std::uint64_t range : {20u, 3000u, 1u << 30}) {
    SlotTable table;
    Ids ids;
    std::unordered_map<std::uint64_t, std::uint32_t> oracle;
    std::vector<std::uint32_t> free;
    std::mt19937_64 random(range);
    for (int step = 0; step < 60000; ++step) {
      const bool shrinks = step / 10000 % 2 == 1;  // grows, then shrinks, so that holes are filled at every load
      std::uint64_t id = random() % range;
      if (range > 5000 && random() % 2 == 0 && !ids.of_slot.empty()) id = ids.of_slot[random() % ids.of_slot.size()];
      if (step % 1000 == 0) id = std::numeric_limits<std::uint64_t>::max();
      const auto there = oracle.find(id);
      const auto found = table.find(id, ids);
      REQUIRE(found.has_value() == (there != oracle.end()));
      if (found) REQUIRE(*found == there->second);
      if (!found && (!shrinks || random() % 4 == 0)) {
        std::uint32_t slot = static_cast<std::uint32_t>(ids.of_slot.size());
        if (free.empty()) {
          ids.of_slot.push_back(id);
        } else {
          slot = free.back();
          free.pop_back();
          ids.of_slot[slot] = id;
        }
        table.add(id, slot, ids);
        oracle[id] = slot;
      } else if (found && (shrinks || random() % 4 == 0)) {
        table.remove(id, ids);
        free.push_back(there->second);
        oracle.erase(there);
      } else {
        const std::uint64_t unknown = range + 1 + random() % range;
        if (!oracle.contains(unknown)) table.remove(unknown, ids);  // what is not there stays so
      }
      REQUIRE(table.size() == oracle.size());
      if (step % 5000 == 0)
        for (const auto& [each, slot] : oracle) REQUIRE(table.find(each, ids) == slot);
    }
  }
}

TEST_CASE("an empty table has nothing and loses nothing") {
  SlotTable table;
  const Ids ids;
  CHECK_FALSE(table.find(0, ids));
  table.remove(0, ids);
  CHECK(table.size() == 0);
  CHECK(table.bytes() == 0);
}

TEST_CASE("a table that made room holds as many without growing, and one that grows stays small") {
  for (const std::size_t count : {1u, 2u, 16u, 21u, 22u, 1000u, 43690u, 43691u}) {
    SlotTable made_room;
    SlotTable growing;
    Ids ids;
    made_room.reserve(count);
    const std::size_t before = made_room.bytes();
    for (std::size_t i = 0; i < count; ++i) {
      ids.of_slot.push_back(i * i * 977 + i);
      made_room.add(ids.of_slot[i], static_cast<std::uint32_t>(i), ids);
      growing.add(ids.of_slot[i], static_cast<std::uint32_t>(i), ids);
    }
    INFO(count << " ids");
    CHECK(made_room.bytes() == before);
    CHECK(growing.bytes() <= count * 12 + 64);
    for (std::size_t i = 0; i < count; ++i) {
      REQUIRE(made_room.find(ids.of_slot[i], ids) == i);
      REQUIRE(growing.find(ids.of_slot[i], ids) == i);
    }
  }
}
