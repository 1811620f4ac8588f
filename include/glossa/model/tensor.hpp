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

/// Element types of the safetensors format (safetensors 0.6's Dtype). This library computes with the first four;
/// the last three are smaller than a byte.
enum class DType {
  f64,
  f32,
  f16,
  bf16,
  i64,
  i32,
  i16,
  i8,
  u8,
  boolean,
  u64,
  u32,
  u16,
  c64,
  f8_e4m3,
  f8_e5m2,
  f8_e8m0,
  f8_e4m3fnuz,
  f8_e5m2fnuz,
  f6_e2m3,
  f6_e3m2,
  f4
};

namespace detail {

struct DTypeEntry {
  DType type;
  std::string_view name;  // in a safetensors header
  std::size_t bits;
};
inline constexpr DTypeEntry kDTypes[] = {{DType::f64, "F64", 64},
                                         {DType::f32, "F32", 32},
                                         {DType::f16, "F16", 16},
                                         {DType::bf16, "BF16", 16},
                                         {DType::i64, "I64", 64},
                                         {DType::i32, "I32", 32},
                                         {DType::i16, "I16", 16},
                                         {DType::i8, "I8", 8},
                                         {DType::u8, "U8", 8},
                                         {DType::boolean, "BOOL", 8},
                                         {DType::u64, "U64", 64},
                                         {DType::u32, "U32", 32},
                                         {DType::u16, "U16", 16},
                                         {DType::c64, "C64", 64},
                                         {DType::f8_e4m3, "F8_E4M3", 8},
                                         {DType::f8_e5m2, "F8_E5M2", 8},
                                         {DType::f8_e8m0, "F8_E8M0", 8},
                                         {DType::f8_e4m3fnuz, "F8_E4M3FNUZ", 8},
                                         {DType::f8_e5m2fnuz, "F8_E5M2FNUZ", 8},
                                         {DType::f6_e2m3, "F6_E2M3", 6},
                                         {DType::f6_e3m2, "F6_E3M2", 6},
                                         {DType::f4, "F4", 4}};

}  // namespace detail

[[nodiscard]] constexpr std::size_t bits_of(DType type) noexcept {
  for (const auto& entry : detail::kDTypes)
    if (entry.type == type) return entry.bits;
  return 0;
}

/// Bytes of an element; one for types that are smaller, of which several share a byte.
[[nodiscard]] constexpr std::size_t size_of(DType type) noexcept { return (bits_of(type) + 7) / 8; }

/// The name in a safetensors header, such as "BF16".
[[nodiscard]] constexpr std::string_view to_string(DType type) noexcept {
  for (const auto& entry : detail::kDTypes)
    if (entry.type == type) return entry.name;
  return "";
}

[[nodiscard]] constexpr std::optional<DType> dtype_from(std::string_view name) noexcept {
  for (const auto& entry : detail::kDTypes)
    if (entry.name == name) return entry.type;
  return std::nullopt;
}

/// Whether this library computes with such elements.
[[nodiscard]] constexpr bool is_floating(DType type) noexcept {
  return type == DType::f64 || type == DType::f32 || type == DType::f16 || type == DType::bf16;
}

/// Whether the elements are real numbers of a type that it does not compute with.
[[nodiscard]] constexpr bool is_other_floating(DType type) noexcept {
  return !is_floating(type) && to_string(type).starts_with('F');
}

/// Sizes of a tensor's dimensions, outermost first.
using Shape = std::vector<std::size_t>;

namespace detail {

/// Bytes of a tensor; nothing where the number overflows or the last element ends inside a byte.
template <class Sizes>
[[nodiscard]] constexpr std::optional<std::uint64_t> bytes_of(DType type, const Sizes& sizes) noexcept {
  const std::uint64_t bits = bits_of(type);
  const bool whole = bits % 8 == 0;
  std::uint64_t total = whole ? bits / 8 : bits;
  for (const std::uint64_t size : sizes) {
    if (size != 0 && total > UINT64_MAX / size) return std::nullopt;
    total *= size;
  }
  if (whole) return total;
  return total % 8 == 0 ? std::optional(total / 8) : std::nullopt;
}

}  // namespace detail

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
