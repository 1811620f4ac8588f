// The JSON header of a safetensors file comes in; its tensors with their places go out, every rule of the format
// checked.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/model/tensor.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa {

/// A tensor's entry in the header.
struct TensorInfo {
  DType type = DType::f32;
  Shape shape;
  std::uint64_t begin = 0;  ///< in bytes, from the start of the file
  std::uint64_t end = 0;
};

namespace detail {

struct SafetensorsHeader {
  std::map<std::string, TensorInfo, std::less<>> tensors;
  std::map<std::string, std::string, std::less<>> metadata;
};

/// Receives the header's JSON events. The structure is fixed, so nothing is built that does not belong:
/// {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, …, "__metadata__": {"key": "value", …}}.
class SafetensorsHeaderBuilder final : public JsonHandler {
 public:
  SafetensorsHeaderBuilder(SafetensorsHeader& header, const std::string& file) : JsonHandler(file), header_(header) {}

  bool null() override { unexpected("null"); }
  bool boolean(bool) override { unexpected("true or false"); }
  bool number_integer(number_integer_t) override { unexpected("a negative number"); }
  bool number_float(number_float_t, const string_t& text) override { unexpected(text); }

  bool number_unsigned(number_unsigned_t value) override {
    if (level_ != Level::list) unexpected(std::to_string(value));
    auto& list = field_ == "shape" ? shape_ : offsets_;
    if (field_ != "shape" && list.size() == 2) unexpected("more than 2 numbers");
    list.push_back(value);
    return true;
  }

  bool string(string_t& value) override {
    if (level_ == Level::metadata) {
      if (!header_.metadata.emplace(field_, value).second) duplicate("__metadata__." + field_);
    } else if (level_ == Level::tensor && field_ == "dtype") {
      dtype_ = value;
    } else {
      unexpected("a string");
    }
    return true;
  }

  bool key(string_t& value) override {
    field_ = value;
    if (level_ == Level::top) {
      if (value == "__metadata__" ? has_metadata_ : header_.tensors.contains(value)) duplicate(value);
      name_ = value;
    } else if (level_ == Level::tensor) {
      if (value != "dtype" && value != "shape" && value != "data_offsets") unexpected("the key \"" + value + "\"");
      if (!seen_.insert(value).second) duplicate(name_ + "." + value);
    }
    return true;
  }

  bool start_object(std::size_t) override {
    switch (level_) {
      case Level::start: level_ = Level::top; break;
      case Level::top:
        if (name_ == "__metadata__") {
          has_metadata_ = true;
          level_ = Level::metadata;
        } else {
          level_ = Level::tensor;
          seen_.clear();
          shape_.clear();
          offsets_.clear();
        }
        break;
      default: unexpected("an object");
    }
    return true;
  }

  bool end_object() override {
    if (level_ == Level::tensor) finish_tensor();
    level_ = level_ == Level::top ? Level::end : Level::top;
    return true;
  }

  bool start_array(std::size_t) override {
    if (level_ != Level::tensor || field_ == "dtype") unexpected("an array");
    level_ = Level::list;
    return true;
  }
  bool end_array() override {
    level_ = Level::tensor;
    return true;
  }

 private:
  enum class Level { start, top, tensor, list, metadata, end };

  void finish_tensor() {
    TensorInfo info;
    for (const char* needed : {"dtype", "shape", "data_offsets"})
      if (!seen_.contains(needed)) refuse(name_ + "." + needed, "the field is missing", "", "");
    const auto type = dtype_from(dtype_);
    if (!type)
      throw Error(
          ErrorKind::unsupported,
          {.file = file(),
           .field = name_ + ".dtype",
           .problem = "the safetensors format has no such type",
           .found = dtype_,
           .remedy = "fetch the file again; where a newer version of the format has this type, convert the file"});
    if (offsets_.size() != 2) refuse(name_ + ".data_offsets", "", "two numbers", std::to_string(offsets_.size()));
    if (offsets_[1] < offsets_[0])
      refuse(name_ + ".data_offsets", "the range ends before it begins", "",
             std::to_string(offsets_[0]) + " to " + std::to_string(offsets_[1]));
    const auto bytes = bytes_of(*type, shape_);
    if (!bytes) refuse(name_ + ".shape", "the size overflows, or the last element ends inside a byte", "", "");
    if (*bytes != offsets_[1] - offsets_[0])
      refuse(name_ + ".data_offsets", "the range does not fit dtype and shape", std::to_string(*bytes) + " bytes",
             std::to_string(offsets_[1] - offsets_[0]));
    info.type = *type;
    info.shape.assign(shape_.begin(), shape_.end());
    info.begin = offsets_[0];
    info.end = offsets_[1];
    header_.tensors.emplace(name_, std::move(info));
  }

  [[nodiscard]] std::string where() const {
    if (level_ == Level::tensor || level_ == Level::list) return name_ + "." + field_;
    return level_ == Level::metadata ? "__metadata__." + field_ : name_;
  }

  [[noreturn]] void unexpected(const std::string& found) const {
    refuse(where(), "the header does not have the format's structure", "", found);
  }
  [[noreturn]] void duplicate(const std::string& field) const { refuse(field, "the key stands there twice", "", ""); }
  [[noreturn]] void refuse(const std::string& field, const std::string& problem, const std::string& expected,
                           const std::string& found) const {
    throw Error(ErrorKind::corrupt_file, {.file = file(),
                                          .field = field,
                                          .problem = problem,
                                          .expected = expected,
                                          .found = found,
                                          .remedy = "fetch the file again"});
  }

  SafetensorsHeader& header_;
  Level level_ = Level::start;
  std::string name_;   // the tensor at hand
  std::string field_;  // the key read last
  std::string dtype_;
  std::vector<std::uint64_t> shape_;
  std::vector<std::uint64_t> offsets_;
  std::set<std::string, std::less<>> seen_;
  bool has_metadata_ = false;
};

/// Parses the header's JSON; offsets are made relative to the start of the file. `data_begin` is where the tensors'
/// data starts and `file_size` where it has to end: the tensors must cover it without holes or overlaps.
[[nodiscard]] inline SafetensorsHeader parse_safetensors_header(std::string_view json, const std::string& file,
                                                                std::uint64_t data_begin, std::uint64_t file_size) {
  const auto refuse = [&](const std::string& field, const std::string& problem, std::uint64_t expected,
                          std::uint64_t found) {
    throw Error(ErrorKind::corrupt_file, {.file = file,
                                          .field = field,
                                          .problem = problem,
                                          .expected = std::to_string(expected),
                                          .found = std::to_string(found),
                                          .remedy = "fetch the file again"});
  };
  SafetensorsHeader header;
  if (!json.starts_with('{'))
    throw Error(
        ErrorKind::corrupt_file,
        {.file = file, .field = "header", .problem = "it does not start with {", .remedy = "fetch the file again"});
  SafetensorsHeaderBuilder(header, file).parse(json);
  std::vector<std::pair<std::uint64_t, const std::string*>> order;
  for (const auto& [name, info] : header.tensors) order.emplace_back(info.begin, &name);
  std::sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
    return std::pair(a.first, header.tensors[*a.second].end) < std::pair(b.first, header.tensors[*b.second].end);
  });
  std::uint64_t covered = 0;
  for (const auto& [begin, name] : order) {
    if (begin != covered)
      refuse(*name + ".data_offsets", begin < covered ? "tensors overlap" : "there is a hole before the tensor",
             covered, begin);
    covered = header.tensors[*name].end;
  }
  if (covered != file_size - data_begin)
    refuse("header", "the tensors' data does not end where the file ends", covered, file_size - data_begin);
  for (auto& [name, info] : header.tensors) {
    info.begin += data_begin;
    info.end += data_begin;
  }
  return header;
}

}  // namespace detail
}  // namespace glossa
