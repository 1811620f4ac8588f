// The vectors of a batch's tokens and their mask come in, as values of a graph; a vector for each text goes out.
#pragma once

#include <glossa/export/step_graph_builder.hpp>
#include <glossa/model/pooling.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Adds the poolings of pool_tokens() for texts that have padding behind them, or (but for `cls`) before.
class PoolingGraph {
 public:
  /// hidden: f32 [batch, length, hidden]; mask: i64 [batch, length].
  PoolingGraph(StepGraphBuilder& builder, std::string hidden, std::string mask)
      : builder_(builder), hidden_(std::move(hidden)), mask_(std::move(mask)) {}

  /// Adds the steps; the name of the vectors [batch, dims].
  std::string add(const std::vector<Pooling>& poolings, bool normalize, const std::string& output) {
    std::vector<std::string> parts;
    for (const Pooling pooling : poolings) parts.push_back(pool(pooling));
    std::string pooled = parts.front();
    if (parts.size() > 1 || !normalize) pooled = step(SmallOp::concat, parts, {1}, normalize ? "" : output);
    if (!normalize) return pooled;
    const std::string length = step(SmallOp::reduce_l2, {pooled}, {1});
    return step(SmallOp::divide, {pooled, step(SmallOp::maximum, {length, builder_.number(1e-12F)})}, {}, output);
  }

 private:
  std::string step(SmallOp op, std::vector<std::string> inputs, std::vector<std::int64_t> axes = {},
                   std::string output = {}) {
    return builder_.step(op, std::move(inputs), std::move(axes), std::move(output));
  }

  std::string pool(Pooling pooling) {
    switch (pooling) {
      case Pooling::cls: return step(SmallOp::gather, {hidden_, builder_.integer(0)}, {1});
      case Pooling::max: {
        const std::string counts = step(SmallOp::equal, {mask_, builder_.integer(0)});
        const std::string masked =
            step(SmallOp::where, {step(SmallOp::unsqueeze, {counts}, {2}), builder_.number(-3.0e38F), hidden_});
        return step(SmallOp::squeeze, {step(SmallOp::reduce_max, {masked}, {1})}, {1});
      }
      case Pooling::mean: return weighted(over_sum(float_mask()));
      case Pooling::mean_sqrt_length: {
        const std::string root = step(SmallOp::square_root, {sum(float_mask())});
        return weighted(step(SmallOp::divide, {float_mask(), root}));
      }
      case Pooling::weighted_mean:
        return weighted(over_sum(step(SmallOp::multiply, {float_mask(), builder_.cast(places(), GraphType::f32)})));
      case Pooling::last_token: {
        const std::string marked = step(SmallOp::multiply, {mask_, places()});
        const std::string is_last = step(SmallOp::equal, {marked, step(SmallOp::reduce_max, {marked}, {1})});
        return weighted(builder_.cast(is_last, GraphType::f32));
      }
    }
    return {};
  }

  /// Σ weights · vectors over a text's tokens: [batch, length] with [batch, length, hidden].
  std::string weighted(const std::string& weights) {
    const std::string row = step(SmallOp::unsqueeze, {weights}, {1});
    return step(SmallOp::squeeze, {step(SmallOp::matmul, {row, hidden_})}, {1});
  }

  /// A sum that is never 0, so that a text whose mask is empty gives zeros.
  std::string sum(const std::string& weights) {
    return step(SmallOp::maximum, {step(SmallOp::reduce_sum, {weights}, {1}), builder_.number(1e-9F)});
  }
  std::string over_sum(const std::string& weights) { return step(SmallOp::divide, {weights, sum(weights)}); }

  const std::string& float_mask() {
    if (float_mask_.empty()) float_mask_ = builder_.cast(mask_, GraphType::f32);
    return float_mask_;
  }

  /// 1, 2, … for the tokens of any text, [length].
  const std::string& places() {
    if (places_.empty()) {
      const std::string one = builder_.integer(1);
      const std::string end = step(SmallOp::add, {step(SmallOp::dimension, {mask_}, {1}), one});
      places_ = step(SmallOp::range, {one, end, one});
    }
    return places_;
  }

  StepGraphBuilder& builder_;
  std::string hidden_;
  std::string mask_;
  std::string float_mask_;
  std::string places_;
};

}  // namespace glossa::detail
