// Ten times the text takes about ten times as long, whatever the text: nothing in tokenising is quadratic.
#include "catch.hpp"
#include "paths.hpp"
#include "small_tokenizer.hpp"

#include <glossa/text/tokenizer.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

namespace {

/// Processor time, which other programs on the machine do not lengthen as they do the clock's.
double seconds(const glossa::Tokenizer& tokenizer, const std::string& text, const glossa::EncodeOptions& options) {
  const std::clock_t start = std::clock();
  const glossa::Encoding encoding = tokenizer.encode(text, options);
  const double time = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  REQUIRE(encoding.total_tokens >= 2);
  return time;
}

std::string repeated(const std::string& unit, std::size_t bytes) {
  std::string text;
  text.reserve(bytes + unit.size());
  while (text.size() < bytes) text += unit;
  return text;
}

/// `small` bytes against ten times as many: quadratic time would be a hundred times as much.
void check_linear(const std::string& name, const glossa::Tokenizer& tokenizer, std::size_t small) {
  struct Shape {
    const char* what;
    std::string head;
    std::string unit;
    glossa::EncodeOptions options;
  };
  const glossa::EncodeOptions cut{.max_tokens = 512, .with_offsets = true};  // goes through the text twice
  const std::vector<Shape> shapes{{"letters", "", "antidisestablishmentarianism", cut},
                                  {"one letter", "", "a", {}},
                                  {"ideographs", "", "南瓜的家常做法", cut},
                                  {"stops", "", "a.b", {}},
                                  {"marks on one letter", "e", "\u0301\u0323", cut},
                                  {"starts of special strings", "", "<mas</[MASK", {}},
                                  {"white space before a special string", "", " \u3000", cut},
                                  {"nothing that is UTF-8", "", "\xFF\xC3", cut}};
  for (const Shape& shape : shapes) {
    const std::string tail = shape.unit[0] == ' ' ? "<mask>" : "";
    const std::string one = shape.head + repeated(shape.unit, small) + tail;
    const std::string ten = shape.head + repeated(shape.unit, 10 * small) + tail;
    double short_time = seconds(tokenizer, one, shape.options);
    double long_time = seconds(tokenizer, ten, shape.options);
    for (int i = 0; i < 3 && long_time > 20 * short_time; ++i) {  // on a busy machine the kindest of several counts
      short_time = std::max(short_time, seconds(tokenizer, one, shape.options));
      long_time = std::min(long_time, seconds(tokenizer, ten, shape.options));
    }
    const double ratio = long_time / std::max(short_time, 1e-4);
    std::printf("%s, %s: %.1f MB in %.2f s, ratio %.1f\n", name.c_str(), shape.what,
                static_cast<double>(ten.size()) / 1e6, long_time, ratio);
    INFO(name << ", " << shape.what);
    CHECK(ratio < 40);
  }
}

}  // namespace

TEST_CASE("small tokenizers take time in proportion to the text") {
  check_linear("xlmr, small", test::small_tokenizer("xlmr"), 100'000);
  check_linear("bert, small", test::small_tokenizer("bert_uncased"), 100'000);
}

TEST_CASE("real tokenizers take time in proportion to the text, up to 10 MB without a space", "[real]") {
  check_linear("xlmr", glossa::Tokenizer(test::real_model("multilingual-e5-small")), 1'000'000);
  check_linear("bert", glossa::Tokenizer(test::real_model("all-MiniLM-L6-v2")), 1'000'000);
}
