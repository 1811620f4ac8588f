// ONNX files come in, read by protobuf; what tests compare of them goes out.
#pragma once

#include "paths.hpp"

#include <glossa/export/onnx.hpp>

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <string>

namespace test {

/// The model, tensors beside it included.
inline onnx::ModelProto read_onnx(const std::filesystem::path& path) {
  onnx::ModelProto model;
  if (!model.ParseFromString(read_file(path))) throw std::runtime_error("protobuf cannot read the file");
  for (onnx::TensorProto& tensor : *model.mutable_graph()->mutable_initializer()) {
    if (tensor.data_location() != onnx::TensorProto_DataLocation_EXTERNAL) continue;
    std::string location;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    for (const auto& pair : tensor.external_data()) {
      if (pair.key() == "location") location = pair.value();
      if (pair.key() == "offset") offset = std::stoull(pair.value());
      if (pair.key() == "length") length = std::stoull(pair.value());
    }
    if (offset % 4096 != 0) throw std::runtime_error(tensor.name() + ": not at the start of a page");
    tensor.set_raw_data(read_file(path.parent_path() / location).substr(offset, length));
  }
  return model;
}

/// The number as text.
inline std::string shortest(float number) {
  std::ostringstream out;
  out << number;
  return out.str();
}

/// The graph without numbers, a line for each input, output, tensor and node.
inline std::string text_of(const onnx::ModelProto& model) {
  std::string out = "ir " + std::to_string(model.ir_version());
  for (const auto& set : model.opset_import())
    out += ", opset " + (set.domain().empty() ? "" : set.domain() + " ") + std::to_string(set.version());
  out += '\n';
  const auto port = [&](const char* kind, const onnx::ValueInfoProto& info) {
    const auto& type = info.type().tensor_type();
    out += kind + info.name() + ": " + onnx::TensorProto_DataType_Name(type.elem_type()) + " [";
    for (int i = 0; i < type.shape().dim_size(); ++i) {
      const auto& size = type.shape().dim(i);
      out += (i > 0 ? ", " : "") + (size.has_dim_param() ? size.dim_param() : std::to_string(size.dim_value()));
    }
    out += "]\n";
  };
  for (const auto& info : model.graph().input()) port("input ", info);
  for (const auto& info : model.graph().output()) port("output ", info);
  for (const auto& tensor : model.graph().initializer()) {
    out += "tensor " + tensor.name() + ": " + onnx::TensorProto_DataType_Name(tensor.data_type()) + " [";
    for (int i = 0; i < tensor.dims_size(); ++i) out += (i > 0 ? ", " : "") + std::to_string(tensor.dims(i));
    out += "]\n";
  }
  for (const auto& node : model.graph().node()) {
    for (int i = 0; i < node.output_size(); ++i) out += (i > 0 ? ", " : "") + node.output(i);
    out += " = " + (node.domain().empty() ? "" : node.domain() + ".") + node.op_type() + "(";
    for (int i = 0; i < node.input_size(); ++i) out += (i > 0 ? ", " : "") + node.input(i);
    out += ")";
    for (const auto& attribute : node.attribute()) {
      out += " " + attribute.name() + "=";
      if (attribute.has_i()) out += std::to_string(attribute.i());
      if (attribute.has_f()) out += shortest(attribute.f());
      for (const std::int64_t one : attribute.ints()) out += std::to_string(one) + ";";
    }
    out += '\n';
  }
  return out;
}

}  // namespace test
