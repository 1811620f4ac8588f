// A graph comes in; the layers of an OpenVINO graph go out, in the forms that its runtime has fast kernels for.
#pragma once

#include <glossa/export/graph.hpp>
#include <glossa/export/openvino/ir_data.hpp>
#include <glossa/export/openvino/ir_layers.hpp>
#include <glossa/export/openvino/ir_pieces.hpp>
#include <glossa/export/openvino/linear_layers.hpp>
#include <glossa/export/openvino/small_layers.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

namespace glossa::detail {

/// Renders the steps of a graph. Whatever type its numbers are stored in, the layers compute in f32. Layers are added
/// one statement after the other: in which order a call's arguments are made, each compiler decides for itself.
class IrLowering {
 public:
  IrLowering(const Graph& graph, IrData& data) : graph_(graph), data_(data), layers_(data), linears_(layers_) {}

  /// Adds all pieces and layers.
  IrLayers& run() {
    IrPieces(graph_, data_).add();
    for (const GraphPort& port : graph_.inputs)
      values_[port.name] = layers_.parameter(port.name, ir_type(port.type), port.shape.size());
    for (const GraphStep& step : graph_.steps) std::visit([this](const auto& one) { lower(one); }, step);
    for (const GraphPort& port : graph_.outputs) layers_.result(values_.at(port.name), port.name);
    return layers_;
  }

 private:
  /// A step's output, an input, or a constant in f32 where it is stored in half precision.
  IrValue value(const std::string& name) {
    const auto found = values_.find(name);
    if (found != values_.end()) return found->second;
    return values_[name] = layers_.decompressed(layers_.constant(name));
  }

  void lower(const SmallStep& step) {
    std::vector<IrValue> inputs;
    for (const std::string& name : step.inputs) inputs.push_back(value(name));
    values_[step.output] = add_small_step(layers_, step, inputs);
  }

  void lower(const LinearStep& step) { values_[step.output] = linears_.add(step, value(step.input)); }

  void lower(const EmbeddingStep& step) {
    const auto index = [&](const std::string& ids) { return layers_.convert(value(ids), kIrI32); };
    IrValue sum = words(step.words, index(step.ids));
    if (step.words.padded != step.words.hidden)
      sum = slice(sum, layers_.integers({static_cast<std::int64_t>(step.words.hidden)}), 2);
    if (!step.types.empty()) {
      const IrValue ids = index(step.type_ids);
      sum = layers_.binary("Add", sum, layers_.gather(value(step.types), ids));
    }
    IrValue positions = value(step.positions);
    if (step.position_ids.empty()) {
      const IrValue shape = layers_.add({"ShapeOf", 3, {{"output_type", "i64"}}}, {value(step.ids)}, kIrI64);
      positions = slice(positions, layers_.gather(shape, layers_.integers({1})), 0);
    } else {
      positions = layers_.gather(positions, index(step.position_ids));
    }
    normalize(layers_.binary("Add", sum, positions), step);
  }

  /// The first elements along an axis.
  IrValue slice(const IrValue& from, const IrValue& end, std::int64_t axis) {
    return layers_.add({"Slice", 8},
                       {from, layers_.integers({0}), end, layers_.integers({1}), layers_.integers({axis})}, from.type);
  }

  /// The words' vectors [batch, length, padded].
  IrValue words(const GraphWords& words, const IrValue& ids) {
    if (words.bits == 0) return layers_.gather(value(words.table), ids);
    const auto block = static_cast<std::int64_t>(words.block);
    const auto padded = static_cast<std::int64_t>(words.padded);
    if (words.bits == 4) return layers_.gather(table(words), ids);
    const IrValue rows = layers_.convert(layers_.gather(layers_.constant(words.table), ids), kIrF32);
    const IrValue scales = layers_.convert(layers_.gather(layers_.constant(words.scales), ids), kIrF32);
    const IrValue columns = layers_.add({"Unsqueeze", 1}, {scales, layers_.integers({3})}, kIrF32);
    const IrValue blocks = layers_.reshape(rows, {0, 0, padded / block, block});
    return layers_.reshape(layers_.binary("Multiply", blocks, columns), {0, 0, padded});
  }

  /// The table in f32 of 4-bit numbers, which have no layers that take rows of them: the runtime knows this form, and
  /// makes f32 of the rows that are taken, not of the table.
  IrValue table(const GraphWords& words) {
    const std::size_t rows = data_.at(words.table).shape.at(0);
    const std::size_t blocks = words.padded / words.block;
    if (data_.find(kEight) == nullptr)
      data_.add({kEight, kIrU8, {1, 1, 1}, constant_of<std::uint8_t>({}, {1, 1, 1}, {8}).write});
    const IrValue numbers = layers_.convert(layers_.constant(words.table, 0, {rows, blocks, words.block}), kIrF32);
    const IrValue even = layers_.binary("Subtract", numbers, layers_.convert(layers_.constant(kEight), kIrF32));
    const IrValue scales = layers_.convert(layers_.constant(words.scales, 0, {rows, blocks, 1}), kIrF32);
    return layers_.reshape(layers_.binary("Multiply", even, scales),
                           {static_cast<std::int64_t>(rows), static_cast<std::int64_t>(words.padded)});
  }

  /// Queries, keys and values by layers of their own, each with its part of the weights.
  void lower(const AttentionStep& step) {
    const auto heads = static_cast<std::int64_t>(step.heads);
    const auto size = static_cast<std::int64_t>(step.head_size);
    const IrValue order = layers_.integers({0, 2, 1, 3});
    const std::size_t hidden = step.qkv.columns / 3;
    const IrValue input = linears_.rounded(step.qkv, value(step.qkv.input));
    std::vector<IrValue> inputs;
    for (std::size_t i = 0; i < 3; ++i) {
      const IrValue part =
          layers_.reshape(linears_.add_columns(step.qkv, input, i * hidden, hidden), {0, 0, heads, size});
      inputs.push_back(layers_.add({"Transpose", 1}, {part, order}, part.type));
    }
    inputs.push_back(added_mask(step.mask));
    const IrValue context = layers_.add({"ScaledDotProductAttention", 13, {{"causal", "false"}}}, inputs, kIrF32);
    values_[step.output] =
        layers_.reshape(layers_.add({"Transpose", 1}, {context, order}, context.type), {0, 0, heads * size});
  }

  void lower(const AddNormStep& step) {
    const IrValue residual = value(step.residual);
    normalize(layers_.binary("Add", linears_.add(step.added, value(step.added.input)), residual), step);
  }

  template <class Step>
  void normalize(const IrValue& input, const Step& step) {
    std::ostringstream epsilon;
    epsilon.precision(17);
    epsilon << step.epsilon;
    const IrValue even =
        layers_.add({"MVN", 6, {{"eps", epsilon.str()}, {"normalize_variance", "true"}, {"eps_mode", "INSIDE_SQRT"}}},
                    {input, layers_.integers({-1})}, input.type);
    const IrValue bias = value(step.bias);
    const IrValue gain = value(step.gain);
    values_[step.output] = layers_.binary("Add", layers_.binary("Multiply", even, gain), bias);
  }

  /// 0 for tokens, a number that leaves nothing of a share for padding: [batch, 1, 1, length].
  const IrValue& added_mask(const std::string& mask) {
    if (!mask_) {
      const IrValue numbers = layers_.convert(value(mask), kIrF32);
      const IrValue inverse = layers_.binary("Subtract", layers_.number(1), numbers);
      mask_ =
          layers_.add({"Unsqueeze", 1},
                      {layers_.binary("Multiply", inverse, layers_.number(-10000)), layers_.integers({1, 2})}, kIrF32);
    }
    return *mask_;
  }

  static constexpr const char* kEight = "words.eight";

  const Graph& graph_;
  IrData& data_;
  IrLayers layers_;
  IrLinears linears_;
  std::map<std::string, IrValue> values_;
  std::optional<IrValue> mask_;
};

}  // namespace glossa::detail
