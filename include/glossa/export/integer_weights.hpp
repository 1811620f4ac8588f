// A model comes in; its linear layers go out as constants of 8-bit integers, made layer by layer when they are written.
#pragma once

#include <glossa/encoder/layer_names.hpp>
#include <glossa/export/constants.hpp>
#include <glossa/export/encoder_graph.hpp>
#include <glossa/export/integer_linear.hpp>
#include <glossa/export/model.hpp>
#include <glossa/export/step_graph_builder.hpp>
#include <glossa/export/word_blocks.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// Makes the layers in their order and keeps the last one.
class IntegerLayers {
 public:
  /// make: of any layer, asked for in their order.
  explicit IntegerLayers(std::function<IntegerLinear(const LinearName&)> make) : make_(std::move(make)) {}

  [[nodiscard]] const IntegerLinear& of(const LinearName& name) {
    if (name.joined != name_) {
      last_ = {};
      last_ = make_(name);
      name_ = name.joined;
    }
    return last_;
  }

 private:
  std::function<IntegerLinear(const LinearName&)> make_;
  std::string name_;
  IntegerLinear last_;
};

/// What the constants of a layer are besides weights, scales and bias.
struct IntegerForm {
  bool fixed = false;  ///< inputs have ranges of their own
  BiasForm bias = BiasForm::exact;
  /// Whether a layer's input is multiplied by factors.
  std::function<bool(const LinearName&)> has_factors = [](const LinearName&) { return false; };
};

/// Adds layers to a graph.
[[nodiscard]] inline GraphWeights integer_weights(const ExportModel& model, int word_bits,
                                                  std::shared_ptr<IntegerLayers> layers, const IntegerForm& form) {
  GraphWeights out;
  out.words = [&model, word_bits](StepGraphBuilder& builder) { return WordBlocks::add(builder, model, word_bits); };
  out.linear = [&model, layers, form](StepGraphBuilder& builder, const LinearName& name, const std::string& input) {
    for (const std::string& part : name.parts) (void)model.weights.at(part + ".weight", {name.outputs, name.inputs});
    const auto add = [&](const char* suffix, GraphType type, Shape shape, auto&& values) {
      return builder.constant({name.joined + suffix, type, std::move(shape),
                               [layers, name, values](const GraphSink& to) { to(values(layers->of(name))); }});
    };
    LinearStep step;
    step.input = input;
    step.inputs = name.inputs;
    step.columns = name.columns();
    step.weights = add(".weight", GraphType::i8, {name.inputs, name.columns()},
                       [](const IntegerLinear& one) { return std::as_bytes(std::span(one.integers)); });
    step.weight_scales = add(".weight_scale", GraphType::f32, {name.columns()},
                             [](const IntegerLinear& one) { return std::as_bytes(std::span(one.scales)); });
    if (form.bias == BiasForm::integers) {
      step.bias_integers = add(".bias_integers", GraphType::i32, {name.columns()},
                               [](const IntegerLinear& one) { return std::as_bytes(std::span(one.bias_integers)); });
      step.bias_scales = add(".bias_scale", GraphType::f32, {name.columns()},
                             [](const IntegerLinear& one) { return std::as_bytes(std::span(one.bias_scales)); });
    } else {
      step.bias = add(".bias", GraphType::f32, {name.columns()},
                      [](const IntegerLinear& one) { return std::as_bytes(std::span(one.bias)); });
    }
    if (form.has_factors(name))
      step.input_factors = add(".input_factor", GraphType::f32, {name.inputs},
                               [](const IntegerLinear& one) { return std::as_bytes(std::span(one.input_factors)); });
    if (form.fixed) {
      step.input_scale = add(".input_scale", GraphType::f32, {},
                             [](const IntegerLinear& one) { return std::as_bytes(std::span(&one.input_scale, 1)); });
      step.input_zero = add(".input_zero", GraphType::u8, {},
                            [](const IntegerLinear& one) { return std::as_bytes(std::span(&one.input_zero, 1)); });
    }
    return step;
  };
  return out;
}

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
