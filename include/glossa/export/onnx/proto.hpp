// The messages of the ONNX format, as protobuf's compiler made them.
#pragma once

#ifndef ONNX_NAMESPACE
#define ONNX_NAMESPACE onnx
#endif
#ifndef ONNX_ML
#define ONNX_ML 1
#endif

#include <glossa/export/graph.hpp>

#include <onnx/onnx_pb.h>

#include <cstdint>

namespace glossa::detail {

[[nodiscard]] constexpr std::int32_t onnx_type(GraphType type) noexcept {
  switch (type) {
    case GraphType::f32: return onnx::TensorProto_DataType_FLOAT;
    case GraphType::f16: return onnx::TensorProto_DataType_FLOAT16;
    case GraphType::i64: return onnx::TensorProto_DataType_INT64;
    case GraphType::i32: return onnx::TensorProto_DataType_INT32;
    case GraphType::i8: return onnx::TensorProto_DataType_INT8;
    case GraphType::u8: return onnx::TensorProto_DataType_UINT8;
    case GraphType::boolean: return onnx::TensorProto_DataType_BOOL;
  }
  return onnx::TensorProto_DataType_UNDEFINED;
}

}  // namespace glossa::detail
