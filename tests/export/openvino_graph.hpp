// OpenVINO graphs come in, read by pugixml; what tests compare of them goes out.
#pragma once

#include "paths.hpp"
#include "value.hpp"

#include <glossa/core/half.hpp>
#include <glossa/export/openvino.hpp>

#include <pugixml.hpp>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace test {

/// A layer with the names of the layers that its inputs come from.
struct IrLayer {
  std::string name;
  std::string type;
  std::string opset;
  std::map<std::string, std::string> attributes;
  std::vector<std::string> inputs;
  std::vector<std::string> precisions;  ///< of the outputs
  std::string tensor{};                 ///< the name that users know the output by
  bool is_decompression = false;
};

/// A graph in the order of the file, with the bytes beside it. Reading fails where the structure is not right.
class IrFile {
 public:
  explicit IrFile(const std::filesystem::path& path) : text_(read_file(path)) {
    std::filesystem::path beside = path;
    bytes_ = read_file(beside.replace_extension(".bin"));
    pugi::xml_document document;
    require(document.load_string(text_.c_str()), "pugixml cannot read the file");
    const pugi::xml_node net = document.child("net");
    require(std::string(net.attribute("version").value()) == "11", "not IR version 11");
    read_layers(net.child("layers"));
    read_edges(net.child("layers"), net.child("edges"));
    check_ranges();
  }

  [[nodiscard]] const std::vector<IrLayer>& layers() const { return layers_; }
  [[nodiscard]] const std::string& text() const { return text_; }

  [[nodiscard]] std::size_t count(const std::string& type) const {
    std::size_t out = 0;
    for (const IrLayer& layer : layers_) out += layer.type == type ? 1U : 0U;
    return out;
  }

  [[nodiscard]] const IrLayer& at(const std::string& name) const {
    for (const IrLayer& layer : layers_)
      if (layer.name == name) return layer;
    throw std::runtime_error("no layer " + name);
  }

  /// A constant of any type.
  [[nodiscard]] Value value(const IrLayer& layer) const {
    Value out;
    const auto take = [&](const auto& elements) { out.elements.assign(elements.begin(), elements.end()); };
    const std::string& type = layer.attributes.at("element_type");
    if (type == "f32") take(numbers<float>(layer.name));
    if (type == "i64") take(numbers<std::int64_t>(layer.name));
    if (type == "i32") take(numbers<std::int32_t>(layer.name));
    if (type == "i8") take(numbers<std::int8_t>(layer.name));
    if (type == "u8") take(numbers<std::uint8_t>(layer.name));
    if (type == "f16")
      for (const std::uint16_t half : numbers<std::uint16_t>(layer.name))
        out.elements.push_back(static_cast<double>(glossa::detail::half_to_float(half)));
    if (type == "u4")
      for (const std::uint8_t byte : numbers<std::uint8_t>(layer.name))
        for (const int half : {byte & 15, byte >> 4}) out.elements.push_back(half);
    out.shape = shape_of(layer);
    require(out.span(0, out.rank()) == out.elements.size(), layer.name + ": other elements than its shape tells");
    return out;
  }

  /// The elements of a constant.
  template <class T>
  [[nodiscard]] std::vector<T> numbers(const std::string& name) const {
    const IrLayer& layer = at(name);
    std::vector<T> out(std::stoull(layer.attributes.at("size")) / sizeof(T));
    std::memcpy(out.data(), bytes_.data() + std::stoull(layer.attributes.at("offset")), out.size() * sizeof(T));
    return out;
  }

 private:
  static std::vector<std::size_t> shape_of(const IrLayer& layer) {
    std::vector<std::size_t> out;
    const std::string& shape = layer.attributes.at("shape");
    for (std::size_t at = 0; at < shape.size();) {
      std::size_t used = 0;
      out.push_back(std::stoull(shape.substr(at), &used));
      at += used + 2;
    }
    return out;
  }

  static void require(bool good, const std::string& problem) {
    if (!good) throw std::runtime_error(problem);
  }

  void read_layers(const pugi::xml_node& nodes) {
    std::set<std::string> names;
    for (const pugi::xml_node node : nodes.children("layer")) {
      IrLayer layer;
      layer.name = node.attribute("name").value();
      layer.type = node.attribute("type").value();
      layer.opset = node.attribute("version").value();
      require(names.insert(layer.name).second, "two layers have the name " + layer.name);
      require(node.attribute("id").as_ullong(~0ULL) == layers_.size(), layer.name + ": ids are not 0, 1, …");
      for (const pugi::xml_attribute attribute : node.child("data").attributes())
        layer.attributes[attribute.name()] = attribute.value();
      for (const pugi::xml_node port : node.child("input").children("port")) (void)port, layer.inputs.emplace_back();
      for (const pugi::xml_node port : node.child("output").children("port")) {
        layer.precisions.emplace_back(port.attribute("precision").value());
        layer.tensor = port.attribute("names").value();
      }
      for (const pugi::xml_node mark : node.child("rt_info").children("attribute"))
        layer.is_decompression |= std::string(mark.attribute("name").value()) == "decompression";
      layers_.push_back(layer);
    }
  }

  static pugi::xml_node port_of(const pugi::xml_node& layers, const pugi::xml_node& edge, const std::string& end) {
    const pugi::xml_node layer =
        layers.find_child_by_attribute("layer", "id", edge.attribute((end + "-layer").c_str()).value());
    const pugi::xml_node port = layer.child(end == "from" ? "output" : "input")
                                    .find_child_by_attribute("id", edge.attribute((end + "-port").c_str()).value());
    require(!port.empty(), "an edge ends in nothing");
    return port;
  }

  /// Every input has one edge, from a layer before, of the same precision.
  void read_edges(const pugi::xml_node& layers, const pugi::xml_node& edges) {
    for (const pugi::xml_node edge : edges.children("edge")) {
      const pugi::xml_node from = port_of(layers, edge, "from");
      const pugi::xml_node to = port_of(layers, edge, "to");
      require(std::string(from.attribute("precision").value()) == to.attribute("precision").value(),
              "an edge joins two precisions");
      const std::size_t source = edge.attribute("from-layer").as_ullong();
      const std::size_t target = edge.attribute("to-layer").as_ullong();
      require(source < target, "an edge leads back");
      std::string& input = layers_.at(target).inputs.at(edge.attribute("to-port").as_ullong());
      require(input.empty(), "two edges end in one port");
      input = layers_.at(source).name;
    }
    for (const IrLayer& layer : layers_)
      for (const std::string& input : layer.inputs) require(!input.empty(), layer.name + ": an input has no edge");
  }

  /// Constants lie in the file, each as long as its shape tells, and together they fill it but for what aligns them.
  void check_ranges() const {
    const std::map<std::string, std::uint64_t> bits{{"f32", 32}, {"f16", 16}, {"i64", 64}, {"i32", 32},
                                                    {"i8", 8},   {"u8", 8},   {"u4", 4}};
    std::map<std::uint64_t, std::uint64_t> ranges;
    for (const IrLayer& layer : layers_) {
      if (layer.type != "Const") continue;
      std::uint64_t elements = 1;
      for (const std::size_t size : shape_of(layer)) elements *= size;
      const std::uint64_t size = std::stoull(layer.attributes.at("size"));
      require(size == elements * bits.at(layer.attributes.at("element_type")) / 8, layer.name + ": another size");
      std::uint64_t& end = ranges[std::stoull(layer.attributes.at("offset"))];
      end = std::max(end, size);
    }
    std::uint64_t end = 0;
    for (const auto& [offset, size] : ranges) {
      require(offset >= end && offset - end < 64, "constants overlap, or there are bytes of none");
      end = offset + size;
    }
    require(end == bytes_.size(), "the file does not end with the last constant");
  }

  std::string text_;
  std::string bytes_;
  std::vector<IrLayer> layers_;
};

/// The graph without numbers, a line for each layer.
inline std::string text_of(const IrFile& file) {
  std::string out;
  for (const IrLayer& layer : file.layers()) {
    out += layer.name + " = " + layer.type + "." + layer.opset + "(";
    for (std::size_t i = 0; i < layer.inputs.size(); ++i) out += (i > 0 ? ", " : "") + layer.inputs[i];
    out += ")";
    for (const auto& attribute : layer.attributes)
      if (attribute.first != "offset" && attribute.first != "size")
        out += " " + attribute.first + "=" + attribute.second;
    for (const std::string& precision : layer.precisions) out += " " + precision;
    out += layer.is_decompression ? " decompression\n" : "\n";
  }
  return out;
}

}  // namespace test
