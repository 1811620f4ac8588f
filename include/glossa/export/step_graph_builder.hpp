// Steps and constants come in one after another; a graph goes out.
#pragma once

#include <glossa/export/constants.hpp>
#include <glossa/export/graph.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Adds to a graph, and names what has no name of its own.
class StepGraphBuilder {
 public:
  explicit StepGraphBuilder(Graph& graph) : graph_(graph) {}

  [[nodiscard]] Graph& graph() noexcept { return graph_; }

  std::string constant(GraphConstant constant) {
    graph_.constants.push_back(std::move(constant));
    return graph_.constants.back().name;
  }

  /// A constant of one number, in f32.
  std::string number(float value) {
    return constant(constant_of<float>("number_" + std::to_string(next_++), {}, {value}));
  }
  std::string integer(std::int64_t value) {
    return constant(constant_of<std::int64_t>("integer_" + std::to_string(next_++), {}, {value}));
  }

  /// Adds a small step; its output's name.
  std::string step(SmallOp op, std::vector<std::string> inputs, std::vector<std::int64_t> axes = {},
                   std::string output = {}) {
    if (output.empty()) output = "value_" + std::to_string(next_++);
    graph_.steps.emplace_back(SmallStep{op, output, std::move(inputs), std::move(axes)});
    return output;
  }
  std::string cast(std::string input, GraphType type, std::string output = {}) {
    if (output.empty()) output = "value_" + std::to_string(next_++);
    graph_.steps.emplace_back(SmallStep{SmallOp::cast, output, {std::move(input)}, {}, type});
    return output;
  }

 private:
  Graph& graph_;
  std::size_t next_ = 0;
};

}  // namespace glossa::detail
