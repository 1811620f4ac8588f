// OpenVINO graphs come in, read by pugixml; what tests compare of them goes out.
#pragma once

#include "paths.hpp"

#include <glossa/export/openvino.hpp>

#include <pugixml.hpp>

#include <csignal>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#if !defined(_WIN32)
#include <sys/resource.h>
#endif

namespace test {

/// A layer with the names of the layers that its inputs come from.
struct IrLayer {
  std::string name;
  std::string type;
  std::string opset;
  std::map<std::string, std::string> attributes;
  std::vector<std::string> inputs;
  std::vector<std::string> precisions;  ///< of the outputs
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

  /// The elements of a constant.
  template <class T>
  [[nodiscard]] std::vector<T> numbers(const std::string& name) const {
    const IrLayer& layer = at(name);
    std::vector<T> out(std::stoull(layer.attributes.at("size")) / sizeof(T));
    std::memcpy(out.data(), bytes_.data() + std::stoull(layer.attributes.at("offset")), out.size() * sizeof(T));
    return out;
  }

 private:
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
      for (const pugi::xml_node port : node.child("output").children("port"))
        layer.precisions.emplace_back(port.attribute("precision").value());
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
      const std::string& shape = layer.attributes.at("shape");
      for (std::size_t at = 0; at < shape.size();) {
        std::size_t used = 0;
        elements *= std::stoull(shape.substr(at), &used);
        at += used + 2;
      }
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

/// Exports a graph while no file may grow beyond `bytes`.
inline void write_openvino_with_limit(const glossa::detail::ExportModel& model, const std::filesystem::path& folder,
                                      std::uint64_t bytes) {
#if defined(_WIN32)
  (void)bytes;
  (void)glossa::detail::write_openvino(model, folder / "openvino_model.xml", {});
#else
  struct rlimit before {};
  ::getrlimit(RLIMIT_FSIZE, &before);
  struct rlimit less = before;
  less.rlim_cur = bytes;
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &less);
  const auto restore = [&] {
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
  };
  try {
    (void)glossa::detail::write_openvino(model, folder / "openvino_model.xml", {});
  } catch (...) {
    restore();
    throw;
  }
  restore();
#endif
}

}  // namespace test
