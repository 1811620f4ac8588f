// Vectors are found again, by whatever process, and damaged ones never.
#include "error_of.hpp"
#include "paths.hpp"

#include <glossa/eval/embedding_cache.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using glossa::EmbeddingCache;
using Vector = std::vector<float>;

/// The files that hold vectors.
std::vector<std::filesystem::path> segments(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files.push_back(entry.path());
  return files;
}

Vector found(EmbeddingCache& cache, std::string_view prompt, std::string_view text) {
  Vector out(cache.dims());
  return cache.find(prompt, text, out) ? out : Vector{};
}

/// A vector that tells its text.
glossa::Embeddings encode(std::span<const std::string_view> texts) {
  glossa::Embeddings out(texts.size(), 3);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    out[i][0] = static_cast<float>(texts[i].size());
    out[i][1] = texts[i].empty() ? 0 : static_cast<float>(texts[i][0]);
    out[i][2] = 1;
  }
  return out;
}

}  // namespace

TEST_CASE("vectors are there before and after flush, and in the next cache") {
  const test::TemporaryFolder folder;
  {
    EmbeddingCache cache(folder.path(), "model:f32:2:0123", 2);
    CHECK(found(cache, "", "a").empty());
    cache.add("", "a", Vector{1, 2});
    cache.add("query: ", "a", Vector{3, 4});
    CHECK(found(cache, "", "a") == Vector{1, 2});
    cache.flush();
    cache.flush();
    CHECK(segments(folder.path()).size() == 1);
    cache.add("", "", Vector{5, 6});
    cache.add("", "", Vector{7, 8});  // there is one already
    cache.flush();
    CHECK(found(cache, "query: ", "a") == Vector{3, 4});
    CHECK(cache.size() == 3);
  }
  EmbeddingCache cache(folder.path(), "model:f32:2:0123", 2);
  CHECK(cache.size() == 3);
  CHECK(found(cache, "", "a") == Vector{1, 2});
  CHECK(found(cache, "query: ", "a") == Vector{3, 4});
  CHECK(found(cache, "", "") == Vector{5, 6});
  CHECK(found(cache, "query:", " a").empty());
  CHECK(found(cache, "", "query: a").empty());
  CHECK(cache.warnings().empty());
}

TEST_CASE("models have vectors of their own, whatever is in their fingerprints") {
  const test::TemporaryFolder folder;
  for (const char* name : {"../up", "a/b", "a_b", "", "a:b", "\xFF\n"}) {
    EmbeddingCache cache(folder.path() / "caches", name, 1);
    CHECK(cache.size() == 0);
    cache.add("", "t", Vector{1});
    cache.flush();
  }
  CHECK(segments(folder.path() / "caches").size() == 6);
  CHECK(segments(folder.path()).size() == 6);
  CHECK(test::error_of([&] { EmbeddingCache(folder.path(), "m", 0); }).field() == "dims");
}

TEST_CASE("texts without a vector are encoded once each, and not again") {
  const test::TemporaryFolder folder;
  const std::vector<std::string_view> texts{"a", "bb", "a", "", "ccc"};
  std::vector<std::size_t> asked;
  const auto counting = [&](std::span<const std::string_view> missing) {
    asked.push_back(missing.size());
    return encode(missing);
  };
  EmbeddingCache cache(folder.path(), "m", 3);
  const glossa::Embeddings first = cache.embed("p", std::span(texts).first(2), counting);
  const glossa::Embeddings all = cache.embed("p", texts, counting);
  CHECK(asked == std::vector<std::size_t>{2, 2});
  const glossa::Embeddings expected = encode(texts);
  CHECK(std::equal(all.values().begin(), all.values().end(), expected.values().begin(), expected.values().end()));
  EmbeddingCache next(folder.path(), "m", 3);
  const glossa::Embeddings again = next.embed("p", texts, counting);
  CHECK(asked.size() == 2);
  CHECK(std::equal(again.values().begin(), again.values().end(), expected.values().begin()));
  CHECK(next.embed("p", {}, counting).rows() == 0);
  CHECK(next.embed("other", texts, counting).rows() == 5);
  CHECK(asked == std::vector<std::size_t>{2, 2, 4});
}

TEST_CASE("an encoder that gives another number of vectors is an error, and nothing is kept") {
  const test::TemporaryFolder folder;
  EmbeddingCache cache(folder.path(), "m", 3);
  const std::vector<std::string_view> texts{"a", "b"};
  const auto one = [](std::span<const std::string_view>) { return glossa::Embeddings(1, 3); };
  CHECK(test::error_of([&] { (void)cache.embed("", texts, one); }).field() == "encode");
  CHECK(test::error_of([&] { cache.add("", "a", Vector{1}); }).field() == "vector");
  CHECK(cache.size() == 0);
}

TEST_CASE("whatever byte of a file is damaged, its vectors are told and made anew") {
  const test::TemporaryFolder folder;
  const std::vector<std::string_view> texts{"a", "bb", "ccc"};
  const glossa::Embeddings expected = encode(texts);
  {
    EmbeddingCache cache(folder.path(), "m", 3);
    (void)cache.embed("", texts, encode);
  }
  const auto file = segments(folder.path()).at(0);
  const std::string whole = test::read_file(file);
  int ignored = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const auto& other : segments(folder.path())) std::filesystem::remove(other);
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    test::write_file(file, damaged);
    EmbeddingCache cache(folder.path(), "m", 3);
    const glossa::Embeddings got = cache.embed("", texts, encode);
    CAPTURE(at);
    REQUIRE(std::equal(got.values().begin(), got.values().end(), expected.values().begin()));
    if (cache.warnings().empty()) ++ignored;  // another version's, zeros between entries and vectors
    if (!cache.warnings().empty()) CHECK(cache.warnings()[0].find(file.string()) == 0);
  }
  CHECK(ignored < 64 + 4);
}

TEST_CASE("a file that was cut, appended to, emptied or replaced by a folder's is told") {
  const test::TemporaryFolder folder;
  {
    EmbeddingCache cache(folder.path(), "m", 3);
    (void)cache.embed("", std::vector<std::string_view>{"a", "b"}, encode);
  }
  const auto file = segments(folder.path()).at(0);
  const std::string whole = test::read_file(file);
  for (const std::string& text : {whole.substr(0, whole.size() - 1), whole + "x", std::string(), whole.substr(0, 63)}) {
    test::write_file(file, text);
    EmbeddingCache cache(folder.path(), "m", 3);
    CHECK(cache.size() == 0);
    CHECK(cache.warnings().size() == 1);
    CHECK_FALSE(std::filesystem::exists(file));
  }
  test::write_file(file, whole);
  EmbeddingCache cache(folder.path(), "m", 3);
  CHECK(found(cache, "", "a").size() == 3);
  EmbeddingCache late(folder.path(), "m", 3);
  test::write_file(file, std::string(whole.size(), '?'));
  CHECK(found(late, "", "a").empty());
  CHECK(late.warnings().size() == 1);
  CHECK(late.size() == 0);
}

TEST_CASE("many threads and caches share one folder") {
  const test::TemporaryFolder folder;
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int round = 0; round < 10; ++round) {
        EmbeddingCache cache(folder.path(), "m", 3);
        std::vector<std::string> texts;
        for (int i = 0; i < 20; ++i) texts.push_back("text " + std::to_string((t * 7 + round * 3 + i) % 60));
        const std::vector<std::string_view> views(texts.begin(), texts.end());
        const glossa::Embeddings got = cache.embed("", views, encode);
        const glossa::Embeddings expected = encode(views);
        if (!std::equal(got.values().begin(), got.values().end(), expected.values().begin()) ||
            !cache.warnings().empty())
          ++wrong;
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(EmbeddingCache(folder.path(), "m", 3).size() == 60);

  EmbeddingCache shared(folder.path(), "shared", 3);
  threads.clear();
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const std::string text = std::to_string(i * (t + 1));
        const std::vector<std::string_view> views{text};
        if (shared.embed("", views, encode)[0][0] != static_cast<float>(text.size())) ++wrong;
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("a folder that cannot be made is an error that names it") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "file", "x");
  const glossa::Error error = test::error_of([&] { EmbeddingCache(folder.path() / "file", "m", 3); });
  CHECK(error.kind() == glossa::ErrorKind::io);
  CHECK(test::says(error, (folder.path() / "file").string()));
}

TEST_CASE("where vectors cannot be written, work goes on and a warning tells") {
  const test::TemporaryFolder folder;
  const std::vector<std::string_view> first{"a", "bb"};
  const std::vector<std::string_view> second{"ccc"};
  EmbeddingCache cache(folder.path() / "cache", "m", 3);
  std::filesystem::remove_all(folder.path() / "cache");
  test::write_file(folder.path() / "cache", "in the way");
  CHECK(cache.embed("", first, encode)[1][0] == 2);
  CHECK(cache.embed("", second, encode)[0][0] == 3);
  REQUIRE(cache.warnings().size() == 1);
  CHECK(cache.warnings()[0].find("are not kept") != std::string::npos);
  CHECK(found(cache, "", "a") == Vector{1, 'a', 1});  // in memory
  CHECK(found(cache, "", "ccc").empty());
}
