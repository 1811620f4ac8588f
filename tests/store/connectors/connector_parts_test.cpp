// What connectors are made of, without a database.
#include "catch.hpp"
#include "error_of.hpp"
#include "vector_store_cases.hpp"

#include <glossa/store/connectors/check_options.hpp>
#include <glossa/store/connectors/metadata_json.hpp>
#include <glossa/store/connectors/metadata_tags.hpp>
#include <glossa/store/connectors/record_batches.hpp>
#include <glossa/store/connectors/retry.hpp>
#include <glossa/store/connectors/sha256.hpp>
#include <glossa/store/connectors/tag_filter.hpp>
#include <glossa/store/connectors/vector_text.hpp>

#include <algorithm>
#include <chrono>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <vector>

using glossa::ConnectionOptions;
using glossa::ErrorKind;
using glossa::Metadata;
using glossa::MetadataValue;
using glossa::RetryOptions;
using glossa::VectorRecord;
using glossa::where;
using namespace glossa::detail;
using std::chrono::milliseconds;
using test::error_of;
using test::says;

TEST_CASE("a connector's names are letters, digits and _, and lengths and times have a meaning", "[store]") {
  const auto good = [] {
    ConnectionOptions options;
    options.collection = "docs_1";
    options.dims = 3;
    return options;
  };
  check_options(good(), 56);
  const auto field_of = [&](auto&& change) {
    ConnectionOptions options = good();
    change(options);
    return error_of([&] { check_options(options, 56); }).field();
  };
  for (const char* name : {"", "1a", "a b", "a-b", "a.b", "a;", "a'", "ä", "a\n"})
    CHECK(field_of([&](auto& options) { options.collection = name; }) == "ConnectionOptions::collection");
  CHECK(field_of([](auto& options) { options.collection = std::string(57, 'a'); }) == "ConnectionOptions::collection");
  for (const char* name : {"a b", "a/b", "a'b", "\"", "ä"})
    CHECK(field_of([&](auto& options) { options.name_space = name; }) == "ConnectionOptions::name_space");
  CHECK(field_of([](auto& options) { options.dims = 0; }) == "ConnectionOptions::dims");
  CHECK(field_of([](auto& options) { options.batch_rows = 0; }) == "ConnectionOptions::batch_rows");
  CHECK(field_of([](auto& options) { options.timeout = milliseconds(0); }) == "ConnectionOptions::timeout");
  CHECK(field_of([](auto& options) { options.retries.tries = 0; }) == "RetryOptions::tries");
  CHECK(field_of([](auto& options) { options.retries.jitter = 1.5; }) == "RetryOptions::jitter");
  CHECK(field_of([](auto& options) { options.retries.growth = 0.5; }) == "RetryOptions::growth");
}

TEST_CASE("a secret is taken out of what others say", "[store]") {
  CHECK(glossa::Secret("abc123").removed_from("key abc123, again abc123abc123") == "key (key), again (key)(key)");
  CHECK(glossa::Secret().removed_from("nothing") == "nothing");
}

TEST_CASE("a key goes to another machine by TLS alone, where nobody says otherwise", "[store]") {
  ConnectionOptions options;
  options.api_key = "k";
  for (const char* host : {"localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]"})
    require_safe_key(options, host, false);
  for (const char* host : {"db", "10.0.0.1", "127.evil.example", "localhost.example", ""}) {
    CHECK(error_of([&] { require_safe_key(options, host, false); }).field() == "ConnectionOptions::api_key");
    require_safe_key(options, host, true);
  }
  options.tls.key_in_clear = true;
  require_safe_key(options, "db", false);
  options.tls.key_in_clear = false;
  options.api_key = "";
  require_safe_key(options, "db", false);
}

TEST_CASE("waits grow, have an end, and differ by chance", "[store]") {
  RetryOptions options{.first_wait = milliseconds(100), .longest_wait = milliseconds(1000), .growth = 2, .jitter = 0.5};
  CHECK(retry_wait(options, 1, {}, 0).count() == 100);
  CHECK(retry_wait(options, 2, {}, 0).count() == 200);
  CHECK(retry_wait(options, 2, {}, 1).count() == 100);
  CHECK(retry_wait(options, 9, {}, 0).count() == 1000);
  CHECK(retry_wait(options, 1000, {}, 0).count() == 1000);
  CHECK(retry_wait(options, 1, milliseconds(700), 0.9).count() == 700);
  CHECK(retry_wait(options, 1, milliseconds(70'000), 0).count() == 1000);
  options.first_wait = milliseconds(0);
  CHECK(retry_wait(options, 2000, {}, 0).count() == 0);
}

TEST_CASE("what fails in passing is tried again as often as asked, other failures are not", "[store]") {
  std::vector<long> waits;
  RetryOptions options{.tries = 3};
  options.sleep = [&](milliseconds wait) { waits.push_back(wait.count()); };
  int calls = 0;
  const auto fails = [&](int times) {
    calls = 0;
    return with_retries(options, "there", [&] {
      if (++calls <= times) throw PassingFailure{"busy"};
      return 7;
    });
  };
  CHECK(fails(0) == 7);
  CHECK(fails(2) == 7);
  CHECK(calls == 3);
  CHECK(waits.size() == 2);
  const auto error = error_of([&] { fails(3); });
  CHECK(error.kind() == ErrorKind::io);
  CHECK(error.file() == "there");
  CHECK(says(error, "busy (3 tries)"));
  calls = 0;
  CHECK(error_of([&] {
          with_retries(options, "there", [&]() -> int {
            ++calls;
            throw glossa::Error(ErrorKind::invalid_argument, {});
          });
        }).kind() == ErrorKind::invalid_argument);
  CHECK(calls == 1);
}

TEST_CASE("SHA-256 gives the standard's examples", "[store]") {
  CHECK(hex_text(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex_text(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex_text(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(hex_text(sha256(std::string(1'000'000, 'a'))) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("vectors come back from text as the same floats", "[store]") {
  std::mt19937 random(3);
  std::vector<float> vector{0.0F,
                            -0.0F,
                            1.0F,
                            0.1F,
                            std::numeric_limits<float>::max(),
                            std::numeric_limits<float>::min(),
                            std::numeric_limits<float>::denorm_min()};
  for (int i = 0; i < 1000; ++i) vector.push_back(std::normal_distribution<float>()(random));
  CHECK(vector_of_text(vector_text(vector), "x") == vector);
  CHECK(vector_of_text("[]", "x").empty());
  for (const char* text : {"", "[", "1,2", "[1,x]", "[1;2]", "[1 2]"})
    CHECK(error_of([&] { (void)vector_of_text(text, "x"); }).kind() == ErrorKind::corrupt_file);
}

TEST_CASE("metadata come back from JSON as the same values of the same types", "[store]") {
  Metadata metadata{{"a", true},
                    {"b", std::int64_t{9007199254740993}},
                    {"c", std::numeric_limits<std::int64_t>::min()},
                    {"d", 1.0},
                    {"e", 1e300},
                    {"f", -1e-300},
                    {"g", 1e15},
                    {"h", "\"\\\n日"},
                    {"i", std::vector<std::string>{"x", ""}},
                    {"j", std::vector<std::string>{}}};
  CHECK(stored_metadata(parse_json(json_text_of(metadata), "x"), "x") == metadata);
  CHECK(error_of([] { (void)stored_metadata(parse_json("{\"a\": null}", "x"), "x"); }).kind() ==
        ErrorKind::corrupt_file);
  CHECK(error_of([] { (void)stored_metadata(parse_json("[1]", "x"), "x"); }).kind() == ErrorKind::corrupt_file);
}

TEST_CASE("tags are plain words that differ where values differ", "[store]") {
  std::set<std::string> all;
  const std::vector<MetadataValue> values{true,
                                          false,
                                          std::int64_t{1},
                                          1.5,
                                          "1",
                                          "true",
                                          "",
                                          " ",
                                          "A",
                                          "a",
                                          "a ",
                                          std::vector<std::string>{},
                                          std::vector<std::string>{""},
                                          std::vector<std::string>{"1"},
                                          std::string(5000, 'y'),
                                          std::string(5001, 'y'),
                                          std::int64_t{9007199254740993},
                                          std::int64_t{9007199254740992}};
  for (const char* field : {"f", "F", "f:s", "f%3A"})
    for (const MetadataValue& value : values) {
      const std::string tag = value_tag(field, value);
      CHECK(tag.size() <= 200);
      CHECK(tag.find_first_of(" \"'\\()[]{}$\n") == std::string::npos);
      CHECK(all.insert(tag).second);
    }
  CHECK(value_tag("f", 3.0) == value_tag("f", std::int64_t{3}));
  CHECK(value_tag("f", -0.0) == value_tag("f", 0.0));
}

namespace {

/// What a database would say of a filter in tags.
bool holds(const TagFilter& filter, const Metadata& metadata, const std::vector<std::string>& tags) {
  using Kind = TagFilter::Kind;
  const auto has_any = [&] {
    return std::any_of(filter.tags.begin(), filter.tags.end(),
                       [&](const auto& tag) { return std::find(tags.begin(), tags.end(), tag) != tags.end(); });
  };
  const auto part = [&](const TagFilter& one) { return holds(one, metadata, tags); };
  switch (filter.kind) {
    case Kind::all: return true;
    case Kind::none: return false;
    case Kind::has_any: return has_any();
    case Kind::has_none: return !has_any();
    case Kind::compares: return matches(glossa::Filter(filter.field, filter.comparison, filter.value), metadata);
    case Kind::conjunction: return std::all_of(filter.parts.begin(), filter.parts.end(), part);
    case Kind::disjunction: return std::any_of(filter.parts.begin(), filter.parts.end(), part);
  }
  return false;
}

}  // namespace

TEST_CASE("filters in tags mean what matches() says", "[store]") {
  std::mt19937 random(9);
  for (int i = 0; i < 3000; ++i) {
    const Metadata metadata = test::any_metadata(random);
    const glossa::Filter filter = test::any_filter(random, 4);
    CHECK(holds(tag_filter_of(filter), metadata, tags_of(metadata)) == matches(filter, metadata));
  }
  const double infinity = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Metadata texts{{"s", "a"}, {"r", "\xEF\xBF\xBD"}, {"l", std::vector<std::string>{"\xEF\xBF\xBD"}}};
  const std::string cut("a\0b", 3);
  for (const glossa::Filter& filter : {where("s") < cut, where("s") <= cut, where("s") > cut, where("s") >= cut,
                                       where("s") == cut, !(where("s") < cut), where("r") == "\xFF",
                                       where("l") == std::vector<std::string>{"\xFF"}, where("l").contains("\xFF")})
    CHECK(holds(tag_filter_of(filter), texts, tags_of(texts)) == matches(filter, texts));
  CHECK(error_of([&] { (void)tag_filter_of(where("s") < "\xFF"); }).kind() == ErrorKind::unsupported);
  const Metadata one{{"n", std::int64_t{1}}, {"s", "x"}};
  for (const char* field : {"n", "s", "z"})
    for (const double limit : {infinity, -infinity, nan})
      for (const glossa::Filter& filter : {where(field) < limit, where(field) >= limit, where(field) == limit,
                                           !(where(field) > limit), !(where(field) == limit)})
        CHECK(holds(tag_filter_of(filter), one, tags_of(one)) == matches(filter, one));
}

TEST_CASE("of an id given twice the last record counts, and ids are asked for once", "[store]") {
  const std::vector<VectorRecord> records{{"a", {1}, "first", {}}, {"b", {1}, "", {}}, {"a", {1}, "last", {}}};
  const auto checked = checked_records(records, 1);
  REQUIRE(checked.size() == 2);
  CHECK(checked[0]->text == "last");
  const std::vector<std::string> ids{"b", "a", "b", "", std::string(513, 'x'), "\xFF"};
  CHECK(possible_ids(ids) == std::vector<std::string>{"b", "a"});
}
