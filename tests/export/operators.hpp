// Tensors come in; what the operators of exported graphs give for them goes out, by the operators' definitions.
#pragma once

#include "value.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace test {

inline Value gather(const Value& table, const Value& places, double at) {
  const std::size_t axis = table.axis(at);
  Value out;
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

inline Value slice(const Value& x, std::size_t axis, std::size_t begin, std::size_t end) {
  end = std::min(end, x.shape.at(axis));
  Value out;
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

inline Value concat(const std::vector<const Value*>& parts, double at) {
  const std::size_t axis = parts.front()->axis(at);
  Value out;
  out.shape = parts.front()->shape;
  out.shape[axis] = 0;
  for (const Value* part : parts) out.shape[axis] += part->shape[axis];
  for (std::size_t outer = 0; outer < out.span(0, axis); ++outer)
    for (const Value* part : parts) {
      const std::size_t size = part->span(axis, part->rank());
      const auto from = part->elements.begin() + static_cast<std::ptrdiff_t>(outer * size);
      out.elements.insert(out.elements.end(), from, from + static_cast<std::ptrdiff_t>(size));
    }
  return out;
}

inline Value transpose(const Value& x, const std::vector<double>& order) {
  Value out;
  for (const double axis : order) out.shape.push_back(x.shape.at(static_cast<std::size_t>(axis)));
  out.elements.resize(x.elements.size());
  for_each_index(out.shape, [&](std::size_t i, const std::vector<std::size_t>& at) {
    std::vector<std::size_t> from(at.size());
    for (std::size_t axis = 0; axis < at.size(); ++axis) from[static_cast<std::size_t>(order[axis])] = at[axis];
    out.elements[i] = element_at(x, from);
  });
  return out;
}

/// With the last two axes exchanged.
inline Value transpose(const Value& x) {
  std::vector<double> order(x.rank());
  std::iota(order.begin(), order.end(), 0.0);
  std::swap(order.at(x.rank() - 1), order.at(x.rank() - 2));
  return transpose(x, order);
}

/// b: a matrix, or as many as a has.
inline Value multiply(const Value& a, const Value& b) {
  const std::size_t rows = a.shape.at(a.rank() - 2);
  const std::size_t depth = a.shape.back();
  const std::size_t columns = b.shape.back();
  const std::size_t batch = a.span(0, a.rank() - 2);
  if (b.shape.at(b.rank() - 2) != depth) throw std::runtime_error("the product's shapes differ");
  if (b.rank() > 2 && b.span(0, b.rank() - 2) != batch) throw std::runtime_error("the product's batches differ");
  Value out;
  out.shape = a.shape;
  out.shape.back() = columns;
  out.elements.assign(batch * rows * columns, 0.0);
  for (std::size_t i = 0; i < batch; ++i) {
    const double* right = b.elements.data() + (b.rank() == 2 ? 0 : i * depth * columns);
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t k = 0; k < depth; ++k)
        for (std::size_t j = 0; j < columns; ++j)
          out.elements[(i * rows + r) * columns + j] += a.elements[(i * rows + r) * depth + k] * right[k * columns + j];
  }
  return out;
}

/// Along one axis, which stays with size 1.
template <class Op>
Value reduce(const Value& x, const std::vector<double>& axes, Op&& op) {
  const std::size_t axis = x.axis(axes.at(0));
  Value out = slice(x, axis, 0, 1);
  const std::size_t inner = x.span(axis + 1, x.rank());
  for (std::size_t i = 0; i < out.elements.size(); ++i)
    for (std::size_t k = 1; k < x.shape[axis]; ++k)
      out.elements[i] = op(out.elements[i], x.elements[(i / inner * x.shape[axis] + k) * inner + i % inner]);
  return out;
}
inline Value reduce_sum(const Value& x, const std::vector<double>& axes) {
  return reduce(x, axes, [](double a, double b) { return a + b; });
}
inline Value reduce_max(const Value& x, const std::vector<double>& axes) {
  return reduce(x, axes, [](double a, double b) { return std::max(a, b); });
}
inline Value reduce_l2(const Value& x, const std::vector<double>& axes) {
  return map(reduce_sum(map(x, [](double one) { return one * one; }), axes), [](double one) { return std::sqrt(one); });
}

inline Value unsqueeze(Value x, const std::vector<double>& axes) {
  for (const double axis : axes) x.shape.insert(x.shape.begin() + static_cast<std::ptrdiff_t>(axis), 1);
  return x;
}
inline Value squeeze(Value x, const std::vector<double>& axes) {
  for (const double axis : axes) {
    if (x.shape.at(static_cast<std::size_t>(axis)) != 1) throw std::runtime_error("no axis of size 1");
    x.shape.erase(x.shape.begin() + static_cast<std::ptrdiff_t>(axis));
  }
  return x;
}

/// 0 in sizes: as it was.
inline Value reshape(Value x, const std::vector<double>& sizes) {
  const std::vector<std::size_t> before = std::move(x.shape);
  x.shape.clear();
  std::size_t known = 1;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    x.shape.push_back(sizes[i] == 0 ? before.at(i) : sizes[i] < 0 ? 1 : static_cast<std::size_t>(sizes[i]));
    known *= x.shape.back();
  }
  for (std::size_t i = 0; i < sizes.size(); ++i)
    if (sizes[i] < 0) x.shape[i] = x.elements.size() / known;  // what is left
  if (x.span(0, x.rank()) != x.elements.size()) throw std::runtime_error("a shape for other elements");
  return x;
}

inline Value shape_of(const Value& x) {
  Value out{{x.rank()}, {}};
  for (const std::size_t size : x.shape) out.elements.push_back(static_cast<double>(size));
  return out;
}

inline Value range(double from, double to, double step) {
  Value out{{0}, {}};
  for (double x = from; x < to; x += step) out.elements.push_back(x);
  out.shape[0] = out.elements.size();
  return out;
}

/// Along the last axis.
inline Value running_sum(const Value& x) {
  return by_rows(x, [](double* row, std::size_t size) { std::partial_sum(row, row + size, row); });
}

inline Value select(const Value& condition, const Value& yes, const Value& no) {
  const Value chosen = broadcast(condition, yes, [](double c, double a) { return c != 0 ? a : std::nan(""); });
  return broadcast(chosen, no, [](double a, double b) { return std::isnan(a) ? b : a; });
}

inline Value softmax(const Value& x) {
  return by_rows(x, [](double* row, std::size_t size) {
    const double most = *std::max_element(row, row + size);
    double sum = 0;
    for (std::size_t i = 0; i < size; ++i) sum += row[i] = std::exp(row[i] - most);
    for (std::size_t i = 0; i < size; ++i) row[i] /= sum;
  });
}

/// Each row with mean 0 and variance 1.
inline Value normalized(const Value& x, double epsilon) {
  return by_rows(x, [&](double* row, std::size_t size) {
    const double mean = std::accumulate(row, row + size, 0.0) / static_cast<double>(size);
    double variance = 0;
    for (std::size_t i = 0; i < size; ++i) variance += (row[i] - mean) * (row[i] - mean) / static_cast<double>(size);
    for (std::size_t i = 0; i < size; ++i) row[i] = (row[i] - mean) / std::sqrt(variance + epsilon);
  });
}

/// softmax(q · kᵀ / √size + mask) · v, each [batch, heads, length, size].
inline Value attention(const Value& q, const Value& k, const Value& v, const Value& mask) {
  const double scale = 1 / std::sqrt(static_cast<double>(q.shape.back()));
  const Value scores = map(multiply(q, transpose(k)), [&](double x) { return x * scale; });
  return multiply(softmax(sum_of(scores, mask)), v);
}

inline double gelu(double x) { return x * 0.5 * (1 + std::erf(x / std::sqrt(2.0))); }
inline double gelu_by_tanh(double x) {
  return x * 0.5 * (1 + std::tanh(std::sqrt(2 / std::acos(-1.0)) * (x + 0.044715 * x * x * x)));
}

/// Adds an operator that takes each element of two tensors, or of one, for itself, to an interpreter's.
template <class Operators>
void add_binary(Operators& to, const char* op, double (*f)(double, double)) {
  to[op] = [f](const auto&, const auto& in) { return broadcast(*in.at(0), *in.at(1), f); };
}
template <class Operators>
void add_unary(Operators& to, const char* op, double (*f)(double)) {
  to[op] = [f](const auto&, const auto& in) { return map(*in.at(0), f); };
}

}  // namespace test
