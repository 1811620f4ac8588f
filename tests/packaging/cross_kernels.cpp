// Compares the 8-bit kernels that this was compiled for with those in plain C++: rows, and products over many shapes.
// No test library, and so none for the other processor.
#include <glossa/core/half.hpp>
#include <glossa/kernels/dispatch.hpp>
#include <glossa/kernels/int8_matrix.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace glossa::detail;

std::size_t checks = 0;
std::size_t failures = 0;

void check(bool holds, const char* what, std::size_t rows, std::size_t depth, std::size_t columns) {
  ++checks;
  if (holds) return;
  if (++failures <= 10) std::printf("%s: %zu x %zu x %zu\n", what, rows, depth, columns);
}

std::vector<float> random_values(std::size_t count, float least, float most) {
  static std::mt19937 engine(1);
  std::uniform_real_distribution<float> distribution(least, most);
  std::vector<float> values(count);
  for (float& value : values) value = distribution(engine);
  return values;
}

struct Rows {
  Rows(RowForm row_form, std::size_t rows, std::size_t depth, int zero_point)
      : form(row_form),
        stride(row_bytes(form, depth)),
        groups(int8_groups(depth)),
        zero(zero_point),
        values(rows * stride),
        scales(rows * groups) {}
  [[nodiscard]] QuantizedRows view(std::size_t first = 0) const {
    return {const_cast<std::byte*>(values.data()) + first * stride, stride,
            const_cast<float*>(scales.data()) + first * groups, groups, zero};
  }
  [[nodiscard]] int operator()(std::size_t row, std::size_t k) const {
    if (form == RowForm::wide) {
      std::int16_t value;
      std::memcpy(&value, values.data() + row * stride + 2 * k, sizeof value);
      return value;
    }
    const auto byte = std::to_integer<std::uint8_t>(values[row * stride + k]);
    return (form == RowForm::unsigned_byte ? byte : static_cast<std::int8_t>(byte) + 128) - zero;
  }
  RowForm form;
  std::size_t stride;
  std::size_t groups;
  int zero;
  std::vector<std::byte> values;
  std::vector<float> scales;
};

bool same(const Rows& a, const Rows& b, std::size_t rows, std::size_t depth) {
  if (a.scales != b.scales) return false;
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t k = 0; k < depth; ++k)
      if (a(r, k) != b(r, k)) return false;
  return true;
}

Rows quantize(const Int8Kernels& kernels, const std::vector<float>& x, std::size_t rows, std::size_t depth, int zero,
              const float* factors) {
  Rows out(kernels.form, rows, depth, zero);
  kernels.quantize({x.data(), depth, rows, depth, factors, out.view()});
  return out;
}

void compare(const Int8Kernels& own, const Int8Kernels& oracle, std::size_t rows, std::size_t depth,
             std::size_t columns, int zero, bool with_factors) {
  const auto x = random_values(rows * depth, zero == kZeroOfSigned ? -1.0F : -0.17F, 1.0F);
  const auto factors = random_values(depth, 0.1F, 1.0F);
  const float* used = with_factors ? factors.data() : nullptr;
  const Rows a = quantize(own, x, rows, depth, zero, used);
  const Rows b = quantize(oracle, x, rows, depth, zero, used);
  check(same(a, b, rows, depth), "rows", rows, depth, columns);

  Int8Matrix matrix(depth, columns);
  matrix.set_columns_from_rows(0, columns, random_values(columns * depth, -1, 1).data(), depth, depth);
  const std::size_t wide = matrix.columns();
  const auto bias = random_values(wide, -1, 1);
  const auto operands = [&](const Rows& from, std::size_t first, std::size_t count,
                            const std::vector<std::int32_t>& offsets) {
    Int8Product p{};
    p.a = from.view(first);
    p.rows = count;
    p.b = matrix.panel(0);
    p.depth = matrix.depth();
    p.columns = wide;
    p.b_scales = matrix.scales().data();
    p.b_offsets = offsets.data();
    p.b_stride = wide;
    p.bias = bias.data();
    p.epilogue = with_factors ? Epilogue::gelu : Epilogue::none;
    p.c_stride = wide;
    return p;
  };
  const auto own_offsets = matrix.offsets(own.form, zero);
  const auto oracle_offsets = matrix.offsets(oracle.form, zero);
  std::vector<float> got(rows * wide);
  std::vector<float> expected(rows * wide);
  Int8Product p = operands(a, 0, rows, own_offsets);
  p.c = got.data();
  own.multiply(p);
  p = operands(b, 0, rows, oracle_offsets);
  p.c = expected.data();
  oracle.multiply(p);
  float worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i)
    worst = std::max(worst, std::abs(got[i] - expected[i]) / std::max(1.0F, std::abs(expected[i])));
  check(worst < 5e-7F + 1e-7F * std::sqrt(static_cast<float>(depth)), "product", rows, depth, columns);

  std::vector<float> alone(wide);
  for (std::size_t r = 0; r < rows; ++r) {
    p = operands(a, r, 1, own_offsets);
    p.c = alone.data();
    own.multiply(p);
    check(std::memcmp(alone.data(), got.data() + r * wide, wide * sizeof(float)) == 0, "a row alone", rows, depth,
          columns);
  }
  std::vector<std::uint16_t> rounded(rows * wide);
  p = operands(a, 0, rows, own_offsets);
  p.rounded = rounded.data();
  own.multiply(p);
  check(std::equal(got.begin(), got.end(), rounded.begin(),
                   [](float x_, std::uint16_t bits) { return float_to_bfloat16(x_) == bits; }),
        "bfloat16 numbers", rows, depth, columns);
  Rows next(own.form, rows, wide, kZeroOfActivated);
  p = operands(a, 0, rows, own_offsets);
  p.next = next.view();
  own.multiply(p);
  check(same(next, quantize(own, got, rows, wide, kZeroOfActivated, nullptr), rows, wide), "rows for the next", rows,
        depth, columns);
}

}  // namespace

int main(int argc, char** argv) {
  const Int8Kernels own = kernels_of<float>(glossa::CpuLevel::portable).int8;
  const Int8Kernels oracle{RowForm::wide, &portable::quantize, &portable::multiply_int8};
  const bool expects_dots = argc > 1 && argv[1] == std::string("dot");
  check((own.form == RowForm::signed_byte) == expects_dots, "kernels", 0, 0, 0);
  for (const std::size_t depth : {1u, 3u, 4u, 7u, 16u, 30u, 127u, 128u, 129u, 200u, 257u, 384u, 389u})
    for (const std::size_t rows : {1u, 2u, 3u, 4u, 5u, 6u, 7u, 11u, 13u})
      for (const std::size_t columns : {1u, 16u, 33u, 130u})
        for (const int zero : {kZeroOfActivated, kZeroOfSigned})
          for (const bool with_factors : {false, true}) compare(own, oracle, rows, depth, columns, zero, with_factors);
  compare(own, oracle, 101, 140, 150, kZeroOfSigned, false);
  compare(own, oracle, 3, 2000, 20, kZeroOfActivated, true);
  for (const float bad : {std::nanf(""), HUGE_VALF, -HUGE_VALF, 0.0F, 1e-40F}) {
    std::vector<float> x(300, 0.25F);
    std::fill_n(x.begin() + 128, 128, bad);
    const Rows a = quantize(own, x, 1, x.size(), kZeroOfSigned, nullptr);
    const Rows b = quantize(oracle, x, 1, x.size(), kZeroOfSigned, nullptr);
    check(std::isfinite(a.scales[1]) == std::isfinite(bad), "a scale", 1, 300, 0);
    for (std::size_t k = 0; k < x.size(); ++k) check(a(0, k) == b(0, k), "an integer", 1, 300, k);
  }
  std::printf("%s: %zu comparisons of 8-bit kernels, %zu failed\n", isa_name(), checks, failures);
  return failures == 0 ? 0 : 1;
}
