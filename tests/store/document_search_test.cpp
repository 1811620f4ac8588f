// What searches of a store do at their limits: many windows of few documents, and options that mean nothing.
#include "catch.hpp"
#include "error_of.hpp"
#include "store_cases.hpp"

#include <glossa/store/filter_match.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

using glossa::DocumentPooling;
using glossa::DocumentStore;
using glossa::ErrorKind;
using glossa::Fusion;
using glossa::SearchMode;
using glossa::StoreSearchOptions;
using glossa::where;

namespace {

/// A document with as many windows, all of them in one direction: the first number of the vectors is `x`.
glossa::EmbeddedDocument one_direction(const std::string& id, std::size_t windows, float x, const std::string& text) {
  glossa::EmbeddedDocument out;
  out.document.id = id;
  for (std::size_t i = 0; i < windows; ++i) {
    const std::size_t begin = out.document.text.size();
    out.document.text += text;
    out.chunks.push_back({{begin, out.document.text.size()}, {}, 4});
    std::vector<float> vector(32, 0.0F);
    vector[0] = x;
    vector[1] = 1 - x + 0.0001F * static_cast<float>(i);
    out.vectors.insert(out.vectors.end(), vector.begin(), vector.end());
  }
  return out;
}
std::vector<float> query() {
  std::vector<float> out(32, 0.0F);
  out[0] = 1;
  return out;
}

}  // namespace

TEST_CASE("a document with very many windows leaves room for others") {
  const test::StoreFolder folder;
  DocumentStore store = folder.open({.index_after = 0});
  std::vector<glossa::EmbeddedDocument> documents{one_direction("large", 900, 1, "the cat. ")};
  for (int i = 0; i < 20; ++i) documents.push_back(one_direction("d" + std::to_string(i), 1, 0.5F, "protein. "));
  store.upsert(documents);
  for (const bool indexed : {false, true}) {
    if (indexed) store.update_index();
    for (const DocumentPooling pooling : {DocumentPooling::none, DocumentPooling::best, DocumentPooling::mean}) {
      StoreSearchOptions options{.k = 5};
      options.pooling = pooling;
      const auto hits = store.search(query(), options);
      REQUIRE(hits.size() == 5);
      CHECK(hits[0].document == "large");
      CHECK(hits[1].document != "large");
    }
  }
  StoreSearchOptions options{.k = 5};
  options.candidates = 50;  // so many and no more
  CHECK(store.search(query(), options).size() == 1);
}

TEST_CASE("the mean of a document's windows is made of scores of one kind") {
  const test::StoreFolder folder;
  DocumentStore store = folder.open();
  // One window of "mixed" is near to the query; its many others are far, and are no candidates of either ranking.
  std::vector<glossa::EmbeddedDocument> documents;
  for (int i = 0; i < 140; ++i)
    documents.push_back(one_direction("good" + std::to_string(i), 1, 0.9F, "protein protein protein "));
  documents.push_back(one_direction("mixed", 40, 0.1F, "the cat sleep female protein "));
  documents.back().vectors[0] = 1;
  documents.back().vectors[1] = 0;
  for (int i = 0; i < 400; ++i)  // so that the word means something
    documents.push_back(one_direction("other" + std::to_string(i), 1, 0, "the cat museo "));
  store.upsert(documents);
  StoreSearchOptions options{.k = 1000};
  options.candidates = 1000;
  options.fusion = Fusion::reciprocal_rank;
  options.pooling = DocumentPooling::mean;
  CHECK(store.search("protein", query(), options).front().document != "mixed");
  options.k = 10;
  options.candidates = 0;
  for (const auto& hit : store.search("protein", query(), options)) {
    INFO(hit.document << " " << hit.score);
    CHECK(hit.score <= 2.0F / 61);  // no sum of two reciprocal ranks is more
    CHECK(hit.document != "mixed");
  }
}

TEST_CASE("numbers of options that mean nothing are refused") {
  const test::StoreFolder folder;
  DocumentStore store = folder.open();
  store.upsert(test::any_documents(0, 150));
  for (const double bad : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()}) {
    StoreSearchOptions options;
    options.dense_weight = bad;
    CHECK(test::error_of([&] { (void)store.search("cat", options); }).kind() == ErrorKind::invalid_argument);
    options = {};
    options.mmr_lambda = bad;
    CHECK(test::error_of([&] { (void)store.search("cat", options); }).kind() == ErrorKind::invalid_argument);
  }
  StoreSearchOptions all{.k = std::numeric_limits<std::size_t>::max() / 4 + 1};  // four times this is 0
  all.mmr_lambda = 0.5;
  CHECK(store.search("cat", all).size() == 150);
  all.k = std::numeric_limits<std::size_t>::max();
  all.candidates = all.k;
  CHECK(store.search("cat", all).size() == 150);
  CHECK(store.search("cat", {.k = 0}).empty());
}

TEST_CASE("a filter that names thousands of values is as fast as one that names a few") {
  const test::StoreFolder folder;
  DocumentStore store = folder.open({.lexical = false, .index_after = 0});
  store.upsert(test::any_embedded(0, 5000, 32));
  std::vector<glossa::MetadataValue> values;
  for (std::int64_t i = 0; i < 20000; ++i) values.emplace_back(3 * i);
  const auto start = std::chrono::steady_clock::now();
  const auto filter = where("number").in(values);
  const auto hits = store.search(query(), {.k = 3000, .filter = filter});
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  CHECK(hits.size() == 1667);
  CHECK(seconds.count() < 2);  // .1 as a rule; a square of the values would be 10 and more
  for (const auto& hit : hits) CHECK(std::get<std::int64_t>(hit.metadata.at("number")) % 3 == 0);
}

TEST_CASE("chunks of a caller's own that lie inside of others, or before them, are found as one passage") {
  for (const std::vector<glossa::ByteRange>& ranges :
       {std::vector<glossa::ByteRange>{{0, 10}, {5, 30}, {6, 20}}, {{10, 20}, {0, 5}, {12, 14}}}) {
    const test::StoreFolder folder;
    DocumentStore store = folder.open();
    glossa::EmbeddedDocument own = one_direction("a", 3, 0.5F, "the cat is ");
    for (std::size_t i = 0; i < 3; ++i) own.chunks[i].bytes = ranges[i];
    own.vectors[32] = 1;  // the one in the middle is the best
    store.upsert(std::vector<glossa::EmbeddedDocument>{own});
    const auto hits = store.search(query(), {.k = 10, .mode = SearchMode::dense});
    REQUIRE(hits.size() == 1);
    CHECK(hits[0].windows == 3);
    CHECK(hits[0].bytes == glossa::ByteRange{0, ranges[0].begin == 0 ? std::size_t{30} : std::size_t{20}});
    CHECK(hits[0].best == ranges[1]);
    CHECK(hits[0].text == own.document.text.substr(0, hits[0].bytes.end));
  }
}

TEST_CASE(
    "filters of known and of new parts pass what they say, while documents of one chunk and of many come and go") {
  const test::StoreFolder folder;
  DocumentStore store = folder.open({.lexical = false, .index_after = 0});
  std::mt19937 random(3);
  std::map<std::string, glossa::Metadata> there;
  const auto put = [&](const std::vector<glossa::EmbeddedDocument>& documents) {
    store.upsert(documents);
    for (const auto& own : documents) there[own.document.id] = own.document.metadata;
  };
  const auto any_comparison = [&] {
    const auto number = static_cast<std::int64_t>(random() % 700);
    switch (random() % 5) {
      case 0: return where("lang") == "de";
      case 1: return where("even") == true;
      case 2: return where("number") < number;
      case 3: return where("number") != number;
      default: return where("number") == number || where("number") == number + 1;
    }
  };
  put(test::any_embedded(0, 500, 32));
  for (int round = 0; round < 12; ++round) {
    for (int i = 0; i < 12; ++i) {
      const glossa::Filter filter = i % 3 == 0   ? any_comparison()
                                    : i % 3 == 1 ? any_comparison() && any_comparison()
                                                 : any_comparison() && (any_comparison() || !any_comparison());
      std::vector<std::string> wanted;
      for (const auto& [id, metadata] : there)
        if (glossa::matches(filter, metadata)) wanted.push_back(id);
      std::vector<std::string> found =
          test::ids_of(store.search(query(), {.k = 5000, .filter = filter, .pooling = DocumentPooling::best}));
      std::sort(found.begin(), found.end());
      CHECK(found == wanted);
    }
    std::vector<std::string> gone;
    for (const auto& [id, metadata] : there)
      if (random() % 40 == 0) gone.push_back(id);
    CHECK(store.remove(gone) == gone.size());
    for (const std::string& id : gone) there.erase(id);
    put(test::any_embedded(500 + 10 * static_cast<std::size_t>(round), 10, 32));
    auto large = one_direction("large" + std::to_string(round), 1 + random() % 90, 0.9F, "a text. ");
    large.document.metadata = {{"lang", "de"}, {"number", std::int64_t{round}}};
    put({large});
    if (round % 4 == 3) store.update_index();
  }
}

TEST_CASE("equal values of either kind of number are found, zeros of either sign among them") {
  const test::StoreFolder folder;
  DocumentStore store = folder.open();
  const std::vector<glossa::MetadataValue> values{std::int64_t{0},
                                                  0.0,
                                                  -0.0,
                                                  std::int64_t{3},
                                                  3.0,
                                                  3.5,
                                                  std::int64_t{9007199254740993},
                                                  9007199254740992.0,
                                                  1e300,
                                                  "3",
                                                  true,
                                                  std::vector<std::string>{"3"},
                                                  "\"",
                                                  "\xC3\xBC\x7F"};
  std::vector<glossa::Document> documents;
  for (std::size_t i = 0; i < values.size(); ++i)
    documents.push_back({"v" + std::to_string(i), "the cat", "", {{"v", values[i]}}, glossa::TextFormat::plain});
  store.upsert(documents);
  for (const auto& wanted : values) {
    const auto filter = where("v") == wanted;
    std::size_t expected = 0;
    for (const auto& own : documents) expected += matches(filter, own.metadata) ? 1 : 0;
    StoreSearchOptions options{.k = 99, .filter = filter};
    CHECK(store.search("cat", options).size() == expected);
    options.filter = where("v").in({wanted, "nothing", std::int64_t{-7}});
    CHECK(store.search("cat", options).size() == expected);
    options.filter = where("v") == wanted || where("other").exists() || where("v") > std::int64_t{5};
    expected = 0;
    for (const auto& own : documents) expected += matches(options.filter, own.metadata) ? 1 : 0;
    CHECK(store.search("cat", options).size() == expected);
  }
}

TEST_CASE("values that are gone do not fill the memory") {
  const test::StoreFolder folder;
  DocumentStore store = folder.open({.lexical = false});
  const auto write = [&](std::int64_t round) {
    auto documents = test::any_embedded(0, 20, 32);
    for (auto& own : documents)
      own.document.metadata["time"] = std::to_string(round) + own.document.id + std::string(200, 'x');
    store.upsert(documents);
    CHECK(store.search(query(), {.k = 99, .filter = where("lang").exists()}).size() == 20);
  };
  write(0);
  CHECK(store.search(query(), {.k = 99, .filter = where("time").exists()}).size() == 20);
  std::size_t most = 0;
  for (std::int64_t round = 1; round < 400; ++round) {
    write(round);
    most = std::max<std::size_t>(most, store.stats().memory_bytes);
  }
  CHECK(store.search(query(), {.k = 99, .filter = where("time") > "399"}).size() == 20);
  CHECK(most < 3000000);  // of 8,000 values some 5 MB
}
