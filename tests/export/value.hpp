// Tensors of graphs that tests run, of any type, as doubles; and how their elements are met.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace test {

/// A tensor of any type, its elements as doubles.
struct Value {
  std::vector<std::size_t> shape;
  std::vector<double> elements;

  [[nodiscard]] std::size_t rank() const { return shape.size(); }
  /// The place of an axis that may be counted from the end.
  [[nodiscard]] std::size_t axis(double at) const {
    return static_cast<std::size_t>(at < 0 ? at + static_cast<double>(rank()) : at);
  }
  /// Product of the sizes of the axes [from, to).
  [[nodiscard]] std::size_t span(std::size_t from, std::size_t to) const {
    return std::accumulate(shape.begin() + static_cast<std::ptrdiff_t>(from),
                           shape.begin() + static_cast<std::ptrdiff_t>(to), std::size_t{1}, std::multiplies<>());
  }
};

/// f(x) for all elements.
template <class F>
Value map(Value x, F&& f) {
  for (double& element : x.elements) element = f(element);
  return x;
}

/// Calls body(elements, their number) for each row along the last axis, which it may change.
template <class Body>
Value by_rows(Value x, Body&& body) {
  const std::size_t size = x.shape.back();
  for (std::size_t at = 0; at < x.elements.size(); at += size) body(x.elements.data() + at, size);
  return x;
}

/// Calls body(index in the whole, indices) for all elements of a shape.
template <class Body>
void for_each_index(const std::vector<std::size_t>& shape, Body&& body) {
  const Value whole{shape, {}};
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
inline double element_at(const Value& x, const std::vector<std::size_t>& at) {
  std::size_t index = 0;
  for (std::size_t axis = 0; axis < x.rank(); ++axis)
    index = index * x.shape[axis] + (x.shape[axis] == 1 ? 0 : at[at.size() - x.rank() + axis]);
  return x.elements[index];
}

/// The shape that both are broadcast to.
inline std::vector<std::size_t> common_shape(const Value& a, const Value& b) {
  std::vector<std::size_t> out(std::max(a.rank(), b.rank()), 1);
  for (const Value* x : {&a, &b})
    for (std::size_t axis = 0; axis < x->rank(); ++axis) {
      std::size_t& size = out[out.size() - x->rank() + axis];
      if (size != 1 && x->shape[axis] != 1 && size != x->shape[axis]) throw std::runtime_error("shapes differ");
      size = std::max(size, x->shape[axis]);
    }
  return out;
}

/// op(a, b) for all elements.
template <class Op>
Value broadcast(const Value& a, const Value& b, Op&& op) {
  Value out{common_shape(a, b), {}};
  out.elements.resize(out.span(0, out.rank()));
  for_each_index(out.shape, [&](std::size_t i, const std::vector<std::size_t>& at) {
    out.elements[i] = op(element_at(a, at), element_at(b, at));
  });
  return out;
}

inline Value sum_of(const Value& a, const Value& b) {
  return broadcast(a, b, [](double x, double y) { return x + y; });
}
inline Value difference_of(const Value& a, const Value& b) {
  return broadcast(a, b, [](double x, double y) { return x - y; });
}
inline Value product_of(const Value& a, const Value& b) {
  return broadcast(a, b, [](double x, double y) { return x * y; });
}

}  // namespace test
