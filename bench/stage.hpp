// The steps of an encoder, and a clock that is told when each of them ends.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>

namespace bench {

enum class Stage {
  embedding,  ///< word, position and type vectors, and their layer norm
  prepare,    ///< rows quantized or rounded for the products
  qkv,
  attention,
  attention_output,
  layer_norm,
  feed_forward_in,  ///< with the activation, and what brings its result into the form for the next product
  feed_forward_out,
  pooling,  ///< and the vectors' scaling to length 1
};
inline constexpr std::size_t kStages = 9;

[[nodiscard]] constexpr const char* to_string(Stage stage) noexcept {
  switch (stage) {
    case Stage::embedding: return "embedding lookup";
    case Stage::prepare: return "quantize or round rows";
    case Stage::qkv: return "qkv product";
    case Stage::attention: return "attention";
    case Stage::attention_output: return "attention output";
    case Stage::layer_norm: return "layer norm";
    case Stage::feed_forward_in: return "FFN in + activation";
    case Stage::feed_forward_out: return "FFN out";
    default: return "pooling";
  }
}

/// Seconds of each stage.
using StageTimes = std::array<double, kStages>;

/// Adds the time since the last call up for a stage.
class StageClock {
 public:
  void start() noexcept {
    times_ = {};
    last_ = Clock::now();
  }

  void end(Stage stage) noexcept {
    const Clock::time_point now = Clock::now();
    times_[static_cast<std::size_t>(stage)] += std::chrono::duration<double>(now - last_).count();
    last_ = now;
  }

  [[nodiscard]] const StageTimes& times() const noexcept { return times_; }

 private:
  using Clock = std::chrono::steady_clock;
  StageTimes times_{};
  Clock::time_point last_;
};

}  // namespace bench
