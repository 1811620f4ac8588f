// Rows that never move, behind those of a file or alone.
#include "catch.hpp"

#include <glossa/search/growing_rows.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

using glossa::detail::GrowingRows;

namespace {

void write(GrowingRows& rows, std::size_t row, std::uint64_t value) { std::memcpy(rows[row], &value, sizeof value); }
std::uint64_t read(const GrowingRows& rows, std::size_t row) {
  std::uint64_t value = 0;
  std::memcpy(&value, rows[row], sizeof value);
  return value;
}

}  // namespace

TEST_CASE("rows stay where they are, however many follow") {
  for (const std::size_t row_bytes : {8u, 24u, 72u}) {
    GrowingRows rows(row_bytes);
    std::vector<const std::byte*> places;
    for (std::size_t row = 0; row < 20000; ++row) {
      rows.grow_to(row + 1);
      places.push_back(rows[row]);
      write(rows, row, row * row);
    }
    for (std::size_t row = 0; row < 20000; ++row) {
      REQUIRE(std::as_const(rows)[row] == places[row]);
      REQUIRE(rows.as<std::byte>(row) == places[row]);
      REQUIRE(read(rows, row) == row * row);
    }
    CHECK(rows.bytes_of(20000) == 20000 * row_bytes);
    CHECK(reinterpret_cast<std::uintptr_t>(rows[0]) % 64 == 0);
  }
}

TEST_CASE("a run tells how many rows lie one after another, and runs cover all rows") {
  std::vector<std::byte> file(300 * 16);
  for (const std::size_t base : {0u, 1u, 300u}) {
    GrowingRows rows(16, std::span(file).first(base * 16));
    rows.grow_to(9000);
    CHECK(rows.base_rows() == base);
    for (std::size_t row = 0; row < 9000; ++row) {
      const std::size_t run = rows.run_from(row);
      REQUIRE(run > 0);
      const std::size_t last = std::min<std::size_t>(row + run, 9000) - 1;
      REQUIRE(rows[last] == rows[row] + (last - row) * 16);
      if (run > 1) REQUIRE(rows.run_from(row + 1) == run - 1);
    }
    CHECK(rows.bytes_of(9000) == (9000 - base) * 16);
    CHECK(rows.bytes_of(base) == 0);
  }
}

TEST_CASE("the first rows are those of the file, and can be changed there") {
  std::vector<std::byte> file(50 * 8);
  for (std::size_t row = 0; row < 50; ++row) {
    const std::uint64_t value = 1000 + row;
    std::memcpy(file.data() + row * 8, &value, 8);
  }
  GrowingRows rows(8, file);
  rows.grow_to(50);
  CHECK(read(rows, 49) == 1049);
  rows.grow_to(5000);
  for (std::size_t row = 50; row < 5000; ++row) write(rows, row, 1000 + row);
  write(rows, 3, 7);
  for (std::size_t row = 0; row < 5000; ++row) REQUIRE(read(rows, row) == (row == 3 ? 7 : 1000 + row));
  CHECK(rows[7] == file.data() + 56);
}

TEST_CASE("rows can be moved and exchanged") {
  GrowingRows rows(8);
  rows.grow_to(3000);
  write(rows, 2999, 5);
  const std::byte* place = rows[2999];
  GrowingRows moved(std::move(rows));
  CHECK(moved[2999] == place);
  GrowingRows other(16);
  other.grow_to(10);
  other = std::move(moved);
  CHECK(other[2999] == place);
  CHECK(read(other, 2999) == 5);
  CHECK(other.row_bytes() == 8);
}

TEST_CASE("rows of nothing take no memory") {
  GrowingRows rows;
  rows.grow_to(1000000);
  CHECK(rows.bytes_of(1000000) == 0);
}

TEST_CASE("one thread adds rows while others read those that there are", "[threads]") {
  GrowingRows rows(8);
  std::atomic<std::size_t> there{0};
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (int t = 0; t < 3; ++t)
    readers.emplace_back([&] {
      for (std::size_t count = 0; count < 30000;) {
        count = there.load(std::memory_order_acquire);
        for (std::size_t row = count > 50 ? count - 50 : 0; row < count; ++row)
          if (read(rows, row) != row) ++wrong;
      }
    });
  for (std::size_t row = 0; row < 30000; ++row) {
    rows.grow_to(row + 1);
    write(rows, row, row);
    there.store(row + 1, std::memory_order_release);
  }
  for (std::thread& reader : readers) reader.join();
  CHECK(wrong == 0);
}
