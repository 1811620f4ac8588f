// Texts come in; each goes out once, and with rows for these come rows for all.
#pragma once

#include <glossa/core/embeddings.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace glossa::detail {

class DistinctTexts {
 public:
  /// The texts must outlive this.
  explicit DistinctTexts(std::span<const std::string_view> all) {
    std::unordered_map<std::string_view, std::size_t> places;
    for (const std::string_view text : all) {
      const auto [place, is_new] = places.emplace(text, texts_.size());
      if (is_new) texts_.push_back(text);
      rows_.push_back(place->second);
    }
  }

  /// In the order in which they came first.
  [[nodiscard]] std::span<const std::string_view> texts() const noexcept { return texts_; }

  /// A row for each of all texts, of those of texts().
  [[nodiscard]] Embeddings of_all(Embeddings found) const {
    if (texts_.size() == rows_.size()) return found;
    Embeddings all(rows_.size(), found.dims());
    for (std::size_t i = 0; i < rows_.size(); ++i)
      std::copy(found[rows_[i]].begin(), found[rows_[i]].end(), all[i].begin());
    return all;
  }

 private:
  std::vector<std::string_view> texts_;
  std::vector<std::size_t> rows_;  // of each text that came
};

}  // namespace glossa::detail
