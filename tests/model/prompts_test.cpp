// What a folder says about its prompts, and that nothing is guessed where it says nothing.
#include "catch.hpp"
#include "error_of.hpp"
#include "random_model.hpp"

#include <glossa/embedder.hpp>
#include <glossa/model/prompts_reader.hpp>

#include <string>

using glossa::Error;
using glossa::Prompts;
using test::Json;

namespace {

const std::string kStated = "config_sentence_transformers.json";

/// Reads the prompts of a folder of this name with these files; config.json is {} where it is not among them.
Prompts read(const std::string& folder_name, const std::vector<std::pair<std::string, std::string>>& files) {
  const test::TemporaryFolder top;
  const auto folder = top.path() / folder_name;
  test::write_file(folder / "config.json", "{}");
  for (const auto& [name, text] : files) test::write_file(folder / name, text);
  return glossa::read_prompts(folder, folder);
}

bool is_unknown(const Prompts& prompts) { return !prompts.query && !prompts.passage; }
bool is_e5(const Prompts& prompts) { return prompts.query == "query: " && prompts.passage == "passage: "; }
bool is_none(const Prompts& prompts) { return prompts.query == "" && prompts.passage == ""; }

}  // namespace

TEST_CASE("prompts that the folder states go before everything else") {
  const auto stated = [](const Json& prompts) {
    return read("e5-base", {{kStated, Json{{"prompts", prompts}}.dump()}});
  };
  const Prompts both = stated({{"query", "q: "}, {"passage", "p: "}});
  CHECK(both.query == "q: ");
  CHECK(both.passage == "p: ");
  CHECK(both.source == kStated);
  CHECK(stated({{"query", "q: "}, {"document", "d: "}}).passage == "d: ");
  CHECK(stated({{"query", "q: "}, {"corpus", "c: "}}).passage == "c: ");
  CHECK(stated({{"query", "q: "}, {"document", "d: "}, {"passage", "p: "}}).passage == "p: ");
  CHECK(stated({{"query", "q: "}}).passage == "");  // the other role has none
  CHECK(stated({{"passage", "p: "}}).query == "");
}

TEST_CASE("two empty prompts are what recent versions write where nobody set any, and say nothing") {
  const std::string empty = Json{{"prompts", {{"query", ""}, {"document", ""}}}}.dump();
  CHECK(is_unknown(read("folder", {{kStated, empty}})));
  CHECK(is_e5(read("e5-small", {{kStated, empty}})));
  CHECK(is_unknown(read("folder", {{kStated, R"({"prompts":{}})"}})));
  CHECK(is_unknown(read("folder", {{kStated, R"({"prompts":null})"}})));
  CHECK(is_unknown(read("folder", {{kStated, R"({"prompts":{"sts":"Instruct: "}})"}})));
}

TEST_CASE("the name in config.json tells the family") {
  const auto named = [](const std::string& name) {
    return read("folder", {{"config.json", Json{{"_name_or_path", name}}.dump()}});
  };
  CHECK(is_e5(named("intfloat/multilingual-e5-small")));
  CHECK(named("intfloat/multilingual-e5-small").source == "config.json");
  CHECK(is_e5(named("./e5-large-v2/")));
  CHECK(is_e5(named("INTFLOAT/E5-BASE")));
  CHECK(named("WhereIsAI/UAE-Large-V1").query == "Represent this sentence for searching relevant passages: ");
  CHECK(named("WhereIsAI/UAE-Large-V1").passage == "");
  CHECK(is_none(named("sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2")));
  CHECK(is_none(named("nreimers/MiniLM-L6-H384-uncased")));
  CHECK(is_none(named("old_models/all-mpnet-base-v2")));
}

TEST_CASE("names that only look like a family's tell nothing") {
  for (const std::string name : {"code5-base", "intfloat/simlm-base", "me5-small", "bert-base-uncased",
                                 "xlm-roberta-base", "e5", "e5-", "", "small-multilingual"}) {
    INFO(name);
    CHECK(is_unknown(read("folder", {{"config.json", Json{{"_name_or_path", name}}.dump()}})));
    if (!name.empty() && name.find('/') == std::string::npos) CHECK(is_unknown(read(name, {})));
  }
}

TEST_CASE("prompts of instruction-tuned models depend on the task and stay unknown") {
  for (const std::string name : {"multilingual-e5-large-instruct", "e5-mistral-7b-instruct"}) {
    const Prompts prompts = read(name, {});
    CHECK(is_unknown(prompts));
    CHECK(prompts.source == "the folder's name");
  }
}

TEST_CASE("the model card tells the family by its front matter or title") {
  const auto card = [](const std::string& text) { return read("folder", {{"README.md", text}}); };
  CHECK(is_e5(card("---\nmodel-index:\n- name: multilingual-e5-small\n  results: []\n---\n# x\n")));
  CHECK(is_e5(card("---\nlicense: mit\nbase_model: intfloat/e5-base-v2\n---\n")));
  CHECK(is_e5(card("---\nbase_model:\n- x\n---\r\n\r\n## Multilingual-E5-base\r\n")));
  CHECK(is_none(card("---\nlibrary_name: x\n---\n\n# all-MiniLM-L6-v2\nThis is")));
  CHECK(card("# all-MiniLM-L6-v2").source == "README.md");
  CHECK(is_unknown(card("This model is better than multilingual-e5-small.\n")));
  CHECK(is_unknown(card("")));
  CHECK(is_unknown(card("# one\n# two\n# three\n# four\n# e5-small\n")));  // only the first names count
  CHECK(is_e5(
      read("folder", {{"README.md", "# all-MiniLM-L6-v2"}, {"config.json", R"({"_name_or_path":"x/e5-small"})"}})));
}

TEST_CASE("the folder's name tells the family, also further up in the hub's cache") {
  CHECK(is_e5(read("multilingual-e5-small", {})));
  CHECK(is_e5(read("models--intfloat--e5-base-v2/snapshots/1c644c92ad3ba1efdad3f1451a637716616a20e8", {})));
  CHECK(read("models--intfloat--e5-base-v2/snapshots/1c644c9", {}).source == "the folder's name");
  CHECK(is_none(read("all-MiniLM-L6-v2/", {})));
  CHECK(is_e5(read("models--intfloat--e5-base-v2/snapshots/1c644c9/", {})));
  CHECK(is_unknown(read("e5-small/a/b/c/d", {})));
}

TEST_CASE("folders above the model tell nothing unless they are the hub's cache") {
  for (const char* folder : {"e5-base-experiments/run1/m", "e5-base/m", "e5-base/snapshots/m", "models--x--e5-base/m",
                             "models--x--e5-base/other/m", "models--x--e5-base/snapshots/a/m"}) {
    INFO(folder);
    CHECK(is_unknown(read(folder, {})));
  }
}

TEST_CASE("a family's name starts a word, whatever the locale takes for letters") {
  const auto named = [](const std::string& name) {
    return read("folder", {{"config.json", Json{{"_name_or_path", name}}.dump()}});
  };
  CHECK(is_e5(named("my_e5-base")));
  CHECK(is_e5(named("\u00E9e5-base")));
  CHECK(is_unknown(named("5e5-base")));
  CHECK(is_unknown(named("Ze5-base")));
}

TEST_CASE("wrong types among the prompts are refused by file and field") {
  const std::pair<std::string, const char*> cases[] = {{R"({"prompts":[]})", "prompts"},
                                                       {R"({"prompts":"query: "})", "prompts"},
                                                       {R"({"prompts":{"query":1}})", "prompts.query"},
                                                       {R"({"prompts":{"query":"q","passage":[]}})", "prompts.passage"},
                                                       {"[]", ""},
                                                       {"{", ""}};
  for (const auto& [text, field] : cases) {
    INFO(text);
    const Error error = test::error_of([&, &content = text] { (void)read("e5-small", {{kStated, content}}); });
    CHECK(error.kind() == glossa::ErrorKind::corrupt_file);
    CHECK(error.file().ends_with(kStated));
    CHECK(error.field() == field);
  }
  CHECK(test::error_of([] {
          (void)read("x", {{"config.json", R"({"_name_or_path":7})"}});
        }).field() == "_name_or_path");
  CHECK(test::error_of([] {
          (void)read("x", {{"README.md", std::string((16u << 20) + 1, '#')}});
        })
            .file()
            .ends_with("README.md"));
}

TEST_CASE("an Embedder without known prompts embeds raw text, and for a role names the option to set") {
  const test::TemporaryFolder folder;
  test::write_family(folder.path() / "unheard-of", test::family("pooling-max"));
  const auto path = folder.path() / "unheard-of";
  const glossa::Embedder embedder(path, {.threads = 1});
  CHECK(is_unknown(embedder.info().prompts));
  const auto raw = embedder.embed("the cat");
  CHECK(raw.size() == 32);
  const Error query = test::error_of([&] { (void)embedder.embed_query("the cat"); });
  CHECK(query.kind() == glossa::ErrorKind::invalid_argument);
  CHECK(query.file() == path.string());
  CHECK(test::says(query, "EmbedderOptions::query_prompt"));
  const Error passage = test::error_of([&] { (void)embedder.embed_passage("the cat"); });
  CHECK(test::says(passage, "EmbedderOptions::passage_prompt"));
  CHECK(
      test::says(test::error_of([&] { (void)embedder.count_tokens("the cat", glossa::Role::query); }), "query_prompt"));

  const glossa::Embedder told(path, {.threads = 1, .query_prompt = "", .passage_prompt = "the "});
  CHECK(told.embed_query("the cat").values() == raw.values());
  CHECK(told.embed_passage("cat").values() == raw.values());
}
