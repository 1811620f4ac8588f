// Definitions of mersenne_twister's functions; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/eval/mersenne_twister.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <random>
#include <span>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

/// MT19937's state from several words, by its authors' `init_by_array` (2002), in the shape in which the standard
/// library takes a state: as a seed sequence.
class TwisterSeeds {
 public:
  using result_type = std::uint_least32_t;

  explicit TwisterSeeds(std::vector<std::uint32_t> key) {
    state_[0] = 19650218;
    for (std::size_t i = 1; i < kWords; ++i) state_[i] = 1812433253u * folded(i - 1) + static_cast<std::uint32_t>(i);
    std::size_t at = 1;
    const auto next = [&] {
      if (++at < kWords) return;
      state_[0] = state_[kWords - 1];
      at = 1;
    };
    const std::size_t turns = std::max(kWords, key.size());
    for (std::size_t i = 0; i < turns; ++i, next()) {
      const std::size_t word = i % key.size();
      state_[at] = (state_[at] ^ folded(at - 1) * 1664525u) + key[word] + static_cast<std::uint32_t>(word);
    }
    for (std::size_t i = 1; i < kWords; ++i, next())
      state_[at] = (state_[at] ^ folded(at - 1) * 1566083941u) - static_cast<std::uint32_t>(at);
    state_[0] = 0x80000000u;
  }

  template <class Iterator>
  void generate(Iterator begin, Iterator end) const {
    for (std::size_t i = 0; begin != end; ++begin, ++i) *begin = state_[i % kWords];
  }

 private:
  static constexpr std::size_t kWords = std::mt19937::state_size;

  [[nodiscard]] std::uint32_t folded(std::size_t i) const noexcept { return state_[i] ^ state_[i] >> 30; }

  std::array<std::uint32_t, kWords> state_{};
};

[[nodiscard]] inline std::mt19937 python_engine(std::uint64_t seed) {
  std::vector<std::uint32_t> key{static_cast<std::uint32_t>(seed)};
  if (seed >> 32 != 0) key.push_back(static_cast<std::uint32_t>(seed >> 32));
  TwisterSeeds seeds(std::move(key));
  return std::mt19937(seeds);
}

/// Errors: `invalid_argument` where `wanted` numbers cannot be drawn from `count`.
inline void require_enough(bool enough, std::size_t count, std::size_t wanted) {
  if (!enough)
    throw Error(ErrorKind::invalid_argument, {.field = "wanted",
                                              .problem = "there are not so many to draw from",
                                              .expected = "at most " + std::to_string(count),
                                              .found = std::to_string(wanted)});
}

}  // namespace detail

GLOSSA_INLINE void NumpyLegacyShuffle::operator()(std::span<std::size_t> items) {
  for (std::size_t i = items.size(); i-- > 1;) {
    const std::uint64_t mask = std::bit_ceil(std::uint64_t{i} + 1) - 1;  // the fewest low bits that hold i
    std::uint64_t drawn = 0;
    do {
      drawn = engine_();
      if (mask >> 32 != 0) drawn = drawn << 32 | engine_();
      drawn &= mask;
    } while (drawn > i);
    std::swap(items[i], items[static_cast<std::size_t>(drawn)]);
  }
}

GLOSSA_INLINE PythonRandom::PythonRandom(std::uint64_t seed) : engine_(detail::python_engine(seed)) {}

GLOSSA_INLINE double PythonRandom::random() {
  const double high = static_cast<double>(engine_() >> 5);  // 27 bits
  const double low = static_cast<double>(engine_() >> 6);   // 26 bits
  return (high * 0x1p26 + low) * 0x1p-53;
}

GLOSSA_INLINE std::uint64_t PythonRandom::bits(unsigned count) {
  if (count <= 32) return std::uint64_t{engine_()} >> (32 - count);
  const std::uint64_t low = engine_();
  return std::uint64_t{engine_()} >> (64 - count) << 32 | low;
}

GLOSSA_INLINE std::uint64_t PythonRandom::below(std::uint64_t count) {
  if (count == 0) throw Error(ErrorKind::invalid_argument, {.field = "count", .expected = "at least 1", .found = "0"});
  const auto width = static_cast<unsigned>(std::bit_width(count));
  std::uint64_t drawn = bits(width);
  while (drawn >= count) drawn = bits(width);
  return drawn;
}

GLOSSA_INLINE std::vector<std::size_t> PythonRandom::sample(std::size_t count, std::size_t wanted) {
  detail::require_enough(wanted <= count, count, wanted);
  // As Python does it: from a list of all where a set of those drawn would be no smaller, else by drawing anew.
  std::size_t set_size = 21;
  if (wanted > 5)
    for (std::size_t power = 1; true; power *= 4)  // the least power of 4 from 3·wanted on
      if (power / 3 >= wanted || power > count) {
        set_size += power;
        break;
      }
  std::vector<std::size_t> drawn;
  drawn.reserve(wanted);
  if (count <= set_size) {
    std::vector<std::size_t> pool(count);
    std::iota(pool.begin(), pool.end(), std::size_t{0});
    for (; drawn.size() < wanted; pool.pop_back()) {
      const auto at = static_cast<std::size_t>(below(pool.size()));
      drawn.push_back(pool[at]);
      pool[at] = pool.back();
    }
    return drawn;
  }
  std::unordered_set<std::size_t> taken;
  while (drawn.size() < wanted) {
    const auto number = static_cast<std::size_t>(below(count));
    if (taken.insert(number).second) drawn.push_back(number);
  }
  return drawn;
}

GLOSSA_INLINE std::vector<std::size_t> PythonRandom::choices(std::size_t count, std::size_t wanted) {
  detail::require_enough(count > 0 || wanted == 0, count, wanted);
  std::vector<std::size_t> drawn(wanted);
  for (std::size_t& number : drawn) number = static_cast<std::size_t>(random() * static_cast<double>(count));
  return drawn;
}

}  // namespace glossa
