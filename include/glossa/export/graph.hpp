// A sentence encoder as a graph that belongs to no file format: builders make it, the writers of each format render it.
#pragma once

#include <glossa/model/encoder_config.hpp>
#include <glossa/model/tensor.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace glossa::detail {

enum class GraphType { f32, f16, i64, i32, i8, u8, boolean };

[[nodiscard]] constexpr std::size_t size_of(GraphType type) noexcept {
  switch (type) {
    case GraphType::i64: return 8;
    case GraphType::f32:
    case GraphType::i32: return 4;
    case GraphType::f16: return 2;
    default: return 1;
  }
}

/// Takes a constant's bytes, little-endian, piece by piece.
using GraphSink = std::function<void(std::span<const std::byte>)>;

/// A tensor that the file will hold. Its bytes are made when write() is called: writers call it once for each constant,
/// in the order of Graph::constants, so that no more than a matrix is in memory at a time.
struct GraphConstant {
  std::string name;
  GraphType type = GraphType::f32;
  Shape shape;  ///< empty: one number
  std::function<void(const GraphSink&)> write;

  [[nodiscard]] std::uint64_t bytes() const noexcept {
    std::uint64_t total = size_of(type);
    for (const std::size_t size : shape) total *= size;
    return total;
  }
};

/// A value that comes in or goes out: a dimension is a number, or a name where it may change from run to run.
struct GraphPort {
  std::string name;
  GraphType type = GraphType::i64;
  std::vector<std::variant<std::size_t, std::string>> shape;
};

// The steps. Strings name values: constants, inputs, or outputs of earlier steps; an empty one means there is none.
// Values of the encoder are [batch, length, …] of type Graph::compute.

/// Vectors of words: rows of `table`. Floating-point: [words, hidden]. bits 8: i8 [words, hidden]. bits 4: u8 [words,
/// padded / 2], where byte k holds element k in its lower half and element padded / 2 + k in its upper one, 8 added to
/// both. Each block of `block` elements is multiplied by its own of `scales`, f16 [words, padded / block].
struct GraphWords {
  std::string table;
  std::string scales;
  int bits = 0;
  std::size_t block = 0;
  std::size_t hidden = 0;
  std::size_t padded = 0;  ///< hidden size, rounded up to whole blocks and bytes
};

/// y = f(x · W + b). W [inputs, columns], floating-point, or i8 with a scale for each column. Where W is i8, x becomes
/// 8-bit integers: by `input_scale` and `input_zero` (f32 and u8, one number each) or, without, by the range that it
/// has in the run; it is multiplied by `input_factors` [inputs] before. Where there are `bias_integers`, they, each
/// multiplied by input_scale and its column's weight scale, stand for `bias`, which then is empty.
struct LinearStep {
  std::string output;
  std::string input;
  std::string weights;
  std::string weight_scales{};  ///< f32 [columns]
  std::string bias{};
  std::string bias_integers{};  ///< i32 [columns]
  std::string bias_scales{};    ///< f32 [columns]: those products
  std::string input_factors{};
  std::string input_scale{};
  std::string input_zero{};
  std::optional<Activation> activation{};
  std::size_t inputs = 0;
  std::size_t columns = 0;
};

/// LayerNorm(words[ids] + types[type_ids] + positions[position_ids]). Without type_ids there is no such summand;
/// without position_ids they are 0, 1, ….
struct EmbeddingStep {
  std::string output;
  std::string ids;
  GraphWords words;
  std::string positions;
  std::string position_ids{};
  std::string types{};
  std::string type_ids{};
  std::string gain;
  std::string bias;
  double epsilon = 0;
};

/// softmax(q · kᵀ / √head_size) · v for each head, over the tokens whose mask [batch, length] (i64) is not 0. The qkv
/// layer gives q, k and v side by side, and in each the heads.
struct AttentionStep {
  std::string output;
  LinearStep qkv;
  std::string mask;
  std::size_t heads = 0;
  std::size_t head_size = 0;
};

/// LayerNorm(residual + added).
struct AddNormStep {
  std::string output;
  std::string residual;
  LinearStep added;
  std::string gain;
  std::string bias;
  double epsilon = 0;
};

/// What the small steps do, as the operator of this name in ONNX 17.
enum class SmallOp {
  add,
  subtract,
  multiply,
  divide,
  maximum,
  square_root,
  equal,
  where,
  cast,    ///< to `type`
  gather,  ///< along axes[0]
  matmul,
  reduce_sum,  ///< over `axes`, which stay with size 1
  reduce_max,
  reduce_l2,
  unsqueeze,
  squeeze,
  concat,       ///< along axes[0]
  running_sum,  ///< along axes[0], each element included in its own
  dimension,    ///< size axes[0] of the input's shape, i64, one number
  range,        ///< from inputs[0] to inputs[1], exclusive, in steps of inputs[2]
};

struct SmallStep {
  SmallOp op;
  std::string output;
  std::vector<std::string> inputs;
  std::vector<std::int64_t> axes{};
  GraphType type = GraphType::f32;
};

using GraphStep = std::variant<EmbeddingStep, AttentionStep, LinearStep, AddNormStep, SmallStep>;

struct Graph {
  std::vector<GraphPort> inputs;
  std::vector<GraphPort> outputs;  ///< each named as a step's output
  std::vector<GraphConstant> constants;
  std::vector<GraphStep> steps;
  GraphType compute = GraphType::f32;  ///< of the encoder: f32 or f16
};

}  // namespace glossa::detail
