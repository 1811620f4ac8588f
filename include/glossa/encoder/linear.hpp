// Rows come in; they go out multiplied by a weight matrix, plus a bias.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/crew.hpp>
#include <glossa/encoder/int8_weights.hpp>
#include <glossa/encoder/layer_names.hpp>
#include <glossa/kernels/int8_matrix.hpp>
#include <glossa/kernels/kernels.hpp>
#include <glossa/kernels/operations.hpp>
#include <glossa/kernels/packed_matrix.hpp>
#include <glossa/model/weights.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// How a layer keeps its weights.
enum class WeightForm { full, int8 };

/// Buffers for the input of layers with 8-bit weights.
struct LinearScratch {
  AlignedBuffer<std::byte> values;
  AlignedBuffer<float> scales;
};

/// y = x·Wᵀ + b, with W [out, in] as in PyTorch's Linear; several such layers with the same input can be one.
template <class T>
class Linear {
 public:
  Linear() = default;

  /// Reads the weights of `name` and their biases. 8-bit ones are mapped where the file holds them, else made.
  Linear(const Kernels<T>& kernels, WeightForm form, const Weights& weights, const LinearName& name)
      : inputs_(name.inputs) {
    const bool mapped = form == WeightForm::int8 && has_int8_weights(weights);
    // Before there is memory for them: a config.json may name any sizes.
    if (!mapped)
      for (const std::string& part : name.parts) (void)weights.at(part + ".weight", {name.outputs, name.inputs});
    if constexpr (std::is_same_v<T, float>)
      if (form == WeightForm::int8) int8_ = mapped ? map_linear(weights, name) : quantize_linear(weights, name);
    bias_ = AlignedBuffer<T>(round_up(name.columns(), std::max(kernels.panel, kInt8Columns)));
    if (form == WeightForm::full) packed_ = PackedMatrix<T>(name.inputs, stride(), kernels.panel);
    std::fill_n(bias_.data(), bias_.size(), T(0));
    std::size_t first = 0;
    for (const std::string& part : name.parts) {
      if (form == WeightForm::full) {
        const std::vector<T> matrix = weights.read<T>(part + ".weight", {name.outputs, name.inputs});
        packed_.set_columns_from_rows(first, name.outputs, matrix.data(), name.inputs);
      }
      const std::vector<T> bias = weights.read<T>(part + ".bias", {name.outputs});
      std::copy(bias.begin(), bias.end(), bias_.data() + first);
      first += name.outputs;
    }
  }

  /// Elements from row to row that apply() needs in y: the number of outputs, rounded up to what the kernels write.
  [[nodiscard]] std::size_t stride() const noexcept { return bias_.size(); }

  /// x: [rows, inputs] with x_stride; y: [rows, stride()]. The crew shares the columns of y.
  void apply(const Kernels<T>& kernels, Crew& crew, const T* x, std::size_t x_stride, std::size_t rows, T* y,
             LinearScratch& scratch, Epilogue epilogue = Epilogue::none) const {
    if constexpr (std::is_same_v<T, float>)
      if (!int8_.empty()) return apply_int8(kernels.int8, crew, x, x_stride, rows, y, scratch, epilogue);
    const std::size_t unit = std::max(kernels.panel, kInt8Columns);
    crew.for_each_range(stride() / unit, [&](std::size_t begin, std::size_t end, std::size_t) {
      kernels.multiply({x, x_stride, rows, packed_.panel(begin * unit), inputs_, (end - begin) * unit, y + begin * unit,
                        stride(), bias_.data() + begin * unit, epilogue});
    });
  }

 private:
  void apply_int8(const Int8Kernels& kernels, Crew& crew, const float* x, std::size_t x_stride, std::size_t rows,
                  float* y, LinearScratch& scratch, Epilogue epilogue) const {
    const std::size_t row_bytes = kernels.row_bytes(inputs_);
    std::byte* values = scratch.values.ensure(rows * row_bytes);
    float* scales = scratch.scales.ensure(rows);
    crew.for_each_range(rows, [&](std::size_t begin, std::size_t end, std::size_t) {
      kernels.quantize({x + begin * x_stride, x_stride, end - begin, inputs_, values + begin * row_bytes, row_bytes,
                        scales + begin});
    });
    crew.for_each_range(stride() / kInt8Columns, [&](std::size_t begin, std::size_t end, std::size_t) {
      const std::size_t first = begin * kInt8Columns;
      const std::size_t columns = std::min(end * kInt8Columns, int8_.columns()) - first;
      kernels.multiply({values, row_bytes, scales, rows, int8_.panel(first), int8_.depth(), columns,
                        int8_.scales().data() + first, int8_.columns(), y + first, stride(), bias_.data() + first,
                        epilogue});
    });
  }

  std::size_t inputs_ = 0;
  PackedMatrix<T> packed_;
  Int8Matrix int8_;
  AlignedBuffer<T> bias_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
