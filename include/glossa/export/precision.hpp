// What numbers an exported model is made of.
#pragma once

#include <optional>
#include <string_view>

namespace glossa {

/// What numbers an exported model is made of.
enum class ExportPrecision {
  f32,
  f16,          ///< half precision throughout; inputs and outputs stay as they are
  int8,         ///< 8-bit weights with a scale a column; activations by the range that they have in each run
  int8_static,  ///< the same, activations by ranges that calibration texts gave
  int4_int8,    ///< 4-bit word vectors, all else as int8: the smallest
};

[[nodiscard]] constexpr const char* to_string(ExportPrecision precision) noexcept {
  switch (precision) {
    case ExportPrecision::f32: return "f32";
    case ExportPrecision::f16: return "f16";
    case ExportPrecision::int8: return "int8";
    case ExportPrecision::int8_static: return "int8-static";
    case ExportPrecision::int4_int8: return "int4-int8";
  }
  return "";
}

/// The precision of this name, or nothing.
[[nodiscard]] constexpr std::optional<ExportPrecision> export_precision_from(std::string_view name) noexcept {
  for (const auto precision : {ExportPrecision::f32, ExportPrecision::f16, ExportPrecision::int8,
                               ExportPrecision::int8_static, ExportPrecision::int4_int8})
    if (name == to_string(precision)) return precision;
  return std::nullopt;
}

}  // namespace glossa
