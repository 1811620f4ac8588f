// Texts longer than the model: cut, refused, or read in windows.
#include "catch.hpp"
#include "small_model.hpp"

#include <glossa/glossa.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace {

/// About 2,000 tokens.
std::string long_text() {
  std::string text;
  for (int i = 0; i < 300; ++i) text += "the female cat " + std::to_string(i) + " ";
  return text;
}

}  // namespace

TEST_CASE("a cut text is the vector of its beginning, and says so") {
  const test::SmallModel model;
  const glossa::Embedder embedder(model.path());
  const std::string text = long_text();
  const auto vector = embedder.embed_query(text);
  const glossa::Receipt& receipt = vector.receipt();
  CHECK(receipt.truncated());
  CHECK(receipt.used_tokens == embedder.max_tokens());
  CHECK(receipt.tokens == embedder.count_tokens(text, glossa::Role::query));
  REQUIRE(receipt.used_bytes < text.size());
  const auto beginning = embedder.embed_query(text.substr(0, receipt.used_bytes));
  CHECK(!beginning.receipt().truncated());
  CHECK(beginning.receipt().used_tokens == receipt.used_tokens);
  CHECK(std::ranges::equal(vector, beginning));
}

TEST_CASE("with the policy error nothing is embedded, and the text is named") {
  const test::SmallModel model;
  const glossa::Embedder embedder(model.path());
  try {
    (void)embedder.embed({"short", long_text()}, {.long_text = glossa::LongText::error});
    FAIL("no error");
  } catch (const glossa::Error& error) {
    CHECK(error.kind() == glossa::ErrorKind::too_long);
    CHECK(error.field() == "texts[1]");
  }
  CHECK_NOTHROW(embedder.embed({"short"}, {.long_text = glossa::LongText::error}));
}

TEST_CASE("windows cover the text, and its vector is their average by tokens") {
  const test::SmallModel model;
  const glossa::Embedder embedder(model.path());
  const std::string text = long_text();
  const auto vectors = embedder.embed_passages(
      {"the cat", text}, {.long_text = glossa::LongText::windows, .window_overlap = 20, .keep_windows = true});
  const auto& windows = vectors.windows();
  REQUIRE(windows.size() > 3);
  CHECK(windows[0].text == 0);
  CHECK(windows[0].bytes == glossa::ByteRange{0, 7});
  CHECK(vectors.receipts()[0].windows == 1);
  CHECK(vectors.receipts()[1].windows == windows.size() - 1);
  CHECK(!vectors.receipts()[1].truncated());
  CHECK(vectors.receipts()[1].used_bytes == text.size());

  std::vector<double> sum(vectors.dims());
  double weight = 0;
  for (std::size_t w = 1; w < windows.size(); ++w) {
    CHECK(windows[w].text == 1);
    if (w > 1) CHECK(windows[w].bytes.begin < windows[w - 1].bytes.end);  // they overlap
    const std::string part = text.substr(windows[w].bytes.begin, windows[w].bytes.end - windows[w].bytes.begin);
    // The same tokens on their own give the same vector: no window holds half a word here.
    if (embedder.count_tokens(part, glossa::Role::passage) ==
        embedder.count_tokens("", glossa::Role::passage) + windows[w].tokens) {
      const auto alone = embedder.embed_passage(part);
      CHECK(glossa::dot(alone, vectors.window_vector(w)) > 0.99999F);
    }
    for (std::size_t i = 0; i < sum.size(); ++i)
      sum[i] += static_cast<double>(windows[w].tokens) * static_cast<double>(vectors.window_vector(w)[i]);
    weight += static_cast<double>(windows[w].tokens);
  }
  CHECK(windows[1].bytes.begin == 0);
  CHECK(windows.back().bytes.end >= text.size() - 1);
  double squares = 0;
  for (double& x : sum) {
    x /= weight;
    squares += x * x;
  }
  for (std::size_t i = 0; i < sum.size(); ++i) CHECK(vectors[1][i] == Approx(sum[i] / std::sqrt(squares)).margin(1e-6));
}

TEST_CASE("windows of repeated texts are there for each of them") {
  const test::SmallModel model;
  const glossa::Embedder embedder(model.path());
  const std::string text = long_text();
  const auto vectors =
      embedder.embed({text, "a", text}, {.dims = 6, .long_text = glossa::LongText::windows, .keep_windows = true});
  const std::size_t each = vectors.receipts()[0].windows;
  REQUIRE(vectors.windows().size() == 2 * each + 1);
  for (std::size_t w = 0; w < each; ++w) {
    CHECK(vectors.windows()[w].text == 0);
    CHECK(vectors.windows()[each + 1 + w].text == 2);
    CHECK(std::ranges::equal(vectors.window_vector(w), vectors.window_vector(each + 1 + w)));
    CHECK(glossa::dot(vectors.window_vector(w), vectors.window_vector(w)) == Approx(1.0F));
  }
}

TEST_CASE("an overlap that leaves no progress is refused") {
  const test::SmallModel model;
  const glossa::Embedder embedder(model.path());
  CHECK_THROWS_AS(embedder.embed(long_text(), {.long_text = glossa::LongText::windows, .window_overlap = 510}),
                  glossa::Error);
}

TEST_CASE("max_tokens can be lowered, within what makes sense") {
  const test::SmallModel model;
  const glossa::Embedder embedder(model.path(), {.max_tokens = 8});
  CHECK(embedder.embed("the cat and the female protein").receipt().used_tokens == 8);
  CHECK_THROWS_AS(glossa::Embedder(model.path(), {.max_tokens = 513}), glossa::Error);
  CHECK_THROWS_AS(glossa::Embedder(model.path(), {.max_tokens = 2}), glossa::Error);
}

TEST_CASE("with LongText::error the first long text of many is named before anything is encoded") {
  const test::SmallModel model;
  const glossa::Embedder embedder(model.path(), {.threads = 3});
  auto texts = test::mixed_texts(300);
  std::vector<std::string> many;
  for (int i = 0; i < 5000; ++i) many.push_back(texts[static_cast<std::size_t>(i) % 10] + " " + std::to_string(i));
  many[4900] = long_text();
  many[4990] = long_text() + " again";
  std::size_t reports = 0;
  std::vector<float> out(many.size() * embedder.dims(), 7.0F);
  const auto result = embedder.try_embed_into(
      many, glossa::Role::none, out,
      {.long_text = glossa::LongText::error, .progress = [&](const glossa::Progress&) { ++reports; }});
  REQUIRE(!result);
  CHECK(result.error().field() == "texts[4900]");
  CHECK(reports == 0);
  CHECK(std::ranges::all_of(out, [](float x) { return x == 7.0F; }));
}

TEST_CASE("the overlap adapts to short models when none is given") {
  const test::SmallModel model;
  const glossa::Embedder embedder(model.path(), {.max_tokens = 16});
  const auto vectors =
      embedder.embed_passages({long_text()}, {.long_text = glossa::LongText::windows, .keep_windows = true});
  REQUIRE(vectors.windows().size() > 10);
  for (std::size_t w = 1; w < vectors.windows().size(); ++w)
    CHECK(vectors.windows()[w].bytes.begin <= vectors.windows()[w - 1].bytes.end);
}

TEST_CASE("a window counts the text's own tokens, also where the text is short") {
  const test::SmallModel model;
  const glossa::Embedder embedder(model.path());
  const auto vectors =
      embedder.embed_passages({"the cat"}, {.long_text = glossa::LongText::windows, .keep_windows = true});
  const std::size_t around = embedder.count_tokens("", glossa::Role::passage);
  REQUIRE(vectors.windows().size() == 1);
  CHECK(vectors.windows()[0].tokens == vectors.receipts()[0].tokens - around);
}

TEST_CASE("windows are kept only where there are some") {
  const test::SmallModel model;
  const glossa::Embedder embedder(model.path());
  CHECK_THROWS_AS(embedder.embed({"the cat"}, {.keep_windows = true}), glossa::Error);
}
