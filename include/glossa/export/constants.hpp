// Numbers, and tensors of a model's weights, come in; constants of a graph go out, whose bytes are made when written.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/half.hpp>
#include <glossa/encoder/layer_names.hpp>
#include <glossa/encoder/linear_parts.hpp>
#include <glossa/export/graph.hpp>
#include <glossa/model/tensor.hpp>
#include <glossa/model/weights.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace glossa::detail {

/// The type of a graph's constants that are made of `T`.
template <class T>
[[nodiscard]] constexpr GraphType graph_type_of() noexcept {
  if constexpr (std::is_same_v<T, float>) return GraphType::f32;
  if constexpr (std::is_same_v<T, std::int64_t>) return GraphType::i64;
  if constexpr (std::is_same_v<T, std::int32_t>) return GraphType::i32;
  if constexpr (std::is_same_v<T, std::int8_t>) return GraphType::i8;
  if constexpr (std::is_same_v<T, std::uint8_t>) return GraphType::u8;
  return GraphType::boolean;
}

/// Numbers that are at hand.
template <class T>
[[nodiscard]] GraphConstant constant_of(std::string name, Shape shape, std::vector<T> values) {
  return {std::move(name), graph_type_of<T>(), std::move(shape),
          [values = std::move(values)](const GraphSink& sink) { sink(std::as_bytes(std::span(values))); }};
}

/// Floats go to a constant of type f32 or f16. Errors: `unsupported` for numbers that half precision cannot hold.
inline void write_floats(const GraphSink& sink, GraphType type, std::span<const float> values,
                         const std::string& name) {
  if (type == GraphType::f32) return sink(std::as_bytes(values));
  std::vector<std::uint16_t> halves(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!(std::fabs(values[i]) <= 65504.0F))
      throw Error(ErrorKind::unsupported, {.field = name,
                                           .problem = "a weight is too large for half precision",
                                           .found = std::to_string(values[i]),
                                           .remedy = "export with precision f32"});
    halves[i] = float_to_half(values[i]);
  }
  sink(std::as_bytes(std::span<const std::uint16_t>(halves)));
}

/// Floats that are at hand, as f32 or f16.
[[nodiscard]] inline GraphConstant float_constant(std::string name, GraphType type, Shape shape,
                                                  std::vector<float> values) {
  return {name, type, std::move(shape),
          [name, type, values = std::move(values)](const GraphSink& sink) { write_floats(sink, type, values, name); }};
}

/// Calls take(first row, rows) for some rows of a matrix of the weights [rows, columns] at a time. Errors: those of
/// Weights; `corrupt_file` for numbers that are not finite.
template <class Take>
void for_each_rows(const Weights& weights, const std::string& name, std::size_t rows, std::size_t columns,
                   Take&& take) {
  const TensorSource& source = weights.at(name, {rows, columns});
  const std::size_t step = std::max<std::size_t>(1, (std::size_t{1} << 18) / columns);
  std::vector<float> values(std::min(step, rows) * columns);
  for (std::size_t first = 0; first < rows; first += step) {
    const std::size_t count = std::min(step, rows - first);
    source.file->read(*source.info, first * columns, count * columns, values.data());
    for (std::size_t i = 0; i < count * columns; ++i)
      if (!std::isfinite(values[i]))
        throw Error(ErrorKind::corrupt_file,
                    {.file = source.file->name(),
                     .field = weights.prefix() + name,
                     .problem = "element " + std::to_string(first * columns + i) + " is not a finite number",
                     .remedy = "fetch the file again"});
    take(first, std::span<const float>(values.data(), count * columns));
  }
}

/// A table of the weights, row by row.
[[nodiscard]] inline GraphConstant table_constant(const Weights& weights, const std::string& name, GraphType type,
                                                  std::size_t rows, std::size_t columns) {
  (void)weights.at(name, {rows, columns});
  return {name, type, {rows, columns}, [&weights, name, type, rows, columns](const GraphSink& sink) {
            for_each_rows(weights, name, rows, columns,
                          [&](std::size_t, std::span<const float> some) { write_floats(sink, type, some, name); });
          }};
}

/// A vector of the weights, or several one after another.
[[nodiscard]] inline GraphConstant vector_constant(const Weights& weights, std::string name, GraphType type,
                                                   const std::vector<std::string>& parts, std::size_t size) {
  std::vector<float> values;
  for (const std::string& part : parts) {
    const std::vector<float> some = weights.read<float>(part, {size});
    values.insert(values.end(), some.begin(), some.end());
  }
  const Shape shape{values.size()};
  return float_constant(std::move(name), type, shape, std::move(values));
}

/// The matrix of a linear layer, transposed to [inputs, columns] as graphs multiply by it.
template <class T>
[[nodiscard]] std::vector<T> transposed(std::span<const T> rows, std::size_t inputs) {
  const std::size_t columns = rows.size() / inputs;
  std::vector<T> out(rows.size());
  constexpr std::size_t kTile = 32;
  for (std::size_t r = 0; r < columns; r += kTile)
    for (std::size_t k = 0; k < inputs; ++k)
      for (std::size_t j = r; j < std::min(r + kTile, columns); ++j) out[k * columns + j] = rows[j * inputs + k];
  return out;
}

[[nodiscard]] inline GraphConstant matrix_constant(const Weights& weights, const LinearName& name, GraphType type) {
  for (const std::string& part : name.parts) (void)weights.at(part + ".weight", {name.outputs, name.inputs});
  const std::string constant = name.joined + ".weight";
  return {constant, type, {name.inputs, name.columns()}, [&weights, name, type, constant](const GraphSink& sink) {
            std::vector<float> joined = joined_weights(weights, name);
            joined = transposed<float>(joined, name.inputs);
            write_floats(sink, type, joined, constant);
          }};
}

}  // namespace glossa::detail
