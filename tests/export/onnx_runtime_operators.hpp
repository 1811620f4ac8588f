// Inputs of operators that are ONNX Runtime's own come in; what they give goes out, by their descriptions.
#pragma once

#include "integer_operators.hpp"
#include "onnx_node.hpp"
#include "operators.hpp"
#include "value.hpp"

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace test {

/// In the order of the operator; nullptr for those that are left out.
using Inputs = std::vector<const Value*>;

/// Weights i8 [inputs, columns], scales of the columns and, where there is one, a bias.
inline Value multiply_rounded(const Quantized& x, const Inputs& in, std::size_t weights, std::size_t scales,
                              std::size_t bias) {
  Value out = product_of(multiply(x.numbers(), *in.at(weights)), *in.at(scales));
  return bias < in.size() && in[bias] != nullptr ? sum_of(out, *in[bias]) : out;
}

inline Value attention_by_one_node(const Inputs& in, std::size_t heads) {
  const Value& x = *in.at(0);
  const Value qkv = sum_of(multiply(x, *in.at(1)), *in.at(2));
  const std::size_t hidden = qkv.shape.back() / 3;
  const auto part = [&](std::size_t i) {
    const Value one = slice(qkv, 2, i * hidden, (i + 1) * hidden);
    return transpose(reshape(one, {0, 0, static_cast<double>(heads), static_cast<double>(hidden / heads)}),
                     {0, 2, 1, 3});
  };
  const Value mask = unsqueeze(map(*in.at(3), [](double one) { return one != 0 ? 0.0 : -10000.0; }), {1, 2});
  const Value context = attention(part(0), part(1), part(2), mask);
  return reshape(transpose(context, {0, 2, 1, 3}), {0, 0, static_cast<double>(hidden)});
}

/// Without position_ids they are 0, 1, ….
inline Value embed_by_one_node(const Inputs& in, double epsilon) {
  const auto given = [&](std::size_t i) { return i < in.size() && in[i] != nullptr; };
  const Value& ids = *in.at(0);
  Value sum = gather(*in.at(2), ids, 0);
  sum = sum_of(sum, given(8) ? gather(*in.at(3), *in.at(8), 0) : slice(*in.at(3), 0, 0, ids.shape.at(1)));
  if (given(4)) sum = sum_of(sum, gather(*in.at(4), *in.at(1), 0));
  return sum_of(product_of(normalized(sum, epsilon), *in.at(5)), *in.at(6));
}

/// The first output of a node of the domain com.microsoft.
inline Value run_microsoft(const onnx::NodeProto& node, const Inputs& in) {
  const std::string& op = node.op_type();
  if (op == "Attention") return attention_by_one_node(in, static_cast<std::size_t>(integer(node, "num_heads")));
  if (op == "EmbedLayerNormalization") return embed_by_one_node(in, real(node, "epsilon"));
  if (op == "BiasGelu") return map(sum_of(*in.at(0), *in.at(1)), gelu);
  if (op == "Gelu") return map(*in.at(0), gelu);
  if (op == "DynamicQuantizeMatMul") return multiply_rounded(quantize(*in.at(0)), in, 1, 2, 4);
  if (op == "MatMulIntegerToFloat")
    return multiply_rounded({*in.at(0), in.at(2)->elements.at(0), in.at(4)->elements.at(0)}, in, 1, 3, 6);
  if (op == "SkipLayerNormalization") {
    Value sum = sum_of(*in.at(0), *in.at(1));
    if (in.size() > 4) sum = sum_of(sum, *in.at(4));
    return sum_of(product_of(normalized(sum, real(node, "epsilon")), *in.at(2)), *in.at(3));
  }
  throw std::runtime_error("the interpreter does not know " + op);
}

}  // namespace test
