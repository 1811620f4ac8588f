// modules.json and what it leads to, in the layouts of old and new versions of sentence-transformers.
#include "catch.hpp"
#include "error_of.hpp"
#include "random_model.hpp"

#include <glossa/model/sentence_config.hpp>

#include <string>

using glossa::Error;
using glossa::ErrorKind;
using glossa::Pooling;
using glossa::SentenceConfig;
using test::Json;

namespace {

constexpr const char* kOld = "sentence_transformers.models.";

/// A folder whose encoder is 32 wide, to be filled with files.
class Folder {
 public:
  void write(const std::string& name, const std::string& text) const { test::write_file(path() / name, text); }
  void write(const std::string& name, const Json& json) const { write(name, json.dump()); }
  /// modules.json of these types and paths.
  void modules(const std::vector<std::pair<std::string, std::string>>& entries) const {
    Json json = Json::array();
    for (const auto& [type, place] : entries)
      json.push_back({{"idx", json.size()}, {"name", std::to_string(json.size())}, {"path", place}, {"type", type}});
    write("modules.json", json);
  }
  [[nodiscard]] std::filesystem::path path() const { return folder_.path(); }
  [[nodiscard]] SentenceConfig read() const {
    return glossa::read_sentence_config(path(), [](const std::filesystem::path&) { return 32u; });
  }
  [[nodiscard]] Error refused(const std::string& file = "modules.json") const {
    const Error error = test::error_of([&] { (void)read(); });
    CHECK(error.file() == (path() / file).string());
    return error;
  }

 private:
  test::TemporaryFolder folder_;
};

/// A folder with a Transformer at its top and mean pooling.
class PlainFolder : public Folder {
 public:
  PlainFolder() {
    write("1_Pooling/config.json", Json{{"word_embedding_dimension", 32}, {"pooling_mode_mean_tokens", true}});
    modules({{std::string(kOld) + "Transformer", ""}, {std::string(kOld) + "Pooling", "1_Pooling"}});
  }
};

}  // namespace

TEST_CASE("a folder without modules.json is an encoder with mean pooling") {
  const Folder folder;
  const SentenceConfig config = folder.read();
  CHECK(config.encoder_folder == folder.path());
  CHECK(config.poolings == std::vector{Pooling::mean});
  CHECK_FALSE(config.normalize);
  CHECK_FALSE(config.max_tokens);
  CHECK_FALSE(config.lowercase);
}

TEST_CASE("the module types of all versions of sentence-transformers are known") {
  const std::string before_five[] = {"sentence_transformers.models.Transformer", "sentence_transformers.models.Pooling",
                                     "sentence_transformers.models.Normalize"};
  const std::string six[] = {"sentence_transformers.base.modules.transformer.Transformer",
                             "sentence_transformers.sentence_transformer.modules.pooling.Pooling",
                             "sentence_transformers.base.modules.normalize.Normalize"};
  const std::string bare[] = {"Transformer", "Pooling", "Normalize"};
  for (const auto& types : {before_five, six, bare}) {
    INFO(types[0]);
    const PlainFolder folder;
    folder.modules({{types[0], ""}, {types[1], "1_Pooling"}});
    CHECK_FALSE(folder.read().normalize);
    folder.modules({{types[0], ""}, {types[1], "1_Pooling"}, {types[2], "2_Normalize"}});
    CHECK(folder.read().normalize);
  }
}

TEST_CASE("the encoder may lie in a folder of its own") {
  const PlainFolder folder;
  folder.modules({{std::string(kOld) + "Transformer", "0_Transformer"}, {std::string(kOld) + "Pooling", "1_Pooling"}});
  folder.write("0_Transformer/sentence_bert_config.json", Json{{"max_seq_length", 77}, {"do_lower_case", true}});
  folder.write("sentence_bert_config.json", Json{{"max_seq_length", 12}});  // not the module's
  const SentenceConfig config = folder.read();
  CHECK(config.encoder_folder == folder.path() / "0_Transformer");
  CHECK(config.max_tokens == 77);
  CHECK(config.lowercase);
}

TEST_CASE("a sequence of modules that is not implemented is refused by its first strange type") {
  const std::string transformer = std::string(kOld) + "Transformer";
  const std::string pooling = std::string(kOld) + "Pooling";
  const std::string normalize = std::string(kOld) + "Normalize";
  const std::string dense = std::string(kOld) + "Dense";
  using Entries = std::vector<std::pair<std::string, std::string>>;
  const std::pair<const char*, Entries> cases[] = {
      {"[2].type", {{transformer, ""}, {pooling, "1_Pooling"}, {dense, "2_Dense"}}},
      {"[2].type", {{transformer, ""}, {pooling, "1_Pooling"}, {dense, "2_Dense"}, {normalize, ""}}},
      {"[0].type", {{pooling, "1_Pooling"}, {transformer, ""}}},
      {"[1].type", {{transformer, ""}, {normalize, ""}, {pooling, "1_Pooling"}}},
      {"[1].type", {{transformer, ""}, {transformer, ""}}},
      {"[2].type", {{transformer, ""}, {pooling, "1_Pooling"}, {pooling, "1_Pooling"}}},
      {"[3].type", {{transformer, ""}, {pooling, "1_Pooling"}, {normalize, ""}, {normalize, ""}}},
      {"[0].type", {{std::string(kOld) + "CLIPModel", ""}}},
      {"[0].type", {{"mine.MyTransformer", ""}, {pooling, "1_Pooling"}}},
      {"[0].type", {{transformer + ".", ""}, {pooling, "1_Pooling"}}},
  };
  for (const auto& [field, entries] : cases) {
    const PlainFolder folder;
    folder.modules(entries);
    const Error error = folder.refused();
    INFO(error.what());
    CHECK(error.kind() == ErrorKind::unsupported);
    CHECK(error.field() == field);
    CHECK_FALSE(error.facts().found.empty());
  }
}

TEST_CASE("modules that are missing are not made up") {
  const PlainFolder folder;
  folder.modules({});
  CHECK(folder.refused().kind() == ErrorKind::corrupt_file);
  folder.modules({{std::string(kOld) + "Transformer", ""}});
  CHECK(folder.refused().kind() == ErrorKind::corrupt_file);
}

TEST_CASE("a module's path stays inside the folder") {
  const std::string places[] = {"..", "../other", "0/../../x", "/etc", "a\\..\\b", std::string("1_Pooling\0x", 11)};
  for (const std::string& place : places) {
    INFO(place);
    const PlainFolder folder;
    folder.modules({{std::string(kOld) + "Transformer", place}, {std::string(kOld) + "Pooling", "1_Pooling"}});
    CHECK(folder.refused().field() == "[0].path");
    folder.modules({{std::string(kOld) + "Transformer", ""}, {std::string(kOld) + "Pooling", place}});
    CHECK(folder.refused().field() == "[1].path");
  }
}

TEST_CASE("a path that the system refuses is an Error like any other") {
  const PlainFolder folder;
  folder.modules(
      {{std::string(kOld) + "Transformer", std::string(5000, 'x')}, {std::string(kOld) + "Pooling", "1_Pooling"}});
  const Error error = test::error_of([&] { (void)folder.read(); });
  CHECK(error.kind() == ErrorKind::io);
  CHECK(error.file().starts_with(folder.path().string()));
}

TEST_CASE("a modules.json of another structure is refused by field") {
  const std::pair<const char*, const char*> cases[] = {{"{}", ""},
                                                       {"null", ""},
                                                       {"[1]", "[0]"},
                                                       {"[null]", "[0]"},
                                                       {"[{}]", "[0].type"},
                                                       {R"([{"type":1}])", "[0].type"},
                                                       {R"([{"type":"Transformer","path":1}])", "[0].path"},
                                                       {"[", ""},
                                                       {"", ""}};
  for (const auto& [text, field] : cases) {
    INFO(text);
    const PlainFolder folder;
    folder.write("modules.json", std::string(text));
    const Error error = folder.refused();
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.field() == field);
  }
}

TEST_CASE("the text limit comes from the module's file, else from the tokenizer's, else from nobody") {
  const PlainFolder folder;
  folder.write("tokenizer_config.json", Json{{"model_max_length", 512}});
  CHECK(folder.read().max_tokens == 512);
  folder.write("sentence_bert_config.json", Json{{"max_seq_length", 128}});
  CHECK(folder.read().max_tokens == 128);
  folder.write("sentence_bert_config.json", Json{{"max_seq_length", nullptr}, {"do_lower_case", true}});
  CHECK(folder.read().max_tokens == 512);
  CHECK(folder.read().lowercase);
  folder.write("sentence_bert_config.json",
               Json{{"transformer_task", "feature-extraction"}, {"module_output_name", "token_embeddings"}});
  CHECK(folder.read().max_tokens == 512);  // version 6 writes other keys
  // "No limit", as transformers writes it.
  for (const char* none :
       {R"({"model_max_length":1e30})", R"({"model_max_length":1000000000000000019884624838656})",
        R"({"model_max_length":null})", R"({"model_max_length":0})", R"({"model_max_length":-1})", "{}"}) {
    INFO(none);
    folder.write("tokenizer_config.json", std::string(none));
    CHECK_FALSE(folder.read().max_tokens);
  }
}

TEST_CASE("each name of the module's file is read") {
  for (const char* name : {"sentence_bert_config.json", "sentence_xlm-roberta_config.json",
                           "sentence_roberta_config.json", "sentence_camembert_config.json"}) {
    const PlainFolder folder;
    folder.write(name, Json{{"max_seq_length", 99}});
    CHECK(folder.read().max_tokens == 99);
  }
}

TEST_CASE("a wrong text limit is refused by file and field") {
  const PlainFolder folder;
  for (const Json& value : {Json(0), Json(-1), Json(1e30), Json("128"), Json(128.5), Json::array()}) {
    folder.write("sentence_bert_config.json", Json{{"max_seq_length", value}});
    CHECK(folder.refused("sentence_bert_config.json").field() == "max_seq_length");
  }
  folder.write("sentence_bert_config.json", Json{{"max_seq_length", 8}, {"do_lower_case", "no"}});
  CHECK(folder.refused("sentence_bert_config.json").field() == "do_lower_case");
  folder.write("sentence_bert_config.json", Json::object());
  folder.write("tokenizer_config.json", Json{{"model_max_length", "512"}});
  CHECK(folder.refused("tokenizer_config.json").field() == "model_max_length");
}
