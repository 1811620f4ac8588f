// A model comes in; the graph that computes token vectors and text vectors goes out.
#pragma once

#include <glossa/encoder/layer_names.hpp>
#include <glossa/export/constants.hpp>
#include <glossa/export/graph.hpp>
#include <glossa/export/model.hpp>
#include <glossa/export/pooling_graph.hpp>
#include <glossa/export/precision.hpp>
#include <glossa/export/step_graph_builder.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace glossa::detail {

/// Values of the graph that users meet.
inline constexpr const char* kInputIds = "input_ids";
inline constexpr const char* kAttentionMask = "attention_mask";
inline constexpr const char* kTokenTypeIds = "token_type_ids";
inline constexpr const char* kLastHiddenState = "last_hidden_state";
inline constexpr const char* kSentenceEmbedding = "sentence_embedding";

/// Where the weights of a graph come from, which decides on their precision.
struct GraphWeights {
  /// The table of word vectors.
  std::function<GraphWords(StepGraphBuilder&)> words;
  /// A linear layer with its constants; asked for in the order of the layers.
  std::function<LinearStep(StepGraphBuilder&, const LinearName&, const std::string& input)> linear;
};

/// Floating-point weights, of the type that the graph computes in.
[[nodiscard]] inline GraphWeights float_weights(const ExportModel& model) {
  GraphWeights out;
  out.words = [&model](StepGraphBuilder& builder) {
    const std::size_t hidden = model.config.hidden_size;
    GraphWords words;
    words.table = builder.constant(table_constant(model.weights, std::string(kWordTable), builder.graph().compute,
                                                  model.config.vocab_size, hidden));
    words.hidden = words.padded = hidden;
    return words;
  };
  out.linear = [&model](StepGraphBuilder& builder, const LinearName& name, const std::string& input) {
    LinearStep step;
    step.input = input;
    step.inputs = name.inputs;
    step.columns = name.columns();
    step.weights = builder.constant(matrix_constant(model.weights, name, builder.graph().compute));
    std::vector<std::string> biases;
    for (const std::string& part : name.parts) biases.push_back(part + ".bias");
    step.bias = builder.constant(
        vector_constant(model.weights, name.joined + ".bias", builder.graph().compute, biases, name.outputs));
    return step;
  };
  return out;
}

/// What a user may ask of the graph.
struct GraphWishes {
  GraphType compute = GraphType::f32;
  bool token_type_ids = false;  ///< as a third input; without, all tokens have type 0
};

/// Options: those of a format, with a precision and token_type_ids.
template <class Options>
[[nodiscard]] GraphWishes wishes_of(const Options& options) {
  return {options.precision == ExportPrecision::f16 ? GraphType::f16 : GraphType::f32, options.token_type_ids};
}

/// Builds the graph of a BERT or XLM-RoBERTa encoder. It refers to `model`.
class EncoderGraph {
 public:
  EncoderGraph(const ExportModel& model, const GraphWishes& wishes, GraphWeights weights)
      : model_(model), config_(model.config), wishes_(wishes), weights_(std::move(weights)) {}

  [[nodiscard]] Graph build() {
    graph_.compute = wishes_.compute;
    add_ports();
    const bool is_half = wishes_.compute == GraphType::f16;
    std::string hidden = add_embeddings();
    for (std::size_t i = 0; i < config_.layers; ++i) {
      const bool is_last = i + 1 == config_.layers && !is_half;
      hidden = add_layer(i, hidden, is_last ? kLastHiddenState : "layer." + std::to_string(i) + ".output");
    }
    if (is_half) hidden = builder_.cast(hidden, GraphType::f32, kLastHiddenState);
    PoolingGraph(builder_, hidden, kAttentionMask)
        .add(model_.sentence.poolings, model_.sentence.normalize, kSentenceEmbedding);
    return std::move(graph_);
  }

 private:
  void add_ports() {
    const auto input = [&](const char* name) {
      graph_.inputs.push_back({name, GraphType::i64, {std::string("batch"), std::string("length")}});
    };
    input(kInputIds);
    input(kAttentionMask);
    if (wishes_.token_type_ids) input(kTokenTypeIds);
    graph_.outputs.push_back(
        {kLastHiddenState, GraphType::f32, {std::string("batch"), std::string("length"), config_.hidden_size}});
    graph_.outputs.push_back({kSentenceEmbedding, GraphType::f32, {std::string("batch"), model_.dims()}});
  }

  std::string add_embeddings() {
    EmbeddingStep embedding;
    embedding.output = "embeddings.output";
    embedding.ids = kInputIds;
    embedding.words = weights_.words(builder_);
    embedding.positions = add_positions();
    if (config_.positions_follow_padding) embedding.position_ids = add_position_ids();
    if (wishes_.token_type_ids) {
      embedding.types = builder_.constant(
          table_constant(model_.weights, kTypes, graph_.compute, config_.token_types, config_.hidden_size));
      embedding.type_ids = kTokenTypeIds;
    }
    std::tie(embedding.gain, embedding.bias) = add_norm("embeddings.LayerNorm");
    embedding.epsilon = config_.layer_norm_epsilon;
    graph_.steps.emplace_back(embedding);
    return embedding.output;
  }

  /// The table of positions. Where tokens have no types, the vector of type 0 is a part of each row.
  std::string add_positions() {
    const Shape shape{config_.max_positions, config_.hidden_size};
    const std::string name = "embeddings.position_embeddings.weight";
    std::vector<float> rows = model_.weights.read<float>(name, shape);
    const std::vector<float> types = model_.weights.read<float>(kTypes, {config_.token_types, config_.hidden_size});
    if (!wishes_.token_type_ids)
      for (std::size_t i = 0; i < rows.size(); ++i) rows[i] += types[i % config_.hidden_size];
    return builder_.constant(float_constant(name, graph_.compute, shape, std::move(rows)));
  }

  /// XLM-RoBERTa's positions: tokens count from padding_id + 1, padding has padding_id and does not count.
  std::string add_position_ids() {
    const std::string padding = builder_.integer(static_cast<std::int64_t>(config_.padding_id));
    const std::string is_padding = builder_.step(SmallOp::equal, {kInputIds, padding});
    const std::string counts =
        builder_.step(SmallOp::subtract, {builder_.integer(1), builder_.cast(is_padding, GraphType::i64)});
    const std::string sums = builder_.step(SmallOp::running_sum, {counts}, {1});
    return builder_.step(SmallOp::add, {builder_.step(SmallOp::multiply, {sums, counts}), padding});
  }

  std::string add_layer(std::size_t index, const std::string& input, const std::string& output) {
    const LayerNames names(config_, index);
    const std::string layer = "layer." + std::to_string(index) + ".";
    AttentionStep attention;
    attention.output = layer + "context";
    attention.qkv = add_linear(names.qkv, input, layer + "qkv");
    attention.mask = kAttentionMask;
    attention.heads = config_.heads;
    attention.head_size = config_.head_size();
    graph_.steps.emplace_back(attention);
    const std::string middle =
        add_and_normalize(names.attention_output, attention.output, input, names.attention_norm, layer + "attention");
    LinearStep wide = add_linear(names.wide, middle, layer + "wide");
    wide.activation = config_.activation;
    graph_.steps.emplace_back(wide);
    return add_and_normalize(names.narrow, wide.output, middle, names.output_norm, layer + "narrow", output);
  }

  LinearStep add_linear(const LinearName& name, const std::string& input, const std::string& output) {
    LinearStep step = weights_.linear(builder_, name, input);
    step.output = output;
    return step;
  }

  std::string add_and_normalize(const LinearName& name, const std::string& input, const std::string& residual,
                                const std::string& norm, const std::string& place, const std::string& output = {}) {
    AddNormStep step;
    step.output = output.empty() ? place + ".normalized" : output;
    step.residual = residual;
    step.added = add_linear(name, input, place + ".output");
    std::tie(step.gain, step.bias) = add_norm(norm);
    step.epsilon = config_.layer_norm_epsilon;
    graph_.steps.emplace_back(step);
    return step.output;
  }

  /// Gain and bias; checkpoints from TensorFlow call them gamma and beta.
  std::pair<std::string, std::string> add_norm(const std::string& name) {
    const auto add = [&](const char* usual, const char* other) {
      const std::string from = name + (model_.weights.find(name + other) != nullptr ? other : usual);
      return builder_.constant(
          vector_constant(model_.weights, name + usual, graph_.compute, {from}, config_.hidden_size));
    };
    std::string gain = add(".weight", ".gamma");
    return {std::move(gain), add(".bias", ".beta")};
  }

  static constexpr const char* kTypes = "embeddings.token_type_embeddings.weight";

  const ExportModel& model_;
  const EncoderConfig& config_;
  GraphWishes wishes_;
  GraphWeights weights_;
  Graph graph_;
  StepGraphBuilder builder_{graph_};
};

}  // namespace glossa::detail
