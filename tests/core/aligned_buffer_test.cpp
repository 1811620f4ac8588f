// Buffers start where SIMD wants them to, grow on request, and refuse sizes that memory cannot have.
#include "catch.hpp"

#include <glossa/core/aligned_buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <utility>

using glossa::AlignedBuffer;

namespace {

template <class T>
bool is_aligned(const AlignedBuffer<T>& buffer) {
  return reinterpret_cast<std::uintptr_t>(buffer.data()) % 64 == 0;
}

}  // namespace

TEMPLATE_TEST_CASE("a buffer starts on a 64-byte boundary and can be written to its end", "", std::int8_t, char,
                   std::uint16_t, float, double) {
  for (const std::size_t size : {1u, 2u, 3u, 15u, 16u, 63u, 64u, 65u, 1000u, 4097u}) {
    AlignedBuffer<TestType> buffer(size);
    CHECK(is_aligned(buffer));
    CHECK(buffer.size() == size);
    CHECK_FALSE(buffer.empty());
    for (std::size_t i = 0; i < size; ++i) buffer[i] = static_cast<TestType>(i % 100);
    for (std::size_t i = 0; i < size; ++i) REQUIRE(std::as_const(buffer)[i] == static_cast<TestType>(i % 100));
  }
}

TEST_CASE("an empty buffer owns nothing") {
  const AlignedBuffer<float> none;
  const AlignedBuffer<float> zero(0);
  CHECK(none.empty());
  CHECK(zero.empty());
  CHECK(none.data() == nullptr);
  CHECK(zero.data() == nullptr);
}

TEST_CASE("ensure grows a buffer that is too small and leaves one that is large enough as it is") {
  AlignedBuffer<int> buffer(10);
  for (std::size_t i = 0; i < 10; ++i) buffer[i] = static_cast<int>(i);
  const int* before = buffer.data();
  CHECK(buffer.ensure(7) == before);
  CHECK(buffer.ensure(10) == before);
  CHECK(buffer.size() == 10);
  CHECK(buffer[9] == 9);

  int* grown = buffer.ensure(100'000);
  CHECK(buffer.size() == 100'000);
  CHECK(is_aligned(buffer));
  grown[99'999] = 5;
  CHECK(buffer[99'999] == 5);
}

TEST_CASE("moving a buffer moves its memory and leaves an empty one") {
  AlignedBuffer<int> source(3);
  source[2] = 42;
  const int* data = source.data();
  AlignedBuffer<int> target(std::move(source));
  CHECK(target.data() == data);
  CHECK(target.size() == 3);
  CHECK(source.empty());  // NOLINT: what a moved-from buffer is belongs to its contract
  CHECK(source.data() == nullptr);

  AlignedBuffer<int> other(8);
  other = std::move(target);
  CHECK(other.data() == data);
  CHECK(other[2] == 42);
  CHECK(other.size() == 3);
  CHECK(target.empty());
}

TEST_CASE("a size that no address space holds is refused before anything is allocated") {
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();
  CHECK_THROWS_AS(AlignedBuffer<double>(kMost / 8 + 1), std::bad_alloc);  // 0 bytes, if the product wrapped around
  CHECK_THROWS_AS(AlignedBuffer<double>(kMost / 8), std::bad_alloc);
  CHECK_THROWS_AS(AlignedBuffer<char>(kMost), std::bad_alloc);
  CHECK_THROWS_AS(AlignedBuffer<char>(kMost - 63), std::bad_alloc);

  AlignedBuffer<double> buffer(4);
  CHECK_THROWS_AS(buffer.ensure(kMost / 8 + 1), std::bad_alloc);
  CHECK(buffer.empty());  // usable again
  CHECK(buffer.ensure(2) != nullptr);
  CHECK(buffer.size() == 2);
}
