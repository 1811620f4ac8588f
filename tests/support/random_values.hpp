// Random numbers for tests, the same at every run.
#pragma once

#include <cstddef>
#include <random>
#include <vector>

namespace test {

template <class T>
std::vector<T> random_values(std::size_t count, unsigned seed, T least = T(-1), T most = T(1)) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<T> distribution(least, most);
  std::vector<T> values(count);
  for (T& value : values) value = distribution(engine);
  return values;
}

}  // namespace test
