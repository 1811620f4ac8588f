// What a checkpoint keeps of word vectors.
#pragma once

#include <glossa/text/token_id.hpp>
#include <glossa/train/adamw.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace glossa::detail {

/// The rows that training has read, by id, as they lie: what is made up for only when it is read stays so, for a run
/// that goes on from here has to do the same arithmetic.
template <class T>
struct WordRowsState {
  std::vector<TokenId> ids;
  std::vector<std::uint64_t> steps;       // that each row has behind it
  std::vector<std::uint8_t> has_moments;  // of each row
  std::vector<T> values;                  // [rows, hidden]
  std::vector<T> averages;                // [rows, hidden], where they are kept
  std::vector<T> moments;                 // [rows with moments, 2, hidden]
  std::vector<AdamwStep> history;
};

}  // namespace glossa::detail
