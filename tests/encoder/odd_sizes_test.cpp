// Models of sizes that fill no kernel's units give the vectors of double precision, at every level and in every form.
#include "quantized_pair.hpp"

#include <glossa/core/crew.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace {

using glossa::Weights;
using glossa::detail::WeightForm;
using test::states;

struct Sizes {
  std::size_t hidden;
  std::size_t heads;
  std::size_t intermediate;
  const char* activation;
};

// Hidden sizes on either side of a vector, a panel, a group of weights; heads of an odd size, which bfloat16 attention
// cannot take; one number alone.
constexpr Sizes kSizes[] = {{36, 3, 50, "gelu"},       {30, 2, 333, "relu"}, {300, 4, 130, "gelu_new"},
                            {130, 10, 257, "gelu"},    {1, 1, 1, "gelu"},    {129, 1, 17, "gelu_pytorch_tanh"},
                            {48, 16, 128, "gelu_new"}, {65, 13, 640, "relu"}};

/// Texts of 1 to 101 tokens.
glossa::RaggedBatch texts() {
  glossa::RaggedBatch batch;
  for (const std::size_t length : {1u, 2u, 15u, 16u, 17u, 33u, 101u}) {
    std::vector<glossa::TokenId> ids;
    for (std::size_t i = 0; i < length; ++i) ids.push_back(static_cast<glossa::TokenId>((i * 37 + length) % 470));
    batch.add(ids);
  }
  return batch;
}

/// The states that three threads work out together.
std::vector<double> shared(const glossa::detail::Encoder<float>& encoder, const glossa::RaggedBatch& batch) {
  glossa::Crew crew(3);
  std::vector<double> result;
  const auto member = [&] { crew.lead_or_help([&] { result = states(encoder, batch, crew); }); };
  std::thread one(member);
  std::thread other(member);
  member();
  one.join();
  other.join();
  return result;
}

/// What rounding the weights of these small random models may take; their softmax is far steeper than a trained one's.
double least(WeightForm form, std::size_t hidden) {
  if (hidden == 1) return 0.99;  // a layer norm of one number leaves its bias
  switch (form) {
    case WeightForm::full: return 1 - 1e-9;
    case WeightForm::bf16: return 0.999;
    case WeightForm::int8: return 0.99;
    default: return 0.85;
  }
}

}  // namespace

TEST_CASE("sizes that fill no unit of the kernels give the vectors of double precision") {
  const glossa::RaggedBatch batch = texts();
  for (const Sizes& sizes : kSizes) {
    const auto family = test::reshaped(sizes.hidden, sizes.heads, sizes.intermediate, sizes.activation);
    const test::QuantizedPair<WeightForm::int8> int8(family, batch);
    const test::QuantizedPair<WeightForm::int4> int4(family, batch);
    const Weights plain(int8.plain.path());
    const auto expected =
        states(glossa::detail::Encoder<double>(plain, int8.config, test::kPortable, WeightForm::full), batch);
    std::map<std::pair<WeightForm, bool>, std::vector<double>> oracle;  // of the portable kernels, the first
    for (const glossa::CpuLevel level : glossa::supported_levels())
      for (const WeightForm form : {WeightForm::full, WeightForm::bf16, WeightForm::int8, WeightForm::int4})
        for (const bool mapped : {false, true}) {
          const bool quantized = form == WeightForm::int8 || form == WeightForm::int4;
          if (mapped && !quantized) continue;
          INFO(sizes.hidden << "/" << sizes.heads << "/" << sizes.intermediate << " " << sizes.activation << " "
                            << to_string(level) << " form " << static_cast<int>(form) << (mapped ? " mapped" : ""));
          const auto& folder = !mapped ? int8.plain : form == WeightForm::int8 ? int8.small : int4.small;
          const glossa::detail::Encoder<float> encoder(Weights(folder.path()), int8.config, level, form, batch);
          const auto got = states(encoder, batch);
          CHECK(test::cosine(got, expected) > least(form, sizes.hidden));
          if (level == test::kPortable) oracle[{form, mapped}] = got;
          CHECK(test::cosine(got, oracle.at({form, mapped})) > 0.999);

          // Each text alone, its columns shared by a crew, to the bit.
          std::size_t first = 0;
          for (std::size_t i = 0; i < batch.texts(); ++i) {
            glossa::RaggedBatch alone;
            alone.add(std::span(batch.ids).subspan(batch.starts[i], batch.length(i)));
            const auto own = shared(encoder, alone);
            CHECK(std::equal(own.begin(), own.end(), got.begin() + static_cast<std::ptrdiff_t>(first)));
            first += own.size();
          }
        }
  }
}
