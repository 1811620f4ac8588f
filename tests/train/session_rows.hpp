// Rows that sessions of training take in tests, and all numbers that come of them.
#pragma once

#include "small_model.hpp"

#include <glossa/train/training_session.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace test {

/// Rows of words that the small models know, others for each step.
inline glossa::detail::RowTexts session_rows(std::size_t step) {
  static const std::vector<std::string> texts = mixed_texts(200);
  glossa::detail::RowTexts rows;
  for (std::size_t i = 0; i < 6; ++i) {
    rows.anchors.push_back(texts[(11 * step + 3 * i + 1) % 200]);
    rows.positives.push_back(texts[(11 * step + 3 * i + 2) % 200]);
  }
  return rows;
}

/// The same with a negative and a label each.
inline glossa::detail::RowTexts labelled_session_rows(std::size_t step) {
  static const std::vector<std::string> texts = mixed_texts(200);
  glossa::detail::RowTexts rows = session_rows(step);
  for (std::size_t i = 0; i < 6; ++i) {
    rows.negatives.push_back(texts[(11 * step + 3 * i + 3) % 200]);
    rows.labels.push_back(static_cast<double>(i % 3) / 2);
  }
  return rows;
}

/// Every number of the model, as a dense optimiser would have it.
inline std::vector<float> weights_of(glossa::detail::TrainingSession<float>& session) {
  auto& model = session.model();
  std::vector<float> out(model.dense().values(), model.dense().values() + model.encoder().layout().size());
  model.words().for_each(session.setup().config().vocab_size, [&](std::size_t, const float* row) {
    out.insert(out.end(), row, row + model.words().size());
  });
  return out;
}

}  // namespace test
