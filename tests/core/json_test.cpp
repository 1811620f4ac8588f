// JSON is parsed without trust, and its fields are read with errors that name file, field and what was found.
#include "catch.hpp"
#include "error_of.hpp"
#include "paths.hpp"

#include <glossa/core/json.hpp>
#include <glossa/text/utf8.hpp>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

using glossa::Error;
using glossa::ErrorKind;
using glossa::detail::Json;
using glossa::detail::JsonFields;
using glossa::detail::parse_json;
using test::error_of;

namespace {

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

}  // namespace

TEST_CASE("JSON parses to the value that nlohmann's own parser gives") {
  for (const std::string text :
       {R"({"a": [1, -2, 3.5e-3, true, false, null, "x\u00e9\ud83d\ude00"], "b": {"c": {}, "d": []}})", "[]", "{}", "1",
        "\"\"", "null", "18446744073709551615", "-9223372036854775808", "1e-400", R"({"a":1,"a":2})", " [ 1 ] \n",
        "\xEF\xBB\xBF{}"}) {
    CAPTURE(text);
    CHECK(parse_json(text, "f") == Json::parse(text));
  }
}

TEST_CASE("what is not JSON is an error that names the file") {
  for (const std::string_view text :
       {std::string_view(), std::string_view(" "), std::string_view("{"), std::string_view("[1,]"),
        std::string_view("nul"), std::string_view("\"\xFF\""), std::string_view("\"open"),
        std::string_view("{\"a\":1}x"), std::string_view("1e999"), std::string_view("{\"a\":1\0}", 8),
        std::string_view("\"a\nb\""), std::string_view("\"\\ud800\""), std::string_view("'a'"), std::string_view("01"),
        std::string_view("{\"a\"}")}) {
    CAPTURE(text);
    const Error error = error_of([&] { (void)parse_json(text, "m/config.json"); });
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.file() == "m/config.json");
  }
}

TEST_CASE("nesting is bounded, so that no file can exhaust the stack") {
  CHECK(parse_json(nested(64), "f").size() == 1);
  CHECK(error_of([] { (void)parse_json(nested(65), "f"); }).facts().problem == "the JSON nests too deeply");
  CHECK(error_of([] { (void)parse_json(std::string(5'000'000, '['), "f"); }).kind() == ErrorKind::corrupt_file);
  std::string objects;
  for (int i = 0; i < 1000; ++i) objects += "{\"a\":";
  CHECK(error_of([&] { (void)parse_json(objects, "f"); }).file() == "f");
}

TEST_CASE("fields are read by type") {
  const Json json =
      Json::parse(R"({"text": "x", "yes": true, "count": 12, "rate": 0.5, "list": [1], "inner": {"a": "b"},
                                    "nothing": null})");
  const JsonFields fields(json, "f");
  CHECK(fields.string("text") == "x");
  CHECK(fields.string_or("text", "y") == "x");
  CHECK(fields.string_or("other", "y") == "y");
  CHECK(fields.boolean_or("yes", false));
  CHECK(fields.boolean_or("other", true));
  CHECK(fields.size("count", 12, 12) == 12);
  CHECK(fields.optional_size("count", 0, 100) == std::optional<std::size_t>(12));
  CHECK(fields.optional_size("other", 0, 100) == std::nullopt);
  CHECK(fields.number_or("rate", 1) == 0.5);
  CHECK(fields.number_or("count", 1) == 12.0);
  CHECK(fields.number_or("other", 1) == 1.0);
  CHECK(fields.array("list").size() == 1);
  CHECK(fields.object("inner")->string("a") == "b");
  CHECK_FALSE(fields.object("other").has_value());
}

TEST_CASE("a field that is null counts as missing") {
  const Json json = Json::parse(R"({"a": null})");
  const JsonFields fields(json, "f");
  CHECK(fields.find("a") == nullptr);
  CHECK(fields.string_or("a", "y") == "y");
  CHECK_FALSE(fields.boolean_or("a", false));
  CHECK(fields.number_or("a", 2) == 2.0);
  CHECK(fields.optional_size("a", 0, 9) == std::nullopt);
  CHECK_FALSE(fields.object("a").has_value());
  CHECK_THROWS_AS(fields.at("a"), Error);
}

TEST_CASE("a missing field is named with its path") {
  const Json json = Json::parse(R"({"model": {"inner": {}}})");
  const JsonFields fields(json, "m/tokenizer.json");
  const Error error = error_of([&] { (void)fields.object("model")->object("inner")->string("type"); });
  CHECK(error.kind() == ErrorKind::corrupt_file);
  CHECK(error.file() == "m/tokenizer.json");
  CHECK(error.field() == "model.inner.type");
  CHECK(error_of([&] { (void)fields.size("n", 0, 1); }).field() == "n");
  CHECK(error_of([&] { (void)fields.array("list"); }).field() == "list");
}

TEST_CASE("a field of the wrong type is named with its path and what was there") {
  const Json json = Json::parse(R"({"a": {"text": 5, "flag": "true", "list": {}, "object": [1, 2], "rate": "fast"}})");
  const JsonFields root(json, "f");
  const auto fields = *root.object("a");
  const auto check = [](const Error& error, const std::string& field, const std::string& expected,
                        const std::string& found) {
    CHECK(error.kind() == ErrorKind::corrupt_file);
    CHECK(error.file() == "f");
    CHECK(error.field() == field);
    CHECK(error.facts().expected == expected);
    CHECK(error.facts().found == found);
  };
  check(error_of([&] { (void)fields.string("text"); }), "a.text", "a string", "5");
  check(error_of([&] { (void)fields.string_or("text", ""); }), "a.text", "a string", "5");
  check(error_of([&] { (void)fields.boolean_or("flag", true); }), "a.flag", "true or false", "\"true\"");
  check(error_of([&] { (void)fields.array("list"); }), "a.list", "an array", "{}");
  check(error_of([&] { (void)fields.object("object"); }), "a.object", "an object", "[1,2]");
  check(error_of([&] { (void)fields.number_or("rate", 1); }), "a.rate", "a number", "\"fast\"");
  const Json list = Json::parse("[1]");
  check(error_of([&] { JsonFields(list, "f"); }), "", "an object", "[1]");
}

TEST_CASE("a size is a whole number in its range") {
  for (const char* value : {"-1", "1.0", "1.5", "\"3\"", "true", "[3]", "2", "11", "18446744073709551615", "1e1"}) {
    CAPTURE(value);
    const Json json = Json::parse(std::string("{\"n\": ") + value + "}");
    const Error error = error_of([&] { (void)JsonFields(json, "f").size("n", 3, 10); });
    CHECK(error.field() == "n");
    CHECK(error.facts().expected == "a whole number from 3 to 10");
    CHECK(error.facts().found == json["n"].dump());
    CHECK_THROWS_AS(JsonFields(json, "f").optional_size("n", 3, 10), Error);
  }
}

TEST_CASE("a long value is shortened in the message, between characters") {
  for (std::size_t shift = 0; shift < 4; ++shift) {
    const Json json{{"a", std::string(shift, 'x') + "日本語日本語日本語日本語日本語日本語日本語日本語日本語"}};
    const Error error = error_of([&] { (void)JsonFields(json, "f").array("a"); });
    CHECK(error.facts().found.size() <= 60);
    CHECK(error.facts().found.ends_with("..."));
    CHECK(glossa::detail::is_valid_utf8(error.what()));
  }
}

TEST_CASE("a JSON file is read whole, unless it is too large to be a configuration") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "config.json";
  test::write_file(path, R"({"a": 1})");
  CHECK(glossa::detail::read_json(path) == Json{{"a", 1}});
  test::write_file(path, "");
  CHECK(error_of([&] { (void)glossa::detail::read_json(path); }).file() == path.string());
  std::filesystem::resize_file(path, glossa::detail::kLargestConfigFile + 1);
  CHECK(error_of([&] { (void)glossa::detail::read_json(path); }).facts().problem ==
        "the file is too large for what it should hold");
}

TEST_CASE("errors about JSON say what to do") {
  const Json json{{"a", 1}};
  CHECK(error_of([&] { (void)JsonFields(json, "f").string("a"); }).facts().remedy.find("correct") == 0);
  const std::string deep(100, '[');
  CHECK_FALSE(error_of([&] { (void)glossa::detail::parse_json(deep, "f"); }).facts().remedy.empty());
}
