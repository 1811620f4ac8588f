// A graph comes in; the nodes of an ONNX graph go out, in ONNX's own operators or in those of ONNX Runtime.
#pragma once

#include <glossa/export/graph.hpp>
#include <glossa/export/onnx/linear_nodes.hpp>
#include <glossa/export/onnx/message.hpp>
#include <glossa/export/onnx/nodes.hpp>
#include <glossa/export/onnx/options.hpp>
#include <glossa/export/onnx/types.hpp>

#include <cmath>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace glossa::detail {

/// Renders the steps of a graph.
class OnnxLowering {
 public:
  OnnxLowering(Graph& graph, OnnxMessage& to, OnnxOperators operators)
      : graph_(graph),
        fused_(operators != OnnxOperators::onnx),
        adds_and_normalizes_(operators == OnnxOperators::runtime_gpu),
        nodes_(to, graph.constants),
        linears_(nodes_, graph.compute, fused_) {}

  /// Adds all nodes, and the constants that they need to the graph's.
  void run() {
    for (const GraphStep& step : graph_.steps) std::visit([this](const auto& one) { lower(one); }, step);
  }

  [[nodiscard]] bool uses_microsoft() const noexcept { return nodes_.uses_microsoft(); }

 private:
  void lower(const LinearStep& step) { linears_.add(step); }

  void lower(const SmallStep& step) {
    const auto plain = [&](const char* op, const OnnxAttributes& attributes = {}) {
      nodes_.add(op, step.inputs, attributes, step.output);
    };
    const auto with_axes = [&](const char* op, const OnnxAttributes& attributes = {}) {
      nodes_.add(op, {step.inputs.at(0), nodes_.integers(step.axes)}, attributes, step.output);
    };
    switch (step.op) {
      case SmallOp::add: return plain("Add");
      case SmallOp::subtract: return plain("Sub");
      case SmallOp::multiply: return plain("Mul");
      case SmallOp::divide: return plain("Div");
      case SmallOp::maximum: return plain("Max");
      case SmallOp::square_root: return plain("Sqrt");
      case SmallOp::equal: return plain("Equal");
      case SmallOp::where: return plain("Where");
      case SmallOp::cast: return plain("Cast", {{"to", std::int64_t{onnx_type(step.type)}}});
      case SmallOp::gather: return plain("Gather", {{"axis", step.axes.at(0)}});
      case SmallOp::matmul: return plain("MatMul");
      case SmallOp::reduce_sum: return with_axes("ReduceSum", {{"keepdims", std::int64_t{1}}});
      case SmallOp::reduce_max: return plain("ReduceMax", {{"axes", step.axes}, {"keepdims", std::int64_t{1}}});
      case SmallOp::reduce_l2: return plain("ReduceL2", {{"axes", step.axes}, {"keepdims", std::int64_t{1}}});
      case SmallOp::unsqueeze: return with_axes("Unsqueeze");
      case SmallOp::squeeze: return with_axes("Squeeze");
      case SmallOp::concat: return plain("Concat", {{"axis", step.axes.at(0)}});
      case SmallOp::running_sum: {
        nodes_.add("CumSum", {step.inputs.at(0), nodes_.integer(step.axes.at(0))}, {}, step.output);
        return;
      }
      case SmallOp::dimension: {
        const std::string shape = nodes_.add("Shape", {step.inputs.at(0)});
        nodes_.add("Gather", {shape, nodes_.integer(step.axes.at(0))}, {{"axis", std::int64_t{0}}}, step.output);
        return;
      }
      case SmallOp::range: return plain("Range");
    }
  }

  void lower(const EmbeddingStep& step) {
    if (fused_ && step.words.bits == 0) return embed_by_one_node(step);
    std::string sum = words(step);
    if (!step.types.empty()) sum = nodes_.add("Add", {sum, nodes_.add("Gather", {step.types, step.type_ids})});
    std::string positions;
    if (step.position_ids.empty()) {
      const std::string shape = nodes_.add("Shape", {step.ids});
      const std::string length = nodes_.add("Slice", {shape, nodes_.integers({1}), nodes_.integers({2})});
      positions = nodes_.add("Slice", {step.positions, nodes_.integers({0}), length, nodes_.integers({0})});
    } else {
      positions = nodes_.add("Gather", {step.positions, step.position_ids});
    }
    normalize(nodes_.add("Add", {sum, positions}), step);
  }

  void embed_by_one_node(const EmbeddingStep& step) {
    const auto narrow = [&](const std::string& ids) {
      return ids.empty() ? ids : nodes_.add("Cast", {ids}, {{"to", std::int64_t{onnx_type(GraphType::i32)}}});
    };
    nodes_.add_many("EmbedLayerNormalization",
                    {narrow(step.ids), narrow(step.type_ids), step.words.table, step.positions, step.types, step.gain,
                     step.bias, "", narrow(step.position_ids)},
                    {step.output, step.output + ".mask_index"}, {epsilon(step.epsilon)}, kMicrosoft);
  }

  /// The words' vectors [batch, length, hidden].
  std::string words(const EmbeddingStep& step) {
    const GraphWords& words = step.words;
    std::string rows = nodes_.add("Gather", {words.table, step.ids});
    if (words.bits == 0) return rows;
    const auto cast = [&](const std::string& x, GraphType type) {
      return nodes_.add("Cast", {x}, {{"to", std::int64_t{onnx_type(type)}}});
    };
    if (words.bits == 4) {  // two numbers a byte
      const std::string bytes = cast(rows, GraphType::i32);
      const std::string sixteen =
          nodes_.once("words.sixteen", [] { return constant_of<std::int32_t>("words.sixteen", {}, {16}); });
      const std::string upper = nodes_.add("Div", {bytes, sixteen});
      const std::string lower = nodes_.add("Sub", {bytes, nodes_.add("Mul", {upper, sixteen})});
      rows = nodes_.add("Concat", {lower, upper}, {{"axis", std::int64_t{-1}}});
    }
    rows = cast(rows, GraphType::f32);
    if (words.bits == 4) rows = nodes_.add("Sub", {rows, nodes_.number("words.eight", 8, GraphType::f32)});
    const auto blocks = static_cast<std::int64_t>(words.padded / words.block);
    const std::string scales = cast(nodes_.add("Gather", {words.scales, step.ids}), GraphType::f32);
    const std::string parts =
        nodes_.add("Reshape", {rows, nodes_.integers({0, 0, blocks, static_cast<std::int64_t>(words.block)})});
    const std::string products = nodes_.add("Mul", {parts, nodes_.add("Unsqueeze", {scales, nodes_.integers({3})})});
    const std::string whole =
        nodes_.add("Reshape", {products, nodes_.integers({0, 0, static_cast<std::int64_t>(words.padded)})});
    if (words.padded == words.hidden) return whole;
    return nodes_.add("Slice", {whole, nodes_.integers({0}), nodes_.integers({static_cast<std::int64_t>(words.hidden)}),
                                nodes_.integers({2})});
  }

  void lower(const AttentionStep& step) {
    // In integers, ONNX Runtime's operator for all of attention takes longer than its parts.
    if (fused_ && step.qkv.weight_scales.empty()) return linears_.add_attention(step, narrow_mask(step.mask));
    const auto heads = static_cast<std::int64_t>(step.heads);
    const auto size = static_cast<std::int64_t>(step.head_size);
    linears_.add(step.qkv);
    std::vector<std::string> parts{step.output + ".q", step.output + ".k", step.output + ".v"};
    nodes_.add_many("Split", {step.qkv.output}, parts, {{"axis", std::int64_t{-1}}});
    const std::string split = nodes_.integers({0, 0, heads, size});
    const auto by_heads = [&](const std::string& part, std::vector<std::int64_t> order) {
      return nodes_.add("Transpose", {nodes_.add("Reshape", {part, split})}, {{"perm", std::move(order)}});
    };
    const std::string q = by_heads(parts[0], {0, 2, 1, 3});
    const std::string k = by_heads(parts[1], {0, 2, 3, 1});
    const std::string v = by_heads(parts[2], {0, 2, 1, 3});
    const std::string scale = nodes_.number(
        "attention.scale", static_cast<float>(1 / std::sqrt(static_cast<double>(step.head_size))), graph_.compute);
    const std::string scores =
        nodes_.add("Add", {nodes_.add("MatMul", {nodes_.add("Mul", {q, scale}), k}), added_mask(step.mask)});
    const std::string shares = nodes_.add("Softmax", {scores}, {{"axis", std::int64_t{-1}}});
    const std::string context =
        nodes_.add("Transpose", {nodes_.add("MatMul", {shares, v})}, {{"perm", std::vector<std::int64_t>{0, 2, 1, 3}}});
    nodes_.add("Reshape", {context, nodes_.integers({0, 0, heads * size})}, {}, step.output);
  }

  void lower(const AddNormStep& step) {
    if (adds_and_normalizes_) {
      LinearStep added = step.added;
      const bool has_bias = linears_.adds_bias(added);
      if (!has_bias) added.bias.clear();
      linears_.add(added);
      nodes_.add("SkipLayerNormalization",
                 {step.residual, added.output, step.gain, step.bias, has_bias ? "" : step.added.bias},
                 {epsilon(step.epsilon)}, step.output, kMicrosoft);
      return;
    }
    linears_.add(step.added);
    normalize(nodes_.add("Add", {step.residual, step.added.output}), step);
  }

  template <class Step>
  void normalize(const std::string& input, const Step& step) {
    nodes_.add("LayerNormalization", {input, step.gain, step.bias}, {{"axis", std::int64_t{-1}}, epsilon(step.epsilon)},
               step.output);
  }

  /// 0 for tokens, a number that leaves nothing of a share for padding: [batch, 1, 1, length].
  const std::string& added_mask(const std::string& mask) {
    if (!added_mask_.empty()) return added_mask_;
    const std::string numbers = nodes_.add("Cast", {mask}, {{"to", std::int64_t{onnx_type(graph_.compute)}}});
    const std::string inverse = nodes_.add("Sub", {nodes_.number("attention.one", 1, graph_.compute), numbers});
    const std::string scaled = nodes_.add("Mul", {inverse, nodes_.number("attention.masked", -10000, graph_.compute)});
    added_mask_ = nodes_.add("Unsqueeze", {scaled, nodes_.integers({1, 2})});
    return added_mask_;
  }

  const std::string& narrow_mask(const std::string& mask) {
    if (narrow_mask_.empty())
      narrow_mask_ = nodes_.add("Cast", {mask}, {{"to", std::int64_t{onnx_type(GraphType::i32)}}});
    return narrow_mask_;
  }

  static OnnxAttribute epsilon(double value) { return {"epsilon", static_cast<float>(value)}; }

  Graph& graph_;
  bool fused_;
  bool adds_and_normalizes_;  // in one node
  OnnxNodes nodes_;
  OnnxLinears linears_;
  std::string added_mask_;
  std::string narrow_mask_;
};

}  // namespace glossa::detail
