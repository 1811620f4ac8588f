// How the vectors of a text's tokens become one.
#pragma once

namespace glossa {

/// How the token vectors of a text become one (the modes of sentence-transformers' Pooling).
enum class Pooling {
  cls,               ///< the first token's
  max,               ///< the largest value of each dimension
  mean,              ///< the average over all tokens, special ones included
  mean_sqrt_length,  ///< the sum over all tokens, divided by the root of their number
  weighted_mean,     ///< the average, token i (from 1) weighing i
  last_token,        ///< the last token's
};

[[nodiscard]] constexpr const char* to_string(Pooling pooling) noexcept {
  switch (pooling) {
    case Pooling::cls: return "cls";
    case Pooling::max: return "max";
    case Pooling::mean: return "mean";
    case Pooling::mean_sqrt_length: return "mean_sqrt_len_tokens";
    case Pooling::weighted_mean: return "weightedmean";
    case Pooling::last_token: return "lasttoken";
  }
  return "";
}

}  // namespace glossa
