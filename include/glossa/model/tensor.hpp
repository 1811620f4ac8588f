// A tensor's type, shape and place come in; its elements as float or double go out.
#pragma once

#include <glossa/core/half.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace glossa {

/// Element types of the safetensors format that this library reads.
enum class DType { f64, f32, f16, bf16, i64, i32, i16, i8, u8, boolean };

[[nodiscard]] constexpr std::size_t size_of(DType type) noexcept {
  switch (type) {
    case DType::f64:
    case DType::i64: return 8;
    case DType::f32:
    case DType::i32: return 4;
    case DType::f16:
    case DType::bf16:
    case DType::i16: return 2;
    case DType::i8:
    case DType::u8:
    case DType::boolean: return 1;
  }
  return 0;
}

/// The name in a safetensors header, such as "BF16".
[[nodiscard]] constexpr std::string_view to_string(DType type) noexcept {
  switch (type) {
    case DType::f64: return "F64";
    case DType::f32: return "F32";
    case DType::f16: return "F16";
    case DType::bf16: return "BF16";
    case DType::i64: return "I64";
    case DType::i32: return "I32";
    case DType::i16: return "I16";
    case DType::i8: return "I8";
    case DType::u8: return "U8";
    case DType::boolean: return "BOOL";
  }
  return "";
}

[[nodiscard]] constexpr std::optional<DType> dtype_from(std::string_view name) noexcept {
  for (const DType type : {DType::f64, DType::f32, DType::f16, DType::bf16, DType::i64, DType::i32, DType::i16,
                           DType::i8, DType::u8, DType::boolean})
    if (to_string(type) == name) return type;
  return std::nullopt;
}

[[nodiscard]] constexpr bool is_floating(DType type) noexcept {
  return type == DType::f64 || type == DType::f32 || type == DType::f16 || type == DType::bf16;
}

/// Sizes of a tensor's dimensions, outermost first.
using Shape = std::vector<std::size_t>;

/// "[384, 1536]"
[[nodiscard]] inline std::string to_string(const Shape& shape) {
  std::string out = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) out += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  return out + "]";
}

/// A tensor in memory that something else owns; elements lie in row-major order and little-endian.
struct TensorView {
  DType type = DType::f32;
  Shape shape;
  std::span<const std::byte> bytes;
};

namespace detail {

/// Converts `count` little-endian elements of a floating type; exact but for F64 to float.
template <class T>
void convert_elements(DType type, const std::byte* from, std::size_t count, T* to) {
  static_assert(std::endian::native == std::endian::little, "the weight files are little-endian");
  const auto each = [&]<class Element>(Element, auto&& convert) {
    for (std::size_t i = 0; i < count; ++i) {
      Element element;
      std::memcpy(&element, from + i * sizeof(Element), sizeof(Element));
      to[i] = static_cast<T>(convert(element));
    }
  };
  const auto same = [](auto x) { return x; };
  switch (type) {
    case DType::f64: return each(double{}, same);
    case DType::f32: return each(float{}, same);
    case DType::f16: return each(std::uint16_t{}, half_to_float);
    case DType::bf16: return each(std::uint16_t{}, bfloat16_to_float);
    default: return;
  }
}

}  // namespace detail
}  // namespace glossa
