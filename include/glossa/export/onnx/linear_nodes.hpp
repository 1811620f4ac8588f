// Linear layers come in; the nodes of an ONNX graph that multiply by their weights go out.
#pragma once

#include <glossa/export/constants.hpp>
#include <glossa/export/graph.hpp>
#include <glossa/export/onnx/nodes.hpp>
#include <glossa/export/onnx/types.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Renders linear layers, and attention where ONNX Runtime's operator takes its layer along.
class OnnxLinears {
 public:
  OnnxLinears(OnnxNodes& nodes, GraphType compute, bool fused) : nodes_(nodes), compute_(compute), fused_(fused) {}

  /// y = f(x · W + b)
  void add(const LinearStep& step) {
    if (!step.bias_integers.empty()) {
      const std::string sum = multiply_by_rows(step, step.activation ? "" : step.output);
      if (step.activation) activate(*step.activation, sum, step.output);
      return;
    }
    const bool own_bias = adds_bias(step);
    const bool by_gelu = fused_ && step.activation == Activation::gelu && !step.bias.empty() && !own_bias;
    const bool is_sum = step.bias.empty() || own_bias;
    std::string sum = multiply(step, own_bias, is_sum && !step.activation ? step.output : "");
    if (by_gelu) {
      nodes_.add("BiasGelu", {sum, step.bias}, {}, step.output, kMicrosoft);
      return;
    }
    if (!is_sum) sum = nodes_.add("Add", {sum, step.bias}, {}, step.activation ? "" : step.output);
    if (step.activation) activate(*step.activation, sum, step.output);
  }

  /// Whether the operator that multiplies adds the bias, too.
  [[nodiscard]] bool adds_bias(const LinearStep& step) const noexcept { return fused_ && is_integer(step); }

  /// Of floating-point weights; mask: i32 [batch, length].
  void add_attention(const AttentionStep& step, const std::string& mask) {
    nodes_.add("Attention", {step.qkv.input, step.qkv.weights, step.qkv.bias, mask},
               {{"num_heads", static_cast<std::int64_t>(step.heads)}}, step.output, kMicrosoft);
  }

 private:
  /// An input as 8-bit integers: (integers - zero) · scale.
  struct Rounded {
    std::string integers;
    std::string scale;
    std::string zero;
  };

  [[nodiscard]] static bool is_integer(const LinearStep& step) noexcept { return !step.weight_scales.empty(); }

  /// The input, multiplied by its factors.
  std::string scaled(const LinearStep& step) {
    return step.input_factors.empty() ? step.input : nodes_.add("Mul", {step.input, step.input_factors});
  }

  Rounded round(const LinearStep& step) {
    const std::string x = scaled(step);
    if (!step.input_scale.empty())
      return {nodes_.add("QuantizeLinear", {x, step.input_scale, step.input_zero}), step.input_scale, step.input_zero};
    const std::string& place = step.output;
    const auto parts =
        nodes_.add_many("DynamicQuantizeLinear", {x}, {place + ".in", place + ".scale", place + ".zero"});
    return {parts[0], parts[1], parts[2]};
  }

  std::string multiply(const LinearStep& step, bool with_bias, std::string output) {
    if (!is_integer(step)) return nodes_.add("MatMul", {step.input, step.weights}, {}, std::move(output));
    const std::string bias = with_bias ? step.bias : "";
    const bool calibrated = !step.input_scale.empty();
    if (fused_ && !calibrated)
      return nodes_.add("DynamicQuantizeMatMul", {scaled(step), step.weights, step.weight_scales, "", bias}, {},
                        std::move(output), kMicrosoft);
    const Rounded x = round(step);
    if (fused_)
      return nodes_.add("MatMulIntegerToFloat",
                        {x.integers, step.weights, x.scale, step.weight_scales, x.zero, "", bias}, {},
                        std::move(output), kMicrosoft);
    const std::string sums = nodes_.add("MatMulInteger", {x.integers, step.weights, x.zero});
    const std::string numbers = nodes_.add("Cast", {sums}, {{"to", std::int64_t{onnx_type(GraphType::f32)}}});
    return nodes_.add("Mul", {numbers, nodes_.add("Mul", {x.scale, step.weight_scales})}, {}, std::move(output));
  }

  /// As QDQ around Gemm, which adds the bias in integers: ONNX Runtime makes one operator of it, where MatMul leaves
  /// the bias to another pass. It does so only where zero points are there, though they are 0.
  std::string multiply_by_rows(const LinearStep& step, std::string output) {
    const auto size = [](std::size_t count) { return static_cast<std::int64_t>(count); };
    const std::string name = std::to_string(step.columns);
    const std::string weight_zeros = nodes_.once("zeros_i8_" + name, [&] {
      return constant_of<std::int8_t>("zeros_i8_" + name, {step.columns}, std::vector<std::int8_t>(step.columns));
    });
    const std::string bias_zeros = nodes_.once("zeros_i32_" + name, [&] {
      return constant_of<std::int32_t>("zeros_i32_" + name, {step.columns}, std::vector<std::int32_t>(step.columns));
    });
    const Rounded x = round(step);
    const std::string rows = nodes_.add("Reshape", {x.integers, nodes_.integers({-1, size(step.inputs)})});
    const std::string sums = nodes_.add(
        "Gemm",
        {nodes_.add("DequantizeLinear", {rows, x.scale, x.zero}),
         nodes_.add("DequantizeLinear", {step.weights, step.weight_scales, weight_zeros}, {{"axis", std::int64_t{1}}}),
         nodes_.add("DequantizeLinear", {step.bias_integers, step.bias_scales, bias_zeros},
                    {{"axis", std::int64_t{0}}})});
    std::string& shape = shapes_[step.columns];  // [batch, length, columns]
    if (shape.empty()) {
      if (batch_and_length_.empty())
        batch_and_length_ =
            nodes_.add("Slice", {nodes_.add("Shape", {step.input}), nodes_.integers({0}), nodes_.integers({2})});
      shape =
          nodes_.add("Concat", {batch_and_length_, nodes_.integers({size(step.columns)})}, {{"axis", std::int64_t{0}}});
    }
    return nodes_.add("Reshape", {sums, shape}, {}, std::move(output));
  }

  void activate(Activation activation, const std::string& x, const std::string& output) {
    const auto number = [&](const char* name, float value) { return nodes_.number(name, value, compute_); };
    const auto multiply = [&](const std::string& a, const std::string& b) { return nodes_.add("Mul", {a, b}); };
    if (fused_ && activation == Activation::gelu) {
      nodes_.add("Gelu", {x}, {}, output, kMicrosoft);
      return;
    }
    if (activation == Activation::relu) {
      nodes_.add("Relu", {x}, {}, output);
      return;
    }
    std::string inner;  // 2Φ(x) - 1
    if (activation == Activation::gelu) {
      inner = nodes_.add("Erf", {nodes_.add("Div", {x, number("gelu.root_of_two", 1.41421356237309515F)})});
    } else {
      const std::string cubic = number("gelu.cubic", 0.044715F);
      const std::string cube = multiply(multiply(multiply(x, x), x), cubic);
      const std::string sum = nodes_.add("Add", {x, cube});
      inner = nodes_.add("Tanh", {multiply(sum, number("gelu.root", 0.797884560802865356F))});
    }
    const std::string share = nodes_.add("Add", {inner, number("gelu.one", 1)});
    nodes_.add("Mul", {multiply(x, share), number("gelu.half", 0.5F)}, {}, output);
  }

  OnnxNodes& nodes_;
  GraphType compute_;
  bool fused_;
  std::string batch_and_length_;
  std::map<std::size_t, std::string> shapes_;
};

}  // namespace glossa::detail
