// Token sequences of any lengths come in; they lie one after another, with no padding between them.
#pragma once

#include <glossa/text/piece_model.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace glossa {

/// The tokens of several texts in one array; text i holds tokens [starts[i], starts[i + 1]).
struct RaggedBatch {
  std::vector<TokenId> ids;
  std::vector<std::size_t> starts{0};

  void add(std::span<const TokenId> tokens) {
    ids.insert(ids.end(), tokens.begin(), tokens.end());
    starts.push_back(ids.size());
  }

  void clear() {
    ids.clear();
    starts.assign(1, 0);
  }

  [[nodiscard]] std::size_t texts() const noexcept { return starts.size() - 1; }
  [[nodiscard]] std::size_t tokens() const noexcept { return ids.size(); }
  [[nodiscard]] std::size_t length(std::size_t text) const noexcept { return starts[text + 1] - starts[text]; }
};

}  // namespace glossa
