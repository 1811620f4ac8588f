// Scores are read as Hugging Face's tokenizers read them, which is not always to the nearest double.
#include "catch.hpp"
#include "random_model.hpp"

#include <glossa/text/reference_number.hpp>
#include <glossa/text/tokenizer_json_reader.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <string>

using glossa::detail::reference_number;

namespace {

/// [["decimal text", "hexadecimal double"], …]
const test::Json& numbers() {
  static const auto document = test::parse_json(test::read_file(test::golden() / "numbers.json"));
  return document.at("numbers");
}

double from_hex(const test::Json& text) { return std::strtod(text.get_ref<const std::string&>().c_str(), nullptr); }

/// Whether the text is the shortest that gives its double, as programs write it.
bool is_shortest(const std::string& text) {
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::strtod(text.c_str(), nullptr)).ptr;
  return text == std::string(buffer.data(), end);
}

bool same(double a, double b) { return a == b && std::signbit(a) == std::signbit(b); }

}  // namespace

TEST_CASE("decimal numbers become the doubles that Hugging Face's tokenizers make of them") {
  std::size_t unusual = 0;
  REQUIRE(numbers().size() > 300);
  for (const auto& entry : numbers()) {
    const auto text = entry[0].get<std::string>();
    const double nearest = std::strtod(text.c_str(), nullptr);
    const double expected = from_hex(entry[1]);
    CAPTURE(text);
    CHECK(reference_number(text, std::numeric_limits<double>::quiet_NaN()) == expected);
    CHECK(reference_number(text, nearest) == expected);
    if (nearest != expected) ++unusual;
  }
  CHECK(unusual > 30);  // else the table would not tell the two ways of reading apart
}

TEST_CASE("the score that started this is read one unit off") {
  CHECK(reference_number("-7.4715776443481445", 0) == -7.471577644348144);
  CHECK(reference_number("-7.4715776443481445", 0) != -7.4715776443481445);
}

TEST_CASE("scores in a tokenizer.json are read that way") {
  std::string vocab;
  for (const auto& entry : numbers())
    vocab += (vocab.empty() ? "[\"x\"," : ",[\"x\",") + entry[0].get<std::string>() + "]";
  const auto document = glossa::detail::parse_tokenizer_document("{\"model\":{\"vocab\":[" + vocab + "]}}", "f");
  REQUIRE(document.scores.size() == numbers().size());
  for (std::size_t i = 0; i < numbers().size(); ++i) {
    CAPTURE(numbers()[i]);
    CHECK(document.scores[i] == from_hex(numbers()[i][1]));
  }
}

TEST_CASE("a score of a SentencePiece file becomes what it would become on the way through a tokenizer.json") {
  std::size_t checked = 0;
  for (const auto& entry : numbers()) {
    const auto text = entry[0].get<std::string>();
    const double nearest = std::strtod(text.c_str(), nullptr);
    if (!is_shortest(text)) continue;
    CAPTURE(text);
    CHECK(same(reference_number(nearest), from_hex(entry[1])));
    ++checked;
  }
  CHECK(checked > 100);
}

TEST_CASE("numbers beyond the range of scores, and what is no number, give the value that is offered instead") {
  for (const char* text :
       {"1e31", "1e-31", "1e999999999999", "99999999999999999999", "--5", "+5", "1-2", "1e", "1ex", "1e500"}) {
    CAPTURE(text);
    CHECK(reference_number(text, 42.0) == 42.0);
  }
}
