// An ONNX graph and values for its inputs come in; what the graph computes goes out, by the operators' definitions.
#pragma once

#include <glossa/core/half.hpp>
#include <glossa/export/onnx/proto.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace test {

/// A tensor of any type, its elements as doubles.
struct OnnxValue {
  std::vector<std::size_t> shape;
  std::vector<double> elements;

  [[nodiscard]] std::size_t rank() const { return shape.size(); }
  /// The place of an axis that may be counted from the end.
  [[nodiscard]] std::size_t axis(std::int64_t at) const {
    return static_cast<std::size_t>(at < 0 ? at + static_cast<std::int64_t>(rank()) : at);
  }
  /// Product of the sizes of the axes [from, to).
  [[nodiscard]] std::size_t span(std::size_t from, std::size_t to) const {
    return std::accumulate(shape.begin() + static_cast<std::ptrdiff_t>(from),
                           shape.begin() + static_cast<std::ptrdiff_t>(to), std::size_t{1}, std::multiplies<>());
  }
};

/// A tensor of the file.
inline OnnxValue value_of(const onnx::TensorProto& tensor) {
  OnnxValue out;
  std::size_t count = 1;
  for (const std::int64_t size : tensor.dims()) {
    out.shape.push_back(static_cast<std::size_t>(size));
    count *= out.shape.back();
  }
  out.elements.resize(count);
  const auto read = [&]<class T>(T, auto&& convert) {
    if (tensor.raw_data().size() != count * sizeof(T)) throw std::runtime_error(tensor.name() + ": wrong size");
    for (std::size_t i = 0; i < count; ++i) {
      T element;
      std::memcpy(&element, tensor.raw_data().data() + i * sizeof(T), sizeof(T));
      out.elements[i] = static_cast<double>(convert(element));
    }
  };
  const auto same = [](auto x) { return x; };
  switch (tensor.data_type()) {
    case onnx::TensorProto_DataType_FLOAT: read(float{}, same); break;
    case onnx::TensorProto_DataType_FLOAT16: read(std::uint16_t{}, glossa::detail::half_to_float); break;
    case onnx::TensorProto_DataType_INT64: read(std::int64_t{}, same); break;
    case onnx::TensorProto_DataType_INT32: read(std::int32_t{}, same); break;
    case onnx::TensorProto_DataType_INT8: read(std::int8_t{}, same); break;
    case onnx::TensorProto_DataType_UINT8: read(std::uint8_t{}, same); break;
    default: throw std::runtime_error(tensor.name() + ": unknown type");
  }
  return out;
}

/// Runs the operators that exported graphs are made of. Half precision is not imitated.
class OnnxInterpreter {
 public:
  explicit OnnxInterpreter(const onnx::GraphProto& graph) : graph_(graph) {
    for (const onnx::TensorProto& tensor : graph.initializer()) values_[tensor.name()] = value_of(tensor);
  }

  void set(const std::string& input, OnnxValue value) { values_[input] = std::move(value); }

  void run() {
    for (const onnx::NodeProto& node : graph_.node()) run(node);
  }

  [[nodiscard]] const OnnxValue& at(const std::string& name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) throw std::runtime_error("no value " + name);
    return found->second;
  }

 private:
  using Binary = double (*)(double, double);

  void run(const onnx::NodeProto& node) {
    const std::string& op = node.op_type();
    const auto in = [&](int i) -> const OnnxValue& { return at(node.input(i)); };
    const auto give = [&](OnnxValue value, int i = 0) { values_[node.output(i)] = std::move(value); };
    static const std::map<std::string, Binary> binaries{
        {"Add", [](double a, double b) { return a + b; }},
        {"Sub", [](double a, double b) { return a - b; }},
        {"Mul", [](double a, double b) { return a * b; }},
        {"Max", [](double a, double b) { return std::max(a, b); }},
        {"Equal", [](double a, double b) { return a == b ? 1.0 : 0.0; }}};
    static const std::map<std::string, double (*)(double)> unaries{{"Sqrt", [](double x) { return std::sqrt(x); }},
                                                                   {"Erf", [](double x) { return std::erf(x); }},
                                                                   {"Tanh", [](double x) { return std::tanh(x); }},
                                                                   {"Relu", [](double x) { return std::max(x, 0.0); }},
                                                                   {"Cast", [](double x) { return x; }}};
    if (const auto found = binaries.find(op); found != binaries.end())
      return give(broadcast(in(0), in(1), found->second));
    if (const auto found = unaries.find(op); found != unaries.end()) {
      OnnxValue out = in(0);
      for (double& x : out.elements) x = found->second(x);
      return give(std::move(out));
    }
    if (op == "Div") {
      const bool whole = is_integer(node.input(1));
      OnnxValue out = broadcast(in(0), in(1), [](double a, double b) { return a / b; });
      if (whole)
        for (double& x : out.elements) x = std::trunc(x);
      return give(std::move(out));
    }
    if (op == "Where") {
      OnnxValue chosen = broadcast(in(0), in(1), [](double c, double a) { return c != 0 ? a : std::nan(""); });
      return give(broadcast(chosen, in(2), [](double a, double b) { return std::isnan(a) ? b : a; }));
    }
    if (op == "Gather") return give(gather(in(0), in(1), number(node, "axis", 0)));
    if (op == "MatMul" || op == "MatMulInteger") {
      OnnxValue rows = in(0);
      if (op == "MatMulInteger") rows = broadcast(rows, in(2), binaries.at("Sub"));
      return give(multiply(rows, in(1)));
    }
    if (op == "ReduceSum") return give(reduce(in(0), in(1).elements, [](double a, double b) { return a + b; }));
    if (op == "ReduceMax")
      return give(reduce(in(0), list(node, "axes"), [](double a, double b) { return std::max(a, b); }));
    if (op == "ReduceL2") {
      OnnxValue squares = in(0);
      for (double& x : squares.elements) x *= x;
      OnnxValue out = reduce(squares, list(node, "axes"), [](double a, double b) { return a + b; });
      for (double& x : out.elements) x = std::sqrt(x);
      return give(std::move(out));
    }
    if (op == "Unsqueeze" || op == "Squeeze") {
      OnnxValue out = in(0);
      for (const double axis : in(1).elements) {
        const auto place = out.shape.begin() + static_cast<std::ptrdiff_t>(axis);
        if (op == "Unsqueeze") {
          out.shape.insert(place, 1);
        } else {
          out.shape.erase(place);
        }
      }
      return give(std::move(out));
    }
    if (op == "Shape") {
      OnnxValue out{{in(0).rank()}, {}};
      for (const std::size_t size : in(0).shape) out.elements.push_back(static_cast<double>(size));
      return give(std::move(out));
    }
    if (op == "Range") {
      OnnxValue out{{0}, {}};
      for (double x = in(0).elements[0]; x < in(1).elements[0]; x += in(2).elements[0]) out.elements.push_back(x);
      out.shape[0] = out.elements.size();
      return give(std::move(out));
    }
    if (op == "CumSum") {  // along the last axis
      OnnxValue out = in(0);
      for (std::size_t i = 0; i < out.elements.size(); ++i)
        if (i % out.shape.back() != 0) out.elements[i] += out.elements[i - 1];
      return give(std::move(out));
    }
    if (op == "Slice") {
      const std::size_t axis = node.input_size() > 3 ? in(0).axis(static_cast<std::int64_t>(in(3).elements[0])) : 0;
      return give(
          slice(in(0), axis, static_cast<std::size_t>(in(1).elements[0]), static_cast<std::size_t>(in(2).elements[0])));
    }
    if (op == "Split") {
      const std::size_t axis = in(0).axis(number(node, "axis", 0));
      const auto parts = static_cast<std::size_t>(node.output_size());
      const std::size_t size = in(0).shape[axis] / parts;
      for (std::size_t i = 0; i < parts; ++i) give(slice(in(0), axis, i * size, (i + 1) * size), static_cast<int>(i));
      return;
    }
    if (op == "Concat") {
      std::vector<const OnnxValue*> parts;
      for (int i = 0; i < node.input_size(); ++i) parts.push_back(&in(i));
      return give(concat(parts, parts[0]->axis(number(node, "axis", 0))));
    }
    if (op == "Reshape") {
      OnnxValue out = in(0);
      out.shape.clear();
      for (std::size_t i = 0; i < in(1).elements.size(); ++i) {
        const double size = in(1).elements[i];
        out.shape.push_back(size == 0 ? in(0).shape[i] : static_cast<std::size_t>(size));
      }
      if (out.span(0, out.rank()) != out.elements.size()) throw std::runtime_error(node.name() + ": wrong shape");
      return give(std::move(out));
    }
    if (op == "Transpose") return give(transpose(in(0), list(node, "perm")));
    if (op == "Softmax") {
      OnnxValue out = in(0);
      for_each_row(out, [](double* row, std::size_t size) {
        const double most = *std::max_element(row, row + size);
        double sum = 0;
        for (std::size_t i = 0; i < size; ++i) sum += row[i] = std::exp(row[i] - most);
        for (std::size_t i = 0; i < size; ++i) row[i] /= sum;
      });
      return give(std::move(out));
    }
    if (op == "LayerNormalization") {
      OnnxValue out = in(0);
      const double epsilon = real(node, "epsilon");
      for_each_row(out, [&](double* row, std::size_t size) {
        const double mean = std::accumulate(row, row + size, 0.0) / static_cast<double>(size);
        double variance = 0;
        for (std::size_t i = 0; i < size; ++i)
          variance += (row[i] - mean) * (row[i] - mean) / static_cast<double>(size);
        for (std::size_t i = 0; i < size; ++i)
          row[i] = (row[i] - mean) / std::sqrt(variance + epsilon) * in(1).elements[i] + in(2).elements[i];
      });
      return give(std::move(out));
    }
    if (op == "DynamicQuantizeLinear") {
      const auto [least, most] = std::minmax_element(in(0).elements.begin(), in(0).elements.end());
      const double low = std::min(*least, 0.0);
      const double scale = (std::max(*most, 0.0) - low) / 255;
      const double zero = std::clamp(std::nearbyint(-low / scale), 0.0, 255.0);
      give({{}, {scale}}, 1);
      give({{}, {zero}}, 2);
      return give(quantized(in(0), scale, zero));
    }
    if (op == "QuantizeLinear") return give(quantized(in(0), in(1).elements[0], in(2).elements[0]));
    if (op == "DequantizeLinear") {
      OnnxValue rows = in(0);
      if (node.input_size() > 2) rows = broadcast(rows, in(2), binaries.at("Sub"));
      return give(broadcast(rows, in(1), binaries.at("Mul")));  // axis 1 of 2
    }
    throw std::runtime_error("the interpreter does not know " + op);
  }

  static OnnxValue quantized(const OnnxValue& x, double scale, double zero) {
    OnnxValue out = x;
    for (double& one : out.elements) one = std::clamp(std::nearbyint(one / scale) + zero, 0.0, 255.0);
    return out;
  }

  [[nodiscard]] bool is_integer(const std::string& constant) const {
    for (const onnx::TensorProto& tensor : graph_.initializer())
      if (tensor.name() == constant)
        return tensor.data_type() == onnx::TensorProto_DataType_INT32 ||
               tensor.data_type() == onnx::TensorProto_DataType_INT64;
    return false;
  }

  static const onnx::AttributeProto* attribute(const onnx::NodeProto& node, const std::string& name) {
    for (const onnx::AttributeProto& one : node.attribute())
      if (one.name() == name) return &one;
    return nullptr;
  }
  static std::int64_t number(const onnx::NodeProto& node, const std::string& name, std::int64_t otherwise) {
    const auto* found = attribute(node, name);
    return found == nullptr ? otherwise : found->i();
  }
  static double real(const onnx::NodeProto& node, const std::string& name) {
    return static_cast<double>(attribute(node, name)->f());
  }
  static std::vector<double> list(const onnx::NodeProto& node, const std::string& name) {
    const auto& ints = attribute(node, name)->ints();
    return {ints.begin(), ints.end()};
  }

  template <class Body>
  static void for_each_row(OnnxValue& value, Body&& body) {
    const std::size_t size = value.shape.back();
    for (std::size_t at = 0; at < value.elements.size(); at += size) body(value.elements.data() + at, size);
  }

  /// Calls body(index in the whole, indices) for all elements of a shape.
  template <class Body>
  static void for_each_index(const std::vector<std::size_t>& shape, Body&& body) {
    const OnnxValue whole{shape, {}};
    std::vector<std::size_t> at(shape.size(), 0);
    const std::size_t count = whole.span(0, shape.size());
    for (std::size_t i = 0; i < count; ++i) {
      body(i, at);
      for (std::size_t axis = shape.size(); axis-- > 0;) {
        if (++at[axis] < shape[axis]) break;
        at[axis] = 0;
      }
    }
  }

  /// The element that broadcasting puts at `at`, whose last axes are those of x.
  static double element(const OnnxValue& x, const std::vector<std::size_t>& at) {
    std::size_t index = 0;
    for (std::size_t axis = 0; axis < x.rank(); ++axis)
      index = index * x.shape[axis] + (x.shape[axis] == 1 ? 0 : at[at.size() - x.rank() + axis]);
    return x.elements[index];
  }

  static OnnxValue broadcast(const OnnxValue& a, const OnnxValue& b, Binary op) {
    OnnxValue out;
    out.shape.assign(std::max(a.rank(), b.rank()), 1);
    for (const OnnxValue* x : {&a, &b})
      for (std::size_t axis = 0; axis < x->rank(); ++axis) {
        std::size_t& size = out.shape[out.rank() - x->rank() + axis];
        if (size != 1 && x->shape[axis] != 1 && size != x->shape[axis]) throw std::runtime_error("shapes differ");
        size = std::max(size, x->shape[axis]);
      }
    out.elements.resize(out.span(0, out.rank()));
    for_each_index(out.shape, [&](std::size_t i, const std::vector<std::size_t>& at) {
      out.elements[i] = op(element(a, at), element(b, at));
    });
    return out;
  }

  static OnnxValue gather(const OnnxValue& table, const OnnxValue& places, std::int64_t at) {
    const std::size_t axis = table.axis(at);
    OnnxValue out;
    out.shape.assign(table.shape.begin(), table.shape.begin() + static_cast<std::ptrdiff_t>(axis));
    out.shape.insert(out.shape.end(), places.shape.begin(), places.shape.end());
    out.shape.insert(out.shape.end(), table.shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, table.shape.end());
    const std::size_t inner = table.span(axis + 1, table.rank());
    for (std::size_t outer = 0; outer < table.span(0, axis); ++outer)
      for (const double place : places.elements) {
        if (place < 0 || place >= static_cast<double>(table.shape[axis])) throw std::runtime_error("no such row");
        const std::size_t from = (outer * table.shape[axis] + static_cast<std::size_t>(place)) * inner;
        out.elements.insert(out.elements.end(), table.elements.begin() + static_cast<std::ptrdiff_t>(from),
                            table.elements.begin() + static_cast<std::ptrdiff_t>(from + inner));
      }
    return out;
  }

  static OnnxValue multiply(const OnnxValue& a, const OnnxValue& b) {
    const std::size_t rows = a.shape[a.rank() - 2];
    const std::size_t depth = a.shape.back();
    const std::size_t columns = b.shape.back();
    if (b.shape[b.rank() - 2] != depth) throw std::runtime_error("the product's shapes differ");
    const std::size_t batch = a.span(0, a.rank() - 2);
    OnnxValue out;
    out.shape = a.shape;
    out.shape.back() = columns;
    out.elements.assign(batch * rows * columns, 0.0);
    for (std::size_t i = 0; i < batch; ++i) {
      const double* right = b.elements.data() + (b.rank() == 2 ? 0 : i * depth * columns);
      for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t k = 0; k < depth; ++k)
          for (std::size_t j = 0; j < columns; ++j)
            out.elements[(i * rows + r) * columns + j] +=
                a.elements[(i * rows + r) * depth + k] * right[k * columns + j];
    }
    return out;
  }

  static OnnxValue reduce(const OnnxValue& x, const std::vector<double>& axes, Binary op) {
    const std::size_t axis = x.axis(static_cast<std::int64_t>(axes.at(0)));
    OnnxValue out = slice(x, axis, 0, 1);
    const std::size_t inner = x.span(axis + 1, x.rank());
    for (std::size_t i = 0; i < out.elements.size(); ++i)
      for (std::size_t k = 1; k < x.shape[axis]; ++k)
        out.elements[i] = op(out.elements[i], x.elements[(i / inner * x.shape[axis] + k) * inner + i % inner]);
    return out;
  }

  static OnnxValue slice(const OnnxValue& x, std::size_t axis, std::size_t begin, std::size_t end) {
    end = std::min(end, x.shape[axis]);
    OnnxValue out;
    out.shape = x.shape;
    out.shape[axis] = end - begin;
    const std::size_t inner = x.span(axis + 1, x.rank());
    for (std::size_t outer = 0; outer < x.span(0, axis); ++outer) {
      const auto from = x.elements.begin() + static_cast<std::ptrdiff_t>(outer * x.shape[axis] * inner);
      out.elements.insert(out.elements.end(), from + static_cast<std::ptrdiff_t>(begin * inner),
                          from + static_cast<std::ptrdiff_t>(end * inner));
    }
    return out;
  }

  static OnnxValue concat(const std::vector<const OnnxValue*>& parts, std::size_t axis) {
    OnnxValue out;
    out.shape = parts.front()->shape;
    out.shape[axis] = 0;
    for (const OnnxValue* part : parts) out.shape[axis] += part->shape[axis];
    for (std::size_t outer = 0; outer < out.span(0, axis); ++outer)
      for (const OnnxValue* part : parts) {
        const std::size_t size = part->span(axis, part->rank());
        const auto from = part->elements.begin() + static_cast<std::ptrdiff_t>(outer * size);
        out.elements.insert(out.elements.end(), from, from + static_cast<std::ptrdiff_t>(size));
      }
    return out;
  }

  static OnnxValue transpose(const OnnxValue& x, const std::vector<double>& order) {
    OnnxValue out;
    for (const double axis : order) out.shape.push_back(x.shape[static_cast<std::size_t>(axis)]);
    out.elements.resize(x.elements.size());
    for_each_index(out.shape, [&](std::size_t i, const std::vector<std::size_t>& at) {
      std::vector<std::size_t> from(at.size());
      for (std::size_t axis = 0; axis < at.size(); ++axis) from[static_cast<std::size_t>(order[axis])] = at[axis];
      out.elements[i] = element(x, from);
    });
    return out;
  }

  const onnx::GraphProto& graph_;
  std::map<std::string, OnnxValue> values_;
};

}  // namespace test
