// A graph with its nodes comes in; an ONNX file goes out, whose tensors are written one after another.
#pragma once

#include <glossa/core/atomic_file.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/export/graph.hpp>
#include <glossa/export/onnx/proto.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
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

/// Writes one model. Messages are protobuf's own but for the frames around the tensors' bytes, which come from the
/// graph's constants and are never together in memory.
class OnnxWriter {
 public:
  /// nodes: the graph without its tensors, inputs and outputs.
  OnnxWriter(const Graph& graph, onnx::GraphProto& nodes, const OnnxFile& file)
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
    add_ports();
    const std::string head = header().SerializeAsString();
    const std::string rest = nodes_.SerializeAsString();
    std::uint64_t size = rest.size();
    std::uint64_t offset = 0;
    std::vector<std::string> entries;  // each tensor without its bytes
    for (const GraphConstant& constant : graph_.constants) {
      entries.push_back(entry(constant, offset));
      size += framed(entry_size(constant, entries.back()));
    }
    file_.write(head);
    file_.write(frame(kGraphOfModel, size));
    for (std::size_t i = 0; i < entries.size(); ++i) write_tensor(graph_.constants[i], entries[i]);
    file_.write(rest);
    if (data_) data_->commit();
    file_.commit();
    return file_.written() + (data_ ? data_->written() : 0);
  }

 private:
  // Fields of onnx.proto; all are of the wire type 2.
  static constexpr unsigned kGraphOfModel = 7;
  static constexpr unsigned kTensorOfGraph = 5;
  static constexpr unsigned kBytesOfTensor = 9;

  /// What ONNX Runtime maps into memory should begin on a page.
  static constexpr std::uint64_t kPage = 4096;

  [[nodiscard]] onnx::ModelProto header() const {
    onnx::ModelProto model;
    model.set_ir_version(8);  // that of opset 17
    model.set_producer_name("glossa");
    const auto import = [&](const char* domain, std::int64_t version) {
      onnx::OperatorSetIdProto& set = *model.add_opset_import();
      set.set_domain(domain);
      set.set_version(version);
    };
    import("", 17);
    if (options_.uses_microsoft) import("com.microsoft", 1);
    return model;
  }

  void add_ports() {
    nodes_.set_name("sentence_encoder");
    const auto set = [](onnx::ValueInfoProto& to, const GraphPort& port) {
      to.set_name(port.name);
      onnx::TypeProto_Tensor& type = *to.mutable_type()->mutable_tensor_type();
      type.set_elem_type(onnx_type(port.type));
      for (const auto& size : port.shape) {
        onnx::TensorShapeProto_Dimension& dimension = *type.mutable_shape()->add_dim();
        if (const auto* name = std::get_if<std::string>(&size)) {
          dimension.set_dim_param(*name);
        } else {
          dimension.set_dim_value(static_cast<std::int64_t>(std::get<std::size_t>(size)));
        }
      }
    };
    for (const GraphPort& port : graph_.inputs) set(*nodes_.add_input(), port);
    for (const GraphPort& port : graph_.outputs) set(*nodes_.add_output(), port);
  }

  [[nodiscard]] bool is_external(const GraphConstant& constant) const {
    return options_.external && constant.bytes() >= kLeastExternal;
  }

  /// A tensor's message without the bytes; `offset` is where the next external one may begin.
  [[nodiscard]] std::string entry(const GraphConstant& constant, std::uint64_t& offset) const {
    onnx::TensorProto tensor;
    tensor.set_name(constant.name);
    tensor.set_data_type(onnx_type(constant.type));
    for (const std::size_t size : constant.shape) tensor.add_dims(static_cast<std::int64_t>(size));
    if (is_external(constant)) {
      offset = (offset + kPage - 1) / kPage * kPage;
      const auto add = [&](const char* key, const std::string& value) {
        onnx::StringStringEntryProto& pair = *tensor.add_external_data();
        pair.set_key(key);
        pair.set_value(value);
      };
      add("location", data_name_);
      add("offset", std::to_string(offset));
      add("length", std::to_string(constant.bytes()));
      tensor.set_data_location(onnx::TensorProto_DataLocation_EXTERNAL);
      offset += constant.bytes();
    }
    return tensor.SerializeAsString();
  }

  [[nodiscard]] std::uint64_t entry_size(const GraphConstant& constant, const std::string& entry) const {
    return entry.size() + (is_external(constant) ? 0 : framed(constant.bytes()));
  }

  void write_tensor(const GraphConstant& constant, const std::string& entry) {
    if (options_.check) options_.check();
    file_.write(frame(kTensorOfGraph, entry_size(constant, entry)));
    file_.write(entry);
    AtomicFile& to = is_external(constant) ? *data_ : file_;
    if (is_external(constant)) {
      const std::string padding((kPage - to.written() % kPage) % kPage, '\0');
      to.write(padding);
    } else {
      file_.write(frame(kBytesOfTensor, constant.bytes()));
    }
    const std::uint64_t begin = to.written();
    constant.write([&](std::span<const std::byte> bytes) { to.write(bytes.data(), bytes.size()); });
    if (to.written() - begin != constant.bytes())
      throw Error(ErrorKind::invalid_argument, {.field = constant.name,
                                                .problem = "a constant has not the size that its shape tells",
                                                .expected = std::to_string(constant.bytes()) + " bytes",
                                                .found = std::to_string(to.written() - begin)});
  }

  /// What stands before `size` bytes of a field.
  [[nodiscard]] static std::string frame(unsigned field, std::uint64_t size) {
    std::string out(1, static_cast<char>(field << 3 | 2));
    for (; size >= 0x80; size >>= 7) out += static_cast<char>((size & 0x7F) | 0x80);
    return out + static_cast<char>(size);
  }
  [[nodiscard]] static std::uint64_t framed(std::uint64_t size) { return frame(1, size).size() + size; }

  const Graph& graph_;
  onnx::GraphProto& nodes_;
  OnnxFile options_;
  AtomicFile file_;
  std::string data_name_;
  std::optional<AtomicFile> data_;
};

}  // namespace glossa::detail
