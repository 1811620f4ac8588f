// What an Embedder tells about each text.
#include "catch.hpp"
#include "small_model.hpp"

#include <glossa/glossa.hpp>

#include <string>
#include <vector>

TEST_CASE("receipts count tokens, unknown ones included") {
  const test::SmallModel model;
  const glossa::Embedder embedder(model.path());
  const auto vectors = embedder.embed({"", "the cat", "the \U00013000\U00013001 cat \U00013002"});
  REQUIRE(vectors.receipts().size() == 3);
  CHECK(vectors.receipts()[0].tokens == 2);
  CHECK(vectors.receipts()[0].unknown_tokens == 0);
  CHECK(vectors.receipts()[1].tokens == embedder.tokenizer().count_tokens("the cat"));
  CHECK(vectors.receipts()[1].used_bytes == 7);
  CHECK(vectors.receipts()[2].unknown_tokens == 2);                  // neighbours become one
  CHECK(embedder.embed_query("the cat").receipt().used_bytes == 7);  // the prompt is not the user's text
}

TEST_CASE("a text that stands there twice has its receipt twice") {
  const test::SmallModel model;
  const glossa::Embedder embedder(model.path());
  const auto vectors = embedder.embed({"the cat", "a", "the cat"});
  CHECK(vectors.receipts()[0].tokens == vectors.receipts()[2].tokens);
  CHECK(std::ranges::equal(vectors[0], vectors[2]));
  CHECK(!std::ranges::equal(vectors[0], vectors[1]));
}

TEST_CASE("a model tells what it is") {
  const test::SmallModel model("UAE-Large-V1");
  const glossa::Embedder embedder(model.path(), {.threads = 3});
  const glossa::ModelInfo& info = embedder.info();
  CHECK(info.encoder.model_type == "bert");
  CHECK(info.encoder.layers == 2);
  CHECK(info.poolings == std::vector{glossa::Pooling::cls});
  CHECK(!info.normalize);
  CHECK(info.max_tokens == 512);
  CHECK(info.weight_types == "F16");
  CHECK(info.threads == 3);
  CHECK(info.vocabulary == embedder.tokenizer().size());
}
