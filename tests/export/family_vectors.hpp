// A family's texts come in as inputs of a graph; how far what it gives is from the family's vectors goes out.
#pragma once

#include "random_model.hpp"
#include "value.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace test {

/// Texts in one batch, with padding behind the shorter ones.
struct Batch {
  Value ids;
  Value mask;
  Value types;

  /// most: the first texts, of which none but the last of all is long.
  Batch(const Json& family, std::size_t most) {
    auto texts = family.at("ids").get<std::vector<std::vector<std::size_t>>>();
    texts.resize(std::min(texts.size(), most));
    const auto padding = family.at("files").at("config.json").value("pad_token_id", std::size_t{0});
    std::size_t longest = 0;
    for (const auto& one : texts) longest = std::max(longest, one.size());
    ids.shape = mask.shape = types.shape = {texts.size(), longest};
    for (const auto& one : texts)
      for (std::size_t i = 0; i < longest; ++i) {
        ids.elements.push_back(static_cast<double>(i < one.size() ? one[i] : padding));
        mask.elements.push_back(i < one.size() ? 1 : 0);
      }
    types.elements.resize(ids.elements.size());
  }
};

/// The vectors of a family's texts, or of the first of them, by an interpreter of a graph.
template <class Interpreter>
Value vectors_of(Interpreter interpreter, const Json& family, std::size_t most = 100) {
  Batch batch(family, most);
  interpreter.set("input_ids", std::move(batch.ids));
  interpreter.set("attention_mask", std::move(batch.mask));
  interpreter.set("token_type_ids", std::move(batch.types));
  interpreter.run();
  return interpreter.at("sentence_embedding");
}

/// The lowest cosine of any text's vector to the family's.
inline double lowest_cosine(const Value& vectors, const Json& family) {
  double lowest = 1;
  const auto expected = family.at("vectors").get<std::vector<std::vector<double>>>();
  for (std::size_t text = 0; text < vectors.shape.at(0); ++text) {
    double product = 0, own = 0, other = 0;
    for (std::size_t i = 0; i < expected[text].size(); ++i) {
      const double x = vectors.elements.at(text * expected[text].size() + i);
      product += x * expected[text][i];
      own += x * x;
      other += expected[text][i] * expected[text][i];
    }
    lowest = std::min(lowest, product / std::sqrt(own * other));
  }
  return lowest;
}

inline double largest_difference(const Value& vectors, const Json& family) {
  double largest = 0;
  const auto expected = family.at("vectors").get<std::vector<std::vector<double>>>();
  const std::size_t size = vectors.shape.at(1);
  for (std::size_t i = 0; i < vectors.elements.size(); ++i)
    largest = std::max(largest, std::fabs(expected.at(i / size).at(i % size) - vectors.elements[i]));
  return largest;
}

}  // namespace test
