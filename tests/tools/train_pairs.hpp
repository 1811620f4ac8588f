// What tests of glossa train train with.
#pragma once

#include "tool.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace test {

/// Pairs of texts in the small model's words.
inline std::string pairs(std::size_t count) {
  const std::vector<std::string> words{"the", "cat", "sleep", "female", "protein", "museo", "a", "1"};
  std::string lines;
  for (std::size_t i = 0; i < count; ++i) {
    const auto text = [&](std::size_t first) {
      return words[first % 8] + " " + words[(first / 8 + i) % 8] + " " + words[(i / 8) % 8] + " " +
             words[(i / 3 + first) % 8];
    };
    lines += R"({"anchor":")" + text(i) + R"(","positive":")" + text(i + 3) + R"(","negative":")" + text(i + 5) +
             R"(","label":)" + std::to_string(i % 2) + "}\n";
  }
  return lines;
}

/// Lays out a small model as m and pairs as pairs.jsonl.
inline void prepare_training(const Workshop& shop, std::size_t count = 40) {
  write_family(shop.file("m"), family("multilingual-e5-small"));
  shop.write("pairs.jsonl", pairs(count));
}

inline const std::string kTrain = "train --model m --data pairs.jsonl --threads 2 --learning-rate 0.001 ";

}  // namespace test
