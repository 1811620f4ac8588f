// An OpenVINO graph and values for its inputs come in; what the graph computes goes out, by the operators' definitions.
#pragma once

#include "integer_operators.hpp"
#include "openvino_graph.hpp"
#include "operators.hpp"
#include "value.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace test {

/// Runs the operators that exported graphs are made of. It refers to the graph.
class IrInterpreter {
 public:
  explicit IrInterpreter(const IrFile& file) : file_(file) {}

  /// Those that the graph has not are passed over.
  void set(const std::string& input, Value value) { values_[input] = std::move(value); }

  void run() {
    for (const IrLayer& layer : file_.layers()) {
      std::vector<const Value*> in;
      for (const std::string& name : layer.inputs) in.push_back(&values_.at(name));
      if (layer.type == "Const") {
        values_[layer.name] = file_.value(layer);
      } else if (layer.type == "Result") {
        results_[file_.at(layer.inputs.at(0)).tensor] = *in.at(0);
      } else if (layer.type != "Parameter") {
        const auto found = operators().find(layer.type);
        if (found == operators().end()) throw std::runtime_error("the interpreter does not know " + layer.type);
        values_[layer.name] = found->second(layer, in);
      } else if (values_.find(layer.name) == values_.end()) {
        throw std::runtime_error("no value for " + layer.name);
      }
    }
  }

  /// An output of the graph.
  [[nodiscard]] const Value& at(const std::string& name) const { return results_.at(name); }

 private:
  using Inputs = std::vector<const Value*>;
  using Run = std::function<Value(const IrLayer&, const Inputs&)>;

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
    binary("Subtract", [](double a, double b) { return a - b; });
    binary("Multiply", [](double a, double b) { return a * b; });
    binary("Divide", [](double a, double b) { return a / b; });
    binary("Maximum", [](double a, double b) { return std::max(a, b); });
    binary("Equal", [](double a, double b) { return a == b ? 1.0 : 0.0; });
    unary("Sqrt", [](double x) { return std::sqrt(x); });
    unary("ReLU", [](double x) { return std::max(x, 0.0); });
    unary("Convert", [](double x) { return x; });
    to["Select"] = [](const IrLayer&, const Inputs& in) { return select(*in.at(0), *in.at(1), *in.at(2)); };
    to["Gelu"] = [](const IrLayer& layer, const Inputs& in) {
      return map(*in.at(0), layer.attributes.at("approximation_mode") == "ERF" ? gelu : gelu_by_tanh);
    };
  }

  static void add_shaping(std::map<std::string, Run>& to) {
    to["Unsqueeze"] = [](const IrLayer&, const Inputs& in) { return unsqueeze(*in.at(0), in.at(1)->elements); };
    to["Squeeze"] = [](const IrLayer&, const Inputs& in) { return squeeze(*in.at(0), in.at(1)->elements); };
    to["Reshape"] = [](const IrLayer&, const Inputs& in) { return reshape(*in.at(0), in.at(1)->elements); };
    to["Transpose"] = [](const IrLayer&, const Inputs& in) { return transpose(*in.at(0), in.at(1)->elements); };
    to["ShapeOf"] = [](const IrLayer&, const Inputs& in) { return shape_of(*in.at(0)); };
    to["Concat"] = [](const IrLayer& layer, const Inputs& in) {
      return concat(in, std::stod(layer.attributes.at("axis")));
    };
    to["Gather"] = [](const IrLayer&, const Inputs& in) {
      return gather(*in.at(0), *in.at(1), in.at(2)->elements.at(0));
    };
    to["Slice"] = [](const IrLayer&, const Inputs& in) {
      const auto number = [&](std::size_t i) { return static_cast<std::size_t>(in.at(i)->elements.at(0)); };
      return slice(*in.at(0), number(4), number(1), number(2));
    };
    to["Range"] = [](const IrLayer&, const Inputs& in) {
      return range(in.at(0)->elements.at(0), in.at(1)->elements.at(0), in.at(2)->elements.at(0));
    };
  }

  static void add_computing(std::map<std::string, Run>& to) {
    to["MatMul"] = [](const IrLayer& layer, const Inputs& in) {
      if (layer.attributes.at("transpose_a") != "false") throw std::runtime_error(layer.name + ": transpose_a");
      return multiply(*in.at(0), layer.attributes.at("transpose_b") == "true" ? transpose(*in.at(1)) : *in.at(1));
    };
    to["ReduceSum"] = [](const IrLayer&, const Inputs& in) { return reduce_sum(*in.at(0), in.at(1)->elements); };
    to["ReduceMax"] = [](const IrLayer&, const Inputs& in) { return reduce_max(*in.at(0), in.at(1)->elements); };
    to["ReduceL2"] = [](const IrLayer&, const Inputs& in) { return reduce_l2(*in.at(0), in.at(1)->elements); };
    to["CumSum"] = [](const IrLayer&, const Inputs& in) { return running_sum(*in.at(0)); };
    to["ScaledDotProductAttention"] = [](const IrLayer&, const Inputs& in) {
      return attention(*in.at(0), *in.at(1), *in.at(2), *in.at(3));
    };
    to["MVN"] = [](const IrLayer& layer, const Inputs& in) {
      return normalized(*in.at(0), std::stod(layer.attributes.at("eps")));
    };
    to["FakeQuantize"] = [](const IrLayer& layer, const Inputs& in) {
      return fake_quantize(*in.at(0), in.at(1)->elements.at(0), in.at(2)->elements.at(0),
                           std::stod(layer.attributes.at("levels")));
    };
  }

  const IrFile& file_;
  std::map<std::string, Value> values_;
  std::map<std::string, Value> results_;
};

}  // namespace test
