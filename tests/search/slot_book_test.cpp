// SlotBook against a map: which ids have a row, while rows are written, replaced, given back and removed.
#include "catch.hpp"

#include <glossa/search/slot_book.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <vector>

using glossa::detail::SlotBook;

namespace {

SlotBook::Claim claim(SlotBook& book, std::uint64_t id, bool fresh = false) {
  return book.claim(id, fresh, [](std::uint32_t) {});
}

/// The slots that a search would look at, by their ids.
std::multimap<std::uint64_t, std::uint32_t> taken(const SlotBook& book) {
  std::multimap<std::uint64_t, std::uint32_t> out;
  for (std::uint32_t slot = 0; slot < book.slots(); ++slot)
    if (book.is_taken(slot)) out.emplace(book.id(slot), slot);
  return out;
}

}  // namespace

TEST_CASE("a row that is being replaced stays until the new one is there") {
  SlotBook book;
  const auto first = claim(book, 7);
  CHECK_FALSE(book.contains(7));
  CHECK_FALSE(book.replaces_a_row(first.slot));
  book.publish(first.slot);
  CHECK(book.contains(7));
  const auto second = claim(book, 7);
  CHECK(second.slot != first.slot);
  CHECK(book.contains(7));
  CHECK(book.is_taken(first.slot));
  CHECK(book.replaces_a_row(second.slot));
  CHECK(book.size() == 1);
  book.publish(second.slot);
  CHECK_FALSE(book.is_taken(first.slot));
  CHECK(book.find(7) == second.slot);
  CHECK(book.size() == 1);
  const auto third = claim(book, 8);
  CHECK(third.slot == first.slot);
  CHECK(third.recycled);
}

TEST_CASE("a slot that is given back leaves the row that it was to replace") {
  SlotBook book;
  const auto first = claim(book, 7);
  book.publish(first.slot);
  const auto second = claim(book, 7);
  book.abandon(second.slot);
  CHECK(book.find(7) == first.slot);
  CHECK(book.is_taken(first.slot));
  CHECK(book.has_free_slot());
  const auto third = claim(book, 9);
  CHECK(third.slot == second.slot);
  book.abandon(third.slot);
  CHECK_FALSE(book.contains(9));
  CHECK_FALSE(book.find(9));
}

TEST_CASE("of two that write a row for one id the later one counts, whoever ends first") {
  for (const bool later_first : {false, true}) {
    SlotBook book;
    const auto old = claim(book, 7);
    book.publish(old.slot);
    const auto early = claim(book, 7, true);
    const auto late = claim(book, 7, true);
    book.publish(later_first ? late.slot : early.slot);
    CHECK(book.contains(7));
    CHECK(book.size() == 1);
    book.publish(later_first ? early.slot : late.slot);
    CHECK(book.find(7) == late.slot);
    CHECK(taken(book) == std::multimap<std::uint64_t, std::uint32_t>{{7, late.slot}});
  }
}

TEST_CASE("an id that is removed while its row is written is not there afterwards") {
  SlotBook book;
  const auto old = claim(book, 7);
  book.publish(old.slot);
  const auto writing = claim(book, 7);
  CHECK(book.remove(7));
  CHECK_FALSE(book.contains(7));
  CHECK(book.size() == 0);
  book.publish(writing.slot);
  CHECK_FALSE(book.contains(7));
  CHECK(taken(book).empty());
  CHECK_FALSE(book.remove(7));
}

TEST_CASE("where there is no room for a row nothing has changed") {
  SlotBook book;
  const auto first = claim(book, 7);
  book.publish(first.slot);
  CHECK_THROWS_AS(book.claim(7, true, [](std::uint32_t) { throw std::bad_alloc(); }), std::bad_alloc);
  CHECK(book.find(7) == first.slot);
  CHECK(book.slots() == 1);
  CHECK(book.size() == 1);
}

TEST_CASE("slots in any order of events hold what a map holds") {
  std::mt19937 random(3);
  SlotBook book;
  std::map<std::uint64_t, bool> there;  // whether the id has a row that can be found
  struct Writing {
    std::uint64_t id;
    std::uint32_t slot;
    bool counts;  // nobody removed or claimed the id since
  };
  std::vector<Writing> writing;
  for (int step = 0; step < 20'000; ++step) {
    const std::uint64_t id = random() % 40;
    const unsigned what = random() % 8;
    if (what < 4) {
      for (Writing& other : writing) other.counts = other.counts && other.id != id;
      writing.push_back({id, claim(book, id, random() % 4 == 0).slot, true});
    } else if (what < 7 && !writing.empty()) {
      const std::size_t at = random() % writing.size();
      const Writing one = writing[at];
      writing.erase(writing.begin() + static_cast<std::ptrdiff_t>(at));
      if (what == 6) {
        book.abandon(one.slot);
      } else {
        book.publish(one.slot);
        if (one.counts) there[one.id] = true;
      }
    } else if (what == 7) {
      const bool was_claimed =
          std::any_of(writing.begin(), writing.end(), [&](const Writing& one) { return one.counts && one.id == id; });
      CHECK(book.remove(id) == (there[id] || was_claimed));
      for (Writing& other : writing) other.counts = other.counts && other.id != id;
      there[id] = false;
    }
    std::set<std::uint64_t> expected;
    for (const auto& [known, is_there] : there)
      if (is_there) expected.insert(known);
    const auto found = taken(book);
    std::set<std::uint64_t> ids;
    for (const auto& [known, slot] : found) ids.insert(known);
    REQUIRE(ids == expected);
    REQUIRE(found.size() == expected.size());  // none twice
    REQUIRE(book.size() == expected.size());
    for (const Writing& one : writing) REQUIRE_FALSE(book.is_taken(one.slot));
  }
}
