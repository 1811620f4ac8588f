// An ONNX graph and values for its inputs come in; what the graph computes goes out, by the operators' definitions.
#pragma once

#include "integer_operators.hpp"
#include "onnx_node.hpp"
#include "onnx_runtime_operators.hpp"
#include "operators.hpp"
#include "value.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace test {

/// Runs the operators that exported graphs are made of. Half precision is not imitated.
class OnnxInterpreter {
 public:
  explicit OnnxInterpreter(const onnx::GraphProto& graph) : graph_(graph) {
    for (const onnx::TensorProto& tensor : graph.initializer()) values_[tensor.name()] = value_of(tensor);
  }

  void set(const std::string& input, Value value) { values_[input] = std::move(value); }

  void run() {
    for (const onnx::NodeProto& node : graph_.node()) run(node);
  }

  [[nodiscard]] const Value& at(const std::string& name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) throw std::runtime_error("no value " + name);
    return found->second;
  }

 private:
  using Run = std::function<Value(const onnx::NodeProto&, const Inputs&)>;

  void run(const onnx::NodeProto& node) {
    Inputs in;
    for (const std::string& name : node.input()) in.push_back(name.empty() ? nullptr : &at(name));
    if (node.domain() == "com.microsoft") {
      give(node, 0, run_microsoft(node, in));
    } else if (node.op_type() == "Split") {
      const std::size_t axis = in.at(0)->axis(integer(node, "axis"));
      const std::size_t size = in[0]->shape[axis] / static_cast<std::size_t>(node.output_size());
      const Value whole = *in[0];
      for (int i = 0; i < node.output_size(); ++i) {
        const std::size_t begin = static_cast<std::size_t>(i) * size;
        give(node, i, slice(whole, axis, begin, begin + size));
      }
    } else if (node.op_type() == "DynamicQuantizeLinear") {
      const Quantized rounded = quantize(*in.at(0));
      give(node, 0, rounded.integers);
      give(node, 1, {{}, {rounded.scale}});
      give(node, 2, {{}, {rounded.zero}});
    } else {
      const auto found = operators().find(node.op_type());
      if (found == operators().end()) throw std::runtime_error("the interpreter does not know " + node.op_type());
      give(node, 0, found->second(node, in));
    }
  }

  void give(const onnx::NodeProto& node, int output, Value value) { values_[node.output(output)] = std::move(value); }

  /// Those with one output.
  static const std::map<std::string, Run>& operators() {
    static const std::map<std::string, Run> all = [] {
      std::map<std::string, Run> out;
      add_elementwise(out);
      add_shaping(out);
      add_computing(out);
      return out;
    }();
    return all;
  }

  static void add_elementwise(std::map<std::string, Run>& to) {
    const auto binary = [&](const char* op, double (*f)(double, double)) { add_binary(to, op, f); };
    const auto unary = [&](const char* op, double (*f)(double)) { add_unary(to, op, f); };
    binary("Add", [](double a, double b) { return a + b; });
    binary("Sub", [](double a, double b) { return a - b; });
    binary("Mul", [](double a, double b) { return a * b; });
    binary("Max", [](double a, double b) { return std::max(a, b); });
    binary("Equal", [](double a, double b) { return a == b ? 1.0 : 0.0; });
    unary("Sqrt", [](double x) { return std::sqrt(x); });
    unary("Erf", [](double x) { return std::erf(x); });
    unary("Tanh", [](double x) { return std::tanh(x); });
    unary("Relu", [](double x) { return std::max(x, 0.0); });
    unary("Cast", [](double x) { return x; });
    to["Where"] = [](const onnx::NodeProto&, const Inputs& in) { return select(*in.at(0), *in.at(1), *in.at(2)); };
    to["Div"] = [](const onnx::NodeProto& node, const Inputs& in) {
      const Value out = broadcast(*in.at(0), *in.at(1), [](double a, double b) { return a / b; });
      const bool whole = node.input(1) == "words.sixteen";  // the only division of integers
      return whole ? map(out, [](double x) { return std::trunc(x); }) : out;
    };
  }

  static void add_shaping(std::map<std::string, Run>& to) {
    to["Unsqueeze"] = [](const onnx::NodeProto&, const Inputs& in) { return unsqueeze(*in.at(0), in.at(1)->elements); };
    to["Squeeze"] = [](const onnx::NodeProto&, const Inputs& in) { return squeeze(*in.at(0), in.at(1)->elements); };
    to["Reshape"] = [](const onnx::NodeProto&, const Inputs& in) { return reshape(*in.at(0), in.at(1)->elements); };
    to["Shape"] = [](const onnx::NodeProto&, const Inputs& in) { return shape_of(*in.at(0)); };
    to["Transpose"] = [](const onnx::NodeProto& node, const Inputs& in) {
      return transpose(*in.at(0), integers(node, "perm"));
    };
    to["Concat"] = [](const onnx::NodeProto& node, const Inputs& in) { return concat(in, integer(node, "axis")); };
    to["Gather"] = [](const onnx::NodeProto& node, const Inputs& in) {
      const bool has_axis = node.attribute_size() > 0;
      return gather(*in.at(0), *in.at(1), has_axis ? integer(node, "axis") : 0);
    };
    to["Slice"] = [](const onnx::NodeProto&, const Inputs& in) {
      const std::size_t axis = in.size() > 3 ? in[0]->axis(in[3]->elements.at(0)) : 0;
      return slice(*in.at(0), axis, static_cast<std::size_t>(in.at(1)->elements.at(0)),
                   static_cast<std::size_t>(in.at(2)->elements.at(0)));
    };
    to["Range"] = [](const onnx::NodeProto&, const Inputs& in) {
      return range(in.at(0)->elements.at(0), in.at(1)->elements.at(0), in.at(2)->elements.at(0));
    };
  }

  static void add_computing(std::map<std::string, Run>& to) {
    to["MatMul"] = [](const onnx::NodeProto&, const Inputs& in) { return multiply(*in.at(0), *in.at(1)); };
    to["Gemm"] = [](const onnx::NodeProto&, const Inputs& in) {
      return sum_of(multiply(*in.at(0), *in.at(1)), *in.at(2));
    };
    to["MatMulInteger"] = [](const onnx::NodeProto&, const Inputs& in) {
      return multiply(difference_of(*in.at(0), *in.at(2)), *in.at(1));
    };
    to["ReduceSum"] = [](const onnx::NodeProto&, const Inputs& in) {
      return reduce_sum(*in.at(0), in.at(1)->elements);
    };
    to["ReduceMax"] = [](const onnx::NodeProto& node, const Inputs& in) {
      return reduce_max(*in.at(0), integers(node, "axes"));
    };
    to["ReduceL2"] = [](const onnx::NodeProto& node, const Inputs& in) {
      return reduce_l2(*in.at(0), integers(node, "axes"));
    };
    to["CumSum"] = [](const onnx::NodeProto&, const Inputs& in) { return running_sum(*in.at(0)); };
    to["Softmax"] = [](const onnx::NodeProto&, const Inputs& in) { return softmax(*in.at(0)); };
    to["LayerNormalization"] = [](const onnx::NodeProto& node, const Inputs& in) {
      return sum_of(product_of(normalized(*in.at(0), real(node, "epsilon")), *in.at(1)), *in.at(2));
    };
    to["QuantizeLinear"] = [](const onnx::NodeProto&, const Inputs& in) {
      return quantize(*in.at(0), in.at(1)->elements.at(0), in.at(2)->elements.at(0)).integers;
    };
    to["DequantizeLinear"] = [](const onnx::NodeProto&, const Inputs& in) {
      return product_of(in.size() > 2 ? difference_of(*in.at(0), *in[2]) : *in.at(0), *in.at(1));  // the last axis
    };
  }

  const onnx::GraphProto& graph_;
  std::map<std::string, Value> values_;
};

}  // namespace test
