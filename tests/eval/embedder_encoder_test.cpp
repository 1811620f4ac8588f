// An encoder over a model gives the model's vectors, and embeds each text once.
#include "error_of.hpp"
#include "paths.hpp"
#include "random_model.hpp"

#include <glossa/eval/embedder_encoder.hpp>
#include <glossa/eval/embedding_cache.hpp>
#include <glossa/eval/text_encoder.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using glossa::Embedder;
using glossa::EmbedderEncoder;
using glossa::EmbeddingCache;

const Embedder& small_embedder() {
  static const test::TemporaryFolder folder;
  static const bool made = (test::write_family(folder.path(), test::family("multilingual-e5-small")), true);
  (void)made;
  static const Embedder embedder(folder.path());
  return embedder;
}

const std::vector<std::string_view> kTexts{"the cat", " protein  ", "the cat", "", "museo", "protein"};

}  // namespace

TEST_CASE("an encoder gives the vectors of prompt and text without space around them") {
  EmbedderEncoder encoder(small_embedder(), {.batch_texts = 2});
  const glossa::TextEncoder any = encoder;
  const glossa::Embeddings made = any(kTexts, "query: ");
  const glossa::Embeddings expected = small_embedder().embed(
      {"query: the cat", "query:  protein", "query: the cat", "query:", "query: museo", "query: protein"});
  CHECK(std::ranges::equal(made.values(), expected.values()));
  CHECK(encoder.counts().texts == 6);
  CHECK(encoder.counts().embedded == 5);
  CHECK(encoder.counts().tokens > 5);
  CHECK(encoder.counts().truncated == 0);
  CHECK(any({}, "").rows() == 0);
}

TEST_CASE("what a cache has is not embedded again, and what is too long is cut and counted") {
  const test::TemporaryFolder folder;
  const Embedder& embedder = small_embedder();
  const auto encode = [&] {
    EmbedderEncoder encoder(
        embedder, {.cache = std::make_shared<EmbeddingCache>(folder.path(), embedder.fingerprint(), embedder.dims())});
    std::string text = "cat";
    for (std::size_t i = 0; i < embedder.max_tokens(); ++i) text += " cat";
    std::vector<std::string_view> texts = kTexts;
    texts.push_back(text);
    return std::pair(encoder(texts, ""), encoder.counts());
  };
  const auto [first, counts] = encode();
  CHECK(counts.embedded == 6);
  CHECK(counts.truncated == 1);
  const auto [second, none] = encode();
  CHECK(none.texts == 7);
  CHECK(none.embedded == 0);
  CHECK(std::ranges::equal(first.values(), second.values()));
}

TEST_CASE("a stop ends an encoder; the batches before it are in the cache") {
  const test::TemporaryFolder folder;
  const Embedder& embedder = small_embedder();
  const auto cache = std::make_shared<EmbeddingCache>(folder.path(), embedder.fingerprint(), embedder.dims());
  std::stop_source stop;
  std::vector<std::size_t> done;
  EmbedderEncoder encoder(embedder, {.cache = cache,
                                     .batch_texts = 2,
                                     .progress =
                                         [&](const glossa::Progress& progress) {
                                           CHECK(progress.total == 5);
                                           done.push_back(progress.done);
                                           if (progress.done >= 2) stop.request_stop();
                                         },
                                     .stop = stop.get_token()});
  CHECK(test::error_of([&] { (void)encoder(kTexts, ""); }).kind() == glossa::ErrorKind::cancelled);
  CHECK(std::ranges::is_sorted(done));
  CHECK(EmbeddingCache(folder.path(), embedder.fingerprint(), embedder.dims()).size() == 2);
}

TEST_CASE("an encoder refuses a cache of other vectors, and no batch") {
  const test::TemporaryFolder folder;
  const auto cache = std::make_shared<EmbeddingCache>(folder.path(), "other", 3);
  CHECK(test::error_of([&] { EmbedderEncoder(small_embedder(), {.cache = cache}); }).field() == "cache");
  CHECK(test::error_of([&] { EmbedderEncoder(small_embedder(), {.batch_texts = 0}); }).field() == "batch_texts");
}

TEST_CASE("a stop ends an encoder that has all vectors in its cache, too") {
  const test::TemporaryFolder folder;
  const Embedder& embedder = small_embedder();
  const auto cache = std::make_shared<EmbeddingCache>(folder.path(), embedder.fingerprint(), embedder.dims());
  (void)EmbedderEncoder(embedder, {.cache = cache})(kTexts, "");
  std::stop_source stop;
  EmbedderEncoder encoder(embedder, {.cache = cache, .batch_texts = 2, .stop = stop.get_token()});
  CHECK(encoder(kTexts, "").rows() == kTexts.size());
  stop.request_stop();
  CHECK(test::error_of([&] { (void)encoder(kTexts, ""); }).kind() == glossa::ErrorKind::cancelled);
  CHECK(encoder.counts().embedded == 0);
}
