// Layers with their inputs come in; the XML of an OpenVINO graph (IR version 11) goes out.
#pragma once

#include <glossa/export/constants.hpp>
#include <glossa/export/openvino/ir_data.hpp>
#include <glossa/export/openvino/ir_type.hpp>

#include <pugixml.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace glossa::detail {

/// The output of a layer.
struct IrValue {
  std::size_t layer = 0;
  std::size_t port = 0;
  IrType type;
};

/// What a layer computes.
struct IrOperator {
  const char* type;
  int opset;
  std::vector<std::pair<std::string, std::string>> attributes{};
};

/// The layers of a graph under construction. Shapes of what they give are not in the file: readers infer them.
class IrLayers {
 public:
  explicit IrLayers(IrData& data) : data_(data) {
    pugi::xml_node net = document_.append_child("net");
    net.append_attribute("name") = "sentence_encoder";
    net.append_attribute("version") = 11;
    layers_ = net.append_child("layers");
    edges_ = net.append_child("edges");
  }

  /// Adds a layer with one output.
  IrValue add(const IrOperator& op, const std::vector<IrValue>& inputs, IrType output, const std::string& name = {}) {
    pugi::xml_node layer = add_layer(op, name);
    connect(layer, inputs);
    add_port(layer.append_child("output"), inputs.size(), output);
    return {nodes_.size() - 1, inputs.size(), output};
  }

  /// Adds an input of the graph, of dimensions that are known when it runs.
  IrValue parameter(const std::string& name, IrType type, std::size_t dimensions) {
    std::string shape;
    for (std::size_t i = 0; i < dimensions; ++i) shape += i == 0 ? "?" : ",?";
    const IrValue value = add({"Parameter", 1, {{"shape", shape}, {"element_type", type.element}}}, {}, type, name);
    for (std::size_t i = 0; i < dimensions; ++i)
      output_port(value).append_child("dim").append_child(pugi::node_pcdata).set_value("-1");
    name_tensor(value, name);
    return value;
  }

  /// Adds an output of the graph.
  void result(const IrValue& value, const std::string& name) {
    name_tensor(value, name);
    pugi::xml_node layer = add_layer({"Result", 1}, name + "/result");
    connect(layer, {value});
  }

  /// A piece, or a part of it that begins with this element.
  IrValue constant(const std::string& name) {
    const IrPiece& piece = data_.at(name);
    return constant(name, 0, piece.shape);
  }
  IrValue constant(const std::string& name, std::uint64_t first, const Shape& shape) {
    const IrPiece& piece = data_.at(name);
    const auto [found, is_new] = constants_.try_emplace({name, first, shape});
    if (is_new) {
      std::string sizes;
      for (const std::size_t size : shape) sizes += (sizes.empty() ? "" : ", ") + std::to_string(size);
      const std::string title = first == 0 ? name : name + "/" + std::to_string(first);
      found->second = add({"Const",
                           1,
                           {{"element_type", piece.type.element},
                            {"shape", sizes},
                            {"offset", std::to_string(piece.offset + first * piece.type.bits / 8)},
                            {"size", std::to_string(ir_bytes(piece.type, shape))}}},
                          {}, piece.type, titles_.insert(title).second ? title : "");
      for (const std::size_t size : shape)
        output_port(found->second)
            .append_child("dim")
            .append_child(pugi::node_pcdata)
            .set_value(std::to_string(size).c_str());
    }
    return found->second;
  }

  /// A constant of the graph's making; the same ones are one.
  template <class T>
  IrValue numbers(const Shape& shape, const std::vector<T>& values) {
    std::ostringstream name;
    name.precision(9);
    name << ir_type(graph_type_of<T>()).element;
    for (const std::size_t size : shape) name << '.' << size;
    for (const T value : values) name << '_' << value;
    if (data_.find(name.str()) == nullptr)
      data_.add({name.str(), ir_type(graph_type_of<T>()), shape, constant_of<T>({}, shape, values).write});
    return constant(name.str());
  }
  IrValue integers(const std::vector<std::int64_t>& values) { return numbers<std::int64_t>({values.size()}, values); }
  IrValue integer(std::int64_t value) { return numbers<std::int64_t>({}, {value}); }
  IrValue number(float value) { return numbers<float>({}, {value}); }

  /// The same numbers in another type.
  IrValue convert(const IrValue& value, IrType type) {
    if (value.type == type) return value;
    return add({"Convert", 1, {{"destination_type", type.element}}}, {value}, type);
  }

  /// Numbers of half precision that are stored so and computed with in f32, in the way that OpenVINO marks them.
  IrValue decompressed(const IrValue& value) {
    if (!(value.type == kIrF16)) return value;
    const IrValue out = convert(value, kIrF32);
    pugi::xml_node layer = nodes_[out.layer];
    pugi::xml_node mark = layer.insert_child_after("rt_info", layer.child("data")).append_child("attribute");
    mark.append_attribute("name") = "decompression";
    mark.append_attribute("version") = "0";
    return out;
  }

  IrValue binary(const char* type, const IrValue& a, const IrValue& b) {
    return add({type, 1, {{"auto_broadcast", "numpy"}}}, {a, b}, a.type);
  }
  IrValue gather(const IrValue& from, const IrValue& indices, std::int64_t axis = 0) {
    return add({"Gather", 8, {{"batch_dims", "0"}}}, {from, indices, integer(axis)}, from.type);
  }
  /// 0 in sizes: as it was; -1, once: what is left.
  IrValue reshape(const IrValue& from, const std::vector<std::int64_t>& sizes) {
    return add({"Reshape", 1, {{"special_zero", "true"}}}, {from, integers(sizes)}, from.type);
  }

  /// Says something of the whole graph.
  void note(const char* key, const std::string& value) {
    pugi::xml_node net = document_.child("net");
    pugi::xml_node info = net.child("rt_info") ? net.child("rt_info") : net.append_child("rt_info");
    pugi::xml_node own = info.child("glossa") ? info.child("glossa") : info.append_child("glossa");
    own.append_child(key).append_attribute("value") = value.c_str();
  }

  [[nodiscard]] std::string text() const {
    std::ostringstream out;
    document_.save(out, "\t");
    return out.str();
  }

 private:
  pugi::xml_node add_layer(const IrOperator& op, const std::string& name) {
    pugi::xml_node layer = layers_.append_child("layer");
    const std::string id = std::to_string(nodes_.size());
    layer.append_attribute("id") = id.c_str();
    layer.append_attribute("name") = (name.empty() ? op.type + ("_" + id) : name).c_str();
    layer.append_attribute("type") = op.type;
    layer.append_attribute("version") = ("opset" + std::to_string(op.opset)).c_str();
    if (!op.attributes.empty()) {
      pugi::xml_node data = layer.append_child("data");
      for (const auto& attribute : op.attributes)
        data.append_attribute(attribute.first.c_str()) = attribute.second.c_str();
    }
    nodes_.push_back(layer);
    return layer;
  }

  void connect(pugi::xml_node layer, const std::vector<IrValue>& inputs) {
    if (inputs.empty()) return;
    pugi::xml_node ports = layer.append_child("input");
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      add_port(ports, i, inputs[i].type);
      pugi::xml_node edge = edges_.append_child("edge");
      edge.append_attribute("from-layer") = std::to_string(inputs[i].layer).c_str();
      edge.append_attribute("from-port") = std::to_string(inputs[i].port).c_str();
      edge.append_attribute("to-layer") = std::to_string(nodes_.size() - 1).c_str();
      edge.append_attribute("to-port") = std::to_string(i).c_str();
    }
  }

  static void add_port(pugi::xml_node ports, std::size_t id, IrType type) {
    pugi::xml_node port = ports.append_child("port");
    port.append_attribute("id") = std::to_string(id).c_str();
    port.append_attribute("precision") = type.port;
  }

  [[nodiscard]] pugi::xml_node output_port(const IrValue& value) const {
    return nodes_[value.layer].child("output").child("port");
  }

  void name_tensor(const IrValue& value, const std::string& name) {
    output_port(value).append_attribute("names") = name.c_str();
  }

  IrData& data_;
  pugi::xml_document document_;
  pugi::xml_node layers_;
  pugi::xml_node edges_;
  std::vector<pugi::xml_node> nodes_;
  std::map<std::tuple<std::string, std::uint64_t, Shape>, IrValue> constants_;
  std::set<std::string> titles_;  // of constants
};

}  // namespace glossa::detail
