// A sampler's state comes in; the same goes out as JSON, and the other way round.
#pragma once

#include <glossa/core/json.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/train/batch_sampler.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace glossa::detail {

[[nodiscard]] inline Json json_of(const BatchSamplerState& state) {
  return {{"data", state.data}, {"epoch", state.epoch}, {"batch", state.batch}, {"carried", state.carried}};
}

/// Errors: `corrupt_file` naming the file and the field. BatchSampler::restore() looks whether the numbers make sense.
[[nodiscard]] inline BatchSamplerState sampler_state_of(const JsonFields& fields) {
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();
  BatchSamplerState state{
      fields.size("data", 0, kMost), fields.size("epoch", 0, kMost), fields.size("batch", 0, kMost), {}};
  for (const Json& row : fields.array("carried")) {
    if (!row.is_number_unsigned()) fields.wrong("carried", "numbers of rows", row);
    state.carried.push_back(row.get<std::uint64_t>());
  }
  return state;
}

}  // namespace glossa::detail
