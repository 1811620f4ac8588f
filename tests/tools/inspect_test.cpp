// glossa tokenize, similarity, info and verify.
#include "tool.hpp"

#include <glossa/glossa.hpp>

#include <cstdio>
#include <string>
#include <vector>

namespace {

using test::check_complaint;
using test::check_quiet;
using test::contains;
using test::embedder;
using test::Json;
using test::lines_of;
using test::with_model;
using test::Workshop;

void check_encoding(const std::string& line, const glossa::Encoding& expected) {
  const auto object = nlohmann::ordered_json::parse(line);
  INFO(line);
  REQUIRE(object.size() == 3);
  CHECK(object.begin().key() == "ids");
  CHECK(object.at("ids").get<std::vector<glossa::TokenId>>() == expected.ids);
  CHECK(object.at("tokens").get<std::vector<std::string>>() == expected.tokens);
  REQUIRE(object.at("offsets").size() == expected.offsets.size());
  for (std::size_t i = 0; i < expected.offsets.size(); ++i) {
    CHECK(object.at("offsets")[i][0] == expected.offsets[i].begin);
    CHECK(object.at("offsets")[i][1] == expected.offsets[i].end);
  }
}

/// A model folder that holds its own vectors, as the tools that fetch and convert models make them.
void write_verified_model(const std::filesystem::path& folder) {
  test::write_family(folder, test::family("multilingual-e5-small"));
  const glossa::Embedder model(folder);
  Json texts = Json::array();
  for (const auto& [role, text] : {std::pair("query", "the cat"), {"passage", "protein"}, {"none", "a female"}}) {
    const auto kind = std::string(role) == "query"     ? glossa::Role::query
                      : std::string(role) == "passage" ? glossa::Role::passage
                                                       : glossa::Role::none;
    const std::string prompt = kind == glossa::Role::none ? "" : std::string(role) + ": ";
    texts.push_back({{"text", text},
                     {"role", role},
                     {"ids", model.tokenizer().encode(prompt + text).ids},
                     {"vector", model.embed(text, kind).values()}});
  }
  test::write_file(folder / glossa::kGoldenFile, Json{{"texts", texts}}.dump());
}

}  // namespace

TEST_CASE("tokenize writes a line of ids, tokens and offsets for each line") {
  const Workshop shop;
  const std::vector<std::string> texts = {"The cat sleeps", "", "über </s> 猫", "é"};
  std::string input;
  for (const std::string& text : texts) input += Json{{"id", 1}, {"text", text}}.dump() + "\n\n";
  for (const auto specials : {glossa::Specials::recognised, glossa::Specials::text}) {
    const test::Run run =
        shop.run("tokenize " + with_model() + (specials == glossa::Specials::text ? " --specials text" : ""), input);
    check_quiet(run);
    const auto lines = lines_of(run.out);
    REQUIRE(lines.size() == texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i)
      check_encoding(lines[i], embedder().tokenizer().encode(
                                   texts[i], {.specials = specials, .with_tokens = true, .with_offsets = true}));
  }
  const auto special = embedder().tokenizer().encode("</s>").ids.size();
  const auto text = embedder().tokenizer().encode("</s>", {.specials = glossa::Specials::text}).ids.size();
  CHECK(special < text);
}

TEST_CASE("tokenize reads and writes files") {
  const Workshop shop;
  shop.write("texts.jsonl", "{\"text\":\"the cat\"}");
  check_quiet(shop.run("tokenize " + with_model() + " --input texts.jsonl --output ids.jsonl"));
  const auto lines = lines_of(shop.read("ids.jsonl"));
  REQUIRE(lines.size() == 1);
  check_encoding(lines[0], embedder().tokenizer().encode("the cat", {.with_tokens = true, .with_offsets = true}));
  check_complaint(shop.run("tokenize " + with_model() + " --output ids.jsonl", "{\"text\":\"a\"}\n{"), 1,
                  {"standard input, line 2", "not valid JSON"});
  CHECK(lines_of(shop.read("ids.jsonl")) == lines);
  CHECK(shop.partial_files() == 0);
}

TEST_CASE("tokenize can use the sentencepiece library, or says that it is not there") {
  const Workshop shop;
  const test::Run run = shop.run("tokenize " + with_model() + " --engine sentencepiece", "{\"text\":\"the cat\"}");
#if defined(GLOSSA_TOOL_HAS_SENTENCEPIECE)
  check_quiet(run);
  check_encoding(run.out, embedder().tokenizer().encode("the cat", {.with_tokens = true, .with_offsets = true}));
#else
  check_complaint(run, 1, {"--engine sentencepiece", "built without", "libsentencepiece-dev"});
#endif
}

TEST_CASE("similarity prints the cosine of two texts") {
  const Workshop shop;
  const auto expect = [](float cosine) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4f\n", static_cast<double>(cosine));
    return std::string(text);
  };
  test::Run run = shop.run("similarity " + with_model() + " 'the cat' 'a female'");
  check_quiet(run);
  CHECK(run.out == expect(glossa::dot(embedder().embed("the cat"), embedder().embed("a female"))));
  run = shop.run("similarity " + with_model() + " --role query 'the cat' 'a female'");
  check_quiet(run);
  CHECK(run.out == expect(glossa::dot(embedder().embed_query("the cat"), embedder().embed_query("a female"))));
  CHECK(shop.run("similarity " + with_model() + " '' ''").out == "1.0000\n");
  check_complaint(shop.run("similarity " + with_model() + " one"), 2, {"required", "glossa similarity --help"});
}

TEST_CASE("similarity tells when a text was cut") {
  const Workshop shop;
  std::string text;
  for (int i = 0; i < 600; ++i) text += "the cat ";
  const test::Run run = shop.run("similarity " + with_model() + " '" + text + "' a");
  CHECK(run.status == 0);
  CHECK(contains(run.err, "1 of 2 texts were longer than 512 tokens and were cut"));
}

TEST_CASE("info tells what a model folder holds") {
  const Workshop shop;
  const test::Run run = shop.run("info '" + test::model_folder().string() + "'");
  check_quiet(run);
  for (const std::string fact :
       {"bert, 2 layers, hidden size 32, 4 heads, feed-forward size 64", "48640 (F32)",
        "32 dimensions, mean pooling, unit length", "512 tokens", "452 tokens", "sentencepiece.bpe.model",
        "query prompt   \"query: \"", "passage prompt \"passage: \""}) {
    INFO(fact << " in\n" << run.out);
    CHECK(contains(run.out, fact));
  }
  check_complaint(shop.run("info nowhere"), 1, {"nowhere", "no such model folder", "config.json"});
}

TEST_CASE("verify succeeds on a model that gives what it should") {
  const Workshop shop;
  write_verified_model(shop.file("model"));
  const test::Run run = shop.run("verify model");
  check_quiet(run);
  CHECK(contains(run.out, "ok      token ids in glossa_golden.json: 3 of 3"));
  CHECK(contains(run.out, "ok      vectors in glossa_golden.json: 3 of 3 texts"));
  CHECK(!contains(run.out, "FAILED"));
}

TEST_CASE("verify says what it could not check") {
  const Workshop shop;
  const test::Run run = shop.run("verify '" + test::model_folder().string() + "'");
  CHECK(contains(run.out, "not checked: vectors: the folder has no glossa_golden.json"));
}

TEST_CASE("verify fails on damaged weights") {
  const Workshop shop;
  write_verified_model(shop.file("model"));
  const auto path = shop.file("model/model.safetensors");
  std::string weights = test::read_file(path);
  SECTION("other values") {
    std::fill_n(weights.begin() + static_cast<std::ptrdiff_t>(weights.size() / 2), 16384, '\0');
    test::write_file(path, weights);
    const test::Run run = shop.run("verify model");
    CHECK(run.status == 1);
    CHECK(contains(run.out, "FAILED  vectors in glossa_golden.json"));
    CHECK(contains(run.out, "ok      token ids in glossa_golden.json"));
    CHECK(contains(run.err, "glossa: model does not give what it should"));
    CHECK(contains(run.err, "fetch or convert the model again"));
    CHECK(lines_of(run.err).size() == 1);
  }
  SECTION("values that are no numbers") {
    std::fill_n(weights.begin() + static_cast<std::ptrdiff_t>(weights.size() / 2), 16384, '\xFF');
    test::write_file(path, weights);
    check_complaint(shop.run("verify model"), 1, {"model", "NaN or infinity", "weights damaged"});
  }
  SECTION("a file that was cut") {
    test::write_file(path, weights.substr(0, weights.size() - 100));
    check_complaint(shop.run("verify model"), 1, {"model.safetensors"});
  }
}
