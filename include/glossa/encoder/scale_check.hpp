// The bits of a scale in a file come in; a scale that is no finite number is refused: it would spoil every vector.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/model/weights.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace glossa::detail {

/// The bits of an exponent that only NaN and infinity have all set.
inline constexpr std::uint16_t kHalfExponent = 0x7C00;
inline constexpr std::uint16_t kBfloat16Exponent = 0x7F80;

/// Errors: `corrupt_file`.
inline void check_scale(std::uint16_t bits, std::uint16_t exponent, const TensorSource& source, const std::string& name,
                        std::size_t index) {
  if ((bits & exponent) != exponent) return;
  throw Error(ErrorKind::corrupt_file, {.file = source.file->name(),
                                        .field = name,
                                        .problem = "element " + std::to_string(index) + " is not a finite number",
                                        .remedy = "fetch the file again"});
}

}  // namespace glossa::detail
