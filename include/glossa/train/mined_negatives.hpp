// The texts that were found for rows as negatives.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace glossa {

struct MinedNegative {
  std::string text{};  ///< of the corpus
  std::size_t rank = 0;
  float score = 0;          ///< cosine with the anchor
  float teacher_score = 0;  ///< the same of NegativeMiningOptions::teacher, or `score` without one
};

struct MinedNegatives {
  std::vector<std::vector<MinedNegative>> negatives{};  ///< of each row, the lowest rank first
  std::size_t corpus_texts = 0;                         ///< different ones that were searched
  std::size_t anchors = 0;                              ///< different ones that were searched for
  std::size_t too_close = 0;      ///< texts at the ranks looked at that margin, relative or threshold ruled out
  std::size_t rows_with_all = 0;  ///< rows with as many negatives as were wanted
  std::size_t rows_with_fewer = 0;
  std::size_t rows_with_none = 0;
};

}  // namespace glossa
