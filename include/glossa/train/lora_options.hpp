// Which matrices get adapters, and of what size.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace glossa {

/// Low-rank adapters (Hu et al. 2021), as Hugging Face's PEFT has them, without a dropout of their own.
struct LoraOptions {
  std::size_t rank = 0;                                ///< 0: none; all weights are trained
  double alpha = 16;                                   ///< what adapters give is multiplied by alpha / rank
  std::vector<std::string> targets{"query", "value"};  ///< parts of the names of matrices: also "key", "dense"
};

}  // namespace glossa
