// What comparing a vector with stored ones asks of the kernels: the operands.
#pragma once

#include <cstddef>
#include <cstdint>

namespace glossa::detail {

/// Rows of codes are a multiple of so many bytes long, filled up with what adds nothing; those of bits, of so many.
inline constexpr std::size_t kCodeBytes = 64;
inline constexpr std::size_t kBitCodeBytes = 8;

/// A vector against many that are stored: sums[r] = Σ query·row as floats. Row r lies at rows + r·stride or, where
/// there are `places`, at places[r].
struct CodeSums {
  const void* query;
  const std::byte* rows;
  std::size_t stride;
  const std::byte* const* places;
  std::size_t count;
  std::size_t bytes;  ///< of a row that hold numbers
  float* sums;
};

/// Stored rows of 16-bit numbers as floats: floats [count, bytes / 2].
struct CodesToWiden {
  const std::byte* rows;
  std::size_t stride;
  std::size_t count;
  std::size_t bytes;
  float* floats;
};

/// Queries against stored rows of bytes, all with all. queries: as 8-bit weights are stored (see int8_operations.hpp),
/// [columns / 16][bytes / 4][16][4]. What a row scores with a query is
///   (Σ query·row + offset of the query) · scale of the query · scale of the row + term of the row.
/// scores: [count, columns]; found[r] tells whether some score of row r reaches its query's limit.
struct CodeProduct {
  const std::byte* rows;
  std::size_t stride;
  std::size_t count;
  std::size_t bytes;        // a multiple of kCodeBytes
  const float* row_scales;  // with `terms_stride`
  const float* row_terms;   // the same
  std::size_t terms_stride;
  const std::int8_t* queries;
  std::size_t columns;          // a multiple of 16
  const std::int32_t* offsets;  // [columns]: -128·Σ query
  const float* scales;          // [columns]
  const float* limits;          // [columns]
  float* scores;
  bool* found;
};

/// A row x less `origin` as bytes: codes[i] = round((x[i] - origin[i]) / scale) + 128 with scale = the greatest
/// magnitude / 127. codes: room for a multiple of kCodeBytes, of which those behind `size` stand for zeros or are left.
struct RowToCode {
  const float* x;
  const float* origin;
  std::size_t size;
  std::byte* codes;
  float* scale;
  float* rest;  ///< Σ (x - origin - scale · code)²
};

/// Kernels for them, by the form of the rows. The sums of floats are in lanes that are added at the end, the same for a
/// row wherever it stands; those of integers are exact below 2^24.
struct CodeSumKernels {
  void (*f32)(const CodeSums&) = nullptr;   ///< query: floats
  void (*bf16)(const CodeSums&) = nullptr;  ///< the same
  void (*f16)(const CodeSums&) = nullptr;   ///< the same
  void (*int8)(const CodeSums&) = nullptr;  ///< bytes that stand for themselves less 128; query: signed bytes
  void (*bits)(const CodeSums&) = nullptr;  ///< 1 for a set bit, -1 for another; query: bits
  void (*widen_bf16)(const CodesToWiden&) = nullptr;
  void (*widen_f16)(const CodesToWiden&) = nullptr;
  void (*int8_product)(const CodeProduct&) = nullptr;  ///< null where int8 for each query is as fast
  void (*int8_row)(const RowToCode&) = nullptr;        ///< there where int8_product is
};

}  // namespace glossa::detail
