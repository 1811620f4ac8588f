// A graph with its nodes comes in; an ONNX file goes out, whose tensors are written one after another.
#pragma once

#include <glossa/core/atomic_file.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/export/graph.hpp>
#include <glossa/export/onnx/message.hpp>
#include <glossa/export/onnx/types.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace glossa::detail {

/// What stands in the file beside the graph, and where its tensors lie.
struct OnnxFile {
  std::filesystem::path path;
  bool uses_microsoft = false;
  /// Tensors of kLeastExternal bytes and more go to a file beside this one, of the same name with ".data" behind.
  bool external = false;
  std::function<void()> check{};  ///< called before each tensor; may throw
};

/// The largest message that protobuf's readers take, with room for what is around the tensors.
inline constexpr std::uint64_t kMostInline = (std::uint64_t{1} << 31) - (std::uint64_t{1} << 24);

/// Smaller tensors stay in the graph: shape inference needs their numbers.
inline constexpr std::uint64_t kLeastExternal = 1024;

/// Writes one model. The tensors' bytes come from the graph's constants and are never together in memory.
class OnnxWriter {
 public:
  /// nodes: the graph without its tensors, inputs and outputs.
  OnnxWriter(const Graph& graph, const OnnxMessage& nodes, const OnnxFile& file)
      : graph_(graph), nodes_(nodes), options_(file), file_(file.path) {
    if (file.external) {
      std::filesystem::path beside = file.path;
      beside += ".data";
      data_name_ = path_text(beside.filename());
      data_.emplace(beside);
    }
  }

  /// Bytes in all files.
  std::uint64_t write() {
    const std::string head = header().bytes();
    const std::string rest = nodes_and_ports().bytes();
    std::uint64_t size = rest.size();
    std::uint64_t offset = 0;
    std::vector<std::string> entries;  // each tensor without its bytes
    for (const GraphConstant& constant : graph_.constants) {
      entries.push_back(entry(constant, offset));
      size += framed(entry_size(constant, entries.back()));
    }
    file_.write(head);
    file_.write(OnnxMessage::frame(kGraphOfModel, size));
    for (std::size_t i = 0; i < entries.size(); ++i) write_tensor(graph_.constants[i], entries[i]);
    file_.write(rest);
    if (data_) data_->commit();
    file_.commit();
    return file_.written() + (data_ ? data_->written() : 0);
  }

 private:
  // Fields of onnx.proto.
  static constexpr unsigned kVersionOfModel = 1, kProducerOfModel = 2, kGraphOfModel = 7, kOperatorsOfModel = 8;
  static constexpr unsigned kDomain = 1, kVersion = 2;  // of operators
  static constexpr unsigned kNameOfGraph = 2, kTensorOfGraph = 5, kInputOfGraph = 11, kOutputOfGraph = 12;
  static constexpr unsigned kNameOfPort = 1, kTypeOfPort = 2, kTensorOfType = 1, kElementOfType = 1, kShapeOfType = 2;
  static constexpr unsigned kDimension = 1, kDimensionValue = 1, kDimensionName = 2;
  static constexpr unsigned kSizeOfTensor = 1, kElementOfTensor = 2, kNameOfTensor = 8, kBytesOfTensor = 9;
  static constexpr unsigned kPlaceOfTensor = 13, kKindOfPlace = 14, kKey = 1, kValue = 2;

  /// What ONNX Runtime maps into memory should begin on a page.
  static constexpr std::uint64_t kPage = 4096;

  [[nodiscard]] OnnxMessage header() const {
    OnnxMessage model;
    model.integer(kVersionOfModel, 8);  // that of opset 17
    model.text(kProducerOfModel, "glossa");
    const auto import = [&](const char* domain, std::int64_t version) {
      model.message(kOperatorsOfModel, OnnxMessage().text(kDomain, domain).integer(kVersion, version));
    };
    import("", 17);
    if (options_.uses_microsoft) import("com.microsoft", 1);
    return model;
  }

  [[nodiscard]] OnnxMessage nodes_and_ports() const {
    OnnxMessage graph;
    graph.append(nodes_).text(kNameOfGraph, "sentence_encoder");
    for (const GraphPort& port : graph_.inputs) graph.message(kInputOfGraph, message_of(port));
    for (const GraphPort& port : graph_.outputs) graph.message(kOutputOfGraph, message_of(port));
    return graph;
  }

  [[nodiscard]] static OnnxMessage message_of(const GraphPort& port) {
    OnnxMessage shape;
    for (const auto& size : port.shape) {
      OnnxMessage dimension;
      if (const auto* name = std::get_if<std::string>(&size)) {
        dimension.text(kDimensionName, *name);
      } else {
        dimension.integer(kDimensionValue, static_cast<std::int64_t>(std::get<std::size_t>(size)));
      }
      shape.message(kDimension, dimension);
    }
    OnnxMessage tensor;
    tensor.integer(kElementOfType, onnx_type(port.type)).message(kShapeOfType, shape);
    return OnnxMessage()
        .text(kNameOfPort, port.name)
        .message(kTypeOfPort, OnnxMessage().message(kTensorOfType, tensor));
  }

  [[nodiscard]] bool is_external(const GraphConstant& constant) const {
    return options_.external && constant.bytes() >= kLeastExternal;
  }

  /// A tensor's message without the bytes; `offset` is where the next external one may begin.
  [[nodiscard]] std::string entry(const GraphConstant& constant, std::uint64_t& offset) const {
    OnnxMessage tensor;
    for (const std::size_t size : constant.shape) tensor.integer(kSizeOfTensor, static_cast<std::int64_t>(size));
    tensor.integer(kElementOfTensor, onnx_type(constant.type)).text(kNameOfTensor, constant.name);
    if (is_external(constant)) {
      offset = (offset + kPage - 1) / kPage * kPage;
      const auto add = [&](const char* key, const std::string& value) {
        tensor.message(kPlaceOfTensor, OnnxMessage().text(kKey, key).text(kValue, value));
      };
      add("location", data_name_);
      add("offset", std::to_string(offset));
      add("length", std::to_string(constant.bytes()));
      tensor.integer(kKindOfPlace, 1);  // external
      offset += constant.bytes();
    }
    return tensor.bytes();
  }

  [[nodiscard]] std::uint64_t entry_size(const GraphConstant& constant, const std::string& entry) const {
    return entry.size() + (is_external(constant) ? 0 : framed(constant.bytes()));
  }

  void write_tensor(const GraphConstant& constant, const std::string& entry) {
    if (options_.check) options_.check();
    file_.write(OnnxMessage::frame(kTensorOfGraph, entry_size(constant, entry)));
    file_.write(entry);
    AtomicFile& to = is_external(constant) ? *data_ : file_;
    if (is_external(constant)) {
      const std::string padding((kPage - to.written() % kPage) % kPage, '\0');
      to.write(padding);
    } else {
      file_.write(OnnxMessage::frame(kBytesOfTensor, constant.bytes()));
    }
    const std::uint64_t begin = to.written();
    constant.write([&](std::span<const std::byte> bytes) { to.write(bytes.data(), bytes.size()); });
    if (to.written() - begin != constant.bytes())
      throw Error(ErrorKind::invalid_argument, {.field = constant.name,
                                                .problem = "a constant has not the size that its shape tells",
                                                .expected = std::to_string(constant.bytes()) + " bytes",
                                                .found = std::to_string(to.written() - begin)});
  }

  [[nodiscard]] static std::uint64_t framed(std::uint64_t size) { return OnnxMessage::frame(1, size).size() + size; }

  const Graph& graph_;
  const OnnxMessage& nodes_;
  OnnxFile options_;
  AtomicFile file_;
  std::string data_name_;
  std::optional<AtomicFile> data_;
};

}  // namespace glossa::detail
