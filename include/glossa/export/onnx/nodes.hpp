// Operators with their inputs come in; the nodes of an ONNX graph, and the small constants that they need, go out.
#pragma once

#include <glossa/export/constants.hpp>
#include <glossa/export/graph.hpp>
#include <glossa/export/onnx/message.hpp>
#include <glossa/export/onnx/types.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace glossa::detail {

/// ONNX Runtime's own operators.
inline constexpr const char* kMicrosoft = "com.microsoft";

/// An attribute of a node.
struct OnnxAttribute {
  std::string name;
  std::variant<std::int64_t, float, std::vector<std::int64_t>> value;
};
using OnnxAttributes = std::vector<OnnxAttribute>;

/// The nodes of a graph under construction.
class OnnxNodes {
 public:
  /// graph: gets the nodes, as fields of its message.
  OnnxNodes(OnnxMessage& graph, std::vector<GraphConstant>& constants) : graph_(graph), constants_(constants) {}

  /// Adds a node with one output; its name.
  std::string add(const std::string& op, const std::vector<std::string>& inputs, const OnnxAttributes& attributes = {},
                  std::string output = {}, const std::string& domain = {}) {
    if (output.empty()) output = "node_" + std::to_string(next_++);
    return add_many(op, inputs, {std::move(output)}, attributes, domain).front();
  }

  /// Adds a node; the names of its outputs. Empty inputs at the end are left out.
  std::vector<std::string> add_many(const std::string& op, std::vector<std::string> inputs,
                                    std::vector<std::string> outputs, const OnnxAttributes& attributes = {},
                                    const std::string& domain = {}) {
    uses_microsoft_ = uses_microsoft_ || domain == kMicrosoft;
    while (!inputs.empty() && inputs.back().empty()) inputs.pop_back();
    OnnxMessage node;
    for (const std::string& input : inputs) node.text(kInput, input);
    for (const std::string& output : outputs) node.text(kOutput, output);
    node.text(kName, op + "_" + std::to_string(nodes_++)).text(kOperator, op);
    for (const OnnxAttribute& attribute : attributes) node.message(kAttribute, message_of(attribute));
    if (!domain.empty()) node.text(kDomain, domain);
    graph_.message(kNodeOfGraph, node);
    return outputs;
  }

  /// A constant of integers; the same ones have one name.
  std::string integers(const std::vector<std::int64_t>& values) {
    std::string name = "integers";
    for (const std::int64_t value : values) name.append("_").append(std::to_string(value));
    return once(name, [&] { return constant_of<std::int64_t>(name, {values.size()}, values); });
  }
  std::string integer(std::int64_t value) {
    const std::string name = "scalar_" + std::to_string(value);
    return once(name, [&] { return constant_of<std::int64_t>(name, {}, {value}); });
  }

  /// A constant of one floating-point number.
  std::string number(const std::string& name, float value, GraphType type) {
    return once(name, [&] { return float_constant(name, type, {}, {value}); });
  }

  /// A constant that is made unless there is one of this name.
  template <class Make>
  std::string once(const std::string& name, Make&& make) {
    if (known_.emplace(name, true).second) constants_.push_back(make());
    return name;
  }

  [[nodiscard]] bool uses_microsoft() const noexcept { return uses_microsoft_; }

 private:
  // Fields of NodeProto in onnx.proto, and of what holds it.
  static constexpr unsigned kInput = 1, kOutput = 2, kName = 3, kOperator = 4, kAttribute = 5, kDomain = 7;
  static constexpr unsigned kNodeOfGraph = 1;

  static OnnxMessage message_of(const OnnxAttribute& from) {
    constexpr unsigned kAttributeName = 1, kFloat = 2, kInt = 3, kInts = 8, kType = 20;
    constexpr int kIsFloat = 1, kIsInt = 2, kIsInts = 7;
    OnnxMessage to;
    to.text(kAttributeName, from.name);
    if (const auto* integer = std::get_if<std::int64_t>(&from.value))
      return to.integer(kInt, *integer).integer(kType, kIsInt);
    if (const auto* number = std::get_if<float>(&from.value))
      return to.number(kFloat, *number).integer(kType, kIsFloat);
    for (const std::int64_t one : std::get<std::vector<std::int64_t>>(from.value)) to.integer(kInts, one);
    return to.integer(kType, kIsInts);
  }

  OnnxMessage& graph_;
  std::vector<GraphConstant>& constants_;
  std::map<std::string, bool> known_;
  std::size_t next_ = 0;
  std::size_t nodes_ = 0;
  bool uses_microsoft_ = false;
};

}  // namespace glossa::detail
