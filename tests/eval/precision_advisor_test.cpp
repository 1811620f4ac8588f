// The precision that is advised is the fastest that loses little.
#include "error_of.hpp"

#include <glossa/eval/precision_advisor.hpp>

#include <cmath>
#include <string>
#include <vector>

namespace {

using glossa::advise_precision;
using glossa::PrecisionTrial;

std::vector<PrecisionTrial> trials() {
  return {{.precision = "f32", .score = 0.662, .texts_per_second = 200, .memory_mb = 140},
          {.precision = "bf16", .score = 0.661, .texts_per_second = 380, .memory_mb = 100},
          {.precision = "int8", .score = 0.655, .texts_per_second = 600, .memory_mb = 55},
          {.precision = "int4", .score = 0.630, .texts_per_second = 900, .memory_mb = 46}};
}

/// With one space where there are several.
std::string squeezed(const std::string& text) {
  std::string out;
  for (const char c : text)
    if (c != ' ' || out.empty() || out.back() != ' ') out += c;
  return out;
}

}  // namespace

TEST_CASE("the fastest that loses less than the limit is chosen") {
  CHECK(advise_precision(trials()).chosen == 2);
  CHECK(advise_precision(trials(), {.largest_loss = 0.002}).chosen == 1);
  CHECK(advise_precision(trials(), {.largest_loss = 0}).chosen == 0);
  CHECK(advise_precision(trials(), {.largest_loss = 0.05}).chosen == 3);
  CHECK(advise_precision(trials()).reason.starts_with("int8: the fastest of those that lose at most 1.00 points"));
}

TEST_CASE("of those that are as fast, the smallest is chosen") {
  std::vector<PrecisionTrial> all = trials();
  all[1].texts_per_second = 590;
  CHECK(advise_precision(all).chosen == 2);
  all[1].memory_mb = 50;
  CHECK(advise_precision(all).chosen == 1);
  CHECK(advise_precision(all).reason.starts_with(
      "bf16: of those that lose at most 1.00 points against f32 and are within 5 % of the fastest, it takes the least "
      "memory; its score differs by -0.10"));
  all[1].texts_per_second = 560;  // more than 5 % slower
  CHECK(advise_precision(all).chosen == 2);
  for (PrecisionTrial& trial : all) trial.memory_mb = std::nan("");
  CHECK(advise_precision(all).chosen == 2);
}

TEST_CASE("trials that failed or have no score are passed over") {
  std::vector<PrecisionTrial> all = trials();
  all[0].problem = "the weights are of another precision";
  all[2].score = std::nan("");
  const glossa::PrecisionAdvice advice = advise_precision(all);
  CHECK(advice.reference == 1);
  CHECK(advice.chosen == 1);
  const std::string table = glossa::advice_table(all, advice);
  INFO(table);
  CHECK(squeezed(table).find("bf16, advised 66.10 380 100\n") != std::string::npos);
  CHECK(table.find("f32: the weights are of another precision") != std::string::npos);
  for (PrecisionTrial& trial : all) trial.problem = "no";
  CHECK(test::error_of([&] { (void)advise_precision(all); }).field() == "trials");
  CHECK(test::error_of([&] { (void)advise_precision({}); }).field() == "trials");
  CHECK(test::error_of([&] { (void)advise_precision(trials(), {.largest_loss = -1}); }).field() == "largest_loss");
}

TEST_CASE("the reason for the reference itself is true, be another faster or not") {
  std::vector<PrecisionTrial> all = trials();
  all[0].texts_per_second = 1000;
  CHECK(advise_precision(all).reason == "f32: the fastest of those that lose at most 1.00 points against it");
  all[2].texts_per_second = 1001;
  all[0].memory_mb = 50;
  CHECK(advise_precision(all).chosen == 0);
  CHECK(advise_precision(all).reason ==
        "f32: of those that lose at most 1.00 points against it and are within 5 % of the fastest, it takes the least "
        "memory");
}
