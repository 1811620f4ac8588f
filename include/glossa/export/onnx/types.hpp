// The types of elements in ONNX files.
#pragma once

#include <glossa/export/graph.hpp>

#include <cstdint>

namespace glossa::detail {

/// As in TensorProto.DataType of onnx.proto.
[[nodiscard]] constexpr std::int32_t onnx_type(GraphType type) noexcept {
  switch (type) {
    case GraphType::f32: return 1;
    case GraphType::u8: return 2;
    case GraphType::i8: return 3;
    case GraphType::i32: return 6;
    case GraphType::i64: return 7;
    case GraphType::boolean: return 9;
    case GraphType::f16: return 10;
  }
  return 0;
}

}  // namespace glossa::detail
