// Nodes and tensors of an ONNX file come in; their attributes and numbers go out.
#pragma once

#include "value.hpp"

#include <glossa/core/half.hpp>

#include <onnx/onnx_pb.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

namespace test {

/// A tensor of the file.
inline Value value_of(const onnx::TensorProto& tensor) {
  Value out;
  for (const std::int64_t size : tensor.dims()) out.shape.push_back(static_cast<std::size_t>(size));
  out.elements.resize(out.span(0, out.rank()));
  const auto read = [&]<class T>(T, auto&& convert) {
    if (tensor.raw_data().size() != out.elements.size() * sizeof(T))
      throw std::runtime_error(tensor.name() + ": wrong size");
    for (std::size_t i = 0; i < out.elements.size(); ++i) {
      T element;
      std::memcpy(&element, tensor.raw_data().data() + i * sizeof(T), sizeof(T));
      out.elements[i] = static_cast<double>(convert(element));
    }
  };
  const auto same = [](auto x) { return x; };
  switch (tensor.data_type()) {
    case onnx::TensorProto_DataType_FLOAT: read(float{}, same); break;
    case onnx::TensorProto_DataType_FLOAT16: read(std::uint16_t{}, glossa::detail::half_to_float); break;
    case onnx::TensorProto_DataType_INT64: read(std::int64_t{}, same); break;
    case onnx::TensorProto_DataType_INT32: read(std::int32_t{}, same); break;
    case onnx::TensorProto_DataType_INT8: read(std::int8_t{}, same); break;
    case onnx::TensorProto_DataType_UINT8: read(std::uint8_t{}, same); break;
    default: throw std::runtime_error(tensor.name() + ": unknown type");
  }
  return out;
}

inline const onnx::AttributeProto& attribute(const onnx::NodeProto& node, const std::string& name) {
  for (const onnx::AttributeProto& one : node.attribute())
    if (one.name() == name) return one;
  throw std::runtime_error(node.name() + ": no attribute " + name);
}
inline double integer(const onnx::NodeProto& node, const std::string& name) {
  return static_cast<double>(attribute(node, name).i());
}
inline double real(const onnx::NodeProto& node, const std::string& name) {
  return static_cast<double>(attribute(node, name).f());
}
inline std::vector<double> integers(const onnx::NodeProto& node, const std::string& name) {
  const auto& list = attribute(node, name).ints();
  return {list.begin(), list.end()};
}

}  // namespace test
