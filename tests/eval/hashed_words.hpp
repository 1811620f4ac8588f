// The encoder that make_protocol_goldens.py has, and what python mteb's tasks score with it.
#pragma once

#include "metric_goldens.hpp"

#include <glossa/eval/task_scores.hpp>
#include <glossa/eval/text_encoder.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace test {

inline constexpr std::size_t kHashedDims = 12;

/// FNV-1a (Fowler, Noll & Vo).
inline std::uint64_t fnv(std::string_view bytes) {
  std::uint64_t value = 0xCBF29CE484222325;
  for (const char byte : bytes) value = (value ^ static_cast<unsigned char>(byte)) * 0x100000001B3;
  return value;
}

/// The sum of the vectors of a text's words, whose numbers are multiples of 1/2048: exact in any order.
inline void add_words(std::string_view text, std::span<float> vector) {
  for (std::size_t first = 0; first <= text.size();) {
    const std::size_t end = std::min(text.find(' ', first), text.size());
    const std::string word(text.substr(first, end - first));
    for (std::size_t i = 0; i < vector.size(); ++i) {
      const std::uint64_t hash = fnv(std::to_string(i) + word);
      vector[i] += (static_cast<float>(hash >> 40 & 0xFFF) - 2048) / 2048;
    }
    first = end + 1;
  }
}

inline glossa::Embeddings hashed_words(std::span<const std::string_view> texts, std::string_view prompt) {
  glossa::Embeddings vectors(texts.size(), kHashedDims);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    for (float& value : vectors[i]) value = 0;
    add_words(std::string(prompt) + std::string(texts[i]), vectors[i]);
  }
  return vectors;
}

/// section: see metric_goldens().
inline nlohmann::json protocol_goldens(const std::string& section) {
  static const nlohmann::json all = nlohmann::json::parse(read_file(golden() / "protocols.json"));
  return all.at(nlohmann::json::json_pointer("/" + section));
}

inline std::vector<std::string> texts(const nlohmann::json& list) { return list.get<std::vector<std::string>>(); }

inline double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

/// Every score of mteb's is there, and the same. half_unit: half of the last digit to which mteb rounds.
inline void check_scores(const glossa::TaskScores::Subset& subset, const nlohmann::json& expected,
                         double half_unit = 1e-9) {
  CHECK(subset.main_score == Approx(number(expected.at("main_score"))).margin(half_unit));
  for (const auto& [name, value] : expected.items()) {
    if (name == "main_score") continue;
    INFO(name);
    const double score = number(value);
    const auto found = subset.scores.find(name);
    if (found == subset.scores.end()) {
      CHECK(std::isnan(score));  // mteb names what does not apply
    } else if (std::isnan(score)) {
      CHECK(std::isnan(found->second));
    } else {
      CHECK(found->second == Approx(score).epsilon(1e-9).margin(name.starts_with("nauc") ? 1e-9 : half_unit));
    }
  }
}

}  // namespace test
