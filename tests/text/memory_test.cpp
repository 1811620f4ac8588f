// How much memory a long text takes on its way to few tokens.
#include "catch.hpp"
#include "small_tokenizer.hpp"

#include <glossa/text/tokenizer.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <string>

#if defined(__GLIBC__)  // which tells the size of a block
#include <malloc.h>

namespace {

std::atomic<std::size_t> live{0};
std::atomic<std::size_t> peak{0};

void* counted(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  const std::size_t now = live += ::malloc_usable_size(memory);
  std::size_t most = peak;
  while (most < now && !peak.compare_exchange_weak(most, now)) {
  }
  return memory;
}

void release(void* memory) noexcept {
  if (memory != nullptr) live -= ::malloc_usable_size(memory);
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) { return counted(std::malloc(std::max<std::size_t>(1, size))); }
void* operator new[](std::size_t size) { return counted(std::malloc(std::max<std::size_t>(1, size))); }
// AddressSanitizer's own would not be counted, and be freed as somebody else's.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  void* memory = std::malloc(std::max<std::size_t>(1, size));
  return memory == nullptr ? nullptr : counted(memory);
}
void* operator new[](std::size_t size, const std::nothrow_t& tag) noexcept { return operator new(size, tag); }
void operator delete(void* memory) noexcept { release(memory); }
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { release(memory); }

TEST_CASE("a text of 4 MB cut to 512 tokens takes less than 25 times its size") {
  for (const char* name : {"xlmr", "bert_uncased"}) {
    const glossa::Tokenizer tokenizer = test::small_tokenizer(name);
    for (const char* unit : {"The cat's hat, ", "\u732B\u304C\u5BDD\u308B\u3002", "<s> [SEP] "}) {
      std::string text;
      text.reserve(4'100'000);
      while (text.size() < 4'000'000) text += unit;
      const std::size_t before = live;
      peak = before;
      const auto encoding = tokenizer.encode(text, {.max_tokens = 512});
      INFO(name << " " << unit << ": " << (peak - before) / 1000000 << " MB");
      CHECK(encoding.truncated());
      CHECK(peak - before < 25 * text.size());
    }
  }
}

#endif
