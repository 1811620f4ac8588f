// Attention of every level against its definition in double.
#include "levels.hpp"
#include "random_values.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <tuple>
#include <vector>

using glossa::detail::Kernels;
using test::for_each_level;

namespace {

/// softmax(Q·Kᵀ / sqrt(size))·V of one head, by three plain loops.
std::vector<double> plain_attention(const std::vector<double>& qkv, std::size_t stride, std::size_t tokens,
                                    std::size_t heads, std::size_t size) {
  const std::size_t hidden = heads * size;
  std::vector<double> context(tokens * hidden);
  for (std::size_t head = 0; head < heads; ++head)
    for (std::size_t i = 0; i < tokens; ++i) {
      std::vector<double> scores(tokens);
      double total = 0;
      for (std::size_t j = 0; j < tokens; ++j) {
        double score = 0;
        for (std::size_t k = 0; k < size; ++k)
          score += qkv[i * stride + head * size + k] * qkv[j * stride + hidden + head * size + k];
        total += scores[j] = std::exp(score / std::sqrt(static_cast<double>(size)));
      }
      for (std::size_t j = 0; j < tokens; ++j)
        for (std::size_t k = 0; k < size; ++k)
          context[i * hidden + head * size + k] += scores[j] / total * qkv[j * stride + 2 * hidden + head * size + k];
    }
  return context;
}

}  // namespace

TEMPLATE_TEST_CASE("attention equals its definition for head sizes and lengths of all kinds", "", float, double) {
  const double tolerance = sizeof(TestType) == 4 ? 2e-6 : 1e-13;
  using Size = std::size_t;
  for_each_level<TestType>([&](const Kernels<TestType>& kernels) {
    std::vector<TestType> scratch;  // used again from one shape to the next
    for (const auto& [tokens, heads, size] : std::vector<std::tuple<Size, Size, Size>>{
             {1, 1, 1}, {2, 3, 5}, {7, 12, 32}, {48, 2, 8}, {49, 4, 64}, {130, 2, 33}, {600, 1, 16}}) {
      const std::size_t hidden = heads * size;
      const std::size_t stride = 3 * hidden + 5;
      const auto qkv = test::random_values<TestType>(tokens * stride, 42, TestType(-2), TestType(2));
      const auto expected = plain_attention({qkv.begin(), qkv.end()}, stride, tokens, heads, size);
      const std::size_t out_stride = hidden + 3;
      std::vector<TestType> context(tokens * out_stride, TestType(77));
      scratch.resize(std::max(scratch.size(), kernels.attention_scratch(tokens, size)));
      for (std::size_t head = 0; head < heads; ++head) {
        const TestType* queries = qkv.data() + head * size;
        kernels.attention({queries, queries + hidden, queries + 2 * hidden, stride, tokens, size,
                           context.data() + head * size, out_stride, scratch.data()});
      }
      double worst = 0;
      for (std::size_t i = 0; i < tokens; ++i) {
        for (std::size_t k = 0; k < hidden; ++k)
          worst =
              std::max(worst, std::abs(static_cast<double>(context[i * out_stride + k]) - expected[i * hidden + k]));
        for (std::size_t k = hidden; k < out_stride; ++k) REQUIRE(context[i * out_stride + k] == 77);
      }
      INFO(tokens << " tokens, " << heads << " heads of " << size);
      CHECK(worst < tolerance);
    }
  });
}

TEST_CASE("scores far apart overflow nothing: the value with the largest one goes out") {
  for_each_level<float>([](const Kernels<float>& kernels) {
    const std::vector<float> qkv{1e15F, 1e15F, 3, 1e15F, -1e15F, 5};  // query, key and value of two tokens
    std::vector<float> context(2);
    std::vector<float> scratch(kernels.attention_scratch(2, 1));
    kernels.attention({qkv.data(), qkv.data() + 1, qkv.data() + 2, 3, 2, 1, context.data(), 1, scratch.data()});
    CHECK(context[0] == 3);
    CHECK(context[1] == 3);
  });
}
