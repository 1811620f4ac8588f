// Rows come in; they go out multiplied by a weight matrix, plus a bias.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/crew.hpp>
#include <glossa/encoder/int8_weights.hpp>
#include <glossa/encoder/layer_names.hpp>
#include <glossa/encoder/weight_form.hpp>
#include <glossa/kernels/bf16_matrix.hpp>
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

/// Buffers for the input of layers whose weights are not full.
struct LinearScratch {
  AlignedBuffer<std::byte> values;  // quantized rows
  AlignedBuffer<float> scales;
  AlignedBuffer<float> rounded;  // rows of bfloat16 numbers
};

/// y = x·Wᵀ + b, with W [out, in] as in PyTorch's Linear; several such layers with the same input can be one.
template <class T>
class Linear {
 public:
  Linear() = default;

  /// Reads the weights of `name` and their biases. 8-bit ones are mapped where the file holds them, else made.
  Linear(const Kernels<T>& kernels, WeightForm form, const Weights& weights, const LinearName& name)
      : inputs_(name.inputs) {
    const bool mapped = form == WeightForm::int8 && stored_form(weights) == form;
    // Before there is memory for them: a config.json may name any sizes.
    if (!mapped)
      for (const std::string& part : name.parts) (void)weights.at(part + ".weight", {name.outputs, name.inputs});
    bias_ = AlignedBuffer<T>(round_up(name.columns(), unit(kernels)));
    std::fill_n(bias_.data(), bias_.size(), T(0));
    for (std::size_t i = 0; i < name.parts.size(); ++i) {
      const std::vector<T> bias = weights.read<T>(name.parts[i] + ".bias", {name.outputs});
      std::copy(bias.begin(), bias.end(), bias_.data() + i * name.outputs);
    }
    if constexpr (std::is_same_v<T, float>) {
      if (form == WeightForm::int8) int8_ = mapped ? map_linear(weights, name) : quantize_linear(weights, name);
      if (form == WeightForm::bf16) {
        bf16_ = Bf16Matrix(name.inputs, name.columns());
        for_each_part<float>(weights, name, [&](std::size_t first, const float* rows) {
          bf16_.set_columns_from_rows(first, name.outputs, rows, name.inputs, name.inputs);
        });
      }
    }
    if (form == WeightForm::full) {
      packed_ = PackedMatrix<T>(name.inputs, stride(), kernels.panel);
      for_each_part<T>(weights, name, [&](std::size_t first, const T* rows) {
        packed_.set_columns_from_rows(first, name.outputs, rows, name.inputs);
      });
    }
  }

  /// Elements from row to row that apply() needs in y: the number of outputs, rounded up to what the kernels write.
  [[nodiscard]] std::size_t stride() const noexcept { return bias_.size(); }

  /// x: [rows, inputs] with x_stride; y: [rows, stride()]. The crew shares the columns of y.
  void apply(const Kernels<T>& kernels, Crew& crew, const T* x, std::size_t x_stride, std::size_t rows, T* y,
             LinearScratch& scratch, Epilogue epilogue = Epilogue::none) const {
    if constexpr (std::is_same_v<T, float>) {
      if (!int8_.empty()) return apply_int8(kernels.int8, crew, x, x_stride, rows, y, scratch, epilogue);
      if (!bf16_.empty()) return apply_bf16(kernels, crew, x, x_stride, rows, y, scratch, epilogue);
    }
    multiply(kernels, kernels.multiply, packed_, crew, x, x_stride, rows, y, epilogue);
  }

 private:
  /// Columns that the members of a crew take as a whole.
  static std::size_t unit(const Kernels<T>& kernels) { return std::max(kernels.panel, kInt8Columns); }

  template <class B>
  void multiply(const Kernels<T>& kernels, void (*kernel)(const Product<T, B>&), const auto& matrix, Crew& crew,
                const T* x, std::size_t x_stride, std::size_t rows, T* y, Epilogue epilogue) const {
    crew.for_each_range(stride() / unit(kernels), [&](std::size_t begin, std::size_t end, std::size_t) {
      const std::size_t first = begin * unit(kernels);
      kernel({x, x_stride, rows, matrix.panel(first), inputs_, (end - begin) * unit(kernels), y + first, stride(),
              bias_.data() + first, epilogue});
    });
  }

  void apply_bf16(const Kernels<float>& kernels, Crew& crew, const float* x, std::size_t x_stride, std::size_t rows,
                  float* y, LinearScratch& scratch, Epilogue epilogue) const {
    float* rounded = scratch.rounded.ensure(rows * inputs_);
    crew.for_each_range(rows, [&](std::size_t begin, std::size_t end, std::size_t) {
      kernels.small.round({x + begin * x_stride, x_stride, end - begin, inputs_, rounded + begin * inputs_, inputs_});
    });
    multiply(kernels, kernels.small.multiply_bf16, bf16_, crew, rounded, inputs_, rows, y, epilogue);
  }

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
  Bf16Matrix bf16_;
  AlignedBuffer<T> bias_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
