// Filters: how they are put together, and what meets them.
#include "catch.hpp"
#include "vector_store_cases.hpp"

#include <glossa/store/filter_match.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using glossa::Filter;
using glossa::Metadata;
using glossa::where;
using List = std::vector<std::string>;

TEST_CASE("whole and other numbers compare as numbers, exactly") {
  const std::int64_t big = 9007199254740993;  // no double
  CHECK(matches(where("a") == 1.0, {{"a", std::int64_t{1}}}));
  CHECK(matches(where("a") == std::int64_t{1}, {{"a", 1.0}}));
  CHECK(matches(where("a") > 9007199254740992.0, {{"a", big}}));
  CHECK_FALSE(matches(where("a") == 9007199254740992.0, {{"a", big}}));
  CHECK(matches(where("a") < 1e300, {{"a", std::numeric_limits<std::int64_t>::max()}}));
  CHECK(matches(where("a") < 9223372036854775808.0, {{"a", std::numeric_limits<std::int64_t>::max()}}));
  CHECK(matches(where("a") == -9223372036854775808.0, {{"a", std::numeric_limits<std::int64_t>::min()}}));
  CHECK(matches(where("a") <= 2.5, {{"a", std::int64_t{2}}}));
  CHECK_FALSE(matches(where("a") >= 2.5, {{"a", std::int64_t{2}}}));
  CHECK(matches(where("a") < std::int64_t{-2}, {{"a", -2.5}}));
  CHECK_FALSE(matches(where("a") == std::numeric_limits<double>::quiet_NaN(), {{"a", std::int64_t{1}}}));
}

TEST_CASE("a comparison with another type is false, and its negation true") {
  const Metadata metadata{{"n", std::int64_t{1}}, {"s", "1"}, {"b", true}, {"l", List{"1"}}};
  for (const char* name : {"s", "b", "l", "missing"}) {
    INFO(name);
    for (const Filter& filter :
         {where(name) == std::int64_t{1}, where(name) < std::int64_t{5}, where(name) >= std::int64_t{0}}) {
      CHECK_FALSE(matches(filter, metadata));
      CHECK(matches(!filter, metadata));
    }
  }
  CHECK(matches(where("missing") != "x", metadata));
  CHECK_FALSE(matches(where("b") < true, metadata));
  CHECK(matches(where("b") == true, metadata));
  CHECK_FALSE(matches(where("n") == true, metadata));
}

TEST_CASE("contains asks for a part of a list, or for the string itself") {
  const Metadata metadata{{"l", List{"a", "b"}}, {"s", "a"}, {"e", List{}}};
  CHECK(matches(where("l").contains("b"), metadata));
  CHECK_FALSE(matches(where("l").contains("c"), metadata));
  CHECK(matches(where("s").contains("a"), metadata));
  CHECK_FALSE(matches(where("s").contains(""), metadata));
  CHECK_FALSE(matches(where("e").contains(""), metadata));
  CHECK(matches(where("l") == List{"a", "b"}, metadata));
  CHECK_FALSE(matches(where("l") == List{"b", "a"}, metadata));
}

TEST_CASE("filters are joined") {
  const Metadata metadata{{"a", std::int64_t{1}}, {"b", "x"}};
  const Filter yes = where("a") == std::int64_t{1};
  const Filter no = where("b") == "y";
  CHECK(matches(yes && !no, metadata));
  CHECK_FALSE(matches(yes && no, metadata));
  CHECK(matches(no || yes, metadata));
  CHECK_FALSE(matches(!(no || yes), metadata));
  CHECK((Filter{} && yes) == yes);
  CHECK((yes || Filter{}).is_all());
  CHECK((yes && no && yes).parts().size() == 3);
  CHECK(matches(Filter{}, {}));
  CHECK_FALSE(matches(!Filter{}, metadata));
  CHECK_FALSE(matches(where("b").in({}), metadata));
  CHECK(matches(where("b").in({"y", "x"}), metadata));
  CHECK(matches(where("b").exists() && !where("c").exists(), metadata));
}
