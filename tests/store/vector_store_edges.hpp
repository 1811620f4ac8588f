// A store comes in; what its filters make of values at the edges of their types, of names that stores may use for
// themselves, and of vectors without a direction is held to the naive store.
#pragma once

#include "catch.hpp"
#include "vector_store_cases.hpp"

#include <glossa/store/vector_store.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace test::contract {

inline std::vector<glossa::MetadataValue> edge_values() {
  using Texts = std::vector<std::string>;
  const std::int64_t large = std::int64_t{1} << 53;
  return {true,
          std::int64_t{0},
          std::int64_t{1},
          large,
          large + 1,
          -large - 1,
          std::numeric_limits<std::int64_t>::max(),
          std::numeric_limits<std::int64_t>::min(),
          -0.0,
          0.5,
          9007199254740992.0,
          1e300,
          5e-324,
          "",
          "a",
          "a\x01",
          "ab",
          "a'b",
          "a\"b\\",
          "A",
          "1",
          "true",
          "null",
          "\xEF\xBF\xBD",
          "\xEF\xBF\xBF",
          "\xF0\x9F\xA7\xA0",
          "tab\t\r\n",
          Texts{},
          Texts{"a"},
          Texts{"a", "b"},
          Texts{"b", "a"},
          Texts{"\xEF\xBF\xBD"}};
}

/// Values that no record can hold, too; a filter may ask for them.
inline std::vector<glossa::MetadataValue> edge_limits() {
  auto out = edge_values();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double one : {infinity, -infinity, std::numeric_limits<double>::quiet_NaN(), 0x1p63, -0x1p63, 0.25})
    out.emplace_back(one);
  out.emplace_back(std::string("a\0b", 3));
  out.emplace_back(std::string("a\0", 2));
  out.emplace_back("\xFF");
  out.emplace_back(std::vector<std::string>{"\xFF"});
  return out;
}

/// A store may refuse an order, by `unsupported`; an answer has to be right.
template <class Open>
void check_edges(Open&& open) {
  using glossa::Comparison;
  using glossa::Filter;
  auto store = open("edges", 2, glossa::Metric::cosine);
  NaiveStore naive(2, glossa::Metric::cosine);
  std::vector<glossa::VectorRecord> records{{"none", {1, 0}, "", {}}, {"other", {1, 0}, "", {{"w", true}}}};
  for (const auto& value : edge_values())
    records.push_back({"e" + std::to_string(records.size()), {1, 0}, "", {{"v", value}}});
  store.upsert(records);
  naive.upsert(records);
  const std::vector<float> query{1, 0};
  const auto ids_of = [&](auto& one, const Filter& filter) {
    std::vector<std::string> ids;
    for (const auto& hit : one.search(query, 100, filter)) ids.push_back(hit.id);
    std::sort(ids.begin(), ids.end());
    return ids;
  };
  std::size_t number = 0, answered = 0;
  for (const auto& limit : edge_limits()) {
    for (const Comparison how : {Comparison::equal, Comparison::less, Comparison::less_equal, Comparison::greater,
                                 Comparison::greater_equal, Comparison::contains}) {
      const Filter plain("v", how, limit);
      for (const Filter& filter : {plain, !plain, !(!plain || glossa::where("w").exists())}) try {
          const auto found = ids_of(store, filter);
          INFO("limit " << number << ", comparison " << static_cast<int>(how));
          CHECK(found == ids_of(naive, filter));
          ++answered;
        } catch (const glossa::Error& error) {
          INFO("limit " << number << ", comparison " << static_cast<int>(how) << ": " << error.what());
          CHECK(error.kind() == glossa::ErrorKind::unsupported);
          CHECK((how != Comparison::equal && how != Comparison::contains));
        }
    }
    ++number;
  }
  CHECK(answered >= number * 2 * 3);
  store.drop();
}

/// Fields that are called as stores call parts of their own, and beside them fields of other names.
template <class Open>
void check_taken_names(Open&& open) {
  auto store = open("taken names", 2, glossa::Metric::cosine);
  std::vector<glossa::VectorRecord> records;
  for (const std::string name :
       {"pk", "body", "embedding", "name_space", "tags", "odd", "doc_id", "n_year", "_glossa_id", "_glossa_text",
        "_glossa_tags", "_glossa_field_x", "_additional", "$and", "label"})
    records.push_back({name, {1, 0}, "text", {{name, std::int64_t{7}}, {"t:n:" + name, "x"}}});
  store.upsert(records);
  for (const auto& record : records) {
    INFO(record.id);
    for (const auto& filter : {glossa::where(record.id) == std::int64_t{7}, glossa::where(record.id) < 7.5,
                               glossa::where("t:n:" + record.id).exists()}) {
      const auto hits = store.search(std::vector<float>{1, 0}, 100, filter);
      REQUIRE(hits.size() == 1);
      CHECK(hits[0].id == record.id);
      CHECK(hits[0].text == "text");
      CHECK(hits[0].metadata == record.metadata);
    }
  }
  store.drop();
}

/// The cosine with a vector of zeros is 0: between those that look the same way and those that look away. A store may
/// refuse to keep it.
template <class Open>
void check_zeros(Open&& open) {
  auto store = open("zeros", 2, glossa::Metric::cosine);
  store.upsert(std::vector<glossa::VectorRecord>{{"there", {1, 0}, "", {}}, {"away", {-1, 0}, "", {}}});
  try {
    store.upsert(std::vector<glossa::VectorRecord>{{"zero", {0, 0}, "", {}}});
  } catch (const glossa::Error& error) {
    INFO(error.what());
    CHECK(error.kind() == glossa::ErrorKind::unsupported);
    CHECK(store.size() == 2);
    return store.drop();
  }
  const auto hits = store.search(std::vector<float>{1, 0}, 3, glossa::Filter{});
  REQUIRE(hits.size() == 3);
  CHECK(hits[1].id == "zero");
  CHECK(hits[1].score == 0);
  CHECK(store.search(std::vector<float>{1, 0}, 2, glossa::Filter{}).at(1).id == "zero");
  store.drop();
}

}  // namespace test::contract
