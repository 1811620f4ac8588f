// Lines and JSON lines go into glossa embed; the vectors that the library gives come out, with everything else kept.
#include "tool.hpp"

#include <glossa/glossa.hpp>

#include <algorithm>
#include <chrono>
#include <span>
#include <string>
#include <vector>

namespace {

using test::check_quiet;
using test::embedder;
using test::lines_of;
using test::Npy;
using test::with_model;
using test::Workshop;
using OrderedJson = nlohmann::ordered_json;

bool same_bits(std::span<const float> a, std::span<const float> b) { return std::ranges::equal(a, b); }

/// The library's vectors of `texts` are the rows of `array`, bit for bit.
void check_vectors(const Npy& array, const std::vector<std::string>& texts) {
  REQUIRE(array.rows == texts.size());
  REQUIRE(array.dims == embedder().dims());
  const glossa::Embeddings expected = embedder().embed(texts);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    INFO("text " << i);
    CHECK(same_bits(array[i], expected[i]));
  }
}

Npy embed_lines(const Workshop& shop, const std::string& text) {
  shop.write("texts.txt", text);
  check_quiet(shop.run("embed " + with_model() + " --input texts.txt --output vectors.npy"));
  return test::parse_npy(shop.read("vectors.npy"));
}

std::vector<std::string> embed_json(const Workshop& shop, const std::string& text, const std::string& more = {}) {
  shop.write("texts.jsonl", text);
  check_quiet(shop.run("embed " + with_model() + " --input texts.jsonl --output vectors.jsonl " + more));
  return lines_of(shop.read("vectors.jsonl"));
}

std::vector<float> vector_of(const OrderedJson& object) { return object.at("embedding").get<std::vector<float>>(); }

std::vector<std::string> keys_of(const OrderedJson& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

}  // namespace

TEST_CASE("a line is a text, and its vector a row of the array") {
  const Workshop shop;
  check_vectors(embed_lines(shop, "a cat\nКошка спит\n the protein \n"), {"a cat", "Кошка спит", " the protein "});
}

TEST_CASE("roles put the model's prompts before the texts") {
  const Workshop shop;
  shop.write("texts.txt", "a cat\n");
  for (const std::string role : {"query", "passage"}) {
    check_quiet(shop.run("embed " + with_model() + " --input texts.txt --output vectors.npy --role " + role));
    check_vectors(test::parse_npy(shop.read("vectors.npy")), {role + ": a cat"});
  }
}

TEST_CASE("lines may end with CR LF, and the last one with nothing") {
  const Workshop shop;
  check_vectors(embed_lines(shop, "a cat\r\nthe protein\r\nfemale"), {"a cat", "the protein", "female"});
}

TEST_CASE("an empty line is an empty text") {
  const Workshop shop;
  check_vectors(embed_lines(shop, "\na cat\n\r\n\n"), {"", "a cat", "", ""});
}

TEST_CASE("NUL bytes are part of the text") {
  const Workshop shop;
  const std::string text("the\0cat\0", 8);
  check_vectors(embed_lines(shop, text + "\nthe\n"), {text, "the"});
}

TEST_CASE("bytes that are not UTF-8 count as U+FFFD") {
  const Workshop shop;
  check_vectors(embed_lines(shop, "the \xFF\xC3 cat\n"), {"the \xFF\xC3 cat"});
  check_vectors(embed_lines(shop, "the \xFF\xC3 cat\n"), {"the \xEF\xBF\xBD\xEF\xBF\xBD cat"});
  shop.write("texts.txt", "the \xFF cat\n");
  check_quiet(shop.run("embed " + with_model() + " --input texts.txt --output vectors.jsonl"));
  CHECK(OrderedJson::parse(shop.read("vectors.jsonl")).at("text") == "the \xEF\xBF\xBD cat");
}

TEST_CASE("no text gives an array without rows, and no line of JSON") {
  const Workshop shop;
  const Npy array = embed_lines(shop, "");
  CHECK(array.rows == 0);
  CHECK(array.dims == 32);
  CHECK(embed_json(shop, "").empty());
  CHECK(embed_json(shop, "\n \n\r\n").empty());
}

TEST_CASE("fields of JSON lines keep their order and their spelling, and the vector follows") {
  const Workshop shop;
  const std::string line =
      R"({"id": 123456789012345678901234567890, "z":1.0,  "text":"a \u0063at", "a":{"text":[1e2,"}"]}, "é":"\"}" )";
  const auto lines = embed_json(shop, line + "}\r\n\n" + R"({"text":"the protein"})");
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].starts_with(line + ",\"embedding\":["));
  const OrderedJson first = OrderedJson::parse(lines[0]);
  CHECK(keys_of(first) == std::vector<std::string>{"id", "z", "text", "a", "é", "embedding"});
  const OrderedJson second = OrderedJson::parse(lines[1]);
  const glossa::Embeddings expected = embedder().embed({"a cat", "the protein"});
  CHECK(same_bits(vector_of(first), expected[0]));
  CHECK(same_bits(vector_of(second), expected[1]));
}

TEST_CASE("an old embedding is replaced, and what lies around it stays as it was") {
  const Workshop shop;
  const auto lines = embed_json(shop, R"({"embedding":[1,2,{"a":"]"}],"id":18446744073709551616,"text":"a cat"})"
                                      "\n"
                                      R"({"id":1, "embe\u0064ding" : null, "text":"a cat"})"
                                      "\n"
                                      R"({"text":"a cat","embedding":"\\\"}"})");
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].starts_with(R"({"id":18446744073709551616,"text":"a cat","embedding":[)"));
  CHECK(lines[1].starts_with(R"({"id":1, "text":"a cat","embedding":[)"));
  CHECK(lines[2].starts_with(R"({"text":"a cat","embedding":[)"));
  for (const std::string& line : lines)
    CHECK(same_bits(vector_of(OrderedJson::parse(line)), embedder().embed("a cat")));
}

TEST_CASE("of several fields of one name the last counts, and all stay where they were") {
  const Workshop shop;
  const std::string line = R"({"text":1,"id":1,"t\u0065xt":"a cat","id":2,"x":{"text":"no"},"y":["text"])";
  const auto lines = embed_json(shop, line + "}\n" + R"({"embedding":1,"text":"a cat","embedding":[2]})");
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].starts_with(line + ",\"embedding\":["));
  CHECK(lines[1].starts_with(R"({"text":"a cat","embedding":[)"));
  CHECK(lines[1].find("embedding") == lines[1].rfind("embedding"));
  for (const std::string& each : lines)
    CHECK(same_bits(test::parse_json(each).at("embedding").get<std::vector<float>>(), embedder().embed("a cat")));
}

TEST_CASE("a line of very many fields takes time by its length") {
  const Workshop shop;
  std::string line = "{";
  for (int i = 0; i < 50'000; ++i) line += "\"key " + std::to_string(i) + "\":" + std::to_string(i) + ",";
  line += R"("text":"a cat")";
  shop.write("texts.jsonl", line + "}\n");
  const auto begin = std::chrono::steady_clock::now();
  check_quiet(shop.run("embed " + with_model() + " --input texts.jsonl --output vectors.jsonl"));
  check_quiet(shop.run("tokenize " + with_model() + " --input texts.jsonl --output tokens.jsonl"));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  INFO("two commands took " << took.count() << " s");
  CHECK(took.count() < 3);
  CHECK(shop.read("vectors.jsonl").starts_with(line + ",\"embedding\":["));
  CHECK(lines_of(shop.read("tokens.jsonl")).size() == 1);
}

TEST_CASE("what glossa wrote it can read and write again") {
  const Workshop shop;
  const auto lines = embed_json(shop, R"({"id":7,"text":"a cat"})", "--receipts");
  const auto again = embed_json(shop, lines.at(0), "--receipts");
  CHECK(again == lines);
}

TEST_CASE("lines can go to JSON, and JSON to an array; options go before names") {
  const Workshop shop;
  shop.write("texts.dat", "{\"text\":\"a cat\"}\n");
  check_quiet(shop.run("embed " + with_model() + " --input texts.dat --output vectors.dat"));
  const OrderedJson object = OrderedJson::parse(shop.read("vectors.dat"));
  CHECK(object.at("text") == "{\"text\":\"a cat\"}");
  CHECK(same_bits(vector_of(object), embedder().embed("{\"text\":\"a cat\"}")));
  check_quiet(
      shop.run("embed " + with_model() + " --input texts.dat --format jsonl --output vectors.dat --output-format npy"));
  check_vectors(test::parse_npy(shop.read("vectors.dat")), {"a cat"});
}

TEST_CASE("the output may be the input's own name, or a link") {
  const Workshop shop;
  const std::string line = R"({"text":"a cat"})";
  shop.write("texts.jsonl", line);
  check_quiet(shop.run("embed " + with_model() + " --input texts.jsonl --output texts.jsonl"));
  CHECK(OrderedJson::parse(shop.read("texts.jsonl")).contains("embedding"));

  shop.write("real.jsonl", "old");
  std::filesystem::create_symlink("real.jsonl", shop.file("link.jsonl"));
  check_quiet(shop.run("embed " + with_model() + " --input texts.jsonl --output link.jsonl"));
  CHECK(std::filesystem::is_symlink(shop.file("link.jsonl")));
  CHECK(shop.read("real.jsonl") == shop.read("texts.jsonl"));
}
