// Filters as people write them.
#include "catch.hpp"
#include "error_of.hpp"
#include "vector_store_cases.hpp"

#include <glossa/store/filter_text.hpp>
#include <glossa/store/metadata_json.hpp>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

using glossa::Filter;
using glossa::parse_filter;
using glossa::where;

TEST_CASE("conditions are read") {
  CHECK(parse_filter("").is_all());
  CHECK(parse_filter("  ").is_all());
  CHECK(parse_filter("lang = \"de\"") == (where("lang") == "de"));
  CHECK(parse_filter("lang == 'de'") == (where("lang") == "de"));
  CHECK(parse_filter("year>=2020") == (where("year") >= std::int64_t{2020}));
  CHECK(parse_filter("year < 1.5e3") == (where("year") < 1500.0));
  CHECK(parse_filter("a != -5") == (where("a") != std::int64_t{-5}));
  CHECK(parse_filter("draft = true") == (where("draft") == true));
  CHECK(parse_filter("tags = [\"a\", 'b']") == (where("tags") == std::vector<std::string>{"a", "b"}));
  CHECK(parse_filter("x exists") == where("x").exists());
  CHECK(parse_filter("x in (1, 'b', true)") == where("x").in({std::int64_t{1}, "b", true}));
  CHECK(parse_filter("`a field` has \"q\"") == where("a field").contains("q"));
  CHECK(parse_filter("s = \"a\\\"\\u00e9\\n\"") == (where("s") == "a\"é\n"));
  CHECK(parse_filter("s = 'it\\'s \"so\"'") == (where("s") == "it's \"so\""));
  CHECK(parse_filter("поле.a-b_1 = 1") == (where("поле.a-b_1") == std::int64_t{1}));
  CHECK(parse_filter("lang = \"de\" and (year >= 2020 or tags has \"x\") and not draft = true") ==
        (where("lang") == "de" && (where("year") >= std::int64_t{2020} || where("tags").contains("x")) &&
         !(where("draft") == true)));
  CHECK(parse_filter("a = 1 or b = 2 and c = 3") ==
        (where("a") == std::int64_t{1} || (where("b") == std::int64_t{2} && where("c") == std::int64_t{3})));
}

TEST_CASE("what is no condition is refused, with the place") {
  const std::vector<std::pair<std::string, std::string>> cases{{"lang", "byte 5"},
                                                               {"lang =", "byte 7"},
                                                               {"= 1", "byte 1"},
                                                               {"a = b", "byte 5"},
                                                               {"a = \"x", "byte 5"},
                                                               {"a = 1 b", "byte 7"},
                                                               {"(a = 1", "byte 7"},
                                                               {"a = 1)", "byte 6"},
                                                               {"a has 1", "byte 7"},
                                                               {"and = 1", "byte 1"},
                                                               {"a = \"\\q\"", "byte 5"},
                                                               {"a = 1 and", "byte 10"},
                                                               {"not", "byte 4"},
                                                               {"a in 1", "byte 6"},
                                                               {"`` = 1", "byte 1"},
                                                               {"a = [1]", "byte 6"},
                                                               {"a = 1; DROP TABLE x", "byte 6"},
                                                               {"a = 99999999999999999999999999e999", "byte 5"},
                                                               {"\xFF = 1", "UTF-8"},
                                                               {"a = nan", "byte 5"},
                                                               {std::string(1000, '('), "levels"},
                                                               {"a = 1 or ", "byte 10"}};
  for (const auto& [text, place] : cases) {
    const std::string written = text;
    INFO(written);
    const auto error = test::error_of([&] { (void)parse_filter(written); });
    CHECK(error.kind() == glossa::ErrorKind::invalid_argument);
    INFO(error.what());
    CHECK(test::says(error, place));
  }
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "not ";
  CHECK(test::error_of([&] { (void)parse_filter(deep + "a = 1"); }).kind() == glossa::ErrorKind::invalid_argument);
}

TEST_CASE("a filter that is written is read again") {
  std::mt19937 random(3);
  for (int i = 0; i < 500; ++i) {
    const Filter filter = test::any_filter(random, 4);
    INFO(to_text(filter));
    const Filter again = parse_filter(to_text(filter));
    for (int k = 0; k < 5; ++k) {
      const auto metadata = test::any_metadata(random);
      CHECK(matches(filter, metadata) == matches(again, metadata));
    }
  }
  CHECK_FALSE(matches(parse_filter(to_text(!Filter())), {{"nothing", true}}));
}

TEST_CASE("metadata come back from JSON, and a field is found without reading the rest") {
  std::mt19937 random(4);
  for (int i = 0; i < 300; ++i) {
    glossa::Metadata metadata = test::any_metadata(random);
    metadata["quo\"te, [x]: {y}"] = std::vector<std::string>{"a\"b]", "c,d"};
    const std::string json = glossa::detail::metadata_json(metadata);
    INFO(json);
    CHECK(glossa::detail::parse_metadata(json, "x") == metadata);
    for (const auto& [name, value] : metadata) {
      const std::string quoted = glossa::detail::json_text(glossa::detail::Json(name));
      const std::string text(glossa::detail::MetadataScanner(json).value_of(quoted));
      CHECK(text == glossa::detail::json_text(glossa::detail::json_of(value)));
    }
    CHECK(glossa::detail::MetadataScanner(json).value_of("\"nothing\"").empty());
  }
  CHECK(glossa::detail::MetadataScanner("{}").value_of("\"a\"").empty());
  for (const std::string bad : {"[]", "{\"a\":null}", "{\"a\":{}}", "{\"a\":[1]}", "{\"a\":18446744073709551615}"})
    CHECK(test::error_of([&] { (void)glossa::detail::parse_metadata(bad, "x"); }).kind() ==
          glossa::ErrorKind::corrupt_file);
}
