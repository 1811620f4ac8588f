// A model folder's config.json comes in; the sizes and variants of its encoder go out, checked.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/json.hpp>
#include <glossa/model/encoder_config.hpp>

#include <cstddef>
#include <filesystem>
#include <string>

namespace glossa {

/// Reads `folder`/config.json. Errors: `not_found`, `corrupt_file`, `unsupported` naming the field.
[[nodiscard]] inline EncoderConfig read_encoder_config(const std::filesystem::path& folder) {
  const auto path = folder / "config.json";
  const detail::Json document = detail::read_json(path);
  const detail::JsonFields fields(document, detail::path_text(path));
  const auto unsupported = [&](const char* field, const std::string& expected, const std::string& found,
                               const char* remedy =
                                   "this encoder computes something else; choose a model of the BERT "
                                   "or XLM-RoBERTa family whose config.json has the expected value") {
    throw Error(ErrorKind::unsupported, {.file = fields.file(),
                                         .field = field,
                                         .problem = "this is not implemented",
                                         .expected = expected,
                                         .found = found,
                                         .remedy = remedy});
  };
  EncoderConfig config;
  config.model_type = fields.string_or("model_type", "bert");
  const bool is_roberta =
      config.model_type == "xlm-roberta" || config.model_type == "roberta" || config.model_type == "camembert";
  if (!is_roberta && config.model_type != "bert")
    unsupported("model_type", "bert, xlm-roberta, roberta or camembert", config.model_type,
                "choose a model of these families, such as intfloat/multilingual-e5-small");
  constexpr std::size_t kMost = std::size_t{1} << 24;  // keeps every product of sizes far from overflow
  config.vocab_size = fields.size("vocab_size", 1, kMost);
  config.hidden_size = fields.size("hidden_size", 1, 1u << 16);
  config.layers = fields.size("num_hidden_layers", 1, 1u << 10);
  config.heads = fields.size("num_attention_heads", 1, 1u << 10);
  config.intermediate_size = fields.size("intermediate_size", 1, 1u << 18);
  config.max_positions = fields.size("max_position_embeddings", 1, kMost);
  config.token_types = fields.optional_size("type_vocab_size", 1, kMost).value_or(2);
  if (config.hidden_size % config.heads != 0)
    fields.wrong("num_attention_heads", "a divisor of hidden_size " + std::to_string(config.hidden_size),
                 fields.at("num_attention_heads"),
                 "one of the two fields is wrong: compare them with the model's own config.json, or fetch that again");
  config.layer_norm_epsilon = fields.number_or("layer_norm_eps", 1e-12);
  if (!(config.layer_norm_epsilon >= 0 && config.layer_norm_epsilon < 1))
    fields.wrong("layer_norm_eps", "a number from 0 to 1", fields.at("layer_norm_eps"));
  const std::string activation = fields.string_or("hidden_act", "gelu");
  if (activation == "gelu_new" || activation == "gelu_pytorch_tanh" || activation == "gelu_fast") {
    config.activation = Activation::gelu_tanh;
  } else if (activation == "relu") {
    config.activation = Activation::relu;
  } else if (activation != "gelu") {
    unsupported("hidden_act", "gelu, gelu_new or relu", activation);
  }
  const std::string positions = fields.string_or("position_embedding_type", "absolute");
  if (positions != "absolute") unsupported("position_embedding_type", "absolute", positions);
  if (fields.boolean_or("is_decoder", false)) unsupported("is_decoder", "false", "true");
  config.positions_follow_padding = is_roberta;
  config.padding_id = fields.optional_size("pad_token_id", 0, kMost).value_or(is_roberta ? 1 : 0);
  if (is_roberta && config.padding_id + 1 >= config.max_positions)
    fields.wrong("max_position_embeddings", "more than pad_token_id " + std::to_string(config.padding_id) + " + 1",
                 fields.at("max_position_embeddings"));
  return config;
}

}  // namespace glossa
