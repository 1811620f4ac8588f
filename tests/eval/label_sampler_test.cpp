// The examples that classifiers are taught by, against python mteb.
#include "metric_goldens.hpp"

#include <glossa/eval/label_sampler.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

TEST_CASE("each experiment is taught by the examples that mteb takes", "[golden]") {
  const auto golden = test::metric_goldens("draws/label_samples");
  const auto labels = golden.at("labels").get<std::vector<std::int32_t>>();
  glossa::LabelSampler sampler(labels, golden.at("per_label").get<std::size_t>());
  for (const auto& expected : golden.at("experiments"))
    CHECK(sampler.next() == expected.get<std::vector<std::size_t>>());
}

TEST_CASE("rare labels give all that there are, and no labels nothing") {
  const std::vector<std::int32_t> labels{5, 5, 5, 9};
  glossa::LabelSampler sampler(labels, 2);
  CHECK(sampler.next().size() == 3);
  CHECK(glossa::LabelSampler({}, 8).next().empty());
}
