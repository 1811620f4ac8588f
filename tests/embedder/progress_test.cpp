// Long calls report how far they are, and stop when they are asked to.
#include "catch.hpp"
#include "small_model.hpp"

#include <glossa/glossa.hpp>

#include <stop_token>
#include <string>
#include <vector>

TEST_CASE("progress grows to the number of texts, duplicates included") {
  const test::SmallModel model;
  const glossa::Embedder embedder(model.path(), {.threads = 2, .batch_tokens = 64});
  const auto texts = test::mixed_texts(500);
  std::vector<glossa::Progress> seen;
  const auto vectors =
      embedder.embed(texts, {.progress = [&](const glossa::Progress& progress) { seen.push_back(progress); }});
  REQUIRE(seen.size() > 3);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    CHECK(seen[i].total == texts.size());
    if (i > 0) CHECK(seen[i].done >= seen[i - 1].done);
    if (i > 0) CHECK(seen[i].tokens > seen[i - 1].tokens);
  }
  CHECK(seen.back().done == texts.size());
}

TEST_CASE("a stop request ends the call with an error of its own kind") {
  const test::SmallModel model;
  const glossa::Embedder embedder(model.path(), {.threads = 2, .batch_tokens = 64});
  const auto texts = test::mixed_texts(500);
  std::stop_source stop;
  std::size_t reports = 0;
  glossa::EmbedOptions options;
  options.stop = stop.get_token();
  options.progress = [&](const glossa::Progress&) {
    if (++reports == 2) stop.request_stop();
  };
  try {
    (void)embedder.embed(texts, options);
    FAIL("no error");
  } catch (const glossa::Error& error) {
    CHECK(error.kind() == glossa::ErrorKind::cancelled);
  }
  CHECK(reports < 20);
  CHECK_THROWS_AS(embedder.embed("already stopped", options), glossa::Error);
  CHECK_NOTHROW(embedder.embed("the cat"));
}

TEST_CASE("an exception from the callback reaches the caller") {
  const test::SmallModel model;
  const glossa::Embedder embedder(model.path(), {.threads = 2});
  glossa::EmbedOptions options;
  options.progress = [](const glossa::Progress&) { throw std::runtime_error("enough"); };
  CHECK_THROWS_AS(embedder.embed({"the cat", "sleep"}, options), std::runtime_error);
}
