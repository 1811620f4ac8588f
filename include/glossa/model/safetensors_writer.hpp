// Tensors come in one after another; a safetensors file appears when the last one is written.
#pragma once

#include <glossa/core/atomic_file.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/model/tensor.hpp>
#include <glossa/text/utf8.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace glossa {

/// What the header will say of a tensor.
struct TensorPlan {
  std::string name;
  DType type = DType::f32;
  Shape shape;
};

/// Writes a safetensors file as a stream: the plan fixes names, types and shapes, then the data follow in the plan's
/// order. The target is replaced only in finish(), and is left alone when that is not reached.
class SafetensorsWriter {
 public:
  /// Errors: `invalid_argument` for a name that stands twice, is reserved or not UTF-8, and for sizes that overflow;
  /// `io`.
  SafetensorsWriter(const std::filesystem::path& path, const std::vector<TensorPlan>& plan,
                    const std::map<std::string, std::string>& metadata = {{"format", "pt"}})
      : file_(path), name_(detail::path_text(path)) {
    for (const auto& [key, value] : metadata)
      if (!detail::is_valid_utf8(key) || !detail::is_valid_utf8(value)) refuse("__metadata__", "this is not UTF-8");
    std::set<std::string> names{"__metadata__"};
    std::uint64_t offset = 0;
    std::string json = "{";
    if (!metadata.empty()) json += "\"__metadata__\":" + detail::json_text(metadata);
    for (const TensorPlan& tensor : plan) {
      if (!names.insert(tensor.name).second) refuse(tensor.name, "the tensor's name is reserved or stands twice");
      if (!detail::is_valid_utf8(tensor.name)) refuse(tensor.name, "the tensor's name is not UTF-8");
      const auto bytes = detail::bytes_of(tensor.type, tensor.shape);
      if (!bytes) refuse(tensor.name, "the tensor's size overflows, or its last element ends inside a byte");
      if (*bytes > (UINT64_MAX >> 1) - offset) refuse(tensor.name, "the sum of the tensors' sizes overflows");
      if (json.size() > 1) json += ',';
      json += detail::json_text(tensor.name) + ":{\"dtype\":\"" + std::string(to_string(tensor.type)) +
              "\",\"shape\":" + to_string(tensor.shape) + ",\"data_offsets\":[" + std::to_string(offset) + "," +
              std::to_string(offset + *bytes) + "]}";
      offset += *bytes;
    }
    json += '}';
    json.resize((json.size() + 8 + 63) / 64 * 64 - 8, ' ');  // the data begin on a cache line
    std::string length(8, '\0');
    for (std::size_t i = 0; i < 8; ++i) length[i] = static_cast<char>(json.size() >> (8 * i) & 0xFF);
    file_.write(length);
    file_.write(json);
    end_ = file_.written() + offset;
  }

  /// The next bytes of data; tensors may be written in several pieces.
  void write(std::span<const std::byte> data) {
    if (data.size() > end_ - file_.written())
      throw Error(ErrorKind::invalid_argument, {.file = name_,
                                                .problem = "more data than the plan has room for",
                                                .remedy = "write what the plan says, no more"});
    file_.write(data.data(), data.size());
  }

  /// Puts the file in place, once; every planned byte must have been written.
  void finish() {
    if (finished_) refuse("", "the file is finished already");
    if (file_.written() != end_)
      throw Error(ErrorKind::invalid_argument, {.file = name_,
                                                .problem = "less data than planned",
                                                .expected = std::to_string(end_) + " bytes",
                                                .found = std::to_string(file_.written()),
                                                .remedy = "write every tensor of the plan before finish()"});
    finished_ = true;
    file_.commit();
  }

 private:
  [[noreturn]] void refuse(const std::string& field, const std::string& problem) const {
    throw Error(ErrorKind::invalid_argument,
                {.file = name_, .field = field, .problem = problem, .remedy = "correct the plan"});
  }

  detail::AtomicFile file_;
  std::string name_;
  std::uint64_t end_ = 0;
  bool finished_ = false;
};

}  // namespace glossa
