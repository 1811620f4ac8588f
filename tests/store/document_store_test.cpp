// A store of documents: what goes in, what is found, what is kept.
#include "catch.hpp"
#include "error_of.hpp"
#include "store_cases.hpp"

#include <glossa/store/filter_match.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

using glossa::Document;
using glossa::DocumentPooling;
using glossa::DocumentStore;
using glossa::ErrorKind;
using glossa::Fusion;
using glossa::SearchMode;
using glossa::StoreSearchOptions;
using glossa::TextFormat;
using glossa::where;
using Ids = std::vector<std::string>;

TEST_CASE("documents are kept, replaced, listed and removed") {
  const test::StoreFolder folder;
  const Document first{"a", std::string("the cat\0\xFF sleep", 15), "Title", {{"lang", "de"}}, TextFormat::markdown};
  {
    DocumentStore store = folder.open();
    store.upsert({first, {"b", "protein", "", {}, TextFormat::plain}, {"b", "museo", "", {}, TextFormat::plain}});
    CHECK(store.find("a") == first);
    CHECK(store.find("b")->text == "museo");  // of an id given twice the last counts
    CHECK_FALSE(store.find("c"));
    CHECK(store.stats().documents == 2);
  }
  DocumentStore store = folder.open();
  CHECK(store.find("a") == first);
  Document changed = first;
  changed.text = "Кошка";
  changed.metadata.clear();
  store.upsert({changed});
  CHECK(store.find("a") == changed);
  CHECK(store.chunks("a").size() == 1);
  store.upsert({{"\" OR 1=1; --", "the", "", {}, TextFormat::plain}, {"%", "a", "", {}, TextFormat::plain}});
  const auto listed = store.documents();
  REQUIRE(listed.size() == 4);
  CHECK(listed[0].id == "\" OR 1=1; --");
  CHECK(listed[2].id == "a");
  CHECK(listed[2].bytes == changed.text.size());
  CHECK(listed[2].format == TextFormat::markdown);
  CHECK(store.documents("a", 1).at(0).id == "b");
  CHECK(store.documents("b").empty());
  CHECK(store.remove(Ids{"%", "nobody", "a"}) == 2);
  CHECK(store.stats().documents == 2);
  CHECK(store.chunks("a").empty());
  CHECK(store.search("Кошка", {.k = 9}).size() == 2);
}

TEST_CASE("what is found comes with its place, its text and its metadata") {
  const test::StoreFolder folder;
  DocumentStore store = folder.open({.chunks = glossa::ChunkOptions{60, 10}});
  const std::string text = "# Cats\n\n" + test::long_text(40) + "\n\n## Food\n\n" + test::long_text(30);
  store.upsert({{"long", text, "Animals", {{"lang", "en"}}, TextFormat::markdown},
                test::any_document(1),
                test::any_document(2)});
  REQUIRE(store.chunks("long").size() > 6);
  for (const SearchMode mode : {SearchMode::dense, SearchMode::lexical, SearchMode::hybrid}) {
    StoreSearchOptions options{.k = 5, .mode = mode};
    options.merge_neighbors = false;
    const auto hits = store.search("the female cat", options);
    REQUIRE(hits.size() == 5);
    for (std::size_t i = 0; i < hits.size(); ++i) {
      const auto& hit = hits[i];
      const Document document = *store.find(hit.document);
      CHECK(hit.text == document.text.substr(hit.bytes.begin, hit.bytes.end - hit.bytes.begin));
      CHECK(hit.title == document.title);
      CHECK(hit.metadata == document.metadata);
      CHECK(hit.windows == 1);
      CHECK(hit.dense.has_value() == (mode != SearchMode::lexical));
      if (i > 0) CHECK(hits[i - 1].score >= hit.score);
      const auto chunks = store.chunks(hit.document);
      CHECK(std::any_of(chunks.begin(), chunks.end(),
                        [&](const auto& own) { return own.bytes == hit.bytes && own.context == hit.context; }));
    }
  }
  // Windows of a document that follow each other become one hit: of all windows, all of the document.
  const auto merged = store.search("the female cat", {.k = 100});
  REQUIRE(merged.size() == 3);
  for (const auto& hit : merged) {
    const Document document = *store.find(hit.document);
    CHECK(hit.windows == store.chunks(hit.document).size());
    CHECK(hit.text == document.text.substr(hit.bytes.begin, hit.bytes.end - hit.bytes.begin));
    if (hit.document == "long") CHECK(hit.bytes == glossa::ByteRange{0, text.find_last_not_of(' ') + 1});
  }
  // Of fewer hits those that do not touch stay apart.
  const auto some = store.search("the female cat", {.k = 4});
  for (const auto& a : some)
    for (const auto& b : some)
      if (&a != &b && a.document == b.document) CHECK((a.bytes.end <= b.bytes.begin || b.bytes.end <= a.bytes.begin));
}

TEST_CASE("dense search is the exact ranking of the vectors") {
  const test::StoreFolder folder;
  DocumentStore store = folder.open();
  const auto documents = test::any_documents(0, 60);
  store.upsert(documents);
  const auto query = test::store_embedder().embed_query("the cat");
  std::vector<std::pair<float, std::string>> expected;
  for (const Document& document : documents) {
    const std::string text = document.title.empty() ? document.text : document.title + "\n" + document.text;
    expected.emplace_back(-glossa::cosine(query.values(), test::store_embedder().embed_passage(text).values()),
                          document.id);
  }
  std::sort(expected.begin(), expected.end());
  const auto hits = store.search("the cat", {.k = 60, .mode = SearchMode::dense});
  REQUIRE(hits.size() == 60);
  for (std::size_t i = 0; i < 60; ++i) CHECK(hits[i].score == Approx(-expected[i].first).margin(1e-5));
}

TEST_CASE("a document is pooled from its windows") {
  const test::StoreFolder folder;
  DocumentStore store = folder.open({.chunks = glossa::ChunkOptions{40, 0}});
  std::vector<Document> documents;
  for (std::size_t i = 0; i < 6; ++i)
    documents.push_back({"d" + std::to_string(i), test::long_text(10 + 3 * i), "", {}, TextFormat::plain});
  store.upsert(documents);
  for (const SearchMode mode : {SearchMode::dense, SearchMode::lexical, SearchMode::hybrid}) {
    StoreSearchOptions options{.k = 10, .mode = mode};
    options.pooling = DocumentPooling::best;
    auto hits = store.search("protein museo", options);
    auto ids = test::ids_of(hits);
    std::sort(ids.begin(), ids.end());
    CHECK(std::adjacent_find(ids.begin(), ids.end()) == ids.end());
    CHECK(hits.size() == 6);
    options.pooling = DocumentPooling::mean;
    hits = store.search("protein museo", options);
    CHECK(hits.size() == 6);
    if (mode != SearchMode::dense) continue;
    for (const auto& hit : hits) {  // the mean of the scores of all windows
      StoreSearchOptions all{.k = 1000, .mode = mode};
      all.merge_neighbors = false;
      double sum = 0;
      double count = 0;
      for (const auto& window : store.search("protein museo", all))
        if (window.document == hit.document) sum += static_cast<double>(window.score), ++count;
      CHECK(hit.score == Approx(sum / count).margin(1e-5));
    }
  }
}

TEST_CASE("rankings are fused by ranks and by scores") {
  const test::StoreFolder folder;
  DocumentStore store = folder.open();
  store.upsert(test::any_documents(0, 80));
  const std::string query = "protein Kürbis";
  const auto dense = test::ids_of(store.search(query, {.k = 80, .mode = SearchMode::dense}));
  const auto lexical = test::ids_of(store.search(query, {.k = 80, .mode = SearchMode::lexical}));
  const auto rank = [](const Ids& ids, const std::string& id) {
    const auto at = static_cast<std::size_t>(std::find(ids.begin(), ids.end(), id) - ids.begin());
    return at == ids.size() ? 0.0 : 1.0 / (61.0 + static_cast<double>(at));
  };
  for (const auto& hit : store.search(query, {.k = 80, .fusion = Fusion::reciprocal_rank}))
    CHECK(hit.score == Approx(rank(dense, hit.document) + rank(lexical, hit.document)).margin(1e-6));
  StoreSearchOptions options{.k = 80};
  options.dense_weight = 1;
  CHECK(test::ids_of(store.search(query, options)) == dense);
  options.dense_weight = 0;
  const auto own = test::ids_of(store.search(query, options));
  CHECK(Ids(own.begin(), own.begin() + 10) == Ids(lexical.begin(), lexical.begin() + 10));
}

TEST_CASE("many chunks, of which both rankings are made at once, are found as by one thread, indexed or not") {
  const test::StoreFolder folder;
  DocumentStore several = folder.open({.index_after = 0, .threads = 4});
  several.upsert(test::any_embedded(0, 6000, 32));
  for (const bool indexed : {false, true}) {
    if (indexed) several.update_index();
    several.upsert(test::any_embedded(indexed ? 6000 : 5000, 1500, 32));
    DocumentStore one = folder.open({.threads = 1});
    for (const char* text : {"protein museo", "the cat", "Кошка Title 77"})
      for (const auto& filter : {glossa::Filter(), glossa::where("lang") == "de", glossa::where("number") < 50}) {
        const StoreSearchOptions options{.k = 20, .filter = filter};
        const auto a = several.search(text, options);
        const auto b = one.search(text, options);
        REQUIRE(a.size() == b.size());
        CHECK_FALSE(a.empty());
        for (std::size_t i = 0; i < a.size(); ++i) {
          CHECK(a[i].document == b[i].document);
          CHECK(a[i].score == b[i].score);
        }
      }
  }
}

TEST_CASE("filters hold in every mode, as the naive ones do") {
  const test::StoreFolder folder;
  DocumentStore store = folder.open();
  const auto documents = test::any_documents(0, 120);
  store.upsert(documents);
  for (const auto& filter :
       {where("lang") == "de", where("number") < std::int64_t{7} || where("number") >= std::int64_t{110},
        where("even") == true && !(where("lang") == "de"), where("nothing").exists(), !where("nothing").exists()}) {
    std::size_t expected = 0;
    for (const Document& document : documents) expected += matches(filter, document.metadata) ? 1 : 0;
    for (const SearchMode mode : {SearchMode::dense, SearchMode::lexical, SearchMode::hybrid}) {
      const auto hits = store.search("the cat protein sleep female", {.k = 500, .mode = mode, .filter = filter});
      for (const auto& hit : hits) CHECK(matches(filter, hit.metadata));
      if (mode != SearchMode::lexical) CHECK(hits.size() == expected);
    }
  }
}

TEST_CASE("maximal marginal relevance puts what is different before what is alike") {
  const test::StoreFolder folder;
  DocumentStore store = folder.open();
  std::vector<glossa::EmbeddedDocument> documents = test::any_embedded(0, 4, 32);
  for (std::size_t i = 0; i < 4; ++i) std::fill(documents[i].vectors.begin(), documents[i].vectors.end(), 0.0F);
  const auto set = [&](std::size_t i, float x, float y) { documents[i].vectors[0] = x, documents[i].vectors[1] = y; };
  set(0, 1, 0);
  set(1, 0.999F, 0.045F);  // as the first
  set(2, 0.8F, 0.6F);
  set(3, 0.1F, 0.995F);
  store.upsert(documents);
  std::vector<float> query(32, 0.0F);
  query[0] = 1;
  CHECK(test::ids_of(store.search(query, {.k = 2})) == Ids{"doc0", "doc1"});
  StoreSearchOptions options{.k = 2};
  options.mmr_lambda = 0.3;
  CHECK(test::ids_of(store.search(query, options)) == Ids{"doc0", "doc3"});
  options.mmr_lambda = 1;
  CHECK(test::ids_of(store.search(query, options)) == Ids{"doc0", "doc1"});
}

TEST_CASE("words are found in every script, whatever a query looks like") {
  const test::StoreFolder folder;
  DocumentStore store = folder.open();
  store.upsert({{"ru", "Кошка", "", {}, TextFormat::plain},
                {"de", "Kürbis", "", {}, TextFormat::plain},
                {"en", "The PROTEIN", "", {}, TextFormat::plain}});
  const StoreSearchOptions lexical{.k = 1, .mode = SearchMode::lexical};
  CHECK(test::ids_of(store.search("кошка", lexical)) == Ids{"ru"});
  CHECK(test::ids_of(store.search("KÜRBIS", lexical)) == Ids{"de"});
  CHECK(test::ids_of(store.search("protein", lexical)) == Ids{"en"});
  for (const std::string query :
       {"", "\"", "\" OR \"", "NEAR(", "a* AND NOT b:", "-x ^y {z}", "'; DROP TABLE documents; --", "\xFF\x01"}) {
    INFO(query);
    for (const SearchMode mode : {SearchMode::lexical, SearchMode::hybrid, SearchMode::dense})
      CHECK(store.search(query, {.k = 9, .mode = mode}).size() <= 3);
  }
  std::string many;
  for (int i = 0; i < 3000; ++i) many += "protein Кошка ";
  CHECK(store.search(many, lexical).size() == 1);
  CHECK(store.stats().documents == 3);
}

TEST_CASE("a transaction keeps all or nothing, and a failed part of it leaves nothing") {
  const test::StoreFolder folder;
  DocumentStore store = folder.open();
  DocumentStore other = folder.open();
  store.upsert(test::any_documents(0, 3));
  struct Stop {};
  const auto failing = [&] {
    store.transaction([&] {
      store.upsert(test::any_documents(3, 2));
      (void)store.remove(Ids{"doc0"});
      CHECK(store.stats().documents == 4);  // of its own
      CHECK(store.search("the", {.k = 9}).size() == 4);
      CHECK(other.stats().documents == 3);
      throw Stop();
    });
  };
  CHECK_THROWS_AS(failing(), Stop);
  CHECK(store.stats().documents == 3);
  CHECK(store.find("doc0"));
  CHECK_FALSE(store.find("doc3"));
  CHECK(store.search("the", {.k = 9}).size() == 3);
  store.transaction([&] {
    store.upsert(test::any_documents(3, 2));
    CHECK_THROWS_AS(store.transaction([&] {
      store.upsert(test::any_documents(10, 2));
      throw Stop();
    }),
                    Stop);
    store.upsert(test::any_documents(5, 1));
  });
  CHECK(store.stats().documents == 6);
  CHECK_FALSE(store.find("doc10"));
  CHECK(other.stats().documents == 6);
  CHECK(other.search("the", {.k = 9}).size() == 6);
}

TEST_CASE("what cannot be kept is refused before anything is") {
  const test::StoreFolder folder;
  DocumentStore store = folder.open();
  const auto refuses = [&](Document document) {
    const auto error = test::error_of([&] { store.upsert({{"good", "text", "", {}, TextFormat::plain}, document}); });
    CHECK(error.kind() == ErrorKind::invalid_argument);
    CHECK_FALSE(store.find("good"));
  };
  refuses({"", "text", "", {}, TextFormat::plain});
  refuses({std::string("a\0b", 3), "text", "", {}, TextFormat::plain});
  refuses({"a", "text", "\xFF", {}, TextFormat::plain});
  refuses({"a", "text", "", {{"", true}}, TextFormat::plain});
  auto embedded = test::any_embedded(0, 1, 31);
  CHECK(test::error_of([&] { store.upsert(embedded); }).kind() == ErrorKind::invalid_argument);
  embedded = test::any_embedded(0, 1, 32);
  embedded[0].chunks[0].bytes.end += 1;
  CHECK(test::error_of([&] { store.upsert(embedded); }).kind() == ErrorKind::invalid_argument);
  std::stop_source stop;
  stop.request_stop();
  CHECK(test::error_of([&] {
          store.upsert(test::any_documents(0, 1), {.progress = {}, .stop = stop.get_token()});
        }).kind() == ErrorKind::cancelled);
  CHECK(store.stats().documents == 0);
  std::size_t told = 0;
  store.upsert(test::any_documents(0, 3),
               {.progress = [&](const glossa::Progress& progress) { told = progress.done; }, .stop = {}});
  CHECK(told == 3);
}

TEST_CASE("a store is of one model") {
  const test::StoreFolder folder;
  folder.open().upsert(test::any_documents(0, 2));
  const test::SmallModel other_folder("paraphrase-multilingual-MiniLM-L12-v2");
  glossa::EmbedderOptions prompts;
  prompts.query_prompt = prompts.passage_prompt = "";
  const auto error =
      test::error_of([&] { DocumentStore(folder.path(), glossa::Embedder(other_folder.path(), prompts)); });
  CHECK(error.kind() == ErrorKind::invalid_argument);
  CHECK(error.file() == folder.database().string());
  DocumentStore plain(folder.path());  // without a model
  CHECK(plain.stats().documents == 2);
  CHECK(plain.find("doc1"));
  CHECK(plain.search(std::vector<float>(32, 0.5F), {.k = 1}).size() == 1);
  CHECK(test::error_of([&] { (void)plain.search("text"); }).kind() == ErrorKind::invalid_argument);
  CHECK(test::error_of([&] { plain.upsert(test::any_documents(0, 1)); }).kind() == ErrorKind::invalid_argument);
  CHECK(test::error_of([&] { DocumentStore(folder.path() / "none"); }).kind() == ErrorKind::not_found);
}
