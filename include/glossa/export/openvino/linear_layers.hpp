// Linear layers come in; the layers of an OpenVINO graph that multiply by their weights go out.
#pragma once

#include <glossa/export/graph.hpp>
#include <glossa/export/openvino/ir_layers.hpp>
#include <glossa/export/openvino/ir_pieces.hpp>

#include <cstddef>
#include <string>

namespace glossa::detail {

/// Renders linear layers.
class IrLinears {
 public:
  explicit IrLinears(IrLayers& layers) : layers_(layers) {}

  /// y = f(x · W + b)
  IrValue add(const LinearStep& step, const IrValue& input) {
    const IrValue sum = add_columns(step, rounded(step, input), 0, step.columns);
    if (!step.activation) return sum;
    switch (*step.activation) {
      case Activation::relu: return layers_.add({"ReLU", 1}, {sum}, sum.type);
      case Activation::gelu: return layers_.add({"Gelu", 7, {{"approximation_mode", "ERF"}}}, {sum}, sum.type);
      default: return layers_.add({"Gelu", 7, {{"approximation_mode", "TANH"}}}, {sum}, sum.type);
    }
  }

  /// The input as the weights are to be multiplied by it: multiplied by its factors, and in 8-bit integers where it has
  /// a range.
  IrValue rounded(const LinearStep& step, const IrValue& input) {
    IrValue x = input;
    if (!step.input_factors.empty())
      x = layers_.binary("Multiply", x, layers_.constant(step.input_factors, 0, {1, 1, step.inputs}));
    if (step.input_scale.empty()) return x;
    const IrValue low = layers_.constant(step.weights + IrPieces::kLow);
    const IrValue high = layers_.constant(step.weights + IrPieces::kHigh);
    return layers_.add({"FakeQuantize", 1, {{"levels", "256"}, {"auto_broadcast", "numpy"}}}, {x, low, high, low, high},
                       x.type);
  }

  /// x · W + b for some columns, without the activation.
  IrValue add_columns(const LinearStep& step, const IrValue& input, std::size_t first, std::size_t columns) {
    IrValue weights = layers_.constant(step.weights, first * step.inputs, {columns, step.inputs});
    if (!step.weight_scales.empty()) {
      const IrValue scales = layers_.constant(step.weight_scales, first, {columns, 1});
      weights = layers_.binary("Multiply", layers_.convert(weights, kIrF32), scales);
    }
    const IrValue product = layers_.add({"MatMul", 1, {{"transpose_a", "false"}, {"transpose_b", "true"}}},
                                        {input, layers_.decompressed(weights)}, input.type);
    if (step.bias.empty()) return product;
    const IrValue bias = layers_.constant(step.bias, first, {1, 1, columns});
    return layers_.binary("Add", product, layers_.decompressed(bias));
  }

 private:
  IrLayers& layers_;
};

}  // namespace glossa::detail
