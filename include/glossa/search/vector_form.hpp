// The forms in which an index keeps vectors.
#pragma once

#include <cstddef>

namespace glossa {

/// How a number of a stored vector is kept: what it costs in memory, and in the order of what is found.
enum class VectorForm {
  f32,     ///< 4 bytes; exact
  bf16,    ///< 2 bytes, 8 bits of precision
  f16,     ///< 2 bytes, 11 bits of precision
  int8,    ///< 1 byte: what differs from the mean of the first vectors, with a scale for each vector
  binary,  ///< 1 bit: whether it is above that mean; for candidates that a finer copy re-scores
};

[[nodiscard]] constexpr const char* to_string(VectorForm form) noexcept {
  switch (form) {
    case VectorForm::bf16: return "bf16";
    case VectorForm::f16: return "f16";
    case VectorForm::int8: return "int8";
    case VectorForm::binary: return "binary";
    default: return "f32";
  }
}

/// Whether `a` keeps more of a vector than `b`.
[[nodiscard]] constexpr bool is_finer(VectorForm a, VectorForm b) noexcept {
  const auto rank = [](VectorForm form) {
    switch (form) {
      case VectorForm::bf16: return 2;
      case VectorForm::f16: return 3;
      case VectorForm::int8: return 1;
      case VectorForm::binary: return 0;
      default: return 4;
    }
  };
  return rank(a) > rank(b);
}

}  // namespace glossa
