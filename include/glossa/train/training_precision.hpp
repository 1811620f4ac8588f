// In which numbers training multiplies.
#pragma once

namespace glossa {

/// What the operands of the layers' matrix products are; sums, and all else, are floats in both.
enum class TrainingPrecision {
  f32,   ///< as they are
  bf16,  ///< rounded to bfloat16, to nearest, ties to even, as PyTorch's autocast rounds those of linear layers
};

[[nodiscard]] constexpr const char* to_string(TrainingPrecision precision) noexcept {
  return precision == TrainingPrecision::bf16 ? "bf16" : "f32";
}

}  // namespace glossa
