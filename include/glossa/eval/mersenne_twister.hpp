// A seed comes in; the draws of NumPy's legacy generator and of Python's `random` go out, which mteb samples by.
#pragma once

#include <glossa/core/linkage.hpp>

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace glossa {

/// numpy.random.RandomState(seed).shuffle: MT19937 (Matsumoto & Nishimura 1998), seeded by one word; for each place
/// from the last on, a place at or before it is drawn from the low bits of a word, again as long as it lies behind.
class NumpyLegacyShuffle {
 public:
  explicit NumpyLegacyShuffle(std::uint32_t seed) : engine_(seed) {}

  /// Shuffles the items; further calls go on with the same draws, as with one RandomState.
  void operator()(std::span<std::size_t> items);

 private:
  std::mt19937 engine_;
};

/// Python's random.Random(seed) of a number from 0 on: the same engine, seeded by all words of the number.
class PythonRandom {
 public:
  explicit PythonRandom(std::uint64_t seed);

  /// random(): in [0, 1), a multiple of 2^-53.
  [[nodiscard]] double random();

  /// randrange(count): a number below `count`. Errors: `invalid_argument` for 0.
  [[nodiscard]] std::uint64_t below(std::uint64_t count);

  /// sample(range(count), k): `wanted` different numbers below `count`, in the order in which they were drawn.
  /// Errors: `invalid_argument` where there are not so many.
  [[nodiscard]] std::vector<std::size_t> sample(std::size_t count, std::size_t wanted);

  /// choices(range(count), k): `wanted` numbers below `count`, of which any may come again. Errors: `invalid_argument`
  /// for some of none.
  [[nodiscard]] std::vector<std::size_t> choices(std::size_t count, std::size_t wanted);

 private:
  /// getrandbits(bits): 1 to 64.
  [[nodiscard]] std::uint64_t bits(unsigned count);

  std::mt19937 engine_;
};

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/mersenne_twister_impl.hpp>
#endif
