// Small steps come in; the layers of an OpenVINO graph that do the same go out.
#pragma once

#include <glossa/export/graph.hpp>
#include <glossa/export/openvino/ir_layers.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace glossa::detail {

/// Adds a small step with these inputs.
[[nodiscard]] inline IrValue add_small_step(IrLayers& layers, const SmallStep& step,
                                            const std::vector<IrValue>& inputs) {
  const IrValue& x = inputs.at(0);
  const auto elementwise = [&](const char* type) { return layers.binary(type, x, inputs.at(1)); };
  const auto reduce = [&](const char* type, int opset) {
    return layers.add({type, opset, {{"keep_dims", "true"}}}, {x, layers.integers(step.axes)}, x.type);
  };
  switch (step.op) {
    case SmallOp::add: return elementwise("Add");
    case SmallOp::subtract: return elementwise("Subtract");
    case SmallOp::multiply: return elementwise("Multiply");
    case SmallOp::divide:
      return layers.add({"Divide", 1, {{"auto_broadcast", "numpy"}, {"m_pythondiv", "true"}}}, inputs, x.type);
    case SmallOp::maximum: return elementwise("Maximum");
    case SmallOp::square_root: return layers.add({"Sqrt", 1}, inputs, x.type);
    case SmallOp::equal: return layers.add({"Equal", 1, {{"auto_broadcast", "numpy"}}}, inputs, kIrBoolean);
    case SmallOp::where: return layers.add({"Select", 1, {{"auto_broadcast", "numpy"}}}, inputs, inputs.at(1).type);
    case SmallOp::cast: return layers.convert(x, ir_type(step.type));
    case SmallOp::gather: return layers.gather(x, inputs.at(1), step.axes.at(0));
    case SmallOp::matmul:
      return layers.add({"MatMul", 1, {{"transpose_a", "false"}, {"transpose_b", "false"}}}, inputs, x.type);
    case SmallOp::reduce_sum: return reduce("ReduceSum", 1);
    case SmallOp::reduce_max: return reduce("ReduceMax", 1);
    case SmallOp::reduce_l2: return reduce("ReduceL2", 4);
    case SmallOp::unsqueeze: return layers.add({"Unsqueeze", 1}, {x, layers.integers(step.axes)}, x.type);
    case SmallOp::squeeze: return layers.add({"Squeeze", 1}, {x, layers.integers(step.axes)}, x.type);
    case SmallOp::concat: return layers.add({"Concat", 1, {{"axis", std::to_string(step.axes.at(0))}}}, inputs, x.type);
    case SmallOp::running_sum:
      return layers.add({"CumSum", 3, {{"exclusive", "false"}, {"reverse", "false"}}},
                        {x, layers.integer(step.axes.at(0))}, x.type);
    case SmallOp::dimension: {
      const IrValue shape = layers.add({"ShapeOf", 3, {{"output_type", "i64"}}}, {x}, kIrI64);
      return layers.gather(shape, layers.integer(step.axes.at(0)));
    }
    case SmallOp::range: return layers.add({"Range", 4, {{"output_type", x.type.element}}}, inputs, x.type);
  }
  return x;
}

}  // namespace glossa::detail
