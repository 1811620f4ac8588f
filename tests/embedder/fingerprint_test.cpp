// fingerprint() tells models apart by what decides on their vectors, and by nothing else.
#include "catch.hpp"
#include "error_of.hpp"
#include "small_model.hpp"

#include <glossa/glossa.hpp>

#include <filesystem>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace {

using glossa::Embedder;

std::string fingerprint_of(const std::filesystem::path& folder, const glossa::EmbedderOptions& options = {}) {
  return Embedder(folder, options).fingerprint();
}

/// Changes one byte of a file.
void change(const std::filesystem::path& path, std::size_t from_end) {
  std::string bytes = test::read_file(path);
  bytes[bytes.size() - from_end] = static_cast<char>(bytes[bytes.size() - from_end] ^ 1);
  test::write_file(path, bytes);
}

}  // namespace

TEST_CASE("a model's fingerprint is a name, the precision, the length and sixteen digits") {
  const test::SmallModel model;
  const Embedder embedder(model.path());
  const std::string text = embedder.fingerprint();
  CHECK(text.starts_with(model.path().filename().string() + ":f32:32:"));
  CHECK(text.size() == text.rfind(':') + 1 + 16);
  CHECK(text.find_first_not_of("0123456789abcdef", text.rfind(':') + 1) == std::string::npos);
  CHECK(embedder.fingerprint(32) == text);
  CHECK(embedder.fingerprint(8).find(":f32:8:") != std::string::npos);
  CHECK(fingerprint_of(model.path() / "") == text);
  CHECK(fingerprint_of(model.path() / ".") == text);
  CHECK(test::says(test::error_of([&] { (void)embedder.fingerprint(33); }), "at most 32"));
}

TEST_CASE("the same model has the same fingerprint, on any threads, wherever it lies") {
  const test::SmallModel model;
  const std::string text = fingerprint_of(model.path());
  CHECK(fingerprint_of(model.path(), {.threads = 3}) == text);
  CHECK(fingerprint_of(model.path(), {.specials = glossa::Specials::text, .batch_tokens = 64}) == text);
  CHECK(fingerprint_of(model.path(), {.cpu_level = glossa::CpuLevel::portable}) == text);
  const test::TemporaryFolder other;
  std::filesystem::copy(model.path(), other.path() / "a name: of its own", std::filesystem::copy_options::recursive);
  const std::string moved = fingerprint_of(other.path() / "a name: of its own");
  CHECK(moved.starts_with("a-name--of-its-own:f32:32:"));
  CHECK(glossa::is_same_model(moved, text));
}

TEST_CASE("whatever changes the vectors changes the fingerprint") {
  const test::SmallModel model;
  std::set<std::string> seen{fingerprint_of(model.path())};
  const auto check_new = [&](const std::string& text) { CHECK(seen.insert(text).second); };
  for (const auto precision : {glossa::Precision::bf16, glossa::Precision::int8, glossa::Precision::int4})
    check_new(fingerprint_of(model.path(), {.precision = precision}));
  check_new(Embedder(model.path()).fingerprint(16));
  check_new(fingerprint_of(model.path(), {.query_prompt = "find: "}));
  check_new(fingerprint_of(model.path(), {.passage_prompt = "find: "}));
  check_new(fingerprint_of(model.path(), {.query_prompt = "", .passage_prompt = ""}));
  check_new(fingerprint_of(model.path(), {.max_tokens = 100}));
  check_new(fingerprint_of(model.path(), {.pooling = glossa::Pooling::cls}));
  check_new(fingerprint_of(model.path(), {.normalize = false}));

  SECTION("a byte of the weights, its first version coming back with it") {
    for (const std::size_t from_end : {std::size_t{4}, std::size_t{40000}}) {
      change(model.path() / "model.safetensors", from_end);
      check_new(fingerprint_of(model.path()));
    }
    for (const std::size_t from_end : {std::size_t{4}, std::size_t{40000}})
      change(model.path() / "model.safetensors", from_end);
    CHECK(!seen.insert(fingerprint_of(model.path())).second);
  }
}

TEST_CASE("a tokenizer's file that changes changes the fingerprint, and one that nobody reads does not") {
  struct Case {
    const char* family;
    const char* file;
    bool is_read;
  };
  for (const Case& each : {Case{"multilingual-e5-small", "tokenizer_config.json", true},
                           {"multilingual-e5-small", "added_tokens.json", true},
                           {"multilingual-e5-small", "vocab.txt", false},
                           {"tokenizer-json-only", "tokenizer.json", true},
                           {"tokenizer-json-only", "added_tokens.json", false},
                           {"e5-base-v2", "tokenizer_config.json", true}}) {
    INFO(each.family << ", " << each.file);
    const test::SmallModel model(each.family);
    const std::string text = fingerprint_of(model.path());
    const auto path = model.path() / each.file;
    test::write_file(path, (std::filesystem::exists(path) ? test::read_file(path) : "{}") + " ");
    CHECK((fingerprint_of(model.path()) != text) == each.is_read);
  }
}

TEST_CASE("a tokenizer of the caller's counts in place of the folder's") {
  const test::SmallModel model;
  const test::SmallModel other;
  const std::string text = fingerprint_of(model.path());
  const glossa::Tokenizer same(other.path());
  CHECK(glossa::is_same_model(fingerprint_of(model.path(), {.tokenizer = same}), text));
  const glossa::Tokenizer lower(other.path(), {.lowercase = true});
  CHECK(!glossa::is_same_model(fingerprint_of(model.path(), {.tokenizer = lower}), text));
}

TEST_CASE("threads that ask for the fingerprint at once get the same one") {
  const test::SmallModel model;
  const Embedder embedder(model.path());
  std::vector<std::string> texts(4);
  std::vector<std::thread> threads;
  for (std::string& text : texts) threads.emplace_back([&] { text = embedder.fingerprint(); });
  for (std::thread& thread : threads) thread.join();
  for (const std::string& text : texts) CHECK(text == fingerprint_of(model.path()));
}

TEST_CASE("the fingerprint is of the weights that were loaded, not of those that lie there now") {
  const test::SmallModel model;
  const std::string text = fingerprint_of(model.path());
  const Embedder embedder(model.path());
  std::filesystem::rename(model.path() / "model.safetensors", model.path() / "old");
  std::filesystem::copy_file(model.path() / "old", model.path() / "model.safetensors");
  change(model.path() / "model.safetensors", 4);
  CHECK(embedder.fingerprint() == text);
}
