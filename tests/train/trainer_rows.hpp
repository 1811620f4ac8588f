// What tests of the trainer train with.
#pragma once

#include "small_model.hpp"

#include <glossa/train/trainer.hpp>

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace test {

/// Rows of words that the small models know, each with a negative and a label.
inline std::vector<glossa::TrainingRow> trainer_rows() {
  std::vector<std::string> texts = mixed_texts(120);
  const std::set<std::string> different(texts.begin(), texts.end());
  texts.assign(different.begin(), different.end());
  std::erase(texts, "");
  std::vector<glossa::TrainingRow> rows;
  for (std::size_t i = 0; i + 2 < texts.size(); i += 3) {
    rows.push_back({.anchor = texts[i], .positive = texts[i + 1], .negatives = {texts[i + 2]}});
    rows.back().label = static_cast<double>(i % 4) / 3;
    rows.back().line = i;
  }
  return rows;
}

inline glossa::TrainerOptions trainer_options() {
  glossa::TrainerOptions out;
  out.rate = {.rate = 1e-3};
  out.dropout = 0.1;
  out.threads = 2;
  return out;
}

/// Of some texts.
inline std::vector<float> vectors_of(const glossa::Trainer& trainer) {
  const auto vectors = trainer.embed(mixed_texts(40));
  return {vectors.values().begin(), vectors.values().end()};
}

}  // namespace test
