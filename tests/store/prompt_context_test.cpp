// What a prompt gets of the hits, with its sources and within its budget.
#include "catch.hpp"
#include "store_cases.hpp"

#include <glossa/store/prompt_context.hpp>

#include <algorithm>
#include <cstddef>
#include <string>

using glossa::DocumentStore;
using glossa::TextFormat;

TEST_CASE("a prompt's context names its sources and stays within its budget") {
  const test::StoreFolder folder;
  DocumentStore store = folder.open();
  store.upsert(test::any_documents(0, 20, 30));
  const auto hits = store.search("the cat", {.k = 10});
  const auto& tokenizer = test::store_embedder().tokenizer();
  std::size_t last = 0;
  for (const std::size_t budget : {std::size_t{0}, std::size_t{100}, std::size_t{300}, std::size_t{10000}}) {
    const auto context = glossa::prompt_context(hits, tokenizer, budget);
    CHECK(context.tokens <= budget);
    CHECK(tokenizer.count_tokens(context.text, glossa::Specials::text) - tokenizer.count_tokens("") == context.tokens);
    CHECK(context.sources.size() >= last);
    last = context.sources.size();
  }
  const auto all = glossa::prompt_context(hits, tokenizer, 10000);
  REQUIRE(all.sources.size() == 10);
  CHECK(all.text.starts_with("[1] "));
  CHECK(all.text.find("[10] ") != std::string::npos);
  CHECK(all.text.find("(" + hits[0].document + ", bytes 0-") != std::string::npos);
  for (const auto& source : all.sources) CHECK(source.bytes == hits[source.hit].bytes);
}

TEST_CASE("of a passage that is too long for a prompt its best window stays, and those behind it as they are") {
  const test::StoreFolder folder;
  DocumentStore store = folder.open({.chunks = glossa::ChunkOptions{40, 8}});
  store.upsert({{"long", test::long_text(60), "", {}, TextFormat::plain}});
  for (const std::string id : {"a", "b", "c"}) store.upsert({{id, "the cat sleep.", "", {}, TextFormat::plain}});
  const auto& tokenizer = test::store_embedder().tokenizer();
  auto hits = store.search("the cat sleep", {.k = 40});
  const auto at = std::find_if(hits.begin(), hits.end(), [](const auto& hit) { return hit.document == "long"; });
  REQUIRE(at != hits.end());
  REQUIRE(at->windows > 3);
  CHECK(at->best.begin >= at->bytes.begin);
  CHECK(at->best.end <= at->bytes.end);
  const auto chunks = store.chunks("long");
  CHECK(std::any_of(chunks.begin(), chunks.end(), [&](const auto& own) { return own.bytes == at->best; }));
  std::rotate(hits.begin(), at, at + 1);
  const auto context = glossa::prompt_context(hits, tokenizer, 220);
  REQUIRE(context.sources.size() == hits.size());
  CHECK(context.sources[0].bytes == hits[0].best);
  CHECK(context.text.find(hits[0].text.substr(hits[0].best.begin - hits[0].bytes.begin,
                                              hits[0].best.end - hits[0].best.begin)) != std::string::npos);
  for (std::size_t i = 1; i < hits.size(); ++i) CHECK(context.sources[i].bytes == hits[i].bytes);
}

TEST_CASE("where no passage fits into a prompt, it has the sentences of the first that do, or its words") {
  const auto& tokenizer = test::store_embedder().tokenizer();
  glossa::StoreHit hit;
  hit.document = "d";
  hit.title = "Animals";
  hit.context = "Animals > Cats";
  hit.text = "The cat sleep. The female cat sleep. The museo protein. The end";
  hit.bytes = hit.best = {100, 100 + hit.text.size()};
  const auto whole = glossa::prompt_context({&hit, 1}, tokenizer, 1000);
  CHECK(whole.text.starts_with("[1] Animals > Cats (d, bytes 100-"));
  std::size_t last = hit.bytes.end;
  for (std::size_t budget = whole.tokens; budget-- > 0;) {
    const auto context = glossa::prompt_context({&hit, 1}, tokenizer, budget);
    CHECK(context.tokens <= budget);
    if (context.sources.empty()) break;
    const glossa::ByteRange bytes = context.sources[0].bytes;
    CHECK(bytes.begin == 100);
    CHECK(bytes.end <= last);
    last = bytes.end;
    CHECK(context.text.ends_with(hit.text.substr(0, bytes.end - 100) + "\n"));
    if (budget + 3 > whole.tokens) CHECK(hit.text[bytes.end - 101] == '.');
  }
  CHECK(last - 100 <= 8);  // words, where no sentence fits
  glossa::StoreHit other;  // of another source, which knows of no bytes
  other.document = "e";
  other.text = "a text from elsewhere";
  other.windows = 3;
  CHECK(glossa::prompt_context({&other, 1}, tokenizer, 1000).text == "[1] (e, bytes 0-0)\na text from elsewhere\n");
  CHECK(glossa::prompt_context({&other, 1}, tokenizer, 12).sources.empty());
  hit.context = "Cats";
  CHECK(glossa::prompt_context({&hit, 1}, tokenizer, 1000).text.starts_with("[1] Animals, Cats (d, bytes"));
}
