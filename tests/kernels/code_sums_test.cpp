// A vector against stored rows, at every level: the sums of double precision, to the rounding of float.
#include "evex_vnni.hpp"
#include "levels.hpp"
#include "random_values.hpp"

#include <glossa/core/half.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

using glossa::detail::CodeSums;
using glossa::detail::Kernels;
using test::for_each_level;

namespace {

using Kernel = void (*)(const CodeSums&);

constexpr std::size_t kRows = 11;

/// The sums of rows that lie one after another; the same come out for rows that lie anywhere.
template <class Value>
std::vector<float> sums_of(Kernel kernel, const void* query, const std::vector<Value>& rows, std::size_t bytes) {
  const std::size_t stride = rows.size() * sizeof(Value) / kRows;
  const auto* first = reinterpret_cast<const std::byte*>(rows.data());
  std::vector<float> sums(kRows);
  kernel({query, first, stride, nullptr, kRows, bytes, sums.data()});
  std::vector<const std::byte*> places;
  for (std::size_t r = 0; r < kRows; ++r) places.push_back(first + (kRows - 1 - r) * stride);
  std::vector<float> reversed(kRows);
  kernel({query, nullptr, 0, places.data(), kRows, bytes, reversed.data()});
  std::reverse(reversed.begin(), reversed.end());
  CHECK(reversed == sums);
  return sums;
}

std::vector<std::uint8_t> random_bytes(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::uint8_t> bytes(count);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

/// for_each_level(), and the kernels of AVX-VNNI where the processor has those of AVX-512 alone.
template <class Check>
void for_each_code_level(Check&& check) {
  for_each_level<float>(check);
#if GLOSSA_X86_LEVELS
  if (glossa::cpu_features().avx512_vnni) {
    namespace evex = glossa::detail::avx2::evex;
    INFO("level avx2_vnni in the encoding of AVX-512");
    Kernels<float> kernels{};
    kernels.codes.int8_product = &evex::score_codes;
    kernels.codes.int8_row = &evex::code_row;
    check(kernels);
  }
#endif
}

}  // namespace

TEST_CASE("products of a vector with stored floats are those of double precision, in every form") {
  for_each_level<float>([](const Kernels<float>& kernels) {
    unsigned seed = 0;
    for (const std::size_t size : {32u, 64u, 96u, 384u, 1024u}) {
      const auto query = test::random_values<float>(size, ++seed);
      const auto rows = test::random_values<float>(kRows * size, ++seed);
      std::vector<std::uint16_t> half(rows.size());
      std::vector<std::uint16_t> brain(rows.size());
      std::transform(rows.begin(), rows.end(), half.begin(), glossa::detail::float_to_half);
      std::transform(rows.begin(), rows.end(), brain.begin(), glossa::detail::float_to_bfloat16);
      const auto f32 = sums_of(kernels.codes.f32, query.data(), rows, size * 4);
      const auto f16 = sums_of(kernels.codes.f16, query.data(), half, size * 2);
      const auto bf16 = sums_of(kernels.codes.bf16, query.data(), brain, size * 2);
      const auto check = [&](const std::vector<float>& sums, auto&& value_of) {
        for (std::size_t r = 0; r < kRows; ++r) {
          double sum = 0;
          double total = 0;
          for (std::size_t k = 0; k < size; ++k) {
            const double term = static_cast<double>(query[k]) * static_cast<double>(value_of(r * size + k));
            sum += term;
            total += std::abs(term);
          }
          CHECK(std::abs(static_cast<double>(sums[r]) - sum) <= 1e-6 * total);
        }
      };
      check(f32, [&](std::size_t i) { return rows[i]; });
      check(f16, [&](std::size_t i) { return glossa::detail::half_to_float(half[i]); });
      check(bf16, [&](std::size_t i) { return glossa::detail::bfloat16_to_float(brain[i]); });
    }
  });
}

TEST_CASE("products of signed bytes with stored bytes are exact") {
  for_each_level<float>([](const Kernels<float>& kernels) {
    unsigned seed = 0;
    for (const std::size_t bytes : {64u, 128u, 384u, 1024u}) {
      const auto rows = random_bytes(kRows * bytes, ++seed);
      std::vector<std::int8_t> query(bytes);
      std::memcpy(query.data(), random_bytes(bytes, ++seed).data(), bytes);
      query[0] = -128;  // the least that there is
      const auto sums = sums_of(kernels.codes.int8, query.data(), rows, bytes);
      for (std::size_t r = 0; r < kRows; ++r) {
        int sum = 0;
        for (std::size_t k = 0; k < bytes; ++k) sum += query[k] * (rows[r * bytes + k] - 128);
        CHECK(sums[r] == static_cast<float>(sum));
      }
    }
  });
}

TEST_CASE("products of bits count those that agree, less the others") {
  for_each_level<float>([](const Kernels<float>& kernels) {
    for (const std::size_t bytes : {8u, 16u, 48u, 128u}) {
      const auto rows = random_bytes(kRows * bytes, 7);
      const auto query = random_bytes(bytes, 8);
      const auto sums = sums_of(kernels.codes.bits, query.data(), rows, bytes);
      for (std::size_t r = 0; r < kRows; ++r) {
        int sum = 0;
        for (std::size_t i = 0; i < 8 * bytes; ++i) {
          const int a = query[i / 8] >> (i % 8) & 1;
          const int b = rows[r * bytes + i / 8] >> (i % 8) & 1;
          sum += a == b ? 1 : -1;
        }
        CHECK(sums[r] == static_cast<float>(sum));
      }
    }
  });
}

TEST_CASE("many queries against stored bytes score as each alone, and rows that reach a limit are told") {
  for_each_code_level([](const Kernels<float>& kernels) {
    if (kernels.codes.int8_product == nullptr) return;
    constexpr std::size_t kBytes = 192;
    const auto rows = random_bytes(kRows * kBytes, 1);
    const auto scales = test::random_values<float>(2 * kRows, 2);  // and terms, side by side
    for (const std::size_t columns : {16u, 48u, 64u, 112u}) {
      const auto queries = random_bytes(columns * kBytes, 3);
      const auto signed_at = [&](std::size_t q, std::size_t k) {
        return static_cast<std::int8_t>(queries[q * kBytes + k]);
      };
      std::vector<std::int8_t> packed(columns * kBytes);
      std::vector<std::int32_t> offsets(columns);
      for (std::size_t q = 0; q < columns; ++q)
        for (std::size_t k = 0; k < kBytes; ++k) {
          packed[(q / 16 * (kBytes / 4) + k / 4) * 64 + q % 16 * 4 + k % 4] = signed_at(q, k);
          offsets[q] -= 128 * signed_at(q, k);
        }
      const auto query_scales = test::random_values<float>(columns, 4);
      std::vector<float> limits(columns, 2e4F);
      std::vector<float> scores(kRows * columns);
      bool found[kRows];
      kernels.codes.int8_product({reinterpret_cast<const std::byte*>(rows.data()), kBytes, kRows, kBytes, scales.data(),
                                  scales.data() + 1, 2, packed.data(), columns, offsets.data(), query_scales.data(),
                                  limits.data(), scores.data(), found});
      std::size_t rows_found = 0;
      for (std::size_t r = 0; r < kRows; ++r) {
        bool reaches = false;
        for (std::size_t q = 0; q < columns; ++q) {
          int sum = 0;
          for (std::size_t k = 0; k < kBytes; ++k) sum += signed_at(q, k) * (rows[r * kBytes + k] - 128);
          const double scale = static_cast<double>(query_scales[q]) * static_cast<double>(scales[2 * r]);
          const double score = sum * scale + static_cast<double>(scales[2 * r + 1]);
          CHECK(static_cast<double>(scores[r * columns + q]) == Approx(score).epsilon(1e-5).margin(1e-3));
          reaches = reaches || scores[r * columns + q] >= limits[q];
        }
        CHECK(found[r] == reaches);
        rows_found += found[r] ? 1 : 0;
      }
      CHECK(rows_found > 0);
      CHECK(rows_found < kRows);
    }
  });
}

TEST_CASE("a row becomes bytes that are as near to it as its greatest number allows") {
  for_each_code_level([](const Kernels<float>& kernels) {
    REQUIRE((kernels.codes.int8_row == nullptr) == (kernels.codes.int8_product == nullptr));
    if (kernels.codes.int8_row == nullptr) return;
    unsigned seed = 0;
    for (const std::size_t size : {1u, 15u, 16u, 17u, 64u, 100u, 384u}) {
      const auto x = test::random_values<float>(size, ++seed);
      const auto origin = test::random_values<float>(size, ++seed);
      std::vector<std::byte> codes(glossa::detail::round_up(size, glossa::detail::kCodeBytes));
      float scale = 0;
      float rest = -1;
      kernels.codes.int8_row({x.data(), origin.data(), size, codes.data(), &scale, &rest});
      float most = 0;
      for (std::size_t i = 0; i < size; ++i) most = std::max(most, std::abs(x[i] - origin[i]));
      REQUIRE(scale == most / 127);
      double expected = 0;
      for (std::size_t i = 0; i < size; ++i) {
        const double value = static_cast<double>(x[i] - origin[i]);
        const double difference = value - static_cast<double>(scale) * (static_cast<int>(codes[i]) - 128);
        REQUIRE(std::abs(difference) <= 0.5001 * static_cast<double>(scale));
        expected += difference * difference;
      }
      REQUIRE(static_cast<double>(rest) == Approx(expected).epsilon(1e-4).margin(1e-12));
      // A row of zeros, and one that is its origin.
      kernels.codes.int8_row({x.data(), x.data(), size, codes.data(), &scale, &rest});
      CHECK(scale == 0);
      CHECK(rest == 0);
      for (std::size_t i = 0; i < size; ++i) REQUIRE(static_cast<int>(codes[i]) == 128);
    }
  });
}
