// What every store of vectors promises: each store's own test calls check_vector_store() with a way to open it.
#pragma once

#include "catch.hpp"
#include "error_of.hpp"
#include "vector_store_cases.hpp"
#include "vector_store_edges.hpp"

#include <glossa/store/vector_store.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace test {

/// In what a store may differ from others. A store that cannot do something says so by an Error; these are no excuse
/// for a wrong answer.
struct VectorStoreLimits {
  std::size_t records = 400;  ///< of the tests with random metadata
  int filters = 150;          ///< random ones that are tried
  float score_tolerance = 1e-4F;
  std::size_t most_hits = 1000;        ///< the largest k that is asked for
  bool keeps_lengths = true;           ///< find() gives vectors back as they were, not scaled to unit length
  bool has_filters_like_naive = true;  ///< all of Filter; else a filter may also be refused by `unsupported`
};

namespace contract {

using glossa::Filter;
using glossa::Metric;
using glossa::VectorRecord;
using glossa::where;
using Ids = std::vector<std::string>;

/// The same hits as the naive store's: scores place by place, and each hit with its own score and record. Ids may
/// change places where scores are equal.
template <class Store>
void check_hits(Store& store, const NaiveStore& naive, std::span<const float> query, std::size_t k,
                const Filter& filter, float tolerance) {
  const auto hits = store.search(query, k, filter);
  const auto expected = naive.search(query, k, filter);
  REQUIRE(hits.size() == expected.size());
  Ids ids;
  for (std::size_t i = 0; i < hits.size(); ++i) {
    CHECK(std::abs(hits[i].score - expected[i].score) <= tolerance);
    const auto records = naive.find(Ids{hits[i].id});
    REQUIRE(records.size() == 1);
    CHECK(std::abs(glossa::similarity(query, records[0].vector, naive.metric()) - hits[i].score) <= tolerance);
    CHECK(hits[i].text == records[0].text);
    CHECK(hits[i].metadata == records[0].metadata);
    CHECK(matches(filter, records[0].metadata));
    ids.push_back(hits[i].id);
  }
  std::sort(ids.begin(), ids.end());
  CHECK(std::adjacent_find(ids.begin(), ids.end()) == ids.end());
}

inline bool is_same(const VectorRecord& a, const VectorRecord& b, bool keeps_lengths) {
  if (a.id != b.id || a.text != b.text || a.metadata != b.metadata || a.vector.size() != b.vector.size()) return false;
  if (keeps_lengths) return a.vector == b.vector;
  return glossa::cosine(a.vector, b.vector) > 0.99999F;
}

template <class Open>
void check_empty(Open&& open) {
  auto store = open("empty", 4, Metric::cosine);
  const std::vector<float> query{1, 0, 0, 0};
  CHECK(store.size() == 0);
  CHECK(store.dims() == 4);
  CHECK(store.metric() == Metric::cosine);
  CHECK(store.search(query, 5, Filter{}).empty());
  CHECK(store.search(query, 5, where("a") == std::int64_t{1}).empty());
  CHECK(store.find(Ids{"a"}).empty());
  CHECK(store.find(Ids{}).empty());
  store.remove(Ids{"a", "b"});
  store.remove(Ids{});
  store.upsert(std::vector<VectorRecord>{});
  CHECK(store.size() == 0);
  store.drop();
}

template <class Open>
void check_upsert(Open&& open, const VectorStoreLimits& limits) {
  auto store = open("upsert", 3, Metric::cosine);
  store.upsert(std::vector<VectorRecord>{{"a", {1, 0, 0}, "first", {{"x", std::int64_t{1}}, {"y", "z"}}},
                                         {"b", {0, 1, 0}, "", {}},
                                         {"c", {0, 0, 1}, "third", {}}});
  CHECK(store.size() == 3);
  // Replaced as a whole: metadata that the new record lacks are gone. Of an id given twice the last counts.
  store.upsert(std::vector<VectorRecord>{{"a", {0, 3, 4}, "lost", {}},
                                         {"a", {0, 0.6F, 0.8F}, "second", {{"x", "other type"}}},
                                         {"d", {1, 0, 0}, "fourth", {}}});
  CHECK(store.size() == 4);
  const auto found = store.find(Ids{"d", "nobody", "a", "d"});
  REQUIRE(found.size() >= 2);  // of an id asked for twice, once or twice
  CHECK(is_same(found[0], {"d", {1, 0, 0}, "fourth", {}}, limits.keeps_lengths));
  CHECK(is_same(found[1], {"a", {0, 0.6F, 0.8F}, "second", {{"x", "other type"}}}, limits.keeps_lengths));
  const auto hits = store.search(std::vector<float>{0, 0.6F, 0.8F}, 1, Filter{});
  REQUIRE(hits.size() == 1);
  CHECK(hits[0].id == "a");
  CHECK(std::abs(hits[0].score - 1) <= limits.score_tolerance);
  CHECK(hits[0].text == "second");
  CHECK(hits[0].metadata == glossa::Metadata{{"x", "other type"}});
  CHECK(store.search(std::vector<float>{1, 0, 0}, 9, where("y").exists()).empty());
  store.remove(Ids{"a", "nobody", "a"});
  CHECK(store.size() == 3);
  CHECK(store.find(Ids{"a"}).empty());
  for (const auto& hit : store.search(std::vector<float>{0, 0.6F, 0.8F}, 9, Filter{})) CHECK(hit.id != "a");
  store.upsert(std::vector<VectorRecord>{{"a", {0, 0, 1}, "again", {}}});
  CHECK(store.find(Ids{"a"}).at(0).text == "again");
  CHECK(store.size() == 4);
  store.drop();
}

/// Texts that break out of quotes, patterns and paths where somebody pastes them into a query.
inline Ids odd_texts() {
  Ids out{"'; DROP TABLE records; --",
          "\" OR 1=1",
          "100%",
          "a_b",
          "%",
          "\\",
          "\\'",
          "''",
          "\"",
          "`x`",
          "$1",
          "?1",
          ":id",
          "{\"a\":1}",
          "[1]",
          "../../etc/passwd",
          "a/b c&d=e?f#g",
          "*",
          "NULL",
          "null",
          "true",
          "0",
          "-1",
          "1e5",
          " ",
          " lead and trail ",
          "tab\tnew\nline\r",
          "Grüße",
          "日本語",
          "نص عربي",
          "ไทย",
          "é",
          "e\xCC\x81",
          "\xF0\x9F\xA7\xA0\xF0\x9F\x8F\xBD",
          "\xEF\xBB\xBF"
          "bom",
          "\xE2\x80\xAE"
          "rtl",
          "\x01\x1F\x7F",
          "id in (1)",
          "SELECT",
          "x' AND metadata='",
          "{{7*7}}",
          "<script>",
          "A",
          "a"};
  out.push_back(std::string(512, 'x'));
  out.push_back(std::string(511, 'x'));
  std::string wide;
  while (wide.size() < 510) wide += "\xE6\x97\xA5";
  out.push_back(wide);
  return out;
}

template <class Open>
void check_odd_texts(Open&& open, const VectorStoreLimits& limits) {
  auto store = open("odd texts", 5, Metric::cosine);
  std::mt19937 random(5);
  std::vector<VectorRecord> records;
  for (const std::string& odd : odd_texts())
    records.push_back(
        {odd, any_vector(5, random), odd, {{"value", odd}, {"list", std::vector<std::string>{"b", odd}}}});
  store.upsert(records);
  CHECK(store.size() == records.size());
  const auto found = store.find(odd_texts());
  REQUIRE(found.size() == records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    INFO(records[i].id);
    CHECK(is_same(found[i], records[i], limits.keeps_lengths));
    for (const Filter& filter : {where("value") == records[i].id, where("list").contains(records[i].id)}) {
      const auto hits = store.search(records[0].vector, records.size(), filter);
      REQUIRE(hits.size() == 1);
      CHECK(hits[0].id == records[i].id);
    }
  }
  for (std::size_t i = 0; i < records.size(); ++i) {
    store.remove(Ids{records[i].id});
    CHECK(store.size() == records.size() - i - 1);
  }
  store.drop();
}

template <class Open>
void check_odd_names(Open&& open) {
  auto store = open("odd names", 2, Metric::cosine);
  std::vector<VectorRecord> records;
  Ids names{"a.b",    "a b",      "'",   "\"",   "a\"b", "x' OR '1'='1", "$",    "$ref", "[0]", "名前", "id", "text",
            "vector", "metadata", "_id", "a\\b", "%",    "SELECT",       "year", "Year", "YEAR"};
  for (const std::string& name : names)
    records.push_back({name, {1, 0}, "", {{name, "here"}, {name + "2", std::int64_t{7}}}});
  store.upsert(records);
  for (const std::string& name : names) {
    INFO(name);
    const auto hits =
        store.search(std::vector<float>{1, 0}, 100, where(name) == "here" && where(name + "2") > std::int64_t{6});
    REQUIRE(hits.size() == 1);
    CHECK(hits[0].id == name);
    CHECK(hits[0].metadata == glossa::Metadata{{name, "here"}, {name + "2", std::int64_t{7}}});
    CHECK(store.search(std::vector<float>{1, 0}, 100, !where(name).exists()).size() == records.size() - 1);
  }
  store.drop();
}

/// All types come back as they were, with the numbers at their ends.
template <class Open>
void check_values(Open&& open, const VectorStoreLimits& limits) {
  auto store = open("values", 2, Metric::cosine);
  const std::vector<glossa::MetadataValue> values{true,
                                                  false,
                                                  std::int64_t{0},
                                                  std::int64_t{-1},
                                                  std::int64_t{9007199254740993},
                                                  std::numeric_limits<std::int64_t>::max(),
                                                  std::numeric_limits<std::int64_t>::min(),
                                                  0.0,
                                                  1.0,
                                                  -2.5,
                                                  0.1,
                                                  1e300,
                                                  -1e-300,
                                                  123456789.125,
                                                  "",
                                                  "true",
                                                  "1",
                                                  std::vector<std::string>{},
                                                  std::vector<std::string>{""},
                                                  std::vector<std::string>{"a", "b", "a"},
                                                  std::string(5000, 'y')};
  std::vector<VectorRecord> records;
  Ids ids;
  for (std::size_t i = 0; i < values.size(); ++i) {
    ids.push_back("v" + std::to_string(i));
    records.push_back({ids.back(), {1, 0}, "", {{"value", values[i]}}});
  }
  store.upsert(records);
  const auto found = store.find(ids);
  REQUIRE(found.size() == records.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    INFO("value " << i);
    CHECK(is_same(found[i], records[i], limits.keeps_lengths));
    const Filter same = where("value") == values[i];
    std::size_t expected = 0;
    for (const auto& record : records) expected += matches(same, record.metadata) ? 1 : 0;
    CHECK(store.search(std::vector<float>{1, 0}, 100, same).size() == expected);
  }
  store.drop();
}

template <class Open>
void check_filters(Open&& open, const VectorStoreLimits& limits) {
  auto store = open("filters", 8, Metric::cosine);
  NaiveStore naive(8, Metric::cosine);
  auto records = any_records(limits.records, 8, 11);
  store.upsert(records);
  naive.upsert(records);
  // Some are replaced and removed, so that what was there before would be found by mistake.
  std::mt19937 random(12);
  std::vector<VectorRecord> changed;
  Ids removed;
  for (std::size_t i = 0; i < records.size(); i += 7) {
    changed.push_back({records[i].id, any_vector(8, random), "changed", any_metadata(random)});
    removed.push_back(records[(i + 3) % records.size()].id);
  }
  store.upsert(changed);
  naive.upsert(changed);
  store.remove(removed);
  naive.remove(removed);
  REQUIRE(store.size() == naive.size());
  int refused = 0;
  for (int i = 0; i < limits.filters; ++i) {
    const Filter filter = any_filter(random);
    const auto query = any_vector(8, random);
    INFO("filter " << i);
    try {
      check_hits(store, naive, query, i % 3 == 0 ? std::min(limits.records, limits.most_hits) : 5, filter,
                 limits.score_tolerance);
    } catch (const glossa::Error& error) {
      INFO(error.what());
      REQUIRE_FALSE(limits.has_filters_like_naive);
      REQUIRE((error.kind() == glossa::ErrorKind::unsupported || error.kind() == glossa::ErrorKind::invalid_argument));
      ++refused;
    }
  }
  CHECK(refused < limits.filters);
  const auto query = any_vector(8, random);
  check_hits(store, naive, query, limits.most_hits, Filter{}, limits.score_tolerance);
  if (limits.has_filters_like_naive) {
    CHECK(store.search(query, 5, !Filter{}).empty());
    CHECK(store.search(query, 5, where("lang").in({})).empty());
    check_hits(store, naive, query, 50, where("lang").in({"de", "en"}) && where("year") != std::int64_t{2016},
               limits.score_tolerance);
  }
  store.drop();
}

template <class Open>
void check_metrics(Open&& open, const VectorStoreLimits& limits) {
  for (const Metric metric : {Metric::cosine, Metric::dot, Metric::euclidean}) {
    INFO(to_string(metric));
    auto store = open(std::string("metric ") + to_string(metric), 6, metric);
    NaiveStore naive(6, metric);
    CHECK(store.metric() == metric);
    auto records = any_records(60, 6, 21);
    for (std::size_t i = 0; i < records.size(); ++i)  // of many lengths
      for (float& value : records[i].vector) value *= 0.25F + 0.125F * static_cast<float>(i % 8);
    store.upsert(records);
    naive.upsert(records);
    std::mt19937 random(22);
    for (int i = 0; i < 10; ++i) check_hits(store, naive, any_vector(6, random), 7, Filter{}, limits.score_tolerance);
    store.drop();
  }
}

template <class Open>
void check_counts_of_hits(Open&& open, const VectorStoreLimits& limits) {
  auto store = open("counts", 4, Metric::cosine);
  const auto records = any_records(20, 4, 31);
  store.upsert(records);
  for (const std::size_t k : {std::size_t{0}, std::size_t{1}, std::size_t{19}, std::size_t{20}, limits.most_hits}) {
    INFO(k);
    CHECK(store.search(records[3].vector, k, Filter{}).size() == std::min<std::size_t>(k, 20));
  }
  const auto hits = store.search(records[3].vector, 20, Filter{});
  CHECK(hits[0].id == "r3");
  CHECK(std::is_sorted(hits.begin(), hits.end(), [](const auto& a, const auto& b) { return a.score > b.score; }));
  store.drop();
}

template <class Open>
void check_refusals(Open&& open) {
  using glossa::ErrorKind;
  auto store = open("refusals", 3, Metric::cosine);
  const VectorRecord good{"good", {1, 2, 3}, "text", {}};
  store.upsert(std::vector<VectorRecord>{good});
  const auto refuses = [&](VectorRecord record, const std::string& what) {
    INFO(what);
    const auto error = error_of([&] { store.upsert(std::vector<VectorRecord>{{"other", {1, 1, 1}, "", {}}, record}); });
    CHECK(error.kind() == ErrorKind::invalid_argument);
    INFO(error.what());
    CHECK(store.size() == 1);  // nothing of what came with it
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  refuses({"x", {1, 2}, "", {}}, "a short vector");
  refuses({"x", {1, 2, 3, 4}, "", {}}, "a long vector");
  refuses({"x", {}, "", {}}, "no vector");
  refuses({"x", {1, nan, 3}, "", {}}, "NaN");
  refuses({"x", {1, std::numeric_limits<float>::infinity(), 3}, "", {}}, "infinity");
  refuses({"", {1, 2, 3}, "", {}}, "no id");
  refuses({std::string(513, 'i'), {1, 2, 3}, "", {}}, "a long id");
  refuses({std::string("a\0b", 3), {1, 2, 3}, "", {}}, "NUL in an id");
  refuses({"a\xFF", {1, 2, 3}, "", {}}, "an id that is not UTF-8");
  refuses({"x", {1, 2, 3}, std::string("a\0b", 3), {}}, "NUL in a text");
  refuses({"x", {1, 2, 3}, "", {{"k", std::string("a\0b", 3)}}}, "NUL in a value");
  refuses({"x", {1, 2, 3}, "", {{"", true}}}, "a field without a name");
  refuses({"x", {1, 2, 3}, "", {{"a\nb", true}}}, "a control character in a name");
  refuses({"x", {1, 2, 3}, "", {{"k", std::numeric_limits<double>::infinity()}}}, "an infinite number");
  CHECK(error_of([&] {
          (void)store.search(std::vector<float>{1, 2}, 3, Filter{});
        }).kind() == ErrorKind::invalid_argument);
  CHECK(error_of([&] {
          (void)store.search(std::vector<float>{1, nan, 2}, 3, Filter{});
        }).kind() == ErrorKind::invalid_argument);
  CHECK(store.find(Ids{"good"}).at(0).text == "text");
  store.drop();
}

/// What one handle did is seen by another, and by those that are opened later.
template <class Open>
void check_two_handles(Open&& open) {
  auto first = open("shared", 3, Metric::cosine);
  auto second = open("shared", 3, Metric::cosine);
  auto other = open("another", 3, Metric::cosine);
  const std::vector<float> query{1, 0, 0};
  first.upsert(
      std::vector<VectorRecord>{{"a", {1, 0, 0}, "one", {{"n", std::int64_t{1}}}}, {"b", {0, 1, 0}, "two", {}}});
  CHECK(second.size() == 2);
  CHECK(second.search(query, 1, Filter{}).at(0).id == "a");
  second.upsert(std::vector<VectorRecord>{{"a", {0, 0, 1}, "new", {{"n", std::int64_t{2}}}}});
  CHECK(first.find(Ids{"a"}).at(0).text == "new");
  CHECK(first.search(query, 9, where("n") == std::int64_t{1}).empty());
  CHECK(first.search(query, 9, where("n") == std::int64_t{2}).size() == 1);
  second.remove(Ids{"b"});
  CHECK(first.size() == 1);
  CHECK(first.search(query, 9, Filter{}).size() == 1);
  CHECK(other.size() == 0);  // collections do not mix
  CHECK(open("shared", 3, Metric::cosine).search(query, 9, Filter{}).size() == 1);
  // A collection keeps its length of vectors and its metric.
  CHECK(error_of([&] { (void)open("shared", 4, Metric::cosine); }).kind() == glossa::ErrorKind::invalid_argument);
  CHECK(error_of([&] { (void)open("shared", 3, Metric::dot); }).kind() == glossa::ErrorKind::invalid_argument);
  first.drop();
  CHECK(open("shared", 3, Metric::cosine).size() == 0);
  other.drop();
}

}  // namespace contract

/// open(collection, dims, metric) gives a handle on a collection, which it makes where it is not there. Collections'
/// names hold letters and spaces.
template <class Open>
void check_vector_store(Open&& open, const VectorStoreLimits& limits = {}) {
  static_assert(
      glossa::VectorStore<std::remove_cvref_t<decltype(open(std::string(), std::size_t{}, glossa::Metric{}))>>);
  SECTION("an empty store") { contract::check_empty(open); }
  SECTION("upsert, replace, remove and find") { contract::check_upsert(open, limits); }
  SECTION("ids and values with every kind of character") { contract::check_odd_texts(open, limits); }
  SECTION("fields with every kind of name") { contract::check_odd_names(open); }
  SECTION("metadata of all types") { contract::check_values(open, limits); }
  SECTION("random filters on random metadata") { contract::check_filters(open, limits); }
  SECTION("every metric") { contract::check_metrics(open, limits); }
  SECTION("as many hits as were asked for or are there") { contract::check_counts_of_hits(open, limits); }
  SECTION("what a store refuses") { contract::check_refusals(open); }
  SECTION("two handles on one collection") { contract::check_two_handles(open); }
  SECTION("values at the edges of their types") { contract::check_edges(open); }
  SECTION("fields called as stores call their own") { contract::check_taken_names(open); }
  SECTION("a vector of zeros") { contract::check_zeros(open); }
}

}  // namespace test
