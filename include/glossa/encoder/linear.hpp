// Rows come in; they go out multiplied by a weight matrix, plus a bias.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/crew.hpp>
#include <glossa/encoder/input_statistics.hpp>
#include <glossa/encoder/int4_weights.hpp>
#include <glossa/encoder/int8_weights.hpp>
#include <glossa/encoder/layer_names.hpp>
#include <glossa/encoder/weight_form.hpp>
#include <glossa/kernels/bf16_matrix.hpp>
#include <glossa/kernels/int4_matrix.hpp>
#include <glossa/kernels/int8_matrix.hpp>
#include <glossa/kernels/kernels.hpp>
#include <glossa/kernels/operations.hpp>
#include <glossa/kernels/packed_matrix.hpp>
#include <glossa/model/weights.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// The rows that go into a product, in the form that its kernel reads: floats, or quantized or rounded ones.
template <class T>
struct LinearRows {
  const T* floats = nullptr;
  std::size_t stride = 0;          // of floats
  AlignedBuffer<T> own_floats;     // where they are a layer's result
  AlignedBuffer<std::byte> bytes;  // quantized or rounded rows
  AlignedBuffer<float> scales;     // of quantized ones
};

/// y = x·Wᵀ + b, with W [out, in] as in PyTorch's Linear; several such layers with the same input can be one.
template <class T>
class Linear {
 public:
  Linear() = default;

  /// Reads the weights of `name` and their biases. Those of 8 and 4 bits are mapped where the file holds them, else
  /// made, 8-bit ones with what is known of the layer's input.
  Linear(const Kernels<T>& kernels, WeightForm form, const Weights& weights, const LinearName& name,
         const InputStatistics* input = nullptr)
      : inputs_(name.inputs), zero_(name.activated ? kZeroOfActivated : kZeroOfSigned) {
    const bool mapped = form != WeightForm::full && stored_form(weights) == form;
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
      if (form == WeightForm::int8) {
        int8_ = mapped ? map_linear(weights, name) : quantize_linear(weights, name, input);
        offsets_ = int8_.matrix.offsets(kernels.int8.form, zero_);
        // The layer before multiplies all columns that it writes by them, those behind its last one too.
        if (!int8_.factors.empty()) int8_.factors.resize(round_up(inputs_, kInt8Columns), 1.0F);
        for (std::size_t j = 0; j < int8_.correction.size(); ++j) bias_.data()[j] += int8_.correction[j];
      }
      if (form == WeightForm::bf16) {
        bf16_ = Bf16Matrix(name.inputs, name.columns());
        for_each_part<float>(weights, name, [&](std::size_t first, const float* rows) {
          bf16_.set_columns_from_rows(first, name.outputs, rows, name.inputs, name.inputs);
        });
      }
      if (form == WeightForm::int4) int4_ = mapped ? map_int4(weights, name) : round_to_int4(weights, name);
    }
    if (form == WeightForm::full) {
      packed_ = PackedMatrix<T>(name.inputs, stride(), kernels.panel);
      for_each_part<T>(weights, name, [&](std::size_t first, const T* rows) {
        packed_.set_columns_from_rows(first, name.outputs, rows, name.inputs);
      });
    }
  }

  /// Elements from row to row that multiply() needs in y: the number of outputs, rounded up to what the kernels write.
  [[nodiscard]] std::size_t stride() const noexcept { return bias_.size(); }

  /// Brings rows x [rows, inputs] with x_stride into the form for multiply(); the crew shares the rows.
  void prepare(const Kernels<T>& kernels, Crew& crew, const T* x, std::size_t x_stride, std::size_t rows,
               LinearRows<T>& out) const {
    make_room(kernels, rows, out);
    if constexpr (std::is_same_v<T, float>) {
      if (is_int8())
        return crew.for_each_range(rows, [&](std::size_t begin, std::size_t end, std::size_t) {
          kernels.int8.quantize(
              {x + begin * x_stride, x_stride, end - begin, inputs_, factors(), quantized_rows(kernels, out, begin)});
        });
      if (is_rounded()) {
        const std::size_t bytes = rounded_bytes(kernels);
        return crew.for_each_range(rows, [&](std::size_t begin, std::size_t end, std::size_t) {
          kernels.bf16.round(
              {x + begin * x_stride, x_stride, end - begin, inputs_, out.bytes.data() + begin * bytes, bytes});
        });
      }
    }
    out.floats = x;
    out.stride = x_stride;
  }

  /// y = x·Wᵀ + b, [rows, stride()], of prepared rows. The crew shares the columns of y.
  void multiply(const Kernels<T>& kernels, Crew& crew, const LinearRows<T>& x, std::size_t rows, T* y) const {
    for_each_columns(crew, unit(kernels), [&](std::size_t first, std::size_t count) {
      if constexpr (std::is_same_v<T, float>) {
        if (is_int8()) {
          Int8Product product = int8_product(kernels, x, rows, first, count);
          product.c = y + first;
          product.c_stride = stride();
          return kernels.int8.multiply(product);
        }
        if (is_rounded())
          return multiply_rounded(kernels, x, rows, first, count, [&](auto& product) {
            product.c = y + first;
            product.c_stride = stride();
          });
      }
      kernels.multiply({x.floats, x.stride, rows, packed_.panel(first), inputs_, count, y + first, stride(),
                        bias_.data() + first, Epilogue::none});
    });
  }

  /// The same, rounded to bfloat16: for weights of 4, 8 or 16 bits.
  void multiply_to_bf16(const Kernels<float>& kernels, Crew& crew, const LinearRows<float>& x, std::size_t rows,
                        std::uint16_t* y) const requires std::is_same_v<T, float> {
    for_each_columns(crew, unit(kernels), [&](std::size_t first, std::size_t count) {
      if (is_int8()) {
        Int8Product product = int8_product(kernels, x, rows, first, count);
        product.rounded = y + first;
        product.c_stride = stride();
        return kernels.int8.multiply(product);
      }
      multiply_rounded(kernels, x, rows, first, count, [&](auto& product) {
        product.rounded = y + first;
        product.c_stride = stride();
      });
    });
  }

  /// f(x·Wᵀ + b) as rows for the product of `next`, whose input they are. Where these are rounded, so may be f.
  void multiply_for(const Linear& next, const Kernels<T>& kernels, Crew& crew, const LinearRows<T>& x, std::size_t rows,
                    Epilogue epilogue, LinearRows<T>& out) const {
    next.make_room(kernels, rows, out);
    if constexpr (std::is_same_v<T, float>) {
      if (is_int8()) {
        const std::size_t unit = std::max(this->unit(kernels), kInt8Group);
        return for_each_columns(crew, unit, [&](std::size_t first, std::size_t count) {
          Int8Product product = int8_product(kernels, x, rows, first, count);
          product.epilogue = rounded_epilogue(epilogue);
          product.next = next.quantized_rows(kernels, out, 0);
          product.next_factors = next.factors() == nullptr ? nullptr : next.factors() + first;
          product.first_column = first;
          kernels.int8.multiply(product);
        });
      }
      if (is_rounded()) {
        const std::size_t bytes = next.rounded_bytes(kernels);
        return for_each_columns(crew, unit(kernels), [&](std::size_t first, std::size_t count) {
          multiply_rounded(kernels, x, rows, first, count, [&](auto& product) {
            product.epilogue = rounded_epilogue(epilogue);
            product.next = out.bytes.data() + first * kernels.bf16.value_bytes;
            product.next_stride = bytes;
          });
        });
      }
    }
    T* y = out.own_floats.ensure(rows * stride());
    out.floats = y;
    out.stride = stride();
    for_each_columns(crew, unit(kernels), [&](std::size_t first, std::size_t count) {
      kernels.multiply({x.floats, x.stride, rows, packed_.panel(first), inputs_, count, y + first, stride(),
                        bias_.data() + first, epilogue});
    });
  }

 private:
  [[nodiscard]] bool is_int8() const noexcept { return !int8_.matrix.empty(); }
  /// Whether rows are rounded to bfloat16: for weights in it, and of 4 bits.
  [[nodiscard]] bool is_rounded() const noexcept { return !bf16_.empty() || !int4_.empty(); }
  [[nodiscard]] const float* factors() const noexcept { return int8_.factors.empty() ? nullptr : int8_.factors.data(); }

  /// Columns that the members of a crew take as a whole.
  static std::size_t unit(const Kernels<T>& kernels) { return std::max(kernels.panel, kWidestPanel); }

  /// Calls body(first, count) for ranges of whole units of columns, or what is left of the last one.
  template <class Body>
  void for_each_columns(Crew& crew, std::size_t unit, Body&& body) const {
    crew.for_each_range((stride() + unit - 1) / unit, [&](std::size_t begin, std::size_t end, std::size_t) {
      body(begin * unit, std::min(end * unit, stride()) - begin * unit);
    });
  }

  /// Bytes of a rounded row, with room for what the layer before writes behind it.
  [[nodiscard]] std::size_t rounded_bytes(const Kernels<T>& kernels) const {
    return round_up(inputs_, kWidestPanel) * kernels.bf16.value_bytes;
  }

  void make_room(const Kernels<T>& kernels, std::size_t rows, LinearRows<T>& out) const {
    if (is_int8()) {
      out.bytes.ensure(rows * row_bytes(kernels.int8.form, inputs_));
      out.scales.ensure(rows * int8_groups(inputs_));
    } else if (is_rounded()) {
      out.bytes.ensure(rows * rounded_bytes(kernels));
    }
  }

  [[nodiscard]] QuantizedRows quantized_rows(const Kernels<T>& kernels, const LinearRows<T>& rows,
                                             std::size_t first) const {
    const std::size_t bytes = row_bytes(kernels.int8.form, inputs_);
    const std::size_t groups = int8_groups(inputs_);
    return {const_cast<std::byte*>(rows.bytes.data()) + first * bytes, bytes,
            const_cast<float*>(rows.scales.data()) + first * groups, groups, zero_};
  }

  [[nodiscard]] Int8Product int8_product(const Kernels<T>& kernels, const LinearRows<T>& x, std::size_t rows,
                                         std::size_t first, std::size_t count) const {
    const Int8Matrix& matrix = int8_.matrix;
    Int8Product product{};
    product.a = quantized_rows(kernels, x, 0);
    product.rows = rows;
    product.b = matrix.panel(first);
    product.depth = matrix.depth();
    product.columns = std::min(first + count, matrix.columns()) - first;
    product.b_scales = matrix.scales().data() + first;
    product.b_offsets = offsets_.data() + first;
    product.b_stride = matrix.columns();
    product.bias = bias_.data() + first;
    return product;
  }

  /// The product of rounded rows with columns [first, first + count); place(product) tells where it goes.
  template <class Place>
  void multiply_rounded(const Kernels<T>& kernels, const LinearRows<T>& x, std::size_t rows, std::size_t first,
                        std::size_t count, Place&& place) const {
    const auto run = [&]<class B>(const B& weights, void (*kernel)(const Bf16Product<B>&)) {
      Bf16Product<B> product{x.bytes.data(), rounded_bytes(kernels), rows, weights, inputs_,
                             count,          bias_.data() + first};
      place(product);
      kernel(product);
    };
    if (int4_.empty()) {
      run(bf16_.panel(first), kernels.bf16.multiply);
    } else {
      run(int4_.panel(first), kernels.bf16.multiply_int4);
    }
  }

  std::size_t inputs_ = 0;
  int zero_ = kZeroOfSigned;
  PackedMatrix<T> packed_;
  Int8Linear int8_;
  std::vector<std::int32_t> offsets_;
  Bf16Matrix bf16_;
  Int4Matrix int4_;
  AlignedBuffer<T> bias_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
