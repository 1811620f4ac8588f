// The number that stands for a token.
#pragma once

#include <cstdint>

namespace glossa {

/// Row of the model's word embeddings.
using TokenId = std::uint32_t;

}  // namespace glossa
