// The types of elements in OpenVINO's graphs, with both of their names.
#pragma once

#include <glossa/export/graph.hpp>
#include <glossa/model/tensor.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace glossa::detail {

/// A type of elements.
struct IrType {
  const char* element = "";  ///< in the attributes of layers
  const char* port = "";     ///< at the ports of layers
  unsigned bits = 0;

  friend bool operator==(const IrType& a, const IrType& b) noexcept { return std::string_view(a.element) == b.element; }
};

inline constexpr IrType kIrF32{"f32", "FP32", 32};
inline constexpr IrType kIrF16{"f16", "FP16", 16};
inline constexpr IrType kIrI64{"i64", "I64", 64};
inline constexpr IrType kIrI32{"i32", "I32", 32};
inline constexpr IrType kIrI8{"i8", "I8", 8};
inline constexpr IrType kIrU8{"u8", "U8", 8};
inline constexpr IrType kIrU4{"u4", "U4", 4};  ///< two a byte, the first in the lower half
inline constexpr IrType kIrBoolean{"boolean", "BOOL", 8};

[[nodiscard]] constexpr IrType ir_type(GraphType type) noexcept {
  switch (type) {
    case GraphType::f32: return kIrF32;
    case GraphType::f16: return kIrF16;
    case GraphType::i64: return kIrI64;
    case GraphType::i32: return kIrI32;
    case GraphType::i8: return kIrI8;
    case GraphType::u8: return kIrU8;
    case GraphType::boolean: return kIrBoolean;
  }
  return kIrF32;
}

/// The bytes of a tensor.
[[nodiscard]] inline std::uint64_t ir_bytes(IrType type, const Shape& shape) {
  std::uint64_t elements = 1;
  for (const std::size_t size : shape) elements *= size;
  return (elements * type.bits + 7) / 8;
}

}  // namespace glossa::detail
