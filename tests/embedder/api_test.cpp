// Every way of calling an Embedder gives the same vectors.
#include "catch.hpp"
#include "small_model.hpp"

#include <glossa/glossa.hpp>
#include <glossa/model/safetensors_writer.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <deque>
#include <iterator>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

bool same(std::span<const float> a, std::span<const float> b) { return std::ranges::equal(a, b); }

/// A range whose strings live no longer than a loop's step.
class MadeTexts {
 public:
  class Iterator {
   public:
    using value_type = std::string;
    using difference_type = std::ptrdiff_t;
    explicit Iterator(int at = 0) : at_(at) {}
    std::string operator*() const { return at_ == 0 ? std::string("the ") + "cat" : at_ == 1 ? "" : "Кошка"; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) { return Iterator(at_++); }
    bool operator==(const Iterator&) const = default;

   private:
    int at_;
  };

  [[nodiscard]] static Iterator begin() { return Iterator(0); }
  [[nodiscard]] static Iterator end() { return Iterator(3); }
};

}  // namespace

TEST_CASE("texts may come in any kind of range") {
  const test::SmallModel model;
  const glossa::Embedder embedder(model.path());
  const auto expected = embedder.embed(std::vector<std::string>{"the cat", "", "Кошка"});
  REQUIRE(expected.rows() == 3);
  REQUIRE(expected.dims() == embedder.dims());
  const auto agrees = [&](const glossa::Embeddings& got) { return same(got.values(), expected.values()); };
  CHECK(agrees(embedder.embed({"the cat", "", "Кошка"})));
  CHECK(agrees(embedder.embed(std::vector<std::string_view>{"the cat", "", "Кошка"})));
  CHECK(agrees(embedder.embed(std::array<const char*, 3>{"the cat", "", "Кошка"})));
  CHECK(agrees(embedder.embed(std::deque<std::string>{"the cat", "", "Кошка"})));
  CHECK(agrees(embedder.embed(MadeTexts())));
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(same(embedder.embed(std::vector<std::string>{"the cat", "", "Кошка"}[i]), expected[i]));
}

TEST_CASE("no texts give no vectors") {
  const test::SmallModel model;
  const glossa::Embedder embedder(model.path());
  const auto none = embedder.embed(std::vector<std::string>{});
  CHECK(none.rows() == 0);
  CHECK(none.dims() == embedder.dims());
}

TEST_CASE("a role puts its prompt before the text") {
  const test::SmallModel model;
  const glossa::Embedder embedder(model.path());
  CHECK(same(embedder.embed_query("the cat"), embedder.embed("query: the cat")));
  CHECK(same(embedder.embed_passage("the cat"), embedder.embed("passage: the cat")));
  CHECK(same(embedder.embed_queries({"the cat"})[0], embedder.embed("query: the cat")));
  CHECK(same(embedder.embed_passages({"the cat"})[0], embedder.embed("the cat", glossa::Role::passage)));
  CHECK(embedder.count_tokens("the cat", glossa::Role::query) == embedder.count_tokens("query: the cat"));
  const glossa::Embedder custom(model.path(), {.query_prompt = "a ", .passage_prompt = ""});
  CHECK(same(custom.embed_query("cat"), embedder.embed("a cat")));
  CHECK(same(custom.embed_passage("cat"), embedder.embed("cat")));
}

TEST_CASE("an unknown prompt is an error that names the option") {
  const test::SmallModel model("tokenizer-json-only");
  const glossa::Embedder embedder(model.path());
  CHECK_NOTHROW(embedder.embed("the cat"));
  try {
    (void)embedder.embed_query("the cat");
    FAIL("no error");
  } catch (const glossa::Error& error) {
    CHECK(error.kind() == glossa::ErrorKind::invalid_argument);
    CHECK(std::string(error.what()).find("EmbedderOptions::query_prompt") != std::string::npos);
  }
}

TEST_CASE("vectors can go to the caller's memory") {
  const test::SmallModel model;
  const glossa::Embedder embedder(model.path());
  const std::vector<std::string> texts{"the cat", "sleep"};
  std::vector<float> out(2 * embedder.dims() + 1, 7.0F);
  const auto receipts = embedder.embed_into(texts, glossa::Role::none, std::span(out).first(out.size() - 1));
  CHECK(receipts.size() == 2);
  CHECK(out.back() == 7.0F);
  CHECK(same(std::span(out).first(embedder.dims()), embedder.embed("the cat")));
  CHECK_THROWS_AS(embedder.embed_into(texts, glossa::Role::none, out), glossa::Error);
  CHECK(out.back() == 7.0F);
}

TEST_CASE("fewer dimensions are the first ones, at unit length") {
  const test::SmallModel model;
  const glossa::Embedder embedder(model.path());
  const auto whole = embedder.embed("the cat");
  const auto part = embedder.embed("the cat", {.dims = 5});
  REQUIRE(part.size() == 5);
  double squares = 0;
  for (std::size_t i = 0; i < 5; ++i) squares += static_cast<double>(whole[i]) * static_cast<double>(whole[i]);
  for (std::size_t i = 0; i < 5; ++i) CHECK(part[i] == Approx(whole[i] / std::sqrt(squares)).margin(1e-6));
  CHECK_THROWS_AS(embedder.embed("the cat", {.dims = embedder.dims() + 1}), glossa::Error);

  const test::SmallModel unscaled("paraphrase-multilingual-MiniLM-L12-v2");
  const glossa::Embedder plain(unscaled.path());
  const auto a = plain.embed("the cat");
  const auto b = plain.embed("the cat", {.dims = 3});
  for (std::size_t i = 0; i < 3; ++i) CHECK(a[i] == b[i]);  // this model's vectors have no unit length to keep
}

TEST_CASE("the functions without exceptions return what the others throw") {
  const test::SmallModel model;
  const auto missing = glossa::Embedder::try_load(model.path() / "missing");
  REQUIRE(!missing);
  CHECK(missing.error().kind() == glossa::ErrorKind::not_found);
  const auto embedder = glossa::Embedder::try_load(model.path());
  REQUIRE(embedder);
  CHECK(same(*embedder->try_embed("the cat"), embedder->embed("the cat")));
  const std::vector<std::string> texts{"the cat"};
  CHECK(embedder->try_embed(texts, glossa::Role::query)->rows() == 1);
  const auto wrong = embedder->try_embed(texts, glossa::Role::none, {.dims = 100000});
  REQUIRE(!wrong);
  CHECK(wrong.error().kind() == glossa::ErrorKind::invalid_argument);
  std::vector<float> small(1);
  CHECK(!embedder->try_embed_into(texts, glossa::Role::none, small));
}

TEST_CASE("copies share one model and outlive the original") {
  const test::SmallModel model;
  std::unique_ptr<glossa::Embedder> original = std::make_unique<glossa::Embedder>(model.path());
  const glossa::Embedder copy = *original;
  const auto before = original->embed("the cat");
  original.reset();
  CHECK(same(copy.embed("the cat"), before));
}

TEST_CASE("special strings in texts are tokens, or text where that is asked for") {
  const test::SmallModel model;
  const glossa::Embedder trusting(model.path());
  const glossa::Embedder careful(model.path(), {.specials = glossa::Specials::text});
  CHECK(!same(trusting.embed("the </s> cat"), careful.embed("the </s> cat")));
  CHECK(same(trusting.embed("the cat"), careful.embed("the cat")));
}

TEST_CASE("what a model computes as NaN is an error, not a vector") {
  const test::SmallModel model;
  auto family = test::family("multilingual-e5-small");
  // Finite weights whose products overflow.
  test::Tensors tensors;
  for (const auto& [name, shape] : family.at("tensors").items()) tensors.emplace_back(name, shape.get<glossa::Shape>());
  std::vector<glossa::TensorPlan> plan;
  for (const auto& [name, shape] : tensors) plan.push_back({name, glossa::DType::f32, shape});
  {
    glossa::SafetensorsWriter writer(model.path() / "model.safetensors", plan);
    for (const auto& [name, shape] : tensors) {
      auto values = test::random_weights(name, shape);
      if (name.find("output.dense.weight") != std::string::npos)
        for (float& value : values) value *= 1e38F;
      writer.write(std::as_bytes(std::span<const float>(values)));
    }
    writer.finish();
  }
  const glossa::Embedder embedder(model.path());
  try {
    (void)embedder.embed({"a", "the cat"});
    FAIL("no error");
  } catch (const glossa::Error& error) {
    CHECK(error.kind() == glossa::ErrorKind::numeric);
  }
}

namespace {

/// A range that cannot be walked as const, such as a filter.
class Counting {
 public:
  const std::string* begin() {
    ++begun;
    return texts_;
  }
  [[nodiscard]] const std::string* end() const { return texts_ + 3; }
  int begun = 0;

 private:
  std::string texts_[3] = {"the cat", "", "Кошка"};
};

/// Words of a stream; the iterator holds the only copy of each.
class StreamedWords {
 public:
  using Iterator = std::istream_iterator<std::string>;
  [[nodiscard]] Iterator begin() { return Iterator(stream_); }
  [[nodiscard]] static Iterator end() { return {}; }

 private:
  std::istringstream stream_{"the cat sleeps here"};
};

template <class T>
concept TakesAList = requires(const T& embedder) {
  embedder.embed_query({"a", "b"});
};

}  // namespace

TEST_CASE("ranges that are walked once, or not as const, are read right") {
  const test::SmallModel model;
  const glossa::Embedder embedder(model.path());
  CHECK(same(embedder.embed(StreamedWords()).values(), embedder.embed({"the", "cat", "sleeps", "here"}).values()));
  Counting counting;
  CHECK(same(embedder.embed(counting).values(), embedder.embed({"the cat", "", "Кошка"}).values()));
  CHECK(counting.begun == 1);
}

TEST_CASE("a list in braces is a list of texts, and where one text is wanted it does not compile") {
  const test::SmallModel model;
  const glossa::Embedder embedder(model.path());
  const auto queries = embedder.embed({"the", "cat"}, glossa::Role::query);
  CHECK(same(queries[1], embedder.embed_query("cat")));
  const auto plain = embedder.try_embed({"the", "cat"});
  REQUIRE(plain);
  CHECK(same((*plain)[0], embedder.embed("the")));
  STATIC_REQUIRE(!TakesAList<glossa::Embedder>);
}

TEST_CASE("the forms without exceptions let nothing through") {
  const test::SmallModel model;
  const glossa::Embedder embedder(model.path());
  const std::vector<std::string> texts{"the cat"};
  const auto odd = embedder.try_embed(texts, glossa::Role::none, {.progress = [](const auto&) { throw 42; }});
  REQUIRE(!odd);
  CHECK(odd.error().kind() == glossa::ErrorKind::callback);
  const auto usual = embedder.try_embed(texts, glossa::Role::none,
                                        {.progress = [](const auto&) { throw std::runtime_error("enough"); }});
  REQUIRE(!usual);
  CHECK(std::string(usual.error().what()).find("enough") != std::string::npos);
  CHECK(embedder.try_embed(texts).value_or(glossa::Embeddings()).rows() == 1);
}
