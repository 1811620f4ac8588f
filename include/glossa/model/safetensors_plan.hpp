// Names, types and shapes of tensors come in; what stands before their data in a safetensors file goes out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/model/tensor.hpp>
#include <glossa/text/utf8.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace glossa {

/// What the header will say of a tensor.
struct TensorPlan {
  std::string name;
  DType type = DType::f32;
  Shape shape;
};

namespace detail {

/// What a file begins with, the header's length included.
struct PlannedHeader {
  std::string bytes;
  std::uint64_t data_size = 0;
};

/// Errors: `invalid_argument`, always.
[[noreturn]] inline void refuse_plan(const std::string& file, const std::string& field, const std::string& problem) {
  throw Error(ErrorKind::invalid_argument,
              {.file = file, .field = field, .problem = problem, .remedy = "correct the plan"});
}

/// The header of tensors that follow it in this order. file: what errors call it. Errors: `invalid_argument` for a name
/// that stands twice, is reserved or not UTF-8, and for sizes that overflow.
[[nodiscard]] inline PlannedHeader planned_header(const std::vector<TensorPlan>& plan,
                                                  const std::map<std::string, std::string>& metadata,
                                                  const std::string& file) {
  for (const auto& [key, value] : metadata)
    if (!is_valid_utf8(key) || !is_valid_utf8(value)) refuse_plan(file, "__metadata__", "this is not UTF-8");
  std::set<std::string> names{"__metadata__"};
  std::uint64_t offset = 0;
  std::string json = "{";
  if (!metadata.empty()) json += "\"__metadata__\":" + json_text(metadata);
  for (const TensorPlan& tensor : plan) {
    if (!names.insert(tensor.name).second)
      refuse_plan(file, tensor.name, "the tensor's name is reserved or stands twice");
    if (!is_valid_utf8(tensor.name)) refuse_plan(file, tensor.name, "the tensor's name is not UTF-8");
    const auto bytes = bytes_of(tensor.type, tensor.shape);
    if (!bytes) refuse_plan(file, tensor.name, "the tensor's size overflows, or its last element ends inside a byte");
    if (*bytes > (UINT64_MAX >> 1) - offset) refuse_plan(file, tensor.name, "the sum of the tensors' sizes overflows");
    if (json.size() > 1) json += ',';
    json += json_text(tensor.name) + ":{\"dtype\":\"" + std::string(to_string(tensor.type)) +
            "\",\"shape\":" + to_string(tensor.shape) + ",\"data_offsets\":[" + std::to_string(offset) + "," +
            std::to_string(offset + *bytes) + "]}";
    offset += *bytes;
  }
  json += '}';
  json.resize((json.size() + 8 + 63) / 64 * 64 - 8, ' ');  // the data begin on a cache line
  std::string length(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) length[i] = static_cast<char>(json.size() >> (8 * i) & 0xFF);
  return {length + json, offset};
}

}  // namespace detail
}  // namespace glossa
