// Attention on bfloat16 numbers, where a level has it, against that of the same numbers in float.
#include "bf16_levels.hpp"

#include <glossa/core/aligned_buffer.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

using glossa::detail::Kernels;

namespace {

/// Calls check(kernels) for each level with attention on bfloat16 numbers; says so where there is none.
template <class Check>
void for_each_attention(Check&& check) {
  bool any = false;
  test::for_each_level<float>([&](const Kernels<float>& kernels) {
    if (kernels.bf16.attention == nullptr) return;
    any = true;
    check(kernels);
  });
  if (!any) WARN("no level of this processor has attention on bfloat16 numbers");
}

/// Queries, keys and values of one head, [tokens, 3, size], behind one another.
struct Head {
  Head(std::size_t token_count, std::size_t head_size, unsigned seed)
      : tokens(token_count),
        size(head_size),
        stride(3 * size + 4),
        floats(test::random_values<float>(tokens * stride, seed, -kMost, kMost)) {
    for (float& value : floats) value = test::round_to_bf16(value);
  }

  static constexpr float kMost = 2;
  [[nodiscard]] float& at(std::size_t token, std::size_t part, std::size_t k) {
    return floats[token * stride + part * size + k];
  }

  /// Where memory was never written there is NaN.
  [[nodiscard]] std::vector<float> attend(const glossa::detail::Bf16Kernels& kernels) const {
    std::vector<std::uint16_t> qkv(floats.size());
    std::transform(floats.begin(), floats.end(), qkv.begin(), glossa::detail::float_to_bfloat16);
    std::vector<float> context(tokens * (size + 3), -7.0F);
    glossa::AlignedBuffer<std::byte> scratch(kernels.attention_scratch(tokens, size));
    std::memset(scratch.data(), 0xFF, scratch.size());
    kernels.attention({qkv.data(), qkv.data() + size, qkv.data() + 2 * size, stride, tokens, size, context.data(),
                       size + 3, scratch.data()});
    return tight(context);
  }

  [[nodiscard]] std::vector<float> attend(const Kernels<float>& kernels) const {
    std::vector<float> context(tokens * (size + 3), -7.0F);
    std::vector<float> scratch(kernels.attention_scratch(tokens, size));
    kernels.attention({floats.data(), floats.data() + size, floats.data() + 2 * size, stride, tokens, size,
                       context.data(), size + 3, scratch.data()});
    return tight(context);
  }

  std::size_t tokens;
  std::size_t size;
  std::size_t stride;
  std::vector<float> floats;

 private:
  /// [tokens, size], from rows that end in what must not be written.
  [[nodiscard]] std::vector<float> tight(const std::vector<float>& context) const {
    std::vector<float> out;
    for (std::size_t t = 0; t < tokens; ++t) {
      const auto row = context.begin() + static_cast<std::ptrdiff_t>(t * (size + 3));
      out.insert(out.end(), row, row + static_cast<std::ptrdiff_t>(size));
      for (std::size_t i = 0; i < 3; ++i) REQUIRE(row[static_cast<std::ptrdiff_t>(size + i)] == -7.0F);
    }
    return out;
  }
};

std::vector<std::size_t> lengths() {
  std::vector<std::size_t> lengths;
  for (std::size_t tokens = 1; tokens <= 70; ++tokens) lengths.push_back(tokens);
  lengths.insert(lengths.end(), {200, 512});
  return lengths;
}

const std::vector<std::size_t> kSizes{2, 6, 32, 64, 80};

bool same_bits(float a, float b) { return std::memcmp(&a, &b, sizeof a) == 0; }

}  // namespace

TEST_CASE("attention on bfloat16 numbers is that on the same floats, to the rounding of the softmax's weights") {
  // A weight is wrong by 2^-9 of itself at most, and so is the sum that divides it: together by 2^-8, of values of at
  // most kMost. Errors of both signs cancel out, all but never less than to a quarter on average.
  constexpr double kUnit = static_cast<double>(Head::kMost) / 256;
  for_each_attention([](const Kernels<float>& kernels) {
    for (const std::size_t size : kSizes)
      for (const std::size_t tokens : lengths()) {
        const Head head(tokens, size, static_cast<unsigned>(1000 * size + tokens));
        const auto expected = head.attend(kernels);
        const auto got = head.attend(kernels.bf16);
        double worst = 0;
        double total = 0;
        for (std::size_t i = 0; i < got.size(); ++i) {
          const double error = std::abs(static_cast<double>(got[i]) - static_cast<double>(expected[i]));
          if (!(error <= worst)) worst = error;
          total += error;
        }
        INFO(tokens << " tokens, size " << size);
        CHECK(worst <= kUnit + 1e-5);
        CHECK(total / static_cast<double>(got.size()) <= kUnit / 4);
      }
  });
}

TEST_CASE("attention on bfloat16 numbers is bit-identical from run to run, and wherever its query stands") {
  for_each_attention([](const Kernels<float>& kernels) {
    for (const std::size_t size : kSizes)
      for (const std::size_t tokens : {1u, 2u, 5u, 23u, 24u, 25u, 49u, 70u, 200u}) {
        const Head head(tokens, size, 5);
        const auto context = head.attend(kernels.bf16);
        const auto again = head.attend(kernels.bf16);
        REQUIRE(std::memcmp(context.data(), again.data(), context.size() * sizeof(float)) == 0);
        Head turned = head;  // the queries alone
        const auto place = [&](std::size_t t) { return (t + 7) % tokens; };
        for (std::size_t t = 0; t < tokens; ++t)
          for (std::size_t k = 0; k < size; ++k) turned.at(place(t), 0, k) = head.floats[t * head.stride + k];
        const auto moved = turned.attend(kernels.bf16);
        for (std::size_t t = 0; t < tokens; ++t)
          REQUIRE(std::memcmp(moved.data() + place(t) * size, context.data() + t * size, size * sizeof(float)) == 0);
      }
  });
}

TEST_CASE("NaN in a query spoils its own context alone, and in a value its column alone") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for_each_attention([&](const Kernels<float>& kernels) {
    for (const std::size_t size : kSizes)
      for (const std::size_t tokens : {1u, 2u, 17u, 25u, 70u}) {
        const Head clean(tokens, size, 6);
        const auto expected = clean.attend(kernels.bf16);
        const std::size_t token = tokens / 2;
        const std::size_t element = size - 1;
        Head query = clean;
        query.at(token, 0, element) = nan;
        Head value = clean;
        value.at(token, 2, element) = nan;
        Head key = clean;
        key.at(token, 1, element) = nan;
        const auto by_query = query.attend(kernels.bf16);
        const auto by_value = value.attend(kernels.bf16);
        const auto by_key = key.attend(kernels.bf16);
        for (std::size_t i = 0; i < expected.size(); ++i) {
          INFO(tokens << " tokens, size " << size << ", element " << i);
          REQUIRE((i / size == token ? std::isnan(by_query[i]) : same_bits(by_query[i], expected[i])));
          REQUIRE((i % size == element ? std::isnan(by_value[i]) : same_bits(by_value[i], expected[i])));
          REQUIRE(std::isnan(by_key[i]));
        }
      }
  });
}

TEST_CASE("scores far apart overflow nothing on bfloat16 numbers: the value with the largest one goes out") {
  for_each_attention([](const Kernels<float>& kernels) {
    Head head(2, 4, 1);
    for (std::size_t token = 0; token < 2; ++token)
      for (std::size_t k = 0; k < 4; ++k) {
        head.at(token, 0, k) = 1e15F;
        head.at(token, 1, k) = token == 0 ? 1e15F : -1e15F;
        head.at(token, 2, k) = token == 0 ? 3.0F : 5.0F;
      }
    for (const float value : head.attend(kernels.bf16)) CHECK(value == 3);
  });
}

TEST_CASE("scores far below the product of lengths are weighed by the largest of them") {
  constexpr double kUnit = static_cast<double>(Head::kMost) / 256;
  for_each_attention([](const Kernels<float>& kernels) {
    // Each query and key has a part in which they stand upright on each other; the rest is as everywhere.
    for (const float length : {4.0F, 15.0F, 16.0F, 18.0F, 19.0F, 20.0F, 21.0F, 22.0F, 24.0F, 1e3F, 1e6F, 1e15F})
      for (const std::size_t tokens : {1u, 2u, 16u, 17u, 31u, 65u, 200u}) {
        Head head(tokens, 32, static_cast<unsigned>(tokens));
        for (std::size_t token = 0; token < tokens; ++token) {
          head.at(token, 0, 0) = head.at(token, 1, 1) = test::round_to_bf16(length);
          head.at(token, 0, 1) = head.at(token, 1, 0) = 0;
        }
        const auto expected = head.attend(kernels);
        const auto got = head.attend(kernels.bf16);
        double worst = 0;
        for (std::size_t i = 0; i < got.size(); ++i) {
          const double error = std::abs(static_cast<double>(got[i]) - static_cast<double>(expected[i]));
          if (!(error <= worst)) worst = error;
        }
        INFO(tokens << " tokens, length " << length);
        CHECK(worst <= kUnit + 1e-5);
      }
  });
}
