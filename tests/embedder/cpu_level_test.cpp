// The level of instructions can be chosen; whichever it is, the vectors are the same to rounding.
#include "catch.hpp"
#include "small_model.hpp"

#include <glossa/glossa.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

TEST_CASE("every level that the processor has gives the same vectors to rounding, in every precision") {
  const test::SmallModel model;
  const auto texts = test::mixed_texts(60);
  const glossa::Embedder oracle(model.path(), {.precision = glossa::Precision::f64});
  const auto expected = oracle.embed(texts);
  for (const glossa::CpuLevel level : glossa::supported_levels())
    for (const auto& [precision, bound] : {std::pair{glossa::Precision::f32, 0.99999F},
                                           {glossa::Precision::bf16, 0.9999F},
                                           {glossa::Precision::int8, 0.995F},
                                           {glossa::Precision::int4, 0.9F}}) {
      INFO(to_string(level) << ", " << to_string(precision));
      const glossa::Embedder embedder(model.path(), {.precision = precision, .cpu_level = level});
      CHECK(embedder.info().instruction_set.starts_with(to_string(level)));
      const auto vectors = embedder.embed(texts);
      float least = 1;
      for (std::size_t i = 0; i < texts.size(); ++i) least = std::min(least, glossa::dot(vectors[i], expected[i]));
      CHECK(least > bound);
    }
}

TEST_CASE("a level that the processor lacks is refused by name") {
  const auto levels = glossa::supported_levels();
  const test::SmallModel model;
  for (const auto level : {glossa::CpuLevel::avx2, glossa::CpuLevel::avx2_vnni, glossa::CpuLevel::avx512,
                           glossa::CpuLevel::avx512_vnni, glossa::CpuLevel::avx512_bf16, glossa::CpuLevel::amx}) {
    if (std::find(levels.begin(), levels.end(), level) != levels.end()) continue;
    INFO(to_string(level));
    try {
      const glossa::Embedder embedder(model.path(), {.cpu_level = level});
      FAIL("no error");
    } catch (const glossa::Error& error) {
      CHECK(error.kind() == glossa::ErrorKind::unsupported);
      CHECK(error.field() == "cpu_level");
      CHECK(error.facts().found == to_string(level));
      CHECK(error.facts().expected.starts_with("one of portable"));
      CHECK(error.facts().expected.ends_with(to_string(levels.back())));
    }
  }
}

TEST_CASE("the default is a level that the processor has") {
  const auto levels = glossa::supported_levels();
  CHECK(std::find(levels.begin(), levels.end(), glossa::default_level()) != levels.end());
  CHECK(levels.front() == glossa::CpuLevel::portable);
}
