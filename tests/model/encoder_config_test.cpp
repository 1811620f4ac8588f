// config.json: the sizes and variants that it states, and every way in which a field can be wrong.
#include "catch.hpp"
#include "error_of.hpp"
#include "random_model.hpp"

#include <glossa/model/encoder_config_reader.hpp>

#include <string>

using glossa::EncoderConfig;
using glossa::Error;
using glossa::ErrorKind;
using test::Json;

namespace {

Json bert() { return test::family("multilingual-e5-small").at("files").at("config.json"); }
Json roberta() { return test::family("multilingual-e5-base").at("files").at("config.json"); }

EncoderConfig read(const Json& config) {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "config.json", config.dump());
  return glossa::read_encoder_config(folder.path());
}

EncoderConfig read_with(Json config, const char* field, const Json& value) {
  config[field] = value;
  return read(config);
}

Error refused(const Json& config) {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "config.json", config.dump());
  const Error error = test::error_of([&] { (void)glossa::read_encoder_config(folder.path()); });
  CHECK(error.file() == (folder.path() / "config.json").string());
  return error;
}

Error refused_with(Json config, const char* field, const Json& value) {
  config[field] = value;
  return refused(config);
}

}  // namespace

TEST_CASE("the configurations of BERT and XLM-RoBERTa are read") {
  const EncoderConfig a = read(bert());
  CHECK(a.model_type == "bert");
  CHECK(a.vocab_size == 470);
  CHECK(a.hidden_size == 32);
  CHECK(a.layers == 2);
  CHECK(a.heads == 4);
  CHECK(a.head_size() == 8);
  CHECK(a.intermediate_size == 64);
  CHECK(a.max_positions == 512);
  CHECK(a.token_types == 2);
  CHECK(a.layer_norm_epsilon == 1e-12);
  CHECK(a.activation == glossa::Activation::gelu);
  CHECK_FALSE(a.positions_follow_padding);
  CHECK(a.max_tokens() == 512);
  const EncoderConfig b = read(roberta());
  CHECK(b.model_type == "xlm-roberta");
  CHECK(b.positions_follow_padding);
  CHECK(b.padding_id == 1);
  CHECK(b.max_tokens() == 512);  // of 514 positions
  CHECK(b.layer_norm_epsilon == 1e-5);
}

TEST_CASE("a size that is missing, negative, huge, broken or of another type is refused by name") {
  std::size_t refusals = 0;
  for (const char* field : {"vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads",
                            "intermediate_size", "max_position_embeddings"}) {
    INFO(field);
    Json without = bert();
    without.erase(field);
    CHECK(refused(without).field() == field);
    for (const Json& value : {Json(0), Json(-1), Json(1u << 30), Json(UINT64_MAX), Json(INT64_MIN), Json(32.0),
                              Json(1e300), Json("32"), Json(true), Json(nullptr), Json::array({32}), Json::object()}) {
      INFO(value);
      const Error error = refused_with(bert(), field, value);
      CHECK(error.kind() == ErrorKind::corrupt_file);
      CHECK(error.field() == field);
      ++refusals;
    }
  }
  CHECK(refusals == 72);
}

TEST_CASE("fields with a default may be missing or null, but not wrong") {
  for (const char* field : {"model_type", "type_vocab_size", "layer_norm_eps", "hidden_act", "position_embedding_type",
                            "is_decoder", "pad_token_id"}) {
    INFO(field);
    Json without = bert();
    without.erase(field);
    CHECK(read(without).hidden_size == 32);
    CHECK(read_with(bert(), field, nullptr).hidden_size == 32);
    CHECK(refused_with(bert(), field, Json::array()).field() == field);
    CHECK(refused_with(bert(), field, Json::object()).field() == field);
  }
  CHECK(refused_with(bert(), "type_vocab_size", 0).field() == "type_vocab_size");
  CHECK(refused_with(bert(), "pad_token_id", -1).field() == "pad_token_id");
  for (const Json& epsilon : {Json(-1e-12), Json(1), Json(1e300), Json("1e-12")})
    CHECK(refused_with(bert(), "layer_norm_eps", epsilon).field() == "layer_norm_eps");
  CHECK(read_with(bert(), "layer_norm_eps", 0).layer_norm_epsilon == 0);
}

TEST_CASE("a model type or variant that is not implemented is refused by name, never taken for another") {
  for (const char* type : {"roberta", "camembert", "xlm-roberta"})
    CHECK(read_with(roberta(), "model_type", type).positions_follow_padding);
  for (const auto& [field, value] : {std::pair<const char*, const char*>{"model_type", "mpnet"},
                                     {"model_type", "distilbert"},
                                     {"model_type", "BERT"},
                                     {"model_type", ""},
                                     {"hidden_act", "silu"},
                                     {"hidden_act", ""},
                                     {"position_embedding_type", "relative_key"}}) {
    INFO(field << " " << value);
    const Error error = refused_with(bert(), field, value);
    CHECK(error.kind() == ErrorKind::unsupported);
    CHECK(error.field() == field);
    CHECK(error.facts().found == value);
  }
  CHECK(refused_with(bert(), "is_decoder", true).field() == "is_decoder");
}

TEST_CASE("each activation that configurations name is told apart") {
  using glossa::Activation;
  CHECK(read_with(bert(), "hidden_act", "gelu").activation == Activation::gelu);
  for (const char* name : {"gelu_new", "gelu_pytorch_tanh", "gelu_fast"})
    CHECK(read_with(bert(), "hidden_act", name).activation == Activation::gelu_tanh);
  CHECK(read_with(bert(), "hidden_act", "relu").activation == Activation::relu);
}

TEST_CASE("heads that do not divide the hidden size are refused") {
  for (const int heads : {3, 5, 31, 33, 64}) {
    const Error error = refused_with(bert(), "num_attention_heads", heads);
    CHECK(error.field() == "num_attention_heads");
    CHECK(error.facts().expected == "a divisor of hidden_size 32");
  }
  CHECK(read_with(bert(), "num_attention_heads", 32).head_size() == 1);
}

TEST_CASE("XLM-RoBERTa's positions have to reach beyond its padding") {
  CHECK(read_with(roberta(), "pad_token_id", 512).max_tokens() == 1);
  CHECK(refused_with(roberta(), "pad_token_id", 513).field() == "max_position_embeddings");
  CHECK(refused_with(roberta(), "pad_token_id", 1u << 30).field() == "pad_token_id");
  Json without = roberta();
  without.erase("pad_token_id");
  CHECK(read(without).padding_id == 1);
  without["max_position_embeddings"] = 2;
  const Error error = refused(without);
  CHECK(error.field() == "max_position_embeddings");
  CHECK(error.facts().found == "2");
  without["max_position_embeddings"] = 3;
  CHECK(read(without).max_tokens() == 1);
  CHECK(read_with(bert(), "pad_token_id", 513).max_tokens() == 512);  // BERT counts from 0
}

TEST_CASE("a config.json that is missing, a folder or no object is refused by name") {
  const test::TemporaryFolder folder;
  const auto error = [&] { return test::error_of([&] { (void)glossa::read_encoder_config(folder.path()); }); };
  CHECK(error().kind() == ErrorKind::not_found);
  CHECK(error().file() == (folder.path() / "config.json").string());
  for (const char* text : {"", "{", "[]", "null", "{}x", "\xFF", "{\"a\":1e999}", "{'a':1}"}) {
    INFO(text);
    test::write_file(folder.path() / "config.json", text);
    CHECK(error().kind() == ErrorKind::corrupt_file);
    CHECK(error().file() == (folder.path() / "config.json").string());
  }
  test::write_file(folder.path() / "config.json", std::string((16u << 20) + 1, ' '));
  CHECK(test::says(error(), "too large"));
  std::filesystem::remove(folder.path() / "config.json");
  std::filesystem::create_directory(folder.path() / "config.json");
  CHECK(error().kind() == ErrorKind::invalid_argument);
}

TEST_CASE("what is not implemented comes with a way out") {
  CHECK(test::says(refused_with(bert(), "model_type", "qwen3"), "multilingual-e5-small"));
  CHECK(test::says(refused_with(bert(), "position_embedding_type", "rotary"), "choose a model"));
  CHECK_FALSE(refused_with(bert(), "num_attention_heads", 5).facts().remedy.empty());
  CHECK_FALSE(refused_with(bert(), "hidden_size", "x").facts().remedy.empty());
}
