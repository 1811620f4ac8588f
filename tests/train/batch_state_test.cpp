// A sampler draws the same again after a stop, and with every compiler; what has no meaning is refused.
#include "error_of.hpp"
#include "sampled_batches.hpp"

#include <glossa/core/json.hpp>
#include <glossa/train/batch_sampler.hpp>
#include <glossa/train/sampler_state_json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace {

using glossa::BatchSampler;
using glossa::BatchSamplerOptions;
using glossa::BatchSamplerState;
using glossa::LastRows;
using glossa::RowBatch;
using glossa::RowTrait;
using test::all_options;
using test::are_same;
using test::mixed_rows;
using test::own_rows;

}  // namespace

TEST_CASE("a restored sampler draws the same batches as one that never stopped, from every batch on") {
  const auto rows = mixed_rows(90, 6);
  for (const BatchSamplerOptions& options : all_options()) {
    CAPTURE(options.seed);
    BatchSampler sampler(rows, options);
    std::vector<BatchSamplerState> states;
    std::vector<RowBatch> batches;
    while (batches.empty() || batches.back().epoch < 3) {
      states.push_back(sampler.state());
      batches.push_back(sampler.next());
    }
    for (std::size_t at = 0; at < states.size(); ++at) {
      const std::string text = glossa::detail::json_text(glossa::detail::json_of(states[at]));
      const glossa::detail::Json json = glossa::detail::parse_json(text, "state.json");
      const BatchSamplerState state = glossa::detail::sampler_state_of({json, "state.json"});
      CHECK(state == states[at]);
      BatchSampler resumed(rows, options);
      if (at % 2 == 0) (void)resumed.next();
      resumed.restore(state);
      CHECK(resumed.state() == state);
      bool same = true;
      for (std::size_t i = at; i < std::min(at + 20, batches.size()); ++i)
        same = same && are_same(resumed.next(), batches[i]);
      CHECK(same);
    }
  }
}

TEST_CASE("a seed gives the same batches with every compiler, and in later versions") {
  auto rows = own_rows(10);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].anchor = "q" + std::to_string(i % 7);
    for (const char* name : {"a", "b", "c"}) rows[i].negatives.push_back(name + std::to_string(i));
    rows[i].language = i < 7 ? "en" : "de";
  }
  BatchSampler sampler(rows, {.batch_rows = 4, .negatives_each = 1, .balance = RowTrait::language, .temperature = 2});
  using Numbers = std::vector<std::size_t>;
  const std::vector<std::pair<Numbers, Numbers>> expected{
      {{7, 8, 5, 6}, {2, 1, 2, 1}}, {{8, 3, 4, 9}, {0, 0, 1, 0}}, {{1, 0}, {1, 1}},
      {{9, 5, 8, 6}, {0, 0, 2, 2}}, {{2, 7, 4, 3}, {2, 2, 2, 1}}, {{7, 2}, {1, 1}}};
  for (const auto& [own, negatives] : expected) {
    const RowBatch batch = sampler.next();
    CHECK(batch.rows == own);
    CHECK(batch.negatives == negatives);
  }
}

TEST_CASE("options and states without meaning are refused") {
  auto rows = own_rows(20);
  const auto field_of = [&](const BatchSamplerOptions& options) {
    const glossa::Error error = test::error_of([&] { const BatchSampler sampler(rows, options); });
    CHECK(error.kind() == glossa::ErrorKind::invalid_argument);
    return error.field();
  };
  CHECK(field_of({.batch_rows = 0}) == "BatchSamplerOptions::batch_rows");
  CHECK(field_of({.temperature = 0.5}) == "BatchSamplerOptions::temperature");
  CHECK(field_of({.temperature = std::numeric_limits<double>::quiet_NaN()}) == "BatchSamplerOptions::temperature");
  CHECK(field_of({.batch_rows = 21, .last_rows = LastRows::next_epoch}) == "BatchSamplerOptions::batch_rows");
  rows[3].language = "de";
  CHECK(field_of({.batch_rows = 2, .homogeneous = RowTrait::language, .last_rows = LastRows::next_epoch}) ==
        "BatchSamplerOptions::batch_rows");
  CHECK(field_of({.negatives_each = 1}) == "rows[0].negatives");
  rows.clear();
  CHECK(field_of({}) == "rows");

  rows = own_rows(20);
  BatchSampler sampler(rows, {.batch_rows = 4});
  const BatchSamplerState good = sampler.state();
  const auto refused = [&](const BatchSamplerState& state) {
    const glossa::Error error = test::error_of([&] { sampler.restore(state); });
    CHECK(error.kind() == glossa::ErrorKind::invalid_argument);
    CHECK(sampler.state() == good);
    return error.field();
  };
  CHECK(refused({good.data + 1, 0, 0, {}}) == "BatchSamplerState::data");
  CHECK(refused({good.data, 0, 6, {}}) == "BatchSamplerState::batch");
  CHECK(refused({good.data, std::uint64_t{1} << 60, 0, {}}) == "BatchSamplerState::epoch");
  CHECK(refused({good.data, 0, 0, {20}}) == "BatchSamplerState::carried");
  CHECK(refused({good.data, 0, 0, {3, 3}}) == "BatchSamplerState::carried");
  for (const BatchSamplerOptions& options : {BatchSamplerOptions{.batch_rows = 5},
                                             {.batch_rows = 4, .seed = 1},
                                             {.batch_rows = 4, .unique_texts = false},
                                             {.batch_rows = 4, .temperature = 2}})
    CHECK(refused(BatchSampler(rows, options).state()) == "BatchSamplerState::data");
  for (int change = 0; change < 6; ++change) {
    auto others = rows;
    if (change == 0) std::swap(others[0], others[1]);
    if (change == 1) others[19].positive += "!";
    if (change == 2) others[5].negatives.push_back("n");
    if (change == 3) others[5].language = "de";
    if (change == 4) others[5].group = "g";
    if (change == 5) others.pop_back();
    CHECK(refused(BatchSampler(others, {.batch_rows = 4}).state()) == "BatchSamplerState::data");
  }
}

TEST_CASE("a state's JSON that is damaged is refused with file and field") {
  const auto field_of = [](const std::string& text) {
    const auto json = glossa::detail::parse_json(text, "s.json");
    const glossa::Error error = test::error_of([&] { (void)glossa::detail::sampler_state_of({json, "s.json"}); });
    CHECK(error.file() == "s.json");
    return error.field();
  };
  CHECK(field_of(R"({"epoch":0,"batch":0,"carried":[]})") == "data");
  CHECK(field_of(R"({"data":1,"epoch":-1,"batch":0,"carried":[]})") == "epoch");
  CHECK(field_of(R"({"data":1,"epoch":0,"batch":"0","carried":[]})") == "batch");
  CHECK(field_of(R"({"data":1,"epoch":0,"batch":0,"carried":{}})") == "carried");
  CHECK(field_of(R"({"data":1,"epoch":0,"batch":0,"carried":[1.5]})") == "carried");
}
